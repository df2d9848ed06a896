"""Companies and accounts: linked ones, and ones that only one system knows.

A company that is only in HubSpot reaches Salesforce when one of its contacts is on the
inclusion list; so there are three sorts of it: with such contacts, with none of them on
the list, and with no contacts at all. `people` deals the contacts out so. A few of the
first sort have no name, only a domain: Salesforce takes no such account, so they and their
people wait.
"""

from dataclasses import dataclass, field

from include.sandbox.seed import staff
from include.sandbox.seed.company import INDUSTRIES, MENU, Company, as_hubspot, as_salesforce
from include.sandbox.seed.company import companies as made_up
from include.sandbox.seed.draft import Draft
from include.sandbox.seed.pairs import (
    ALIKE,
    APART,
    ELSEWHERE,
    IN_HUBSPOT,
    IN_SALESFORCE,
    UNTOUCHED,
    Since,
    live_on,
)

LINKED = (
    (UNTOUCHED, 80),
    (IN_HUBSPOT, 15),
    (IN_SALESFORCE, 15),
    (APART, 4),
    (ALIKE, 3),
    (ELSEWHERE, 4),
)
LISTED, UNLISTED, BARE, ACCOUNTS = 62, 20, 22, 68
NAMELESS = 2


@dataclass(slots=True)
class Directory:
    """Every company there is, by who works there."""

    linked: list[Company] = field(default_factory=list)
    listed: list[Company] = field(default_factory=list)
    """HubSpot only; contacts on the inclusion list."""
    unlisted: list[Company] = field(default_factory=list)
    """HubSpot only; contacts, but none on the list."""
    bare: list[Company] = field(default_factory=list)
    """HubSpot only; nobody works there."""
    accounts: list[Company] = field(default_factory=list)
    """Salesforce only."""


def populate(draft: Draft) -> Directory:
    """Add all companies to the draft."""
    stock = made_up(draft.rng)
    directory = Directory()
    for since, count in LINKED:
        directory.linked += [add_linked(draft, next(stock), since) for _ in range(count)]
    directory.listed += [add_nameless(draft, next(stock)) for _ in range(NAMELESS)]
    for sort, count in (
        (directory.listed, LISTED),
        (directory.unlisted, UNLISTED),
        (directory.bare, BARE),
    ):
        sort += [add_to_hubspot(draft, _hubspot_owned(draft, next(stock))) for _ in range(count)]
    directory.accounts += [
        add_account(draft, _salesforce_owned(draft, next(stock))) for _ in range(ACCOUNTS)
    ]
    return directory


def add_linked(draft: Draft, company: Company, since: Since, number: int | None = None) -> Company:
    """Add a company to both systems and link it."""
    if company.industry not in INDUSTRIES:
        company.industry = None
    times = draft.meeting()
    here = draft.hubspot("companies", as_hubspot(company), times.hubspot, number)
    there = draft.salesforce("Account", as_salesforce(company), times.salesforce, number)
    live_on(draft, (here, there), since, MENU)
    company.hubspot_id, company.salesforce_id = here.id, there.fields["Id"]
    return company


def add_to_hubspot(draft: Draft, company: Company, number: int | None = None) -> Company:
    """Add a company to HubSpot alone."""
    company.hubspot_id = draft.hubspot("companies", as_hubspot(company), draft.born(), number).id
    return company


def add_nameless(draft: Draft, company: Company) -> Company:
    """Add a company that HubSpot knows by its domain alone."""
    company.name = ""
    return add_to_hubspot(draft, company)


def add_account(draft: Draft, company: Company, number: int | None = None) -> Company:
    """Add a company to Salesforce alone."""
    record = draft.salesforce("Account", as_salesforce(company), draft.born(), number)
    company.salesforce_id = record.fields["Id"]
    return company


def _hubspot_owned(draft: Draft, company: Company) -> Company:
    """A few companies belong to someone Salesforce does not know, or who has left."""
    company.owner = draft.rng.choice((*[company.owner] * 8, staff.HUBSPOT_ONLY, staff.LEFT))
    return company


def _salesforce_owned(draft: Draft, company: Company) -> Company:
    """Many accounts belong to the integration user, or to someone HubSpot does not know."""
    strangers = (staff.INTEGRATION_USER, staff.SALESFORCE_ONLY)
    company.owner = draft.rng.choice((company.owner, company.owner, *strangers))
    return company
