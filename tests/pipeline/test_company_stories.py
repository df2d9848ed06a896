"""Whole runs about companies: when they become accounts, and which account they are."""

from typing import Any

import pytest

from include.crmsync.model.record import System
from include.crmsync.pipeline.documents import Planned
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


def test_a_company_whose_lead_joins_the_list_is_held_for_being_of_leads(crms: TwoCrms) -> None:
    """The reason that is told is the one that is so, though it would not go through either way."""
    lead = crms.put(SALESFORCE, "Lead", Email="ada@example.com", LastName="ada", Company="Engines")
    ada = who(crms, "ada", listed=False)
    id_ = company(crms)
    inside(crms, HUBSPOT, id_, ada)
    crms.sync()
    assert crms.held("companies") == {id_: {"contact_on_inclusion_list"}}
    crms.hubspot.lists[LIST] |= {ada}
    crms.sync()
    crms.sync()
    assert crms.links() == {ada: lead}
    assert crms.held("companies") == {id_: {"contact_not_a_lead"}}
    assert accounts(crms) == []
    assert settled(crms)


def test_a_company_of_people_who_would_become_leads_is_no_account(crms: TwoCrms) -> None:
    crms.rules["contacts"] = {"salesforce": ("Lead", "Contact")}
    id_ = company(crms, ada=True)
    crms.sync()
    assert crms.held("companies") == {id_: {"contact_not_a_lead"}}
    assert [one.kind for one in crms.records(SALESFORCE, "Lead")] == ["Lead"]
    assert accounts(crms) == []


def had_a_lead(crms: TwoCrms, name: str) -> tuple[str, str]:
    """A listed HubSpot contact without a link, and the lead with its address."""
    told: dict[str, Any] = {"Email": f"{name}@example.com", "LastName": name, "Company": "Engines"}
    return who(crms, name), crms.put(SALESFORCE, "Lead", **told)


@pytest.mark.parametrize("when", ["first run", "later run"])
def test_somebody_who_is_a_lead_already_makes_no_account_before_the_link(
    crms: TwoCrms, when: str
) -> None:
    if when == "later run":
        crms.sync()
        crms.clock.advance(3600)
    ada, lead = had_a_lead(crms, "ada")
    id_ = company(crms)
    inside(crms, HUBSPOT, id_, ada)
    crms.sync()
    assert accounts(crms) == []
    assert crms.held("companies") == {id_: {"contact_not_a_lead"}}
    assert crms.links() == {ada: lead}
    account = crms.put(SALESFORCE, "Account", Name="Engines Ltd")
    contact = crms.put(SALESFORCE, "Contact", Email="ada@example.com", LastName="ada")
    inside(crms, SALESFORCE, account, contact)
    crms.salesforce.convert(lead, contact)
    crms.sync()
    assert crms.links("companies") == {id_: account}
    assert settled(crms)


def test_of_two_with_one_address_the_one_modified_last_says_whether_it_is_a_lead(
    crms: TwoCrms,
) -> None:
    crms.sync()
    ada, _ = had_a_lead(crms, "ada")
    crms.clock.advance(60)
    crms.put(SALESFORCE, "Contact", Email="Ada@example.com", LastName="ada")
    inside(crms, HUBSPOT, company(crms), ada)
    crms.sync()
    assert accounts(crms) == ["Engines"]


def test_a_lead_of_somebody_else_says_nothing_of_a_stranger(crms: TwoCrms) -> None:
    """The address of a linked lead: the newcomer with it in HubSpot will not be that lead."""
    lead = crms.put(SALESFORCE, "Lead", Email="ada@example.com", LastName="ada", Company="Engines")
    ada = crms.hubspot_contact(email="old@example.com", lastname="ada", salesforceleadid=lead)
    crms.sync()
    assert crms.links() == {ada: lead}
    crms.hubspot.edit(ada, email="other@example.com")
    ben = who(crms, "ben")
    inside(crms, HUBSPOT, company(crms), ben)
    crms.sync()
    assert accounts(crms) == ["Engines"]


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


@pytest.mark.parametrize("first", [None, *System])
def test_a_new_company_is_the_account_of_people_who_are_new_themselves(
    crms: TwoCrms, first: System | None
) -> None:
    """Nobody of them is linked when companies are decided; one of both may be there before."""
    crms.sync()
    crms.clock.advance(3600)
    crms.rules["companies"] = {"creates_in": frozenset()}
    put = {HUBSPOT: lambda: company(crms), SALESFORCE: lambda: account_of(crms, "ada")}
    ids = {}
    if first is not None:
        ids[first] = put[first]()
        crms.sync("companies")
        crms.clock.advance(3600)
    for system in (one for one in System if one is not first):
        ids[system] = put[system]()
    inside(crms, HUBSPOT, ids[HUBSPOT], who(crms, "ada"))
    crms.rules.clear()
    crms.sync()
    assert crms.links("companies") == {ids[HUBSPOT]: ids[SALESFORCE]}
    assert len(crms.links()) == len(crms.records(SALESFORCE, "Account")) == 1
    assert settled(crms)


def account_of(crms: TwoCrms, name: str) -> str:
    """A Salesforce account, and the contact in it."""
    account = crms.put(SALESFORCE, "Account", Name="Engines Ltd")
    told = {"Email": f"{name}@example.com", "LastName": name, "AccountId": account}
    crms.put(SALESFORCE, "Contact", {"companies": account}, **told)
    return account


def test_where_people_disagree_the_account_of_the_most_stands(crms: TwoCrms) -> None:
    id_ = company(crms, "Engines", ada=True, ben=True, cyd=True)
    few, many = (crms.put(SALESFORCE, "Account", Name=name) for name in ("Few", "Many"))
    for name, parent in (("ada", few), ("ben", many), ("cyd", many)):
        told = {"Email": f"{name}@example.com", "LastName": name, "AccountId": parent}
        crms.put(SALESFORCE, "Contact", {"companies": parent}, **told)
    crms.sync()
    assert crms.links("companies")[id_] == many


# By domain, where the mapping says so.

BY_DOMAIN = {HUBSPOT: "domain", SALESFORCE: "Website"}


@pytest.fixture
def domains(crms: TwoCrms) -> TwoCrms:
    """Two CRMs whose companies match by domain, and need nobody to become accounts."""
    crms.rules["companies"] = {"match_domain": BY_DOMAIN, "needs_contact": frozenset()}
    return crms


def ours(crms: TwoCrms, domain: str | None, name: str = "Engines", **values: Any) -> str:
    return crms.put(HUBSPOT, "companies", name=name, domain=domain, **values)


def theirs(crms: TwoCrms, website: str | None, name: str = "Engines Ltd") -> str:
    return crms.put(SALESFORCE, "Account", Name=name, Website=website)


def reasons(crms: TwoCrms) -> dict[str, str]:
    """HubSpot company -> why the latest plan links it."""
    shop = crms.workshop()
    try:
        reference = shop.artifacts.reference(f"run-{crms.runs}", "companies", "plan")
        pairs = shop.artifacts.load(reference, Planned).plan.pairs
        return {one.hubspot_id or "": one.reason for one in pairs}
    finally:
        shop.close()


def test_as_shipped_a_domain_links_nothing(crms: TwoCrms) -> None:
    crms.rules["companies"] = {"needs_contact": frozenset()}
    ours(crms, "engines.example.com")
    theirs(crms, "https://engines.example.com")
    crms.sync()
    assert len(accounts(crms)) == len(crms.records(HUBSPOT, "companies")) == 2


@pytest.mark.parametrize(
    ("domain", "website"),
    [
        ("engines.example.com", "https://www.Engines.example.com:443/about?x=1"),
        ("www.engines.example.com", "engines.example.com."),
        ("bücher.example", "http://xn--bcher-kva.example/"),
    ],
)
def test_in_the_first_run_a_company_is_the_account_of_its_domain(
    domains: TwoCrms, domain: str, website: str
) -> None:
    company, account = ours(domains, domain), theirs(domains, website)
    domains.sync()
    assert domains.links("companies") == {company: account}
    assert settled(domains)


@pytest.mark.parametrize("first", System)
def test_a_new_company_is_the_account_that_has_its_domain_already(
    domains: TwoCrms, first: System
) -> None:
    """The one that is there first could not be created over there, and has not changed since."""
    domains.rules["companies"]["creates_in"] = frozenset()
    put = {
        HUBSPOT: lambda: ours(domains, "engines.example.com"),
        SALESFORCE: lambda: theirs(domains, "www.engines.example.com"),
    }
    here = put[first]()
    domains.sync()
    domains.clock.advance(3600)
    there = put[first.other]()
    domains.sync()
    pair = (here, there) if first is HUBSPOT else (there, here)
    assert domains.links("companies") == dict([pair])
    assert domains.held("companies") == {}
    assert settled(domains)


def test_an_additional_domain_counts(domains: TwoCrms) -> None:
    company = ours(domains, "engines.example.com", hs_additional_domains="a.example;B.example")
    account = theirs(domains, "b.example")
    domains.sync()
    assert domains.links("companies") == {company: account}


def test_what_is_no_domain_links_nothing(domains: TwoCrms) -> None:
    for text in (None, "", "n/a", "none", "info@engines.example.com", "10.0.0.1", "%", "' OR '"):
        ours(domains, text)
        theirs(domains, text)
    domains.sync()
    assert len(domains.links("companies")) == 16
    assert domains.held("companies") == {}


def test_people_go_before_a_domain(domains: TwoCrms) -> None:
    company = ours(domains, "engines.example.com")
    inside(domains, HUBSPOT, company, who(domains, "ada"))
    theirs(domains, "engines.example.com", "Namesake")
    account = theirs(domains, None, "Engines Ltd")
    told = {"Email": "ada@example.com", "LastName": "ada", "AccountId": account}
    domains.put(SALESFORCE, "Contact", {"companies": account}, **told)
    domains.sync()
    assert domains.links("companies")[company] == account


def test_a_linked_company_leaves_its_domain_to_those_without_a_link(domains: TwoCrms) -> None:
    first = ours(domains, "engines.example.com"), theirs(domains, "engines.example.com")
    domains.sync()
    domains.clock.advance(3600)
    second = ours(domains, "engines.example.com"), theirs(domains, "engines.example.com")
    domains.sync()
    assert domains.links("companies") == dict([first, second])


def test_several_with_one_domain_are_held_and_nothing_is_guessed(domains: TwoCrms) -> None:
    company = ours(domains, "engines.example.com")
    both = [theirs(domains, "engines.example.com", name) for name in ("North", "South")]
    other, same = ours(domains, "mills.example.com"), theirs(domains, "mills.example.com")
    domains.sync()
    assert domains.links("companies") == {other: same}
    assert domains.held("companies") == {id_: {"unique_domain"} for id_ in (company, *both)}
    for reason in domains.reasons("companies"):
        assert "write the account's id into its company's property salesforceaccountid" in reason
    assert len(accounts(domains)) == 3
    assert settled(domains)


def test_a_newcomer_makes_a_domain_doubtful_for_all_who_have_it(domains: TwoCrms) -> None:
    domains.rules["companies"]["creates_in"] = frozenset()
    company = ours(domains, "engines.example.com")
    domains.sync()
    domains.clock.advance(3600)
    both = [theirs(domains, "engines.example.com", name) for name in ("North", "South")]
    domains.sync()
    assert domains.links("companies") == {}
    assert domains.held("companies")[company] == {"unique_domain"}
    assert domains.held("companies").keys() == {company, *both}


def test_the_rest_goes_on_once_a_person_has_told_them_apart(domains: TwoCrms) -> None:
    company = ours(domains, "engines.example.com")
    north, south = (theirs(domains, "engines.example.com", one) for one in ("North", "South"))
    domains.sync()
    domains.clock.advance(3600)
    domains.hubspot.edit(company, salesforceaccountid=north)
    domains.sync()
    domains.sync()
    links = domains.links("companies")
    assert links[company] == north
    assert sorted(links.values()) == sorted([north, south])
    assert len(domains.records(HUBSPOT, "companies")) == 2
    assert domains.held("companies") == {}
    assert settled(domains)


def test_those_held_for_their_domain_go_on_when_the_setting_is_taken_out(domains: TwoCrms) -> None:
    ours(domains, "engines.example.com")
    for name in ("North", "South"):
        theirs(domains, "engines.example.com", name)
    domains.sync()
    domains.rules["companies"] = {"needs_contact": frozenset()}
    domains.sync()
    assert domains.held("companies") == {}
    assert len(accounts(domains)) == 3


def test_a_domain_that_only_one_system_knows_holds_nobody(domains: TwoCrms) -> None:
    for name in ("North", "South"):
        theirs(domains, "engines.example.com", name)
    domains.sync()
    assert len(domains.records(HUBSPOT, "companies")) == 2
    assert domains.held("companies") == {}


def test_a_run_without_a_new_company_asks_after_no_domain(domains: TwoCrms) -> None:
    company = ours(domains, "engines.example.com")
    theirs(domains, "engines.example.com")
    domains.sync()
    domains.clock.advance(3600)
    domains.hubspot.edit(company, phone="+15550100123")
    spent = domains.hubspot.calls + domains.salesforce.calls
    domains.rules["companies"]["match_domain"] = None
    domains.sync("companies")
    without = domains.hubspot.calls + domains.salesforce.calls - spent
    domains.clock.advance(3600)
    domains.rules["companies"]["match_domain"] = BY_DOMAIN
    domains.hubspot.edit(company, phone="+15550100456")
    spent = domains.hubspot.calls + domains.salesforce.calls
    domains.sync("companies")
    assert domains.hubspot.calls + domains.salesforce.calls - spent == without


def test_the_plan_says_that_a_domain_linked_the_two(domains: TwoCrms) -> None:
    company, account = ours(domains, "engines.example.com"), theirs(domains, "engines.example.com")
    domains.sync()
    assert domains.links("companies") == {company: account}
    assert reasons(domains) == {company: "same domain"}


def test_those_left_with_a_domain_are_linked_once_the_third_has_given_it_up(
    domains: TwoCrms,
) -> None:
    company = ours(domains, "engines.example.com")
    north, south = (theirs(domains, "engines.example.com", one) for one in ("North", "South"))
    domains.sync()
    domains.clock.advance(3600)
    domains.salesforce.edit(south, Website=None)
    domains.sync()
    assert south in domains.links("companies").values()
    domains.sync()
    assert domains.links("companies")[company] == north
    assert domains.held("companies") == {}
    assert settled(domains)


def test_a_domain_is_free_again_when_one_of_those_who_have_it_is_deleted(domains: TwoCrms) -> None:
    company = ours(domains, "engines.example.com")
    north, south = (theirs(domains, "engines.example.com", one) for one in ("North", "South"))
    domains.sync()
    domains.clock.advance(3600)
    domains.salesforce.remove(south)
    domains.sync()
    domains.sync()
    assert domains.links("companies") == {company: north}
    assert domains.held("companies") == {}


# A company that is archived.


def archive(crms: TwoCrms, id_: str) -> None:
    """HubSpot takes an archived company away from its contacts, and stamps none of them."""
    for one in crms.records(HUBSPOT, "contacts"):
        if one.parents.get("companies") == id_:
            crms.hubspot.put_below(one.id, companies=None)
    crms.hubspot.remove(id_)


def employers(crms: TwoCrms) -> list[str | None]:
    return [one.parents.get("companies") for one in crms.records(SALESFORCE, "Contact")]


@pytest.mark.parametrize("late", [True, False])
def test_contacts_keep_the_account_of_a_company_that_is_archived(
    crms: TwoCrms, *, late: bool
) -> None:
    id_ = company(crms, "Engines", ada=True, ben=True)
    crms.sync()
    crms.sync()
    [account] = crms.records(SALESFORCE, "Account")
    assert employers(crms) == [account.id, account.id]
    crms.clock.advance(3600)
    archive(crms, id_)
    for one in crms.records(HUBSPOT, "contacts"):
        crms.hubspot.edit(one.id, jobtitle="Analyst")
    if late:  # the people are looked at first: nobody has seen that the company is gone
        crms.sync("contacts")
        assert employers(crms) == [account.id, account.id]
    for _ in range(3):
        crms.clock.advance(900)
        crms.sync()
    assert employers(crms) == [account.id, account.id]
    assert [one.raw["Title"] for one in crms.records(SALESFORCE, "Contact")] == ["Analyst"] * 2
    assert settled(crms)


def test_whom_somebody_takes_out_of_a_company_leaves_the_account(crms: TwoCrms) -> None:
    company(crms, "Engines", ada=True, ben=True)
    crms.sync()
    crms.sync()
    ada = crms.records(HUBSPOT, "contacts")[0]
    crms.clock.advance(3600)
    crms.hubspot.put_below(ada.id, companies=None)
    crms.sync()
    assert employers(crms).count(None) == 1
    assert settled(crms)


def test_who_has_lost_a_company_gets_another_one_from_either_side(crms: TwoCrms) -> None:
    id_ = company(crms, "Engines", ada=True, ben=True)
    other = company(crms, "Looms", cyd=True)
    crms.sync()
    crms.sync()
    archive(crms, id_)
    crms.clock.advance(3600)
    crms.sync()
    accounts_of = crms.links("companies")
    ada, ben = (one for one in crms.records(HUBSPOT, "contacts") if not one.parents["companies"])
    crms.clock.advance(3600)
    inside(crms, HUBSPOT, other, ada.id)
    crms.salesforce.put_below(crms.links()[ben.id], companies=accounts_of[other])
    crms.sync()
    crms.sync()
    assert crms.hubspot.records[ben.id].parents["companies"] == other
    assert crms.salesforce.records[crms.links()[ada.id]].parents["companies"] == accounts_of[other]
    assert settled(crms)
