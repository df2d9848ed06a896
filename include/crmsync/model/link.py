"""A link says that two ids are the same thing; its base says what both held last.

The base is what makes a change a change: a field is compared with the value both systems
held after the last sync of the link, never with the other system alone. It moves only in
commit, after a write is known to have landed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

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
    """Counts the commits that changed the link; a commit planned on an older one is refused."""
    base: Mapping[str, Value] | None = None
    """Canonical values both systems held after the last sync; None before the first."""
    bounced: Mapping[str, Value] = field(default_factory=dict)
    """Field -> the value we sent that the far system stored differently."""
    hubspot_modified_at: datetime | None = None
    """Stamp of the newest HubSpot version already judged; what is not newer was seen."""
    salesforce_modified_at: datetime | None = None

    def id_in(self, system: System) -> str:
        return self.hubspot_id if system is System.HUBSPOT else self.salesforce_id

    def modified_in(self, system: System) -> datetime | None:
        if system is System.HUBSPOT:
            return self.hubspot_modified_at
        return self.salesforce_modified_at
