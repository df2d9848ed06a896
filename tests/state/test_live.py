"""Remembered schemas and mapping issues."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from include.crmsync.model.record import System
from include.crmsync.model.schema import FieldSchema, Issue, Schema
from include.crmsync.state.live import Kept, Live
from tests.builders import MORNING

HUBSPOT, SALESFORCE = System.HUBSPOT, System.SALESFORCE
RUN = ("contacts", "first")
LATER = MORNING + timedelta(hours=1)
TITLE = Issue("title", "salesforce", "missing", "set_aside", "no such field")
PHONE = Issue("phone", "hubspot", "read_only", "one_way", "computed")
TOLD = Schema(
    {
        "Contact": {
            "Title": FieldSchema("string", "Title", length=128, required=True),
            "Sum__c": FieldSchema("currency", precision=18, scale=2, writable=False),
            "Stage__c": FieldSchema("picklist", options={"A": "Ä"}, restricted=True),
        },
        "Lead": {},
    },
    zone="Europe/Berlin",
)


@pytest.fixture
def live(engine: Engine) -> Live:
    return Live(engine)


def test_a_schema_comes_back_as_it_was(live: Live) -> None:
    assert live.schema("contacts", SALESFORCE) is None
    live.keep("contacts", SALESFORCE, Kept(TOLD, "abc", MORNING))
    assert live.schema("contacts", SALESFORCE) == Kept(TOLD, "abc", MORNING)
    assert live.schema("contacts", HUBSPOT) is None
    assert live.schema("deals", SALESFORCE) is None


def test_a_newer_schema_takes_its_place(live: Live) -> None:
    live.keep("contacts", SALESFORCE, Kept(TOLD, "abc", MORNING))
    newer = Kept(Schema(), "def", LATER)
    live.keep("contacts", SALESFORCE, newer)
    assert live.schema("contacts", SALESFORCE) == newer


def test_what_is_forgotten_is_forgotten_for_one_object_type(live: Live) -> None:
    for object_type in ("contacts", "deals"):
        live.keep(object_type, HUBSPOT, Kept(TOLD, "abc", MORNING))
    live.forget("contacts")
    assert live.schema("contacts", HUBSPOT) is None
    assert live.schema("deals", HUBSPOT) is not None


def test_an_issue_is_remembered_once_with_the_time_it_was_found(live: Live) -> None:
    assert live.find(RUN, [TITLE], MORNING, MORNING) == []
    assert live.find(("contacts", "second"), [TITLE, PHONE], LATER, LATER) == []
    title, phone = live.issues("contacts")
    assert (title.issue, title.since, title.unread_since) == (TITLE, MORNING, MORNING)
    assert (phone.issue, phone.since) == (PHONE, LATER)
    assert live.issues("deals") == []


def test_new_words_for_an_issue_do_not_make_it_a_new_one(live: Live) -> None:
    live.find(RUN, [TITLE], MORNING, None)
    live.find(RUN, [replace(TITLE, reason="still missing")], LATER, LATER)
    [found] = live.issues("contacts")
    assert (found.issue.reason, found.since, found.unread_since) == ("still missing", MORNING, None)


def test_a_mended_issue_stands_until_it_is_closed(live: Live) -> None:
    live.find(RUN, [TITLE, PHONE], MORNING, MORNING)
    [mended] = live.find(RUN, [PHONE], LATER, LATER)
    assert mended.issue == TITLE
    assert len(live.issues("contacts")) == 2
    live.close([mended.id], LATER)
    assert [one.issue for one in live.issues("contacts")] == [PHONE]
    assert live.find(RUN, [PHONE], LATER, LATER) == []


def test_an_issue_that_returns_is_a_new_one(live: Live) -> None:
    live.find(RUN, [TITLE], MORNING, MORNING)
    live.close([live.issues("contacts")[0].id], LATER)
    live.find(RUN, [TITLE], LATER, LATER)
    [found] = live.issues("contacts")
    assert (found.since, found.unread_since) == (LATER, LATER)
