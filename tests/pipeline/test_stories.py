"""Whole runs over two CRMs in memory: one story each."""

from typing import Any

import pytest

from include.crmsync.errors import GuardTripped, StateError, Unavailable
from include.crmsync.model.record import System
from tests.pipeline.two_crms import LIST, TwoCrms, plan_named_in

ADA: dict[str, Any] = {
    "email": "ada@example.com",
    "lastname": "Lovelace",
    "phone": "+44 20 7946 0001",
}


def test_a_listed_contact_is_created_in_salesforce_with_its_values(crms: TwoCrms) -> None:
    hubspot_id = crms.hubspot_contact(**ADA, hubspot_owner_id="51")
    crms.sync()
    [contact] = crms.records(System.SALESFORCE, "Contact")
    assert contact.raw["LastName"] == "Lovelace"
    assert contact.raw["OwnerId"] == "005A"
    assert contact.raw["crmsync_hubspot_id__c"] == hubspot_id
    assert crms.links() == {hubspot_id: contact.id}


def test_the_run_after_plans_and_writes_nothing(crms: TwoCrms) -> None:
    crms.hubspot_contact(**ADA)
    crms.sync()
    written = crms.writes()
    told = crms.sync()
    assert told["state"] == "nothing_to_do"
    assert crms.writes() == written
    assert "own writes came back" in told["object_types"][1]["note"]


def test_an_echo_is_read_once_and_then_known(crms: TwoCrms) -> None:
    crms.hubspot_contact(**ADA)
    crms.sync()
    crms.sync()
    told = crms.sync()
    assert told["object_types"][1]["note"].startswith("nothing changed")


def test_off_the_list_a_contact_is_held_and_joining_lets_it_through(crms: TwoCrms) -> None:
    hubspot_id = crms.hubspot_contact(listed=False, **ADA)
    crms.sync()
    assert crms.held() == {hubspot_id: {"on_inclusion_list"}}
    crms.hubspot.lists[LIST].add(hubspot_id)
    crms.sync()
    assert crms.held() == {}
    assert hubspot_id in crms.links()


def test_leaving_the_list_pauses_both_directions_and_keeps_the_link(crms: TwoCrms) -> None:
    hubspot_id = crms.hubspot_contact(**ADA)
    crms.sync()
    salesforce_id = crms.links()[hubspot_id]
    crms.hubspot.lists[LIST].clear()
    crms.salesforce.edit(salesforce_id, Title="CEO")
    crms.sync()
    assert crms.hubspot.records[hubspot_id].raw.get("jobtitle") is None
    assert crms.links() == {hubspot_id: salesforce_id}
    crms.hubspot.lists[LIST].add(hubspot_id)
    crms.sync()
    assert crms.hubspot.records[hubspot_id].raw["jobtitle"] == "CEO"


def test_people_with_one_e_mail_are_linked_not_doubled(crms: TwoCrms) -> None:
    hubspot_id = crms.hubspot_contact(**ADA)
    lead = crms.put(System.SALESFORCE, "Lead", Email="ADA@example.com", LastName="Lovelace")
    crms.sync()
    assert crms.links() == {hubspot_id: lead}
    assert crms.records(System.SALESFORCE, "Contact") == []


def test_of_several_with_one_e_mail_the_newest_is_linked_and_the_rest_are_named(
    crms: TwoCrms,
) -> None:
    hubspot_id = crms.hubspot_contact(**ADA)
    older = crms.put(System.SALESFORCE, "Contact", Email=ADA["email"], LastName="Lovelace")
    crms.clock.advance(60)
    newer = crms.put(System.SALESFORCE, "Lead", Email=ADA["email"], LastName="Lovelace")
    crms.sync()
    assert crms.links() == {hubspot_id: newer}
    assert crms.held() == {older: {"unique_in_system"}}


def test_a_child_waits_for_its_parent_and_follows_by_itself(crms: TwoCrms) -> None:
    account = crms.put(System.SALESFORCE, "Account", Name="")
    deal = crms.put(
        System.SALESFORCE,
        "Opportunity",
        {"companies": account},
        Name="First order",
        StageName="Prospecting",
        CloseDate="2026-02-01",
        AccountId=account,
    )
    crms.sync()
    assert crms.held("deals") == {deal: {"parent_linked"}}
    crms.salesforce.edit(account, Name="Analytical Engines")
    crms.sync()
    assert crms.held("deals") == {}
    [made] = crms.records(System.HUBSPOT, "deals")
    [company] = crms.records(System.HUBSPOT, "companies")
    assert made.parents == {"companies": company.id}


def test_a_field_edited_in_both_is_a_conflict_that_keeps_both_values(crms: TwoCrms) -> None:
    hubspot_id = crms.hubspot_contact(**ADA)
    crms.sync()
    salesforce_id = crms.links()[hubspot_id]
    crms.salesforce.edit(salesforce_id, Title="CTO")
    crms.clock.advance(60)
    crms.hubspot.edit(hubspot_id, jobtitle="Countess")
    crms.sync()
    assert crms.salesforce.records[salesforce_id].raw["Title"] == "Countess"
    [conflict] = crms.conflicts()
    assert (conflict.hubspot, conflict.salesforce) == ("Countess", "CTO")
    assert conflict.winner is System.HUBSPOT


def test_an_edit_between_reading_and_writing_is_never_overwritten(crms: TwoCrms) -> None:
    hubspot_id = crms.hubspot_contact(**ADA)
    crms.sync()
    salesforce_id = crms.links()[hubspot_id]
    crms.hubspot.edit(hubspot_id, jobtitle="Countess")
    plain: Any = crms.salesforce.read
    edits = ["CTO"]

    def read(*arguments: object) -> object:
        while edits:
            crms.clock.advance(5)
            crms.salesforce.edit(salesforce_id, Title=edits.pop())
        return plain(*arguments)

    crms.salesforce.read = read  # type: ignore[method-assign, assignment]
    crms.sync()
    crms.sync()
    assert crms.hubspot.records[hubspot_id].raw["jobtitle"] == "CTO"
    assert crms.salesforce.records[salesforce_id].raw["Title"] == "CTO"


@pytest.mark.parametrize("lost", ["before", "after"])
def test_a_lost_answer_to_a_create_never_doubles_it(crms: TwoCrms, lost: str) -> None:
    hubspot_id = crms.hubspot_contact(**ADA)
    crms.salesforce.fail_next(lost=lost)  # type: ignore[arg-type]
    with pytest.raises(Unavailable):
        crms.sync()
    crms.sync()
    [contact] = crms.records(System.SALESFORCE, "Contact")
    assert crms.links() == {hubspot_id: contact.id}


def test_a_refused_record_is_held_with_its_reason_and_the_others_land(crms: TwoCrms) -> None:
    bad = crms.hubspot_contact(**ADA)
    good = crms.hubspot_contact(email="grace@example.com", lastname="Hopper")
    crms.salesforce.fail_next("STRING_TOO_LONG", record=bad)
    crms.sync()
    assert set(crms.links()) == {good}
    assert crms.held() == {bad: {"accepted_by_salesforce"}}


def test_a_refused_record_goes_again_when_it_changes(crms: TwoCrms) -> None:
    bad = crms.hubspot_contact(**ADA)
    crms.salesforce.fail_next("STRING_TOO_LONG", record=bad)
    crms.sync()
    crms.hubspot.edit(bad, jobtitle="Analyst")
    crms.sync()
    assert set(crms.links()) == {bad}
    assert crms.held() == {}


def test_a_passing_refusal_is_tried_again_without_a_change(crms: TwoCrms) -> None:
    hubspot_id = crms.hubspot_contact(**ADA)
    crms.salesforce.fail_next("UNABLE_TO_LOCK_ROW", record=hubspot_id, retryable=True)
    crms.sync()
    assert crms.links() == {}
    crms.clock.advance(3600)
    crms.sync()
    assert set(crms.links()) == {hubspot_id}


def test_a_plan_that_clears_many_records_stops_before_its_first_write(crms: TwoCrms) -> None:
    ids = [
        crms.hubspot_contact(email=f"p{number}@example.com", lastname="P", jobtitle="Buyer")
        for number in range(80)
    ]
    crms.sync()
    for id_ in ids:
        crms.hubspot.edit(id_, jobtitle=None)
    written = crms.writes()
    with pytest.raises(GuardTripped, match="80 contacts") as stopped:
        crms.sync()
    assert crms.writes() == written
    crms.sync(allow_plan=plan_named_in(stopped.value))
    assert all(one.raw["Title"] is None for one in crms.records(System.SALESFORCE, "Contact"))


def test_a_deleted_counterpart_is_reported_and_not_created_anew(crms: TwoCrms) -> None:
    hubspot_id = crms.hubspot_contact(**ADA)
    crms.sync()
    crms.salesforce.remove(crms.links()[hubspot_id])
    crms.hubspot.edit(hubspot_id, jobtitle="Analyst")
    crms.sync()
    assert crms.records(System.SALESFORCE, "Contact") == []
    assert crms.held() == {hubspot_id: {"counterpart_deleted"}}


def test_an_owner_nobody_knows_over_there_is_left_to_the_other_system(crms: TwoCrms) -> None:
    crms.hubspot_contact(**ADA, hubspot_owner_id="99")
    crms.sync()
    [contact] = crms.records(System.SALESFORCE, "Contact")
    assert contact.raw.get("OwnerId") is None
    assert crms.held() == {}


def test_owner_by_e_mail_travels_both_ways(crms: TwoCrms) -> None:
    hubspot_id = crms.hubspot_contact(**ADA)
    crms.sync()
    crms.salesforce.edit(crms.links()[hubspot_id], OwnerId="005A")
    crms.sync()
    assert crms.hubspot.records[hubspot_id].raw["hubspot_owner_id"] == "51"


def test_a_write_back_that_failed_is_tried_again_though_its_origin_is_an_echo(
    crms: TwoCrms,
) -> None:
    hubspot_id = crms.hubspot_contact(**ADA, leadsource="Web")
    crms.sync()
    crms.sync()
    crms.clock.advance(3600)
    crms.hubspot.edit(hubspot_id, leadsource=None)
    crms.hubspot.fail_next("LOCKED", retryable=True)
    crms.sync()
    assert crms.hubspot.records[hubspot_id].raw["leadsource"] is None
    crms.clock.advance(3600)
    crms.sync()
    assert crms.hubspot.records[hubspot_id].raw["leadsource"] == "Web"


def test_a_store_filled_from_one_account_never_meets_another(crms: TwoCrms) -> None:
    crms.hubspot_contact(**ADA)
    crms.sync()
    written = crms.writes()
    crms.salesforce.name = "another org"
    with pytest.raises(StateError, match="Salesforce account memory"):
        crms.sync()
    assert crms.writes() == written
