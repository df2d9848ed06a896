from collections.abc import Mapping

import pandas as pd
import pytest

from include.crmsync.engine.match import Matched, match
from include.crmsync.model.record import Record, System
from tests.builders import frame, mapping, record

OF = mapping()
ADA = "ada@example.com"
NOBODY: Mapping[System, Mapping[str, str]] = {System.HUBSPOT: {}, System.SALESFORCE: {}}


def frames(*records: Record) -> tuple[pd.DataFrame, pd.DataFrame]:
    hubspot, salesforce = (
        frame(system, [one for one in records if one.system is system], OF).frame
        for system in System
    )
    return hubspot, salesforce


def pairs(matched: Matched) -> set[tuple[str, str]]:
    return {(one.hubspot_id, one.salesforce_id) for one in matched.matches}


def test_equal_emails_match_whatever_their_case() -> None:
    hubspot, salesforce = frames(
        record(System.HUBSPOT, "1", email="Ada@example.com"),
        record(System.SALESFORCE, "a", email="ada@EXAMPLE.com"),
    )
    assert pairs(match(hubspot, salesforce, {}, "email", NOBODY)) == {("1", "a")}


def test_records_without_email_match_nothing() -> None:
    hubspot, salesforce = frames(record(System.HUBSPOT, "1"), record(System.SALESFORCE, "a"))
    assert match(hubspot, salesforce, {}, "email", NOBODY).matches == ()


def test_the_external_key_is_stronger_than_the_email() -> None:
    hubspot, salesforce = frames(
        record(System.HUBSPOT, "1", email=ADA),
        record(System.SALESFORCE, "a", email=ADA, minute=9),
        record(System.SALESFORCE, "b"),
    )
    assert pairs(match(hubspot, salesforce, {"1": "b"}, "email", NOBODY)) == {("1", "b")}


@pytest.mark.parametrize(("newer", "older"), [("a", "b"), ("b", "a")])
def test_of_several_the_most_recently_modified_is_linked(newer: str, older: str) -> None:
    hubspot, salesforce = frames(
        record(System.HUBSPOT, "1", email=ADA),
        record(System.SALESFORCE, newer, email=ADA, minute=9, kind="Lead"),
        record(System.SALESFORCE, older, email=ADA, minute=3),
    )
    matched = match(hubspot, salesforce, {}, "email", NOBODY)
    assert pairs(matched) == {("1", newer)}
    assert matched.duplicates[System.SALESFORCE] == {older: newer}


def test_a_tie_goes_to_the_lowest_id_in_any_row_order() -> None:
    records = [record(System.SALESFORCE, id_, email=ADA) for id_ in ("c", "b", "d")]
    for order in (records, records[::-1]):
        hubspot, salesforce = frames(record(System.HUBSPOT, "1", email=ADA), *order)
        assert pairs(match(hubspot, salesforce, {}, "email", NOBODY)) == {("1", "b")}


def test_a_newcomer_with_a_linked_contacts_email_is_a_duplicate() -> None:
    hubspot, salesforce = frames(
        record(System.HUBSPOT, "1", email=ADA),
        record(System.SALESFORCE, "a", email=ADA),
        record(System.SALESFORCE, "b", email=ADA, minute=9),
    )
    linked = {System.HUBSPOT: {"1": "a"}, System.SALESFORCE: {"a": "1"}}
    matched = match(hubspot, salesforce, {}, "email", linked)
    assert matched.matches == ()
    assert matched.duplicates[System.SALESFORCE] == {"b": "a"}


def test_of_strangers_with_one_email_only_one_may_be_created() -> None:
    hubspot, salesforce = frames(
        record(System.SALESFORCE, "a", email=ADA),
        record(System.SALESFORCE, "b", email=ADA, minute=1),
    )
    matched = match(hubspot, salesforce, {}, "email", NOBODY)
    assert matched.duplicates[System.SALESFORCE] == {"a": "b"}
