"""Whole runs about who is who: one story for each way in which records are recognised."""

from typing import Any

import pytest

from include.crmsync.model.record import System
from include.crmsync.pipeline.documents import Planned
from tests.pipeline.two_crms import TwoCrms

HUBSPOT, SALESFORCE = System.HUBSPOT, System.SALESFORCE
ADA: dict[str, Any] = {"email": "ada@example.com", "lastname": "Lovelace"}
LEAD: dict[str, Any] = {"LastName": "Lovelace", "Company": "Engines"}
ID = "003000000000001AAA"
MORE = "hs_additional_emails"


def settled(crms: TwoCrms) -> bool:
    written = crms.writes()
    crms.sync()
    told = crms.sync()
    return crms.writes() == written and told["state"] == "nothing_to_do"


def reasons(crms: TwoCrms, object_type: str = "contacts") -> set[str]:
    shop = crms.workshop()
    try:
        plans = shop.artifacts.reference(f"run-{crms.runs}", object_type, "plan")
        return {one.reason for one in shop.artifacts.load(plans, Planned).plan.pairs}
    finally:
        shop.close()


# The properties that HubSpot's own integration left behind.


@pytest.mark.parametrize("spelled", [ID, ID[:15]])
@pytest.mark.parametrize("first", [True, False])
def test_the_record_that_hubspots_own_integration_named_goes_before_the_same_address(
    crms: TwoCrms, spelled: str, first: bool
) -> None:
    if not first:
        crms.sync()
        crms.clock.advance(3600)
    crms.salesforce.put("Contact", {"LastName": "Lovelace", "Email": "a.l@example.com"}, id=ID)
    other = crms.put(SALESFORCE, "Contact", Email=ADA["email"], LastName="Somebody")
    crms.clock.advance(3600 if not first else 0)
    crms.rules["contacts"] = {"creates_in": frozenset({SALESFORCE})}
    crms.sync()
    ada = crms.hubspot_contact(**ADA, salesforcecontactid=spelled)
    crms.sync()
    assert crms.links() == {ada: ID}
    assert "named by the properties of an earlier integration" in reasons(crms)
    assert other in crms.salesforce.records


def test_of_the_two_properties_the_contacts_goes_before_the_leads(crms: TwoCrms) -> None:
    lead = crms.put(SALESFORCE, "Lead", Email="l@example.com", **LEAD)
    contact = crms.put(SALESFORCE, "Contact", Email="c@example.com", LastName="Lovelace")
    both: dict[str, Any] = {"salesforceleadid": lead, "salesforcecontactid": contact}
    ada = crms.hubspot_contact(**ADA, **both)
    crms.sync()
    assert crms.links()[ada] == contact


def test_companies_and_deals_are_recognised_by_theirs_too(crms: TwoCrms) -> None:
    account = crms.put(SALESFORCE, "Account", Name="Engines Ltd")
    told: dict[str, Any] = {"Name": "Order", "StageName": "Prospecting", "CloseDate": "2026-02-01"}
    order = crms.put(SALESFORCE, "Opportunity", **told)
    company = crms.put(HUBSPOT, "companies", name="Engines", salesforceaccountid=account)
    deal = crms.put(HUBSPOT, "deals", dealname="Order", hs_salesforceopportunityid=order)
    crms.sync()
    assert crms.links("companies") == {company: account}
    assert crms.links("deals") == {deal: order}
    assert settled(crms)


def test_a_property_that_names_nobody_is_passed_over(crms: TwoCrms) -> None:
    contact = crms.put(SALESFORCE, "Contact", Email=ADA["email"], LastName="Lovelace")
    ada = crms.hubspot_contact(**ADA, salesforcecontactid="003000000000009AAA")
    crms.sync()
    assert crms.links() == {ada: contact}


@pytest.mark.parametrize("spelled", [18, 15])
@pytest.mark.parametrize("first", [True, False])
def test_a_property_that_names_a_converted_lead_means_the_contact_it_became(
    crms: TwoCrms, first: bool, spelled: int
) -> None:
    """HubSpot's own integration was off when the lead was converted; the address changed, too."""
    if not first:
        crms.sync()
        crms.clock.advance(3600)
    lead = crms.salesforce.put("Lead", {**LEAD, "Email": "l@example.com"}, id="00Q000000000001EAA")
    contact = crms.put(SALESFORCE, "Contact", Email="new@example.com", LastName="Lovelace")
    crms.salesforce.convert(lead, contact)
    ada = crms.hubspot_contact(**ADA, salesforceleadid=lead[:spelled])
    crms.sync()
    assert crms.links() == {ada: contact}
    assert len(crms.records(HUBSPOT, "contacts")) == len(crms.records(SALESFORCE, "Contact")) == 1
    assert settled(crms)


def test_a_property_that_names_the_loser_of_merges_means_the_last_winner(crms: TwoCrms) -> None:
    names = ("a", "b", "c")
    a, b, c = (
        crms.put(SALESFORCE, "Contact", Email=f"{one}@example.com", LastName=one) for one in names
    )
    crms.salesforce.merge(b, a)
    crms.salesforce.merge(c, b)
    ada = crms.hubspot_contact(**ADA, salesforcecontactid=a)
    crms.sync()
    assert crms.links() == {ada: c}


def test_a_property_that_names_a_deleted_record_is_passed_over(crms: TwoCrms) -> None:
    gone = crms.put(SALESFORCE, "Contact", Email="gone@example.com", LastName="Lovelace")
    crms.salesforce.remove(gone)
    ada = crms.hubspot_contact(**ADA, salesforcecontactid=gone)
    crms.sync()
    assert crms.links()[ada] != gone


def test_a_link_is_never_moved_by_such_a_property(crms: TwoCrms) -> None:
    ada = crms.hubspot_contact(**ADA)
    crms.sync()
    before = crms.links()
    other = crms.put(SALESFORCE, "Contact", LastName="Somebody")
    crms.hubspot.edit(ada, salesforcecontactid=other)
    crms.sync()
    assert crms.links() == before


# Additional e-mail addresses.


@pytest.fixture
def further(crms: TwoCrms) -> TwoCrms:
    crms.rules["contacts"] = {"match_further": MORE}
    return crms


@pytest.mark.parametrize("first", System)
def test_an_additional_address_matches_where_no_first_one_does(
    further: TwoCrms, first: System
) -> None:
    crms = further
    theirs = ours = ""
    for system in (first, first.other):
        crms.clock.advance(3600)
        if system is SALESFORCE:
            theirs = crms.put(SALESFORCE, "Lead", Email="second@example.com", **LEAD)
        else:
            ours = crms.hubspot_contact(
                **ADA, hs_additional_emails="second@example.com;third@example.com"
            )
    crms.sync()
    assert crms.links() == {ours: theirs}
    assert crms.hubspot.records[ours].raw["email"] == "second@example.com"
    assert settled(crms)


def test_the_first_address_goes_before_an_additional_one(further: TwoCrms) -> None:
    crms = further
    second = crms.put(SALESFORCE, "Contact", Email="second@example.com", LastName="L")
    first = crms.put(SALESFORCE, "Contact", Email=ADA["email"], LastName="L")
    ada = crms.hubspot_contact(**ADA, hs_additional_emails="second@example.com")
    crms.sync()
    assert crms.links() == {ada: first}
    assert crms.held() == {second: {"unique_in_system"}}


def test_by_default_an_additional_address_matches_nobody_and_the_stranger_waits(
    crms: TwoCrms,
) -> None:
    ada = crms.hubspot_contact(**ADA, hs_additional_emails="second@example.com")
    theirs = crms.put(SALESFORCE, "Contact", Email="second@example.com", LastName="L")
    crms.sync()
    assert theirs not in crms.links().values()
    assert crms.held() == {theirs: {"value_unshared"}}
    assert crms.links().keys() == {ada}
    assert settled(crms)


# Two that want one, and one that comes again.


def test_two_hubspot_contacts_that_want_one_salesforce_record_leave_one_of_them_held(
    crms: TwoCrms,
) -> None:
    crms.salesforce.put("Contact", {"LastName": "L", "Email": ADA["email"]}, id=ID)
    ada = crms.hubspot_contact(**ADA)
    rival = crms.hubspot_contact(email="rival@example.com", lastname="R", salesforcecontactid=ID)
    crms.sync()
    assert crms.links()[rival] == ID
    assert crms.salesforce.records[ID].raw["Email"] == ADA["email"]
    assert [theirs for theirs in crms.links().values() if theirs == ID] == [ID]
    # The address stays where it is, and whoever has it first in HubSpot keeps it.
    assert crms.held()[ID] == {"value_unshared"}
    assert ada in crms.hubspot.records


def test_one_deleted_and_entered_again_is_linked_to_its_old_counterpart(crms: TwoCrms) -> None:
    ada = crms.hubspot_contact(**ADA)
    crms.sync()
    crms.salesforce.remove(crms.links()[ada])
    crms.sync()
    anew = crms.put(SALESFORCE, "Contact", Email=ADA["email"], LastName="Lovelace")
    crms.sync()
    assert crms.links() == {ada: anew}
    assert len(crms.records(HUBSPOT, "contacts")) == 1
    assert settled(crms)


def test_when_the_linked_one_of_two_is_deleted_the_other_takes_its_place(crms: TwoCrms) -> None:
    ada = crms.hubspot_contact(**ADA)
    older = crms.put(SALESFORCE, "Contact", Email=ADA["email"], LastName="L")
    crms.clock.advance(60)
    newer = crms.put(SALESFORCE, "Lead", Email=ADA["email"], **LEAD)
    crms.sync()
    assert crms.links() == {ada: newer}
    crms.clock.advance(3600)
    crms.sync()
    crms.salesforce.remove(newer)
    crms.sync()
    crms.sync()
    assert crms.links() == {ada: older}
    assert crms.held() == {}
    assert settled(crms)


def test_who_takes_an_address_that_salesforce_has_for_another_one_waits(crms: TwoCrms) -> None:
    ada = crms.hubspot_contact(**ADA)
    crms.sync()
    theirs = crms.links()[ada]
    crms.hubspot.edit(ada, email="countess@example.com")
    heir = crms.hubspot_contact(email=ADA["email"], lastname="Byron")
    for _ in range(2):
        crms.sync()
        assert len(crms.records(SALESFORCE, "Contact")) == 1
        assert crms.held()[heir] == {"match_unlinked"}
    crms.salesforce.edit(theirs, Email="countess@example.com")
    crms.sync()
    crms.sync()
    assert crms.held() == {}
    assert crms.links()[ada] == theirs
    assert len(crms.records(SALESFORCE, "Contact")) == 2


def test_who_takes_the_address_of_one_who_is_gone_is_linked_in_its_place(crms: TwoCrms) -> None:
    ada = crms.hubspot_contact(**ADA)
    crms.sync()
    theirs = crms.links()[ada]
    crms.hubspot.edit(ada, email="countess@example.com")
    heir = crms.hubspot_contact(email=ADA["email"], lastname="Byron")
    crms.sync()
    assert crms.held()[heir] == {"match_unlinked"}
    crms.hubspot.remove(ada)
    for _ in range(3):
        crms.sync()
    assert crms.links()[heir] == theirs
    assert len(crms.records(SALESFORCE, "Contact")) == 1
