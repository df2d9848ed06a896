"""Runs for what somebody asks for: what is read, what is written, and what is left alone."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from include.crmsync.errors import ConfigError
from include.crmsync.model.record import System
from include.crmsync.model.request import Direction, Request
from include.crmsync.model.run import Trigger
from include.crmsync.model.schema import FieldSchema
from include.crmsync.pipeline import asked, commit, load, plan, validate
from include.crmsync.pipeline.request import manual, request_of
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
    told = crms.ask(Request("companies", {System.HUBSPOT: (acme,)}, by_hand=True))
    assert acme in crms.links("companies")
    assert crms.held("companies") == {}
    assert f"though none of their contacts is on the inclusion list: {acme}" in note(told)
    assert f"though they have no contacts, or leads only: {acme}" in note(told)


def test_a_dry_run_by_request_says_what_was_not_found(crms: TwoCrms) -> None:
    ada = crms.hubspot_contact(**ADA)
    told = crms.ask(contacts(ada, "404", dry_run=True))
    assert told["state"] == "planned"
    assert note(told) == "not found in HubSpot, or not to be seen: 404"


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


# One way, and forced fields.


def linked(crms: TwoCrms, **values: Any) -> tuple[str, str]:
    """A contact in both systems; HubSpot's id, Salesforce's."""
    ours = crms.hubspot_contact(**{**ADA, **values})
    crms.sync()
    return ours, crms.links()[ours]


def test_one_way_only_what_goes_that_way_is_written_and_the_rest_goes_later(crms: TwoCrms) -> None:
    ours, theirs = linked(crms)
    crms.hubspot.edit(ours, phone="+44 20 7946 0001")
    crms.salesforce.edit(theirs, Title="Countess")
    told = crms.ask(contacts(ours, direction=Direction.TO_SALESFORCE))
    assert crms.salesforce.records[theirs].raw["Phone"] == "+44 20 7946 0001"
    assert note(told) == "1 have something that goes the other way: the next run takes it"
    assert crms.hubspot.records[ours].raw["jobtitle"] == "Analyst"
    crms.sync()
    assert crms.hubspot.records[ours].raw["jobtitle"] == "Countess"


def test_what_stays_behind_goes_later_even_if_the_other_way_was_refused(crms: TwoCrms) -> None:
    ours, theirs = linked(crms)
    crms.hubspot.edit(ours, phone="+44 20 7946 0001")
    crms.salesforce.edit(theirs, Title="Countess")
    crms.salesforce.fail_next("FIELD_INTEGRITY_EXCEPTION", record=theirs)
    crms.ask(contacts(ours, direction=Direction.TO_SALESFORCE))
    crms.sync()
    assert crms.hubspot.records[ours].raw["jobtitle"] == "Countess"


def test_one_way_nothing_is_created_on_the_other_side(crms: TwoCrms) -> None:
    theirs = crms.put(System.SALESFORCE, "Contact", Email="ada@example.com", LastName="Lovelace")
    wanted = contacts(theirs, system=System.SALESFORCE, direction=Direction.TO_SALESFORCE)
    told = crms.ask(wanted)
    assert told["state"] == "done"
    assert crms.writes() == 0
    assert crms.links() == {}
    crms.sync()
    assert list(crms.links().values()) == [theirs]


def test_one_way_nothing_is_deleted_on_the_other_side(crms: TwoCrms) -> None:
    order: dict[str, Any] = {"Name": "E", "StageName": "Prospecting", "CloseDate": "2026-02-01"}
    theirs = crms.put(System.SALESFORCE, "Opportunity", **order)
    crms.sync()
    [deal] = crms.links("deals")
    crms.salesforce.remove(theirs)
    only = Direction.TO_SALESFORCE
    crms.ask(Request("deals", {System.HUBSPOT: (deal,)}, direction=only, by_hand=True))
    assert deal in crms.hubspot.records
    crms.sync()
    assert deal not in crms.hubspot.records


def test_one_way_records_are_still_matched_and_linked(crms: TwoCrms) -> None:
    ours = crms.hubspot_contact(**ADA)
    theirs = crms.put(
        System.SALESFORCE, "Contact", Email="ada@example.com", LastName="Lovelace", Phone="7"
    )
    crms.ask(contacts(ours, direction=Direction.TO_SALESFORCE))
    assert crms.links() == {ours: theirs}
    assert crms.salesforce.records[theirs].raw["Title"] == "Analyst"
    assert not crms.hubspot.records[ours].raw.get("phone")
    crms.sync()
    assert crms.hubspot.records[ours].raw["phone"] == "7"


def test_a_forced_field_takes_the_origins_value_though_the_other_is_newer(crms: TwoCrms) -> None:
    ours, theirs = linked(crms)
    crms.hubspot.edit(ours, jobtitle="Chief")
    crms.clock.advance(60)
    crms.salesforce.edit(theirs, Title="Countess")
    wanted = contacts(ours, direction=Direction.TO_SALESFORCE, force_fields=("title",))
    crms.ask(wanted)
    assert crms.salesforce.records[theirs].raw["Title"] == "Chief"
    [conflict] = crms.conflicts()
    assert (conflict.hubspot, conflict.salesforce) == ("Chief", "Countess")
    assert conflict.winner is System.HUBSPOT
    assert conflict.reason == "HubSpot stands by request"


def test_a_forced_field_travels_though_only_the_other_side_moved(crms: TwoCrms) -> None:
    ours, theirs = linked(crms)
    crms.salesforce.edit(theirs, Title="Countess")
    crms.ask(contacts(ours, direction=Direction.TO_SALESFORCE, force_fields=("title",)))
    assert crms.salesforce.records[theirs].raw["Title"] == "Analyst"
    shop = crms.workshop()
    [change] = shop.journal.actions("run-2", "contacts")[0].changes
    assert (change.before, change.after) == ("Countess", "Analyst")
    assert change.reason == "HubSpot's value stands by request"
    shop.close()
    written = crms.writes()
    crms.sync()
    crms.sync()
    assert crms.writes() == written


def test_a_forced_field_goes_against_its_rule_and_the_next_run_goes_by_it(crms: TwoCrms) -> None:
    ours, theirs = linked(crms, leadsource="Fair")
    crms.salesforce.edit(theirs, LeadSource="Web")
    crms.sync()
    crms.hubspot.edit(ours, leadsource="Friend")
    wanted = contacts(ours, direction=Direction.TO_SALESFORCE, force_fields=("lead_source",))
    crms.ask(wanted)
    assert crms.salesforce.records[theirs].raw["LeadSource"] == "Friend"
    crms.sync()
    assert crms.hubspot.records[ours].raw["leadsource"] == "Friend"


def test_a_forced_blank_clears(crms: TwoCrms) -> None:
    ours, theirs = linked(crms)
    crms.hubspot.edit(ours, jobtitle="")
    crms.salesforce.edit(theirs, Title="Countess")
    crms.ask(contacts(ours, direction=Direction.TO_SALESFORCE, force_fields=("title",)))
    assert not crms.salesforce.records[theirs].raw["Title"]


def test_fields_that_are_not_forced_go_by_their_rules(crms: TwoCrms) -> None:
    ours, theirs = linked(crms)
    crms.salesforce.edit(theirs, Title="Countess", Phone="7")
    crms.ask(contacts(ours, direction=Direction.TO_SALESFORCE, force_fields=("title",)))
    assert crms.salesforce.records[theirs].raw["Phone"] == "7"
    crms.sync()
    assert crms.hubspot.records[ours].raw["phone"] == "7"
    assert crms.hubspot.records[ours].raw["jobtitle"] == "Analyst"


def test_a_field_that_the_org_computes_cannot_be_forced(crms: TwoCrms) -> None:
    ours, theirs = linked(crms)
    crms.salesforce.fields["Contact"] = {
        **fields_of(crms, "Contact"),
        "Title": FieldSchema("string", writable=False, calculated=True),
    }
    crms.settings["schema_age"] = timedelta(0)
    wanted = contacts(ours, direction=Direction.TO_SALESFORCE, force_fields=("title",))
    with pytest.raises(ConfigError, match="title cannot be forced, Salesforce computes it"):
        crms.ask(wanted)
    assert "Title" in crms.salesforce.records[theirs].raw


def fields_of(crms: TwoCrms, kind: str) -> dict[str, FieldSchema]:
    """A schema in which every mapped field is there to be written."""
    shop = crms.workshop()
    names = shop.mappings["contacts"].wire_fields(System.SALESFORCE, kind)
    shop.close()
    key = FieldSchema("string", unique=True, external_id=True)
    return {name: FieldSchema("string") for name in names} | {"crmsync_hubspot_id__c": key}


def test_what_a_crm_refused_before_is_tried_once_more_by_request(crms: TwoCrms) -> None:
    ours, theirs = linked(crms)
    crms.hubspot.edit(ours, phone="+44 20 7946 0001")
    crms.salesforce.fail_next("INVALID_PHONE", record=theirs, fields=("Phone",))
    crms.sync()
    assert crms.held() == {ours: {"accepted_by_salesforce"}}
    crms.sync()
    assert not crms.salesforce.records[theirs].raw.get("Phone")
    crms.ask(contacts(ours))
    assert crms.salesforce.records[theirs].raw["Phone"] == "+44 20 7946 0001"
    assert crms.held() == {}


# What records belong to.


def test_parents_are_not_synced_unless_asked_for(crms: TwoCrms) -> None:
    acme = crms.put(System.HUBSPOT, "companies", name="Acme")
    ada = crms.hubspot.put("contacts", ADA, parents={"companies": acme})
    crms.hubspot.lists[LIST].add(ada)
    crms.ask(contacts(ada))
    assert crms.held()[ada] == {"parent_linked"}
    assert crms.links("companies") == {}


def test_a_contacts_company_is_synced_before_it_when_asked_for(crms: TwoCrms) -> None:
    acme = crms.put(System.HUBSPOT, "companies", name="Acme")
    crms.put(System.HUBSPOT, "companies", name="Other")
    ada = crms.hubspot.put("contacts", ADA, parents={"companies": acme})
    crms.hubspot.lists[LIST].add(ada)
    told = crms.ask(contacts(ada, follow_parents=True))
    assert [one["object_type"] for one in told["object_types"]] == ["companies", "contacts"]
    assert set(crms.links("companies")) == {acme}
    person = crms.salesforce.records[crms.links()[ada]]
    assert person.parents["companies"] == crms.links("companies")[acme]


def test_a_deals_family_is_its_company_its_people_and_theirs(crms: TwoCrms) -> None:
    order: dict[str, Any] = {"Name": "E", "StageName": "Prospecting", "CloseDate": "2026-02-01"}
    acme, other = (crms.put(System.SALESFORCE, "Account", Name=name) for name in "AB")
    ada = crms.salesforce.put(
        "Contact", {"LastName": "L", "Email": "ada@example.com"}, parents={"companies": other}
    )
    deal = crms.salesforce.put("Opportunity", order, parents={"companies": acme})
    crms.salesforce.enrol(deal, ada)
    wanted = Request(
        "deals",
        {System.SALESFORCE: (deal,)},
        system=System.SALESFORCE,
        by_hand=True,
        follow_parents=True,
    )
    crms.ask(wanted)
    assert set(crms.links("companies").values()) == {acme, other}
    assert set(crms.links("contacts").values()) == {ada}
    assert set(crms.links("deals").values()) == {deal}


def test_what_is_told_at_the_end_names_who_is_held_and_why(crms: TwoCrms) -> None:
    ada = crms.hubspot_contact(listed=False, **ADA)
    ben = crms.hubspot_contact(listed=False, **BEN)
    crms.sync()
    crms.ask(contacts(ada, "404"))
    shop = crms.workshop()
    [told] = asked.tell("contacts", "run-2", shop)["object_types"]
    shop.close()
    assert [(one["id"], one["criterion"]) for one in told["held"]] == [(ada, "on_inclusion_list")]
    assert "404" in told["note"]
    assert ben not in str(told)
    assert ADA["email"] not in str(told)


def test_a_manual_sync_is_understood_and_run_as_airflow_does_it(crms: TwoCrms) -> None:
    crms.hubspot.put("contacts", ADA, id="101")
    crms.hubspot.lists[LIST].add("101")
    shop = crms.workshop()
    short = asked.understand("contacts", {"ids": ["101"]}, "manual__1", shop)
    assert (short["asked"], short["dry_run"]) == (1, False)
    assert asked.extract("companies", "contacts", "manual__1", shop) is None
    names = {"sync_run": "manual__1", "object_type": "contacts"}
    extracted = asked.extract("contacts", "contacts", "manual__1", shop) or ""
    planned = plan.run(str(validate.run(extracted, **names, workshop=shop)), **names, workshop=shop)
    commit.run(load.run(planned or "", **names, workshop=shop), **names, workshop=shop)
    [told] = asked.tell("contacts", "manual__1", shop)["object_types"]
    assert told["state"] == "done"
    assert told["from"]["hubspot"]["created"] == 1
    [run] = shop.journal.run("manual__1")
    assert run.trigger is Trigger.MANUAL
    shop.close()


def test_a_plan_that_was_seen_is_applied_as_it_stands(crms: TwoCrms) -> None:
    ours, theirs = linked(crms)
    crms.hubspot.edit(ours, jobtitle="Chief")
    crms.ask(contacts(ours, dry_run=True, direction=Direction.TO_SALESFORCE))
    shop = crms.workshop()
    [kept] = list(shop.plans.all())
    wanted = manual("contacts", {"apply_plan": kept.id}, shop)
    shop.close()
    crms.hubspot.edit(ours, phone="+44 20 7946 0001")
    told = crms.ask(wanted)
    assert told["object_types"][-1]["state"] == "done"
    assert crms.salesforce.records[theirs].raw["Title"] == "Chief"
    assert not crms.salesforce.records[theirs].raw.get("Phone")
    crms.sync()
    assert crms.salesforce.records[theirs].raw["Phone"] == "+44 20 7946 0001"
