"""Putting one person into HubSpot, into Salesforce, or into both as one linked pair.

A HubSpot contact belongs to its company by an association, a Salesforce contact by its
AccountId, a lead by the company's name. A linked contact hangs below the same company in
both systems, unless that company is in HubSpot alone: then it is a private one, which is
one of the reasons for the company to reach Salesforce.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from include.sandbox.population import HubSpotRecord, SalesforceRecord
from include.sandbox.seed.draft import Draft
from include.sandbox.seed.pairs import Since, live_on
from include.sandbox.seed.person import (
    MENU,
    Person,
    as_contact,
    as_hubspot,
    as_lead,
    as_taught_by,
)

PRIMARY_COMPANY = (1, 279)
"""Association types from a contact to the one company that is its own."""
SPELLED: Mapping[str, Callable[[Person], dict[str, Any]]] = {
    "Contact": as_contact,
    "Lead": as_lead,
}


def add_to_hubspot(
    draft: Draft,
    who: Person,
    *,
    listed: bool,
    number: int | None = None,
    at: datetime | None = None,
    known: Mapping[str, str | None] | None = None,
) -> HubSpotRecord:
    """Add a HubSpot contact; `known` are properties it has from elsewhere."""
    properties = as_hubspot(who) | dict(known or {})
    contact = draft.hubspot("contacts", properties, at or draft.born(), number)
    if who.company and who.company.hubspot_id:
        draft.associate(contact, "companies", who.company.hubspot_id, PRIMARY_COMPANY)
    if listed:
        draft.include(contact)
    return contact


def add_to_salesforce(
    draft: Draft,
    who: Person,
    sobject: str,
    *,
    number: int | None = None,
    at: datetime | None = None,
    **fields: Any,
) -> SalesforceRecord:
    """Add a Salesforce Contact or Lead; `fields` overrule what is true of the person."""
    spelled = SPELLED[sobject](who) | fields
    return draft.salesforce(sobject, spelled, at or draft.born(), number)


def add_linked(
    draft: Draft,
    who: Person,
    sobject: str,
    since: Since,
    *,
    listed: bool = True,
    number: int | None = None,
) -> tuple[HubSpotRecord, SalesforceRecord]:
    """Add a person to both systems, equal on every mapped field, link and edit them."""
    times = draft.meeting()
    known = as_taught_by(as_lead(who)) if sobject == "Lead" else None
    here = add_to_hubspot(draft, who, listed=listed, number=number, at=times.hubspot, known=known)
    there = add_to_salesforce(draft, who, sobject, number=number, at=times.salesforce)
    live_on(draft, (here, there), since, MENU)
    return here, there
