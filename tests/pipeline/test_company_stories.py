"""Whole runs about companies: when they become accounts, and which account they are."""

from typing import Any

import pytest

from include.crmsync.model.record import System
from tests.pipeline.two_crms import LIST, TwoCrms

HUBSPOT, SALESFORCE = System.HUBSPOT, System.SALESFORCE
ADA: dict[str, Any] = {"email": "ada@example.com", "lastname": "Lovelace", "company": "Engines"}


def company(crms: TwoCrms, name: str = "Engines", **people: bool) -> str:
    """A HubSpot company, and its people: name -> whether they are on the list."""
    id_ = crms.put(HUBSPOT, "companies", name=name)
    for person, listed in people.items():
        inside(crms, HUBSPOT, id_, who(crms, person, listed=listed))
    return id_


def who(crms: TwoCrms, name: str, *, listed: bool = True) -> str:
    told = {"email": f"{name}@example.com", "lastname": name, "company": "Engines"}
    return crms.hubspot_contact(listed=listed, **told)


def inside(crms: TwoCrms, system: System, parent: str | None, child: str) -> None:
    crms.crm(system).records[child].parents["companies"] = parent  # type: ignore[index]


def accounts(crms: TwoCrms) -> list[str]:
    return sorted(one.raw["Name"] for one in crms.records(SALESFORCE, "Account"))


def settled(crms: TwoCrms) -> bool:
    written = crms.writes()
    crms.sync()
    told = crms.sync()
    return crms.writes() == written and told["state"] == "nothing_to_do"


# When a company becomes an account.


def test_a_company_with_a_listed_contact_becomes_an_account_and_holds_the_contact(
    crms: TwoCrms,
) -> None:
    company(crms, ada=True, ben=False)
    crms.sync()
    [account] = crms.records(SALESFORCE, "Account")
    [contact] = crms.records(SALESFORCE, "Contact")
    assert contact.parents["companies"] == account.id
    assert settled(crms)


def test_a_company_without_contacts_is_held_and_goes_through_once_it_has_one(
    crms: TwoCrms,
) -> None:
    id_ = company(crms)
    crms.sync()
    assert accounts(crms) == []
    assert crms.held("companies") == {id_: {"contact_on_inclusion_list", "contact_not_a_lead"}}
    inside(crms, HUBSPOT, id_, who(crms, "ada"))
    crms.sync()
    assert accounts(crms) == ["Engines"]
    assert crms.held("companies") == {}


def test_a_company_of_whom_nobody_is_listed_is_held_until_somebody_joins(crms: TwoCrms) -> None:
    id_ = company(crms, ada=False)
    crms.sync()
    assert crms.held("companies") == {id_: {"contact_on_inclusion_list"}}
    crms.hubspot.lists[LIST] |= {one.id for one in crms.records(HUBSPOT, "contacts")}
    crms.sync()
    assert accounts(crms) == ["Engines"]


def test_a_company_of_leads_only_is_no_account_until_one_is_converted(crms: TwoCrms) -> None:
    lead = crms.put(SALESFORCE, "Lead", Email="ada@example.com", LastName="ada", Company="Engines")
    ada = who(crms, "ada")
    crms.sync()
    assert crms.links() == {ada: lead}
    id_ = company(crms)
    inside(crms, HUBSPOT, id_, ada)
    crms.sync()
    assert crms.held("companies") == {id_: {"contact_not_a_lead"}}
    contact = crms.put(SALESFORCE, "Contact", Email="ada@example.com", LastName="ada")
    crms.salesforce.convert(lead, contact)
    crms.sync()
    crms.sync()
    assert crms.links() == {ada: contact}
    assert accounts(crms) == ["Engines"]
    assert crms.held("companies") == {}


def test_a_company_of_people_who_would_become_leads_is_no_account(crms: TwoCrms) -> None:
    crms.rules["contacts"] = {"salesforce": ("Lead", "Contact")}
    id_ = company(crms, ada=True)
    crms.sync()
    assert crms.held("companies") == {id_: {"contact_not_a_lead"}}
    assert [one.kind for one in crms.records(SALESFORCE, "Lead")] == ["Lead"]
    assert accounts(crms) == []


def test_a_company_with_a_private_contact_becomes_an_account_and_the_contact_joins_it(
    crms: TwoCrms,
) -> None:
    contact = crms.put(SALESFORCE, "Contact", Email="ada@example.com", LastName="ada")
    ada = who(crms, "ada")
    crms.sync()
    assert crms.salesforce.records[contact].parents.get("companies") is None
    id_ = company(crms)
    inside(crms, HUBSPOT, id_, ada)
    crms.hubspot.edit(ada, jobtitle="Analyst")
    crms.sync()
    [account] = crms.records(SALESFORCE, "Account")
    assert crms.salesforce.records[contact].parents["companies"] == account.id
    assert settled(crms)


def test_a_mapping_may_let_every_company_become_an_account(crms: TwoCrms) -> None:
    crms.rules["companies"] = {"needs_contact": frozenset()}
    company(crms)
    crms.sync()
    assert accounts(crms) == ["Engines"]


def test_every_account_becomes_a_company_without_any_contact(crms: TwoCrms) -> None:
    crms.put(SALESFORCE, "Account", Name="Engines")
    crms.sync()
    [made] = crms.records(HUBSPOT, "companies")
    assert made.raw["name"] == "Engines"


# Which account a company is.


def test_in_the_first_run_a_company_is_the_account_of_the_same_people(crms: TwoCrms) -> None:
    id_ = company(crms, "Engines", ada=True, ben=True)
    account = crms.put(SALESFORCE, "Account", Name="Engines Ltd")
    other = crms.put(SALESFORCE, "Account", Name="Engines")
    for name, parent in (("ada", account), ("ben", account)):
        told = {"Email": f"{name}@example.com", "LastName": name, "AccountId": parent}
        crms.put(SALESFORCE, "Contact", {"companies": parent}, **told)
    crms.sync()
    assert crms.links("companies")[id_] == account
    assert len(crms.records(SALESFORCE, "Account")) == 2
    assert len(crms.records(HUBSPOT, "companies")) == 2
    assert other in crms.links("companies").values()
    assert settled(crms)


@pytest.mark.parametrize("first", System)
def test_a_new_company_is_the_account_of_its_linked_people(crms: TwoCrms, first: System) -> None:
    contact = crms.put(SALESFORCE, "Contact", Email="ada@example.com", LastName="ada")
    ada = who(crms, "ada")
    crms.sync()
    crms.clock.advance(3600)
    if first is HUBSPOT:
        crms.rules["companies"] = {"creates_in": frozenset()}
    account = crms.put(SALESFORCE, "Account", Name="Engines Ltd")
    inside(crms, SALESFORCE, account, contact)
    crms.sync("companies") if first is HUBSPOT else None
    id_ = company(crms, "Engines")
    inside(crms, HUBSPOT, id_, ada)
    crms.rules.clear()
    crms.clock.advance(3600)
    crms.sync()
    assert crms.links("companies") == {id_: account}
    assert len(crms.records(SALESFORCE, "Account")) == 1
    assert len(crms.records(HUBSPOT, "companies")) == 1


def test_where_people_disagree_the_account_of_the_most_stands(crms: TwoCrms) -> None:
    id_ = company(crms, "Engines", ada=True, ben=True, cyd=True)
    few, many = (crms.put(SALESFORCE, "Account", Name=name) for name in ("Few", "Many"))
    for name, parent in (("ada", few), ("ben", many), ("cyd", many)):
        told = {"Email": f"{name}@example.com", "LastName": name, "AccountId": parent}
        crms.put(SALESFORCE, "Contact", {"companies": parent}, **told)
    crms.sync()
    assert crms.links("companies")[id_] == many
