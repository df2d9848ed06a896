"""Runs for what somebody asks for: what is read, what is written, and what is left alone."""

from collections.abc import Mapping
from typing import Any

from include.crmsync.model.record import System
from include.crmsync.model.request import Request
from include.crmsync.pipeline.request import request_of
from tests.pipeline.two_crms import LIST, TwoCrms

ADA: dict[str, Any] = {"email": "ada@example.com", "lastname": "Lovelace", "jobtitle": "Analyst"}
BEN: dict[str, Any] = {"email": "ben@example.com", "lastname": "Babbage"}


def contacts(*ids: str, system: System = System.HUBSPOT, **options: Any) -> Request:
    """Contacts, chosen by a person by their ids."""
    return Request("contacts", {system: ids}, system=system, by_hand=True, **options)


def watermarks(crms: TwoCrms, object_type: str = "contacts") -> Mapping[System, Any]:
    shop = crms.workshop()
    try:
        return shop.store.watermarks(object_type)
    finally:
        shop.close()


def note(told: dict[str, Any]) -> str:
    return str(told["object_types"][0]["note"])


def test_only_what_was_asked_for_is_created(crms: TwoCrms) -> None:
    ada, ben = crms.hubspot_contact(**ADA), crms.hubspot_contact(**BEN)
    told = crms.ask(contacts(ada))
    assert told["state"] == "done"
    assert set(crms.links()) == {ada}
    crms.sync()
    assert set(crms.links()) == {ada, ben}


def test_no_watermark_moves_so_the_next_run_reads_all_that_changed(crms: TwoCrms) -> None:
    crms.hubspot_contact(**BEN)
    crms.sync()
    before = watermarks(crms)
    ada = crms.hubspot_contact(**ADA)
    crms.ask(contacts(ada))
    assert watermarks(crms) == before


def test_a_first_run_by_request_leaves_the_baseline_to_the_ordinary_one(crms: TwoCrms) -> None:
    ada, ben = crms.hubspot_contact(**ADA), crms.hubspot_contact(**BEN)
    crms.ask(contacts(ada))
    assert watermarks(crms) == {}
    crms.sync()
    assert set(crms.links()) == {ada, ben}


def test_a_change_of_a_record_that_was_not_asked_for_stays_to_be_found(crms: TwoCrms) -> None:
    ada, ben = crms.hubspot_contact(**ADA), crms.hubspot_contact(**BEN)
    crms.sync()
    crms.hubspot.edit(ben, jobtitle="Engineer")
    crms.hubspot.edit(ada, jobtitle="Chief")
    crms.ask(contacts(ada))
    theirs = crms.salesforce.records[crms.links()[ben]]
    assert not theirs.raw.get("Title")
    crms.sync()
    assert crms.salesforce.records[crms.links()[ben]].raw["Title"] == "Engineer"


def test_an_unchanged_record_is_compared_with_a_counterpart_that_changed(crms: TwoCrms) -> None:
    ada = crms.hubspot_contact(**ADA)
    crms.sync()
    crms.salesforce.edit(crms.links()[ada], Title="Countess")
    told = crms.ask(contacts(ada))
    assert told["state"] == "done"
    assert crms.hubspot.records[ada].raw["jobtitle"] == "Countess"


def test_what_does_not_exist_is_named_and_stops_nothing(crms: TwoCrms) -> None:
    ada = crms.hubspot_contact(**ADA)
    told = crms.ask(contacts("404", ada, "405"))
    assert told["state"] == "done"
    assert ada in crms.links()
    assert note(told) == "not found in HubSpot, or not to be seen: 404, 405"


def test_nothing_of_what_was_asked_for_exists(crms: TwoCrms) -> None:
    told = crms.ask(contacts("404"))
    assert told["state"] == "nothing_to_do"
    assert note(told) == "not found in HubSpot, or not to be seen: 404"
    assert watermarks(crms) == {}


def test_records_of_salesforce_are_asked_for_alike(crms: TwoCrms) -> None:
    theirs = crms.put(System.SALESFORCE, "Contact", Email="ada@example.com", LastName="Lovelace")
    told = crms.ask(contacts(theirs, system=System.SALESFORCE))
    assert told["state"] == "done"
    assert list(crms.links().values()) == [theirs]


def test_by_email_address_whatever_its_case(crms: TwoCrms) -> None:
    ada = crms.hubspot_contact(**{**ADA, "email": "Ada@Example.com"})
    crms.hubspot_contact(**BEN)
    told = crms.ask(Request("contacts", values=("ada@example.com", "nobody@example.com")))
    assert set(crms.links()) == {ada}
    assert note(told) == "1 of 2 asked for by value are no contacts of HubSpot: number 2"
    assert "nobody@" not in str(told)


def test_by_email_address_in_salesforce_a_lead_is_found_too(crms: TwoCrms) -> None:
    lead = crms.put(
        System.SALESFORCE, "Lead", Email="ada@example.com", LastName="Lovelace", Company="Engines"
    )
    crms.ask(Request("contacts", values=("ada@example.com",), system=System.SALESFORCE))
    assert list(crms.links().values()) == [lead]


def test_by_domain_though_the_mapping_does_not_match_by_it(crms: TwoCrms) -> None:
    acme = crms.put(System.HUBSPOT, "companies", name="Acme", domain="acme.example.com")
    other = crms.put(System.HUBSPOT, "companies", name="Other", domain="other.example.com")
    crms.ask(Request("companies", values=("acme.example.com",), by_hand=True))
    assert acme in crms.links("companies")
    assert other not in crms.links("companies")


def test_who_fails_a_criterion_is_held_and_said_so(crms: TwoCrms) -> None:
    ada = crms.hubspot_contact(listed=False, **ADA)
    told = crms.ask(contacts(ada))
    assert crms.links() == {}
    assert crms.held() == {ada: {"on_inclusion_list"}}
    assert told["object_types"][0]["held"][0]["criterion"] == "on_inclusion_list"


def test_a_held_record_that_was_asked_for_and_is_well_now_is_held_no_longer(crms: TwoCrms) -> None:
    ada, ben = crms.hubspot_contact(listed=False, **ADA), crms.hubspot_contact(listed=False, **BEN)
    crms.sync()
    crms.hubspot.lists[LIST] |= {ada, ben}
    crms.ask(contacts(ada))
    assert crms.held() == {ben: {"on_inclusion_list"}}


def test_a_company_by_hand_is_created_whoever_is_in_it(crms: TwoCrms) -> None:
    acme = crms.put(System.HUBSPOT, "companies", name="Acme")
    crms.sync()
    assert crms.held("companies")[acme] == {
        "contact_on_inclusion_list",
        "contact_not_a_lead",
    }
    crms.ask(Request("companies", {System.HUBSPOT: (acme,)}, by_hand=True))
    assert acme in crms.links("companies")
    assert crms.held("companies") == {}


def test_one_that_was_deleted_is_followed_as_by_the_ordinary_run(crms: TwoCrms) -> None:
    order: dict[str, Any] = {"Name": "Engine", "StageName": "Closed Won", "CloseDate": "2026-03-31"}
    theirs = crms.put(System.SALESFORCE, "Opportunity", **order)
    crms.sync()
    [deal] = crms.links("deals")
    crms.salesforce.remove(theirs)
    crms.ask(Request("deals", {System.SALESFORCE: (theirs,)}, system=System.SALESFORCE))
    assert deal not in crms.hubspot.records


def test_a_dry_run_leaves_nothing_but_its_plan(crms: TwoCrms) -> None:
    ada = crms.hubspot_contact(**ADA)
    told = crms.ask(contacts(ada, dry_run=True))
    assert told["state"] == "planned"
    assert crms.writes() == 0
    assert crms.links() == {}
    shop = crms.workshop()
    assert [one.verb for one in shop.journal.actions("run-1", "contacts")] == ["create"]
    shop.close()


def test_a_second_request_for_the_same_finds_it_equal(crms: TwoCrms) -> None:
    ada = crms.hubspot_contact(**ADA)
    crms.ask(contacts(ada))
    written = crms.writes()
    told = crms.ask(contacts(ada))
    assert told["state"] == "done"
    assert crms.writes() == written
    assert told["object_types"][0]["directions"][0]["equal"] == 1


def test_a_steps_re_run_sees_the_same_request(crms: TwoCrms) -> None:
    ada = crms.hubspot_contact(**ADA)
    crms.ask(contacts(ada))
    shop = crms.workshop()
    assert request_of("contacts", "run-1", shop) == contacts(ada)
    assert request_of("companies", "run-1", shop) is None
    shop.close()
