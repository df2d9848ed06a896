"""Whole runs in which two records were merged in Salesforce, and HubSpot is to follow."""

from typing import Any

import pytest

from include.crmsync.errors import GuardTripped, Unavailable
from include.crmsync.model.plan import Verb
from include.crmsync.model.record import System
from tests.pipeline.two_crms import TwoCrms

HUBSPOT, SALESFORCE = System.HUBSPOT, System.SALESFORCE


@pytest.fixture
def two(crms: TwoCrms) -> tuple[TwoCrms, tuple[str, str], tuple[str, str]]:
    """Two people, linked, who turn out to be one; merges are followed."""
    crms.rules["contacts"] = {"merges_in": frozenset({HUBSPOT})}
    names = ("ada", "augusta")
    made = [
        crms.hubspot_contact(email=f"{name}@example.com", lastname=name, mobilephone=phone)
        for name, phone in zip(names, (None, "+44 20 7946 0001"), strict=True)
    ]
    crms.sync()
    ada, augusta = ((id_, crms.links()[id_]) for id_ in made)
    crms.sync()
    crms.clock.advance(3600)
    return crms, ada, augusta


def quiet(crms: TwoCrms) -> bool:
    written = crms.writes()
    crms.sync()
    told = crms.sync()
    return crms.writes() == written and told["state"] == "nothing_to_do"


def test_by_default_the_others_counterpart_is_reported_and_nothing_is_merged(
    two: tuple[TwoCrms, tuple[str, str], tuple[str, str]],
) -> None:
    crms, ada, augusta = two
    crms.rules.clear()
    crms.salesforce.merge(ada[1], augusta[1])
    crms.sync()
    assert crms.held() == {augusta[0]: {"counterpart_merged"}}
    assert augusta[0] in crms.hubspot.records


def test_merged_in_salesforce_both_are_merged_in_hubspot_and_one_link_stays(
    two: tuple[TwoCrms, tuple[str, str], tuple[str, str]],
) -> None:
    crms, ada, augusta = two
    crms.salesforce.merge(ada[1], augusta[1])
    told = crms.sync()
    assert told["state"] == "done"
    crms.sync()
    crms.sync()
    assert augusta[0] not in crms.hubspot.records
    survivor = crms.hubspot.records[ada[0]].raw
    assert survivor["hs_additional_emails"] == "augusta@example.com"
    assert survivor["mobilephone"] == crms.salesforce.records[ada[1]].raw["MobilePhone"]
    assert {k: v for k, v in crms.links().items() if k in crms.hubspot.records} == dict([ada])
    assert crms.held() == {}
    assert quiet(crms)


def test_what_the_merged_record_held_is_in_the_journal(
    two: tuple[TwoCrms, tuple[str, str], tuple[str, str]],
) -> None:
    crms, ada, augusta = two
    crms.salesforce.merge(ada[1], augusta[1])
    crms.sync()
    shop = crms.workshop()
    actions = shop.journal.actions(f"run-{crms.runs}", "contacts")
    shop.close()
    [merge] = [one for one in actions if one.verb is Verb.MERGE]
    assert (merge.record_id, merge.origin_id) == (augusta[0], augusta[1])
    told: dict[str, Any] = {one.field: (one.before, one.after) for one in merge.changes}
    assert told["merged_into"] == (None, ada[0])
    assert told["email"] == ("augusta@example.com", None)
    assert told["last_name"] == ("augusta", None)


@pytest.mark.parametrize("lost", ["before", "after"])
def test_a_lost_answer_to_a_merge_is_looked_up(
    two: tuple[TwoCrms, tuple[str, str], tuple[str, str]], lost: str
) -> None:
    crms, ada, augusta = two
    crms.salesforce.merge(ada[1], augusta[1])
    crms.hubspot.fail_next(lost=lost)  # type: ignore[arg-type]
    with pytest.raises(Unavailable):
        crms.sync()
    for _ in range(3):
        crms.sync()
    assert augusta[0] not in crms.hubspot.records
    assert [*crms.hubspot.bin] == [augusta[0]]
    assert crms.held() == {}
    assert quiet(crms)


def test_one_edited_since_it_was_read_is_not_merged_until_it_was_looked_at_again(
    two: tuple[TwoCrms, tuple[str, str], tuple[str, str]],
) -> None:
    crms, ada, augusta = two
    crms.salesforce.merge(ada[1], augusta[1])
    plain: Any = crms.hubspot.read
    edits = ["Countess"]

    def read(mapping: Any, ids: Any) -> Any:
        if augusta[0] in ids and edits:  # by load: the overlap brought it to extract
            crms.hubspot.edit(augusta[0], jobtitle=edits.pop())
        return plain(mapping, ids)

    crms.hubspot.read = read  # type: ignore[method-assign]
    crms.sync()
    assert augusta[0] in crms.hubspot.records
    crms.sync()
    crms.sync()
    assert augusta[0] not in crms.hubspot.records


def test_the_guard_counts_merges_like_deletions(crms: TwoCrms) -> None:
    crms.rules["contacts"] = {"merges_in": frozenset({HUBSPOT})}
    ids = [
        crms.hubspot_contact(email=f"p{number}@example.com", lastname="P") for number in range(12)
    ]
    crms.sync()
    links = crms.links()
    first, *rest = (links[id_] for id_ in ids)
    for other in rest:
        crms.salesforce.merge(first, other)
    with pytest.raises(GuardTripped, match="delete 11 contacts"):
        crms.sync()
    assert len(crms.records(HUBSPOT, "contacts")) == 12


def test_merged_in_hubspot_salesforces_two_are_reported_since_its_api_merges_nothing(
    two: tuple[TwoCrms, tuple[str, str], tuple[str, str]],
) -> None:
    crms, ada, augusta = two
    crms.hubspot.merge(ada[0], augusta[0])
    crms.sync()
    assert crms.held() == {augusta[1]: {"counterpart_merged"}}
    assert augusta[1] in crms.salesforce.records
