"""Drift: two linked records that differ though nothing says why.

Every mapped field of a linked pair is equal in both systems, or something that we know keeps it
apart. The audit names the cause of each difference; only what has none is drift, and only drift
is mended. Pure values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from include.crmsync.model.record import System, Value


class Cause(StrEnum):
    """Why a field of a linked pair differs, or a record of it was not there."""

    DRIFT = "drift"
    """Nothing known keeps the two apart: a change was missed, or made where no stamp tells."""
    ABSENT = "absent"
    """A linked record cannot be read, and no tombstone says that it is gone."""
    HELD = "held"
    """One of the two records, or the field, is held."""
    PAUSED = "paused"
    """The HubSpot contact is off the inclusion list."""
    FILTERED = "filtered"
    """The Salesforce record does not meet the mapping's filter, and takes no part."""
    WAITING = "waiting"
    """One of the two is to be read again by the next run already."""
    UNREAD = "unread"
    """One of the two was edited since the last run; the next one reads it."""
    BOUNCED = "bounced"
    """The far system stored the value differently from how it was sent."""
    OWNER_UNKNOWN = "owner_unknown"
    """The owner is no active user in the other system, and is left as it is there."""
    UNFILLED = "unfilled"
    """The base holds nothing of the field: when the pair was last synced it was blank in both, or
    not mapped yet. It travels with the pair's next change, or when it is mended."""

    @property
    def mendable(self) -> bool:
        """Whether reading the pair again would settle it, and nothing else will."""
        return self in (Cause.DRIFT, Cause.UNFILLED, Cause.ABSENT)


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one pair that differs, and why."""

    link_id: int
    hubspot_id: str
    salesforce_id: str
    field: str
    """Our name for it; empty where a whole record is absent."""
    cause: Cause
    moved: str
    """Who left the base: hubspot, salesforce, both; of an absent record, where it is missing."""
    base: Value = None
    hubspot: Value = None
    salesforce: Value = None


@dataclass(frozen=True, slots=True)
class Audit:
    """One audit of one object type."""

    id: str
    object_type: str
    started_at: datetime
    finished_at: datetime | None = None
    """None: it is under way, or was killed."""
    mend: bool = False
    compared: int = 0
    """Living links whose two records were looked for."""
    equal: int = 0
    """Links of which every mapped field is alike."""
    mended: int = 0
    """Links whose records the next run was told to read again."""
    place: int = 0
    """Id of the last link compared: a killed audit goes on from there."""
    calls: Mapping[System, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tally:
    """What one portion of links adds to an audit."""

    place: int
    compared: int
    equal: int
    differences: tuple[Difference, ...]
    again: Mapping[System, tuple[str, ...]]
    """Records for the next run to read again."""
    calls: Mapping[System, int]
