"""Sync runs as people read them: what each object type came to, and the sums."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from include.crmsync.model.record import System
from include.crmsync.model.run import Counts, RunState, SyncRun

WORST = (
    RunState.FAILED,
    RunState.RUNNING,
    RunState.WAITING,
    RunState.REJECTED,
    RunState.PLANNED,
    RunState.DONE,
    RunState.NOTHING_TO_DO,
)
"""The state most worth knowing first."""

GOOD = frozenset({RunState.DONE, RunState.NOTHING_TO_DO, RunState.PLANNED})


@dataclass(frozen=True, slots=True)
class Direction:
    """What one direction of one object type came to."""

    origin: System
    counts: Counts

    @property
    def label(self) -> str:
        return f"{self.origin.label} to {self.origin.other.label}"

    @property
    def written(self) -> int:
        return self.counts.created + self.counts.updated + self.counts.deleted


@dataclass(frozen=True, slots=True)
class RunView:
    """One sync run with all its object types."""

    id: str
    parts: tuple[SyncRun, ...]

    @property
    def state(self) -> RunState:
        states = {one.state for one in self.parts}
        return next(state for state in WORST if state in states)

    @property
    def good(self) -> bool:
        return self.state in GOOD

    @property
    def dry_run(self) -> bool:
        return any(one.dry_run for one in self.parts)

    @property
    def trigger(self) -> str:
        return str(self.parts[0].trigger)

    @property
    def started_at(self) -> datetime:
        return min(one.started_at for one in self.parts)

    @property
    def finished_at(self) -> datetime | None:
        ends = [one.finished_at for one in self.parts]
        return None if None in ends else max(one for one in ends if one)

    @property
    def seconds(self) -> float | None:
        """How long it took, None while it runs."""
        return (self.finished_at - self.started_at).total_seconds() if self.finished_at else None

    @property
    def notes(self) -> tuple[tuple[str, str], ...]:
        """Object type -> what it says of itself, where that is worth reading."""
        return tuple((one.object_type, one.note) for one in self.parts if one.note)

    def sum(self, name: str) -> int:
        """One count, over every object type and direction."""
        return sum(asdict(counts)[name] for one in self.parts for counts in one.counts.values())

    @property
    def written(self) -> int:
        return self.sum("created") + self.sum("updated") + self.sum("deleted")


def views(runs: Sequence[Sequence[SyncRun]]) -> list[RunView]:
    """Runs as they were read."""
    return [RunView(parts[0].id, tuple(parts)) for parts in runs]


def directions(run: SyncRun) -> list[Direction]:
    """Both directions of one object type."""
    return [Direction(system, run.counts.get(system, Counts())) for system in System]
