"""About four hundred deals: linked ones, and ones that a single system knows.

What is only in HubSpot belongs to companies of all three sorts, or to none; some of it the
Salesforce org refuses: won without an amount, without a close date, with a name too long.
What is only in Salesforce includes stages and a type that HubSpot has no counterpart for.
A deal closes within half a year of now, either way; in HubSpot at some time of that day.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from include.sandbox.population import HubSpotRecord, SalesforceRecord
from include.sandbox.seed import names, staff
from include.sandbox.seed.companies import Directory
from include.sandbox.seed.company import Company
from include.sandbox.seed.deal import (
    DESCRIPTIONS,
    LONE_STAGES,
    LONE_TYPE,
    MENU,
    NEXT_STEPS,
    OPEN_STAGES,
    STAGES,
    TYPES,
    Deal,
    as_hubspot,
    as_salesforce,
    drawn_amount,
)
from include.sandbox.seed.draft import Draft, edit_salesforce
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

PRIMARY_COMPANY = (5, 341)
"""Association types from a deal to the one company that is its own."""
LINKED = (
    (UNTOUCHED, 110),
    (IN_HUBSPOT, 15),
    (IN_SALESFORCE, 15),
    (APART, 5),
    (ALIKE, 4),
    (ELSEWHERE, 6),
)
LINKED_WITHOUT_COMPANY, MOVED_TO_LONE_STAGE = 10, 3
AT_LINKED, AT_LISTED, AT_UNLISTED, AT_BARE, AT_NONE = 50, 30, 10, 10, 15
REFUSED = 6
OPPORTUNITIES_AT_LINKED, OPPORTUNITIES_AT_ACCOUNTS, OPPORTUNITIES_AT_NONE = 40, 30, 10
WITH_LONE_STAGE, WITH_LONE_TYPE = 15, 5
PRODUCTS = ("Pilot", "Renewal", "Upgrade", "Site licence", "Support", "Roll-out", "Café & bar")


def populate(draft: Draft, directory: Directory) -> None:
    """Add all deals to the draft."""
    _linked(draft, directory)
    _only_in_hubspot(draft, directory)
    _refused(draft, directory)
    _only_in_salesforce(draft, directory)


def made_up(draft: Draft, companies: Sequence[Company | None]) -> Deal:
    """A made-up deal of one of the companies; a won one has an amount."""
    rng = draft.rng
    company = rng.choice(companies)
    stage = rng.choice((*OPEN_STAGES, *STAGES))
    amount = drawn_amount(rng) + 1
    buyer = (company and company.name) or rng.choice(names.LAST_NAMES)
    return Deal(
        name=f"{buyer} - {rng.choice(PRODUCTS)}",
        stage=stage,
        closes=draft.ago(days=rng.randrange(-180, 180)) + timedelta(minutes=rng.randrange(1440)),
        owner=rng.choice(staff.SHARED),
        company=company,
        amount=rng.choice((amount, amount, amount, None)) if stage in OPEN_STAGES else amount,
        type=rng.choice((*TYPES, None)),
        next_step=rng.choice(NEXT_STEPS),
        description=rng.choice(DESCRIPTIONS),
    )


def add_linked(
    draft: Draft, deal: Deal, since: Since, number: int | None = None
) -> tuple[HubSpotRecord, SalesforceRecord]:
    """Add a deal to both systems, equal on every mapped field, link and edit it."""
    times = draft.meeting()
    here = draft.hubspot("deals", as_hubspot(deal), times.hubspot, number)
    _belong(draft, here, deal.company)
    there = draft.salesforce("Opportunity", as_salesforce(deal), times.salesforce, number)
    live_on(draft, (here, there), since, MENU)
    return here, there


def add_to_hubspot(draft: Draft, deal: Deal, number: int | None = None) -> HubSpotRecord:
    """Add a deal to HubSpot alone."""
    record = draft.hubspot("deals", as_hubspot(deal), draft.born(), number)
    _belong(draft, record, deal.company)
    return record


def add_to_salesforce(draft: Draft, deal: Deal, number: int | None = None) -> SalesforceRecord:
    """Add an opportunity to Salesforce alone."""
    return draft.salesforce("Opportunity", as_salesforce(deal), draft.born(), number)


def _linked(draft: Draft, directory: Directory) -> None:
    for since, number in LINKED:
        for _ in range(number):
            add_linked(draft, made_up(draft, directory.linked), since)
    for _ in range(LINKED_WITHOUT_COMPANY):
        add_linked(draft, made_up(draft, [None]), UNTOUCHED)
    for index in range(MOVED_TO_LONE_STAGE):
        _, there = add_linked(draft, made_up(draft, directory.linked), UNTOUCHED)
        edit_salesforce(there, draft.edited(), {"StageName": LONE_STAGES[index % 3]})


def _only_in_hubspot(draft: Draft, directory: Directory) -> None:
    for companies, number in (
        (directory.linked, AT_LINKED),
        (directory.listed, AT_LISTED),
        (directory.unlisted, AT_UNLISTED),
        (directory.bare, AT_BARE),
        ([None], AT_NONE),
    ):
        for _ in range(number):
            deal = made_up(draft, companies)
            owner = staff.HUBSPOT_ONLY if draft.rng.random() < 0.1 else deal.owner
            add_to_hubspot(draft, replace(deal, owner=owner))


def _refused(draft: Draft, directory: Directory) -> None:
    """What HubSpot holds and the Salesforce org does not take."""
    for _ in range(REFUSED):
        deal = made_up(draft, directory.linked)
        add_to_hubspot(draft, replace(deal, stage="closedwon", amount=None))
    for _ in range(REFUSED // 2):
        deal = made_up(draft, directory.linked)
        add_to_hubspot(draft, replace(deal, closes=None))
        add_to_hubspot(draft, replace(deal, name=f"{deal.name}, as discussed" + ", again" * 20))


def _only_in_salesforce(draft: Draft, directory: Directory) -> None:
    for companies, number in (
        (directory.linked, OPPORTUNITIES_AT_LINKED),
        (directory.accounts, OPPORTUNITIES_AT_ACCOUNTS),
        ([None], OPPORTUNITIES_AT_NONE),
    ):
        for _ in range(number):
            add_to_salesforce(draft, made_up(draft, companies))
    everywhere = (*directory.linked, *directory.accounts)
    for index in range(WITH_LONE_STAGE):
        deal = made_up(draft, everywhere)
        add_to_salesforce(draft, replace(deal, stage=LONE_STAGES[index % 3]))
    for _ in range(WITH_LONE_TYPE):
        add_to_salesforce(draft, replace(made_up(draft, everywhere), type=LONE_TYPE))


def _belong(draft: Draft, deal: HubSpotRecord, company: Company | None) -> None:
    if company and company.hubspot_id:
        draft.associate(deal, "companies", company.hubspot_id, PRIMARY_COMPANY)
