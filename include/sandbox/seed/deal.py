"""One deal, and how a HubSpot deal and a Salesforce opportunity spell it.

A stage is named by HubSpot's id where HubSpot has it, by Salesforce's label where only
Salesforce does; the same goes for the type. HubSpot keeps amounts as text and the close
date as a moment, Salesforce a number and a day.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import Any

from include.sandbox.seed import staff
from include.sandbox.seed.company import Company
from include.sandbox.seed.pairs import Editable
from include.sandbox.seed.staff import Colleague

STAGES = {
    "appointmentscheduled": "Prospecting",
    "qualifiedtobuy": "Qualification",
    "presentationscheduled": "Value Proposition",
    "decisionmakerboughtin": "Id. Decision Makers",
    "contractsent": "Negotiation/Review",
    "closedwon": "Closed Won",
    "closedlost": "Closed Lost",
}
OPEN_STAGES = tuple(stage for stage in STAGES if not stage.startswith("closed"))
LONE_STAGES = ("Needs Analysis", "Perception Analysis", "Proposal/Price Quote")
"""Stages of Salesforce that HubSpot has no counterpart for."""
TYPES = {"newbusiness": "New Customer", "existingbusiness": "Existing Customer - Upgrade"}
LONE_TYPE = "Existing Customer - Replacement"
NEXT_STEPS = (None, "Call back", "Send the offer", "Wait for budget", "Ask legal")
DESCRIPTIONS = (None, "Met at the fair.", "Second attempt.\nLast year it was the price.")


@dataclass(frozen=True, slots=True)
class Deal:
    """What is true of one deal, whichever system holds it."""

    name: str
    stage: str
    closes: datetime | None
    owner: Colleague
    company: Company | None
    amount: Decimal | None = None
    type: str | None = None
    next_step: str | None = None
    description: str | None = None


def as_hubspot(deal: Deal) -> dict[str, str | None]:
    """The deal as HubSpot properties."""
    return {
        "dealname": deal.name,
        "pipeline": "default",
        "dealstage": deal.stage,
        "amount": None if deal.amount is None else str(deal.amount),
        "closedate": f"{_awake(deal.closes):%Y-%m-%dT%H:%M:%S}.000Z" if deal.closes else None,
        "dealtype": deal.type,
        "hs_next_step": deal.next_step,
        "description": deal.description,
        "hubspot_owner_id": deal.owner.hubspot_id,
    }


def as_salesforce(deal: Deal) -> dict[str, Any]:
    """The deal as fields of an Opportunity."""
    closes: date | None = deal.closes.date() if deal.closes else None
    return {
        "Name": deal.name,
        "StageName": STAGES.get(deal.stage, deal.stage),
        "Amount": None if deal.amount is None else float(deal.amount),
        "CloseDate": closes.isoformat() if closes else None,
        "Type": TYPES.get(deal.type or "", deal.type),
        "NextStep": deal.next_step,
        "Description": deal.description,
        "OwnerId": deal.owner.salesforce_id or staff.INTEGRATION_USER.salesforce_id,
        "AccountId": deal.company.salesforce_id if deal.company else None,
    }


def _awake(closes: datetime) -> datetime:
    """A time of that day at which it is that day in the portal's zone, US/Eastern, too."""
    return closes.replace(hour=6 + closes.hour * 3 // 4)


def drawn_amount(rng: Random) -> Decimal:
    """An amount in whole hundreds, or one that needs its cents."""
    return rng.choice((Decimal(rng.randrange(5, 2500) * 100), Decimal(rng.randrange(10**7)) / 100))


MENU = (
    Editable("amount", "Amount", lambda rng: str(rng.randrange(1, 4000) * 50), float),
    Editable("dealstage", "StageName", lambda rng: rng.choice(OPEN_STAGES), STAGES.__getitem__),
    Editable("hs_next_step", "NextStep", lambda rng: rng.choice(NEXT_STEPS)),
    Editable("description", "Description", lambda rng: rng.choice(DESCRIPTIONS)),
)
"""What people edit on a deal; nobody wins one by an edit, for then it needs an amount."""
