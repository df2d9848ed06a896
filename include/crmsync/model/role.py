"""A role: the part that one record has in another, as a contact has in a deal.

In Salesforce it is a row of an object between the two, in HubSpot an association that may carry
a label. Both come down to whose part it is and one word for it, which may be missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Role:
    """One record's part in another, as its system says it."""

    record_id: str
    """Who has the part."""
    name: str = ""
    """HubSpot's label, or Salesforce's role; empty where it has none."""


@dataclass(frozen=True, slots=True)
class Between:
    """A Salesforce object whose rows are roles."""

    record: str
    """Field that names the record the role is in."""
    holder: str
    """Field that names the record that has it."""
    kind: str
    """The object of those who may have one."""
    name: str = "Role"
    primary: str = "IsPrimary"


ROLE_OBJECTS: Mapping[str, Between] = {
    "OpportunityContactRole": Between("OpportunityId", "ContactId", "Contact"),
}
"""The Salesforce objects that a field of type roles may name."""


@dataclass(frozen=True, slots=True)
class RoleWrite:
    """What becomes of the roles in one record; whoever is in neither keeps what they have."""

    given: Mapping[str, str | None] = field(default_factory=dict)
    """Who has a role -> its name, empty: none; None leaves the name as it may be."""
    taken: frozenset[str] = frozenset()
    """Who has one no longer."""
