"""A link says that two ids are the same thing; its base says what both held last.

The base is what makes a change a change: a field is compared with the value both systems
held after the last sync of the link, never with the other system alone. It moves only in
commit, after a write is known to have landed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from include.crmsync.model.departure import How
from include.crmsync.model.record import System, Value


@dataclass(frozen=True, slots=True)
class Link:
    """Two ids that are the same thing."""

    object_type: str
    hubspot_id: str
    salesforce_id: str
    kind: str = ""
    """The Salesforce object of the record, where its type may be several: Contact, Lead."""
    id: int | None = None
    """The store's own key; None until it is stored."""
    version: int = 0
    """The commit that changed it last, counted by object type; one planned on an older version
    is refused."""
    base: Mapping[str, Value] | None = None
    """Canonical values both systems held after the last sync; None before the first."""
    bounced: Mapping[str, Value] = field(default_factory=dict)
    """Field -> the value we sent that the far system stored differently."""
    hubspot_modified_at: datetime | None = None
    """Stamp of the newest HubSpot version already judged; what is not newer was seen."""
    salesforce_modified_at: datetime | None = None
    gone_in: System | None = None
    """The system whose record is gone; the link is then kept as a tombstone. None: it lives."""
    gone_how: How | None = None
    gone_at: datetime | None = None
    followed: bool = False
    """Whether the sync deleted the counterpart, so that a restore brings it back."""

    @property
    def lives(self) -> bool:
        return self.gone_in is None

    def id_in(self, system: System) -> str:
        return self.hubspot_id if system is System.HUBSPOT else self.salesforce_id

    def modified_in(self, system: System) -> datetime | None:
        if system is System.HUBSPOT:
            return self.hubspot_modified_at
        return self.salesforce_modified_at


class What(StrEnum):
    """What can befall a link."""

    MOVED = "moved"
    """It has another record in one system than before."""
    GONE = "gone"
    """One of its records is gone; it is kept as a tombstone."""
    BACK = "back"
    """Its record came back, and it lives again."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that befell a link in one run; the journal keeps it."""

    link_id: int
    what: What
    hubspot_id: str
    """The records it had before."""
    salesforce_id: str
    reason: str
