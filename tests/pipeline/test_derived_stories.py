"""Criteria that the live schemas ask for: derived, kept, told when they change, and holding."""

import logging
from typing import Any

import pytest

from include.crmsync.model.record import System
from include.crmsync.pipeline.criteria_told import in_force, last_changes
from tests.pipeline.live_schemas import alter, describe
from tests.pipeline.two_crms import TwoCrms
from tests.pipeline.written_suites import add, expectation

ADA: dict[str, Any] = {"email": "ada@example.com", "firstname": "Ada", "lastname": "Lovelace"}
A_DAY = 25 * 3600


@pytest.fixture
def crms(crms: TwoCrms) -> TwoCrms:
    describe(crms)
    crms.judge = None  # what is derived is there for Great Expectations
    return crms


def changes(crms: TwoCrms, system: System = System.HUBSPOT) -> list[str]:
    shop = crms.workshop()
    try:
        return [line.strip() for line in last_changes("contacts", system, shop)][2:]
    finally:
        shop.close()


def test_a_changed_schema_is_told_in_what_it_means(
    crms: TwoCrms, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "crmsync")
    crms.sync("contacts")
    first = [one for one in caplog.messages if one.startswith("derived criteria of")]
    assert len(first) == 2
    assert "added=0" not in first[0]
    caplog.clear()
    alter(crms, "Contact", "Title", length=5)
    alter(crms, "Contact", "MailingCity", required=True)
    crms.clock.advance(A_DAY)
    crms.sync("contacts")
    [line] = [one for one in caplog.messages if one.startswith("derived criteria of")]
    assert "contacts.to_salesforce.derived" in line
    assert changes(crms) == [
        "+ fits_length of title (Contact): at most 5 characters",
        "+ fits_length of title (Lead): at most 128 characters",
        "+ required_value of city (Contact): not blank",
        "- fits_length of title: at most 128 characters",
    ]


def test_a_run_that_finds_nothing_new_keeps_no_second_suite(crms: TwoCrms) -> None:
    crms.sync("contacts")
    crms.hubspot_contact(**ADA)
    crms.clock.advance(A_DAY)
    crms.sync("contacts")
    shop = crms.workshop()
    try:
        assert len(shop.derived.latest("contacts", System.HUBSPOT, limit=9)) == 1
        assert len(shop.derived.latest("contacts", System.SALESFORCE, limit=9)) == 1
    finally:
        shop.close()


def test_the_command_line_lists_written_and_derived_apart(crms: TwoCrms) -> None:
    crms.sync("contacts")
    shop = crms.workshop()
    try:
        lines = [line.strip() for line in in_force("contacts", System.HUBSPOT, shop)]
    finally:
        shop.close()
    written, derived = (lines.index(one) for one in lines if one.startswith(("written", "derived")))
    assert "has_last_name of last_name: not blank  [hold_record; create]" in lines[written:derived]
    assert (
        "fits_length of city: at most 40 characters  [hold_field; create, update]"
        in lines[derived:]
    )


def test_a_value_that_fits_one_kind_alone_is_held_from_the_other(crms: TwoCrms) -> None:
    alter(crms, "Lead", "Title", length=5)
    lead = crms.put(System.SALESFORCE, "Lead", Email="grace@example.com", LastName="Hopper")
    crms.sync("contacts")
    [grace] = crms.links()
    ada = crms.hubspot_contact(**ADA, jobtitle="Countess")
    crms.hubspot.lists["Salesforce inclusion list"].add(grace)
    crms.hubspot.edit(grace, jobtitle="Rear admiral")
    crms.sync("contacts")
    assert crms.held() == {grace: {"fits_length"}}
    assert crms.salesforce.records[lead].raw.get("Title") is None
    assert crms.salesforce.records[crms.links()[ada]].raw["Title"] == "Countess"


def test_a_field_turned_required_is_not_cleared_and_new_records_wait_for_it(crms: TwoCrms) -> None:
    ada = crms.hubspot_contact(**ADA, city="London")
    crms.sync("contacts")
    for kind in ("Contact", "Lead"):
        alter(crms, kind, "MailingCity" if kind == "Contact" else "City", required=True)
    crms.clock.advance(A_DAY)
    crms.hubspot.edit(ada, city="", jobtitle="Analyst")
    grace = crms.hubspot_contact(email="grace@example.com", lastname="Hopper")
    crms.sync("contacts")
    assert crms.held() == {ada: {"required_value"}, grace: {"required_value"}}
    kept = crms.salesforce.records[crms.links()[ada]].raw
    assert (kept["MailingCity"], kept["Title"]) == ("London", "Analyst")
    assert grace not in crms.links()
    crms.hubspot.edit(grace, city="Arlington")
    crms.sync("contacts")
    assert grace in crms.links()


def test_what_a_person_wrote_gives_the_reason_and_what_is_derived_gives_no_second_one(
    crms: TwoCrms,
) -> None:
    short = expectation(
        "value_lengths_to_be_between",
        "city_is_short",
        "city",
        max_value=40,
        meta={"effect": "hold_field"},
    )
    add(crms, "contacts.to_salesforce", short)
    ada = crms.hubspot_contact(**ADA, city="L" * 41)
    crms.sync("contacts")
    assert ada in crms.links()
    assert crms.held() == {ada: {"city_is_short"}}
