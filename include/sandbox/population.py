"""What a seed puts into the two CRMs: plain data, no behaviour.

A seed is a function of a random seed and a moment that returns a Population. Each CRM
loads its half in its own way; neither knows how the data was made up.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class HubSpotRecord:
    """One HubSpot object; `properties` as the API would hold them: strings or None."""

    object_type: str
    """contacts, companies, deals."""
    id: str
    properties: dict[str, str | None]
    created_at: datetime
    modified_at: datetime
    history: dict[str, list[tuple[str | None, datetime]]] = field(default_factory=dict)
    """Property -> (value, set at), newest first; empty: set once, at `modified_at`."""


@dataclass(slots=True)
class Association:
    """One HubSpot association, in one direction; the loader makes the reverse too."""

    from_type: str
    from_id: str
    to_type: str
    to_id: str
    type_ids: tuple[int, ...]
    """E.g. (1, 279) for a contact's primary company; 341 and 5 for a deal's."""


@dataclass(slots=True)
class HubSpotOwner:
    """A HubSpot user who can own records."""

    id: str
    email: str
    first_name: str
    last_name: str
    archived: bool = False


@dataclass(slots=True)
class HubSpotList:
    """A HubSpot list of contacts, e.g. the inclusion list."""

    id: str
    name: str
    processing_type: str
    """DYNAMIC, MANUAL or SNAPSHOT."""
    members: list[str]


@dataclass(slots=True)
class SalesforceRecord:
    """One Salesforce object; `fields` hold JSON values by API name, Id included (18 chars)."""

    sobject: str
    fields: dict[str, Any]
    created_at: datetime
    modified_at: datetime


@dataclass(slots=True)
class Population:
    """Everything one seed puts into both CRMs."""

    hubspot: list[HubSpotRecord] = field(default_factory=list)
    associations: list[Association] = field(default_factory=list)
    owners: list[HubSpotOwner] = field(default_factory=list)
    lists: list[HubSpotList] = field(default_factory=list)
    salesforce: list[SalesforceRecord] = field(default_factory=list)
