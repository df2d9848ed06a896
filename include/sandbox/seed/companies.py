"""Companies and accounts: linked ones, and ones that only one system knows.

A company that is only in HubSpot reaches Salesforce when one of its contacts is on the
inclusion list; so there are three sorts of it: with such contacts, with none of them on
the list, and with no contacts at all. The people who make them so are dealt out by
`cast`, which asks the directory who still needs someone.
"""

from dataclasses import dataclass, field

from include.sandbox.seed import staff
from include.sandbox.seed.company import INDUSTRIES, MENU, Company, as_hubspot, as_salesforce
from include.sandbox.seed.company import companies as made_up
from include.sandbox.seed.draft import Draft
from include.sandbox.seed.pairs import (
    IN_BOTH,
    IN_HUBSPOT,
    IN_SALESFORCE,
    UNTOUCHED,
    Since,
    live_on,
)

LINKED = ((UNTOUCHED, 80), (IN_HUBSPOT, 15), (IN_SALESFORCE, 15), (IN_BOTH, 10))
LISTED, UNLISTED, BARE, ACCOUNTS = 62, 20, 22, 68


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
    for sort, count in (("listed", LISTED), ("unlisted", UNLISTED), ("bare", BARE)):
        getattr(directory, sort).extend(add_to_hubspot(draft, next(stock)) for _ in range(count))
    directory.accounts += [add_account(draft, next(stock)) for _ in range(ACCOUNTS)]
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
    """Add a company to HubSpot alone; a few belong to someone Salesforce does not know."""
    if draft.rng.random() < 0.1:
        company.owner = staff.HUBSPOT_ONLY
    company.hubspot_id = draft.hubspot("companies", as_hubspot(company), draft.born(), number).id
    return company


def add_account(draft: Draft, company: Company, number: int | None = None) -> Company:
    """Add a company to Salesforce alone; many belong to the integration user."""
    if draft.rng.random() < 0.5:
        company.owner = draft.rng.choice((staff.INTEGRATION_USER, staff.SALESFORCE_ONLY))
    record = draft.salesforce("Account", as_salesforce(company), draft.born(), number)
    company.salesforce_id = record.fields["Id"]
    return company
