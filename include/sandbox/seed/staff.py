"""What both CRMs have before any record: the people who own records, and the org itself.

Eight colleagues work in both systems under one e-mail; one is in HubSpot only, one in
Salesforce only, one has left (inactive in Salesforce, archived in HubSpot). Salesforce
also has the integration user, which owns what nobody else does, and a queue that owns
leads. The inclusion list exists from the start, with no members.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from include.sandbox.population import HubSpotList, HubSpotOwner, Population, SalesforceRecord
from include.sandbox.seed.ids import salesforce_id


@dataclass(frozen=True, slots=True)
class Colleague:
    """Someone who can own records, with an id in each system that knows them."""

    first_name: str
    last_name: str
    hubspot_id: str | None
    salesforce_id: str | None
    active: bool = True

    @property
    def email(self) -> str:
        return f"{self.first_name}.{self.last_name}@crm.example.com".lower()


def _colleague(
    number: int, first: str, last: str, systems: str = "both", *, active: bool = True
) -> Colleague:
    return Colleague(
        first,
        last,
        None if systems == "salesforce" else str(70 + number),
        None if systems == "hubspot" else salesforce_id("User", number),
        active,
    )


INTEGRATION_USER = Colleague("Integration", "User", None, salesforce_id("User", 1))
"""Who API writes are made by; owns the records for which nobody else was named."""
SHARED = (
    _colleague(11, "Amara", "Osei"),
    _colleague(12, "Bruno", "Keller"),
    _colleague(13, "Chloe", "Marchand"),
    _colleague(14, "Dev", "Raman"),
    _colleague(15, "Esther", "Lindqvist"),
    _colleague(16, "Farid", "Haddad"),
    _colleague(17, "Gwen", "Parry"),
    _colleague(18, "Hiro", "Tanaka"),
)
HUBSPOT_ONLY = _colleague(21, "Ines", "Duarte", "hubspot")
SALESFORCE_ONLY = _colleague(22, "Jonas", "Weiss", "salesforce")
LEFT = _colleague(23, "Kim", "Norden", active=False)
QUEUE_ID = salesforce_id("Group", 1)
ORGANIZATION_ID = salesforce_id("Organization", 1)

INCLUSION_LIST_ID = "1"
INCLUSION_LIST_NAME = "Salesforce inclusion list"

STAGES = (
    ("Prospecting", 10, "Pipeline"),
    ("Qualification", 10, "Pipeline"),
    ("Needs Analysis", 20, "Pipeline"),
    ("Value Proposition", 50, "Pipeline"),
    ("Id. Decision Makers", 60, "Pipeline"),
    ("Perception Analysis", 70, "Pipeline"),
    ("Proposal/Price Quote", 75, "Pipeline"),
    ("Negotiation/Review", 90, "Pipeline"),
    ("Closed Won", 100, "Closed"),
    ("Closed Lost", 0, "Omitted"),
)
"""Salesforce's standard stages with probability and forecast category, three unknown to HubSpot."""


def staffed(now: datetime) -> Population:
    """Both CRMs with their people and no records."""
    founded = now.replace(microsecond=0) - timedelta(days=800)
    known = (*SHARED, HUBSPOT_ONLY, LEFT)
    users = (INTEGRATION_USER, *SHARED, SALESFORCE_ONLY, LEFT)
    rows = [("Organization", _organization()), *(("User", _user(who)) for who in users)]
    rows += [("Group", _queue()), *(("OpportunityStage", row) for row in _stages())]
    return Population(
        owners=[
            HubSpotOwner(
                who.hubspot_id, who.email, who.first_name, who.last_name, archived=not who.active
            )
            for who in known
            if who.hubspot_id
        ],
        lists=[HubSpotList(INCLUSION_LIST_ID, INCLUSION_LIST_NAME, "DYNAMIC", [])],
        salesforce=[SalesforceRecord(sobject, row, founded, founded) for sobject, row in rows],
    )


def _organization() -> dict[str, Any]:
    return {"Id": ORGANIZATION_ID, "Name": "Crmsync Sandbox", "OrganizationType": "Unlimited"}


def _user(who: Colleague) -> dict[str, Any]:
    return {
        "Id": who.salesforce_id,
        "Username": who.email + ".sandbox",
        "FirstName": who.first_name,
        "LastName": who.last_name,
        "Email": who.email,
        "IsActive": who.active,
        "UserType": "Standard",
    }


def _queue() -> dict[str, Any]:
    return {
        "Id": QUEUE_ID,
        "Name": "Inbound leads",
        "DeveloperName": "Inbound_leads",
        "Type": "Queue",
    }


def _stages() -> list[dict[str, Any]]:
    return [
        {
            "Id": salesforce_id("OpportunityStage", number),
            "MasterLabel": label,
            "ApiName": label,
            "IsActive": True,
            "IsClosed": category != "Pipeline",
            "IsWon": label == "Closed Won",
            "SortOrder": number,
            "DefaultProbability": probability,
            "ForecastCategoryName": category,
        }
        for number, (label, probability, category) in enumerate(STAGES, start=1)
    ]
