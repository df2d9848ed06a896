"""One pass of the sync: who started it, how far it read, what it counted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from include.crmsync.model.record import System


class Trigger(StrEnum):
    """What started a sync run."""

    SCHEDULED = "scheduled"
    MANUAL = "manual"
    COMMAND_LINE = "command_line"


class RunState(StrEnum):
    """How far a sync run has come for one object type."""

    RUNNING = "running"
    NOTHING_TO_DO = "nothing_to_do"
    PLANNED = "planned"
    """Dry run: planned, nothing written."""
    WAITING = "waiting"
    """The calls of the day are spent: nothing was read, a later run goes on from the same place."""
    REJECTED = "rejected"
    """A person who was asked rejected the plan, or nobody answered: nothing written."""
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Watermark:
    """Per system and object type: the modification time up to which all is committed."""

    system: System
    object_type: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """What one direction of one object type came to.

    Every record is in one place:
    extracted = equal + created + updated + deleted + held + failed + waiting.
    """

    extracted: int = 0
    equal: int = 0
    held: int = 0
    created: int = 0
    updated: int = 0
    deleted: int = 0
    """Gone, and their counterparts deleted after them."""
    linked: int = 0
    failed: int = 0
    """Refused by the other CRM, and held until they change."""
    waiting: int = 0
    """Put off for a reason that passes; the next run tries again."""
    conflicts: int = 0
    calls: int = 0
    forecast: int = 0
    """Calls that the plan was expected to need at most."""
    warned: Mapping[str, int] = field(default_factory=dict)
    """Criterion that only warns -> records that fail it; they are in some place above, too."""

    def __add__(self, other: "Counts") -> "Counts":
        """Both together: of portions, the whole."""
        numbers = (name for name in self.__slots__ if name != "warned")
        names = {*self.warned, *other.warned}
        return Counts(
            **{name: getattr(self, name) + getattr(other, name) for name in numbers},
            warned={one: self.warned.get(one, 0) + other.warned.get(one, 0) for one in names},
        )

    @property
    def accounted(self) -> int:
        """Records that are in one of the places: as many as were extracted, or one was lost."""
        written = self.created + self.updated + self.deleted
        return written + self.equal + self.held + self.failed + self.waiting

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Counts":
        return cls(**{name: stored[name] for name in cls.__slots__ if name in stored})


@dataclass(frozen=True, slots=True)
class SyncRun:
    """One pass for one object type, scheduled or manual."""

    id: str
    object_type: str
    trigger: Trigger
    started_at: datetime
    state: RunState = RunState.RUNNING
    finished_at: datetime | None = None
    dry_run: bool = False
    counts: Mapping[System, Counts] = field(default_factory=dict)
    """By the system the records came from."""
    note: str = ""
    undoes: str = ""
    """The sync run that this one takes back; empty: it syncs."""
