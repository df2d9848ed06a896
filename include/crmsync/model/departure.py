"""How a record leaves a system: deleted, merged into another, converted, or erased for good.

A tombstone is a CRM's own word that a record is gone; a record that merely cannot be read
has none, and nothing is ever deleted on its account. Where the record went into another one
that lives on, the tombstone says which.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class How(StrEnum):
    """In what way a record left."""

    DELETED = "deleted"
    """In Salesforce's Recycle Bin, or archived in HubSpot: a person can bring it back."""
    MERGED = "merged"
    """Another record took its place."""
    CONVERTED = "converted"
    """A lead that became a contact."""
    ERASED = "erased"
    """HubSpot knows nothing of it any more: deleted for privacy, or its 90 days are over."""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A CRM's word that a record is gone."""

    record_id: str
    how: How
    into: str | None = None
    """The record of the same system that took its place, for merged and converted ones."""
    at: datetime | None = None
    """When it left, where the CRM says so."""
