"""Whole runs in which a rule of the mapping says who becomes a lead and who a contact."""

from typing import Any

import pytest

from include.crmsync.model.mapping import KindRule
from include.crmsync.model.record import System
from tests.pipeline.two_crms import TwoCrms

ADA: dict[str, Any] = {"email": "ada@example.com", "lastname": "Lovelace", "company": "Engines"}
RULES = (KindRule("Contact", (("account", "linked"),)), KindRule("Lead"))


def kinds(crms: TwoCrms) -> dict[str, str]:
    """HubSpot id -> what it became in Salesforce."""
    return {ours: crms.salesforce.records[theirs].kind for ours, theirs in crms.links().items()}


def inside(crms: TwoCrms, parent: str, **values: Any) -> str:
    id_ = crms.hubspot_contact(**values)
    crms.hubspot.records[id_].parents["companies"] = parent  # type: ignore[index]
    return id_


def test_without_a_rule_everybody_becomes_the_first_object(crms: TwoCrms) -> None:
    ada = crms.hubspot_contact(**ADA)
    crms.sync()
    assert kinds(crms) == {ada: "Contact"}


def test_the_order_of_the_objects_is_the_switch_for_everybody(crms: TwoCrms) -> None:
    crms.rules["contacts"] = {"salesforce": ("Lead", "Contact")}
    ada = crms.hubspot_contact(**ADA)
    crms.sync()
    assert kinds(crms) == {ada: "Lead"}
    [lead] = crms.records(System.SALESFORCE, "Lead")
    assert lead.raw["Company"] == "Engines"


def test_whose_company_is_linked_to_an_account_becomes_a_contact_and_others_leads(
    crms: TwoCrms,
) -> None:
    crms.rules["contacts"] = {"creates_as": RULES}
    account = crms.put(System.SALESFORCE, "Account", Name="Engines")
    crms.sync()
    company = crms.links("companies")
    [known] = [ours for ours, theirs in company.items() if theirs == account]
    stranger = crms.put(System.HUBSPOT, "companies", name="")
    here = inside(crms, known, **ADA)
    there = inside(crms, stranger, email="ben@example.com", lastname="Ben", company="B")
    nowhere = crms.hubspot_contact(email="cyd@example.com", lastname="Cyd", company="C")
    crms.sync()
    assert kinds(crms) == {here: "Contact", there: "Lead", nowhere: "Lead"}
    assert crms.salesforce.records[crms.links()[here]].parents["companies"] == account


@pytest.mark.parametrize(
    ("wanted", "title", "becomes"),
    [
        ("filled", "CEO", "Contact"),
        ("filled", None, "Lead"),
        ("blank", None, "Contact"),
        (frozenset({"CEO", "CTO"}), "CTO", "Contact"),
        (frozenset({"CEO", "CTO"}), "Clerk", "Lead"),
    ],
)
def test_a_rule_may_ask_for_a_value(
    crms: TwoCrms, wanted: Any, title: str | None, becomes: str
) -> None:
    rules = (KindRule("Contact", (("title", wanted),)), KindRule("Lead"))
    crms.rules["contacts"] = {"creates_as": rules}
    ada = crms.hubspot_contact(**ADA, jobtitle=title)
    crms.sync()
    assert kinds(crms) == {ada: becomes}


def test_a_rule_never_makes_another_record_of_somebody_who_is_there(crms: TwoCrms) -> None:
    crms.rules["contacts"] = {"creates_as": RULES}
    contact = crms.put(System.SALESFORCE, "Contact", Email=ADA["email"], LastName="Lovelace")
    ada = crms.hubspot_contact(**ADA)
    crms.sync()
    assert crms.links() == {ada: contact}
    assert crms.records(System.SALESFORCE, "Lead") == []
