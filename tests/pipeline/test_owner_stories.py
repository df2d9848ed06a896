"""Whole runs about who owns a record: one story for each fallback."""

from typing import Any

import pytest

from include.crmsync.adapters.gateway import Owner
from include.crmsync.model.record import System
from include.crmsync.model.request import Direction, Request
from tests.pipeline.two_crms import OWNER, TwoCrms

HUBSPOT, SALESFORCE = System.HUBSPOT, System.SALESFORCE
ADA: dict[str, Any] = {"email": "ada@example.com", "lastname": "Lovelace"}
BEA = "bea@crm.example.com"


@pytest.fixture
def crms(crms: TwoCrms) -> TwoCrms:
    """Beside A, who is in both: Bea in both, and in Salesforce a queue and one who has left."""
    crms.hubspot.people.append(Owner("52", BEA, "Bea Osei", active=True))
    crms.hubspot.people.append(Owner("53", "cyd@crm.example.com", "Cyd", active=True))
    crms.salesforce.people += [
        Owner("005B", BEA, "bea  osei", active=True),
        Owner("005C", "cyd@crm.example.com", "Cyd", active=False),
        Owner("00GQ", "", "New leads", active=True),
    ]
    return crms


def person(crms: TwoCrms, **values: Any) -> tuple[str, str]:
    hubspot_id = crms.hubspot_contact(**ADA, **values)
    crms.sync()
    return hubspot_id, crms.links()[hubspot_id]


def owners(crms: TwoCrms, who: tuple[str, str]) -> tuple[Any, Any]:
    ours, theirs = crms.hubspot.records[who[0]], crms.salesforce.records[who[1]]
    return ours.raw.get("hubspot_owner_id"), theirs.raw.get("OwnerId")


def settled(crms: TwoCrms) -> bool:
    written = crms.writes()
    crms.sync()
    told = crms.sync()
    return crms.writes() == written and told["state"] == "nothing_to_do"


def test_the_latest_change_of_owner_wins_both_ways(crms: TwoCrms) -> None:
    who = person(crms, hubspot_owner_id="51")
    assert owners(crms, who) == ("51", "005A")
    crms.hubspot.edit(who[0], hubspot_owner_id="52")
    crms.sync()
    assert owners(crms, who) == ("52", "005B")
    crms.salesforce.edit(who[1], OwnerId="005A")
    crms.sync()
    assert owners(crms, who) == ("51", "005A")
    assert settled(crms)


def test_an_owner_of_the_same_address_and_another_name_is_not_that_user(crms: TwoCrms) -> None:
    crms.salesforce.people[1] = Owner("005B", BEA, "Beatrice Mensah", active=True)
    who = person(crms, hubspot_owner_id="52")
    assert owners(crms, who) == ("52", None)
    assert settled(crms)
    crms.salesforce.edit(who[1], OwnerId="005B")
    crms.sync()
    assert owners(crms, who) == ("52", "005B")
    assert settled(crms)


def test_of_two_users_with_one_address_the_one_of_that_name_is_meant(crms: TwoCrms) -> None:
    crms.salesforce.people.insert(0, Owner("0050", BEA, "Somebody Else", active=True))
    who = person(crms, hubspot_owner_id="52")
    assert owners(crms, who) == ("52", "005B")


def test_an_inactive_user_gets_nothing_and_the_last_salesforce_owner_stays(crms: TwoCrms) -> None:
    who = person(crms, hubspot_owner_id="51")
    crms.hubspot.edit(who[0], hubspot_owner_id="53", jobtitle="Analyst")
    crms.sync()
    assert owners(crms, who) == ("53", "005A")
    assert crms.salesforce.records[who[1]].raw["Title"] == "Analyst"
    assert crms.held() == {}
    assert settled(crms)


def test_an_owner_that_salesforce_chose_for_a_new_record_fills_hubspots_blank(
    crms: TwoCrms,
) -> None:
    who = person(crms)
    crms.salesforce.edit(who[1], OwnerId="005B")
    crms.sync()
    assert owners(crms, who) == ("52", "005B")
    assert settled(crms)


def test_the_owner_that_salesforce_gave_a_new_record_by_itself_fills_hubspots_blank(
    crms: TwoCrms,
) -> None:
    crms.salesforce.owner_of_new = "005B"
    who = person(crms)
    crms.sync()
    assert owners(crms, who) == ("52", "005B")
    assert settled(crms)


def test_a_new_record_of_a_user_whom_hubspot_does_not_know_is_an_echo(crms: TwoCrms) -> None:
    crms.salesforce.people.append(Owner("005I", "it@crm.example.com", "Integration", active=True))
    crms.salesforce.owner_of_new = "005I"
    who = person(crms)
    told = crms.sync()
    assert told["state"] == "nothing_to_do"
    assert owners(crms, who) == (None, "005I")
    crms.salesforce.edit(who[1], OwnerId="005B")
    crms.sync()
    assert owners(crms, who) == ("52", "005B")


def test_the_owner_that_salesforce_gave_a_new_record_by_itself_is_nobodys_edit(
    crms: TwoCrms,
) -> None:
    crms.salesforce.people.append(Owner("005I", "it@crm.example.com", "Integration", active=True))
    crms.salesforce.owner_of_new = "005I"
    who = person(crms)
    crms.sync()
    crms.hubspot.edit(who[0], hubspot_owner_id="51")
    crms.clock.advance(60)
    crms.salesforce.edit(who[1], Title="Countess")
    crms.sync()
    assert owners(crms, who) == ("51", "005A")
    assert crms.conflicts() == []
    assert settled(crms)


def test_the_owner_that_salesforce_chose_instead_of_an_unknown_one_overwrites_nobody(
    crms: TwoCrms,
) -> None:
    crms.salesforce.owner_of_new = "005B"
    who = person(crms, hubspot_owner_id="99")
    crms.sync()
    assert owners(crms, who) == ("99", "005B")
    assert settled(crms)


def test_an_owner_cleared_in_hubspot_comes_back(crms: TwoCrms) -> None:
    who = person(crms, hubspot_owner_id="51")
    crms.hubspot.edit(who[0], hubspot_owner_id=None)
    crms.sync()
    assert owners(crms, who) == ("51", "005A")
    assert settled(crms)


def test_at_first_link_salesforces_owner_is_honoured(crms: TwoCrms) -> None:
    theirs = crms.put(SALESFORCE, "Contact", Email=ADA["email"], LastName="L", OwnerId="005B")
    crms.clock.advance(60)
    ours = crms.hubspot_contact(**ADA, hubspot_owner_id="51")
    crms.sync()
    assert owners(crms, (ours, theirs)) == ("52", "005B")
    assert settled(crms)


def test_a_queue_owns_in_salesforce_only_and_a_person_after_it_travels(crms: TwoCrms) -> None:
    who = person(crms, hubspot_owner_id="51")
    crms.salesforce.edit(who[1], OwnerId="00GQ")
    crms.sync()
    assert owners(crms, who) == ("51", "00GQ")
    assert crms.held() == {}
    assert settled(crms)
    crms.salesforce.edit(who[1], OwnerId="005B")
    crms.sync()
    assert owners(crms, who) == ("52", "005B")
    crms.salesforce.edit(who[1], OwnerId="00GQ")
    crms.sync()
    crms.hubspot.edit(who[0], hubspot_owner_id="51")
    crms.sync()
    assert owners(crms, who) == ("51", "005A")
    assert settled(crms)


def test_a_new_account_without_a_known_owner_is_left_to_the_integration_user(
    crms: TwoCrms,
) -> None:
    company = crms.put(HUBSPOT, "companies", name="Engines", hubspot_owner_id="99")
    ada = crms.hubspot_contact(**ADA)
    crms.hubspot.records[ada].parents["companies"] = company  # type: ignore[index]
    crms.sync()
    [account] = crms.records(SALESFORCE, "Account")
    assert "OwnerId" not in account.raw
    assert crms.held("companies") == {}
    assert OWNER not in str(account.raw)


def test_hubspots_blank_owner_is_filled_by_the_next_run_though_hubspots_was_forced(
    crms: TwoCrms,
) -> None:
    """A blank owner forces nothing: the base must not say that HubSpot had Salesforce's."""
    ada = crms.hubspot_contact(**ADA)
    theirs = crms.put(
        SALESFORCE, "Contact", Email=ADA["email"], LastName="Lovelace", OwnerId="005B"
    )
    asked = Request(
        "contacts",
        {HUBSPOT: (ada,)},
        direction=Direction.TO_SALESFORCE,
        force_fields=("owner",),
        by_hand=True,
    )
    crms.ask(asked)
    assert crms.links() == {ada: theirs}
    assert owners(crms, (ada, theirs)) == (None, "005B")
    crms.sync()
    assert owners(crms, (ada, theirs)) == ("52", "005B")
    assert settled(crms)
