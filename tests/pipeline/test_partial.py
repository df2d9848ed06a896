"""Which fields an answer blames, and when it is about the record as a whole."""

from dataclasses import replace

import pytest

from include.crmsync.adapters.gateway import Blamed, Written
from include.crmsync.mappings.loader import load_all
from include.crmsync.model.plan import Action, Change, Verb
from include.crmsync.model.record import System
from include.crmsync.pipeline.partial import blamed_fields

MAPPINGS = load_all()
UPDATE = Action(
    "contacts:update:salesforce:003A",
    Verb.UPDATE,
    System.SALESFORCE,
    "contacts",
    "Contact",
    "003A",
    "1",
    tuple(Change(name, None, "x", "") for name in ("title", "city", "account", "last_name")),
)
CREATE = replace(UPDATE, verb=Verb.CREATE, record_id=None)
IN_HUBSPOT = replace(CREATE, system=System.HUBSPOT, kind="contacts")


def blaming(*names: str, record_id: str | None = None, retryable: bool = False) -> Written:
    told = tuple(Blamed(name, "BAD", f"BAD on {name}") for name in names)
    return Written("k", record_id, "BAD", "BAD", retryable, blamed=told)


def names(said: Written, action: Action) -> list[str]:
    return [one.field for one in blamed_fields(said, action, MAPPINGS[action.object_type])]


def test_fields_are_told_by_the_mappings_names() -> None:
    assert names(blaming("Title", "MailingCity"), UPDATE) == ["title", "city"]
    assert names(blaming("AccountId"), UPDATE) == ["account"]
    assert names(blaming("LastName"), UPDATE) == ["last_name"]


@pytest.mark.parametrize(
    "said",
    [
        Written("k", "003A"),
        blaming(),
        blaming("Title", retryable=True),
        blaming("Phone"),
        blaming("Title", "Phone"),
        blaming("NoSuchField__c"),
    ],
)
def test_what_names_no_field_that_was_sent_is_about_the_record(said: Written) -> None:
    assert names(said, UPDATE) == []


@pytest.mark.parametrize("name", ["LastName", "AccountId"])
def test_a_record_that_is_not_there_yet_is_nothing_without_what_it_needs(name: str) -> None:
    assert names(blaming(name), CREATE) == []
    assert names(blaming("Title"), CREATE) == ["title"]
    assert names(blaming(name, "Title"), CREATE) == []


def test_a_record_that_was_made_before_its_parent_was_refused_is_there() -> None:
    assert names(blaming("companies", record_id="101"), IN_HUBSPOT) == ["account"]
    assert names(blaming("companies"), IN_HUBSPOT) == []


def test_what_moves_with_a_refused_field_is_left_out_with_it() -> None:
    changes = tuple(Change(name, None, "1", "") for name in ("currency", "amount", "name"))
    deal = replace(UPDATE, object_type="deals", kind="Opportunity", changes=changes)
    assert names(blaming("CurrencyIsoCode"), deal) == ["currency", "amount"]
    assert names(blaming("Amount"), deal) == ["amount"]


def test_a_deletion_is_never_taken_apart() -> None:
    assert names(blaming("Title"), replace(UPDATE, verb=Verb.DELETE)) == []
