"""What a run asks the store to remember, as one value, and what came of asking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from include.crmsync.model.link import Link, Turn
from include.crmsync.model.plan import Conflict, Held
from include.crmsync.model.record import System
from include.crmsync.model.run import SyncRun


@dataclass(frozen=True, slots=True)
class Retry:
    """A record to be read again by the next run, changed or not."""

    system: System
    record_id: str
    reason: str
    code: str | None = None
    """The CRM's own word, where it refused the record."""
    failed: bool = False
    """Whether it counts as an attempt that failed; what came too late does not."""
    waits: str | None = None
    """The verb of the action that there was no room for; None: it does not wait for room."""
    asked: bool = False
    """Whether it waits for room because a person asked for it: then it goes first."""
    since: datetime | None = None
    """When that first happened; told by the store, and not to it."""


@dataclass(frozen=True, slots=True)
class Commit:
    """Everything one run adds for one object type."""

    run: SyncRun
    """As it ended: state, counts, finished_at."""
    links: Sequence[Link] = ()
    """Each as it should be, with the version it was planned on; id None: a new one."""
    held: Sequence[Held] = ()
    judged: Mapping[System, frozenset[str]] = field(default_factory=dict)
    """Records the run looked at: what was held or to be retried of them is replaced."""
    retries: Sequence[Retry] = ()
    conflicts: Sequence[Conflict] = ()
    watermarks: Mapping[System, datetime] = field(default_factory=dict)
    turns: Sequence[Turn] = ()
    """What befell links."""
    places: Mapping[str, str | None] = field(default_factory=dict)
    """Where readings that take turns go on; None: from the start."""
    reheld: Mapping[System, frozenset[str]] = field(default_factory=dict)
    """Records of which what is held is replaced, and what is to be retried is not."""
    listed: Sequence[Held] = ()
    """What the journal says of the run beside what is held from now on."""

    @property
    def at(self) -> datetime:
        return self.run.finished_at or self.run.started_at


@dataclass(frozen=True, slots=True)
class Committed:
    """What came of a commit."""

    stale_links: tuple[Link, ...] = ()
    """Not stored: the store moved on since the plan. Their records are to be read again."""
