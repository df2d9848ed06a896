"""A record as the sandbox keeps it."""

from dataclasses import dataclass, replace
from typing import Self

INTEGRATION = "INTEGRATION"
"""The source of what is written through the API."""
CRM_UI = "CRM_UI"
"""The source of what a seed holds: people typed it."""
CALCULATED = "CALCULATED"
"""The source of what HubSpot works out itself."""
MERGED = "MERGE_OBJECTS"
"""The source of what came from a record that was merged into this one."""
EMAIL = "EMAIL"
"""The source of what a marketing e-mail did."""
FORM = "FORM"
"""The source of what somebody told a form."""


@dataclass(slots=True)
class Row:
    """One record of one object type."""

    id: int
    properties: dict[str, str]
    """Only what is filled; the stamps and the id are kept apart."""
    created: int
    modified: int
    """Both in milliseconds since 1970."""
    archived: int | None = None
    source: str = INTEGRATION
    """Where the values came from that nobody has changed since."""

    def copy(self) -> Self:
        return replace(self, properties=dict(self.properties))


@dataclass(frozen=True, slots=True)
class Version:
    """What a property held from a moment on."""

    value: str
    """Empty when it was cleared."""
    at: int
    source: str
