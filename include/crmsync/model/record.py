"""A record: one object as one system holds it, at one moment.

Canonical values are the only values ever compared. Each has exactly one spelling, a
string, or `None` for blank: numbers are plain decimals (`"1200.5"`), booleans `"true"` and
`"false"`, dates `"2026-01-31"`, moments `"2026-01-31T09:30:00Z"`, multi-picklists sorted and
joined by `;`. One spelling per value makes equality of strings equality of meaning, and
lets a base be stored as JSON without loss.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType

from include.crmsync.model.role import Role

Value = str | None
"""A canonical value. Blank is None, never an empty string."""

Values = Mapping[str, Value]
"""Canonical values by mapped field name."""

Raw = Mapping[str, Any]
"""Values as a system's API spells them, by that system's own field name."""

ObjectType = NewType("ObjectType", str)
"""Our canonical plural: companies, contacts, deals."""


class System(StrEnum):
    """One of the two CRMs."""

    HUBSPOT = "hubspot"
    SALESFORCE = "salesforce"

    @property
    def other(self) -> "System":
        return System.SALESFORCE if self is System.HUBSPOT else System.HUBSPOT

    @property
    def label(self) -> str:
        return "HubSpot" if self is System.HUBSPOT else "Salesforce"


@dataclass(frozen=True, slots=True)
class Record:
    """One object as its system's API gave it."""

    system: System
    object_type: str
    id: str
    kind: str
    """The system's own object name: contacts, companies, Contact, Lead, Account..."""
    modified_at: datetime
    """Aware, UTC: the system's own stamp, the one the watermark is compared with."""
    raw: Raw = field(default_factory=dict)
    """Values by the system's field names, as spelled on the wire."""
    parents: Mapping[str, str | None] = field(default_factory=dict)
    """Object type of the parent -> the parent's id in the same system, None when it has none."""
    roles: Mapping[str, tuple[Role, ...]] = field(default_factory=dict)
    """Object type of those who have a role in this record -> their roles."""
    changed_at: Mapping[str, datetime] = field(default_factory=dict)
    """When each of the system's fields was last set, where the API says so; often empty."""
    modified_by_us: bool | None = None
    """Whether our own user modified it last, where a reading by id says so; None: nobody says."""


@dataclass(frozen=True, slots=True)
class Associations:
    """Whom a record is associated with, of those its mapping names."""

    parents: Mapping[str, str | None] = field(default_factory=dict)
    roles: Mapping[str, tuple[Role, ...]] = field(default_factory=dict)
