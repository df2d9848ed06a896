"""What a history is made of: steps, and incidents in the middle of a run.

A step names the things it is about by the number of the step that made them, and every step
keeps its number when others are left out. So a history that fails can be made shorter, a step or
an incident at a time, and what is left still means the same.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from include.crmsync.model.record import System

Values = tuple[tuple[str, str | None], ...]
"""Our name of a field -> its canonical value, as somebody in a CRM types it."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that happens in the middle of a sync run."""

    number: str
    what: str
    """drop_before, drop_after, kill_before, kill_after, refuse; or do: a step, then the call."""
    on: str
    """call, a method of a gateway, or state: a transaction or an artifact being written."""
    count: int
    """At which call or write of the run, from 1."""
    step: "Step | None" = None

    def __str__(self) -> str:
        done = f" {self.step}" if self.step else ""
        return f"[{self.number}] {self.what} {self.on} {self.count}{done}"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens."""

    number: str
    do: str
    """The name of a function in `people`; or sync, ask, or undo: `thing` is the run's step.

    Who asks has certain records synced: `thing` and perhaps `other`, as the system knows them.
    """
    system: System = System.HUBSPOT
    thing: str = ""
    """The step that made the record it is about."""
    other: str = ""
    """Another record: a merge's loser, a company, whom e-mails are swapped with."""
    kind: str = ""
    values: Values = ()
    seconds: float = 0
    """How much time passes first; none at all: the same stamp."""
    late: float = 0
    """How long HubSpot's search does not show it."""
    on: bool = True
    types: tuple[str, ...] = ()
    incidents: tuple[Incident, ...] = ()
    dry: bool = False
    gives_up: bool = False
    """Whether a task that failed is left alone; else it is tried again, as Airflow does."""
    again: tuple[str, ...] = ()
    """Tasks that are cleared and run again afterwards."""

    def __str__(self) -> str:
        told = [f"[{self.number}] {self.do}"]
        told += [str(self.system)] if self.do != "sync" else []
        for name in ("thing", "other", "kind", "types", "again"):
            if value := getattr(self, name):
                told.append(f"{name}={value if isinstance(value, str) else ','.join(value)}")
        told += [f"{name}={value!r}" for name, value in self.values]
        told += [name for name in ("dry", "gives_up") if getattr(self, name)]
        told += ["off"] if not self.on else []
        told += [f"after {self.seconds:g}s"] if self.seconds else []
        told += [f"shown {self.late:g}s late"] if self.late else []
        return " ".join([*told, *map(str, self.incidents)])


@dataclass(frozen=True, slots=True)
class History:
    """Steps in order, and the world they happen in."""

    seed: int
    types: tuple[str, ...]
    settings: tuple[tuple[str, int], ...]
    batch: int
    """Records per call that writes."""
    steps: tuple[Step, ...]
    long_quiet: bool = False
    """Whether ten more runs follow its end, or only one."""
    shuffled: bool = False
    """Whether plans are made once more from shuffled rows."""
    real: bool = False
    """Whether Great Expectations judges, and state and artifacts are files."""

    @property
    def numbers(self) -> tuple[str, ...]:
        """What may be left out, in order."""
        return tuple(
            number
            for step in self.steps
            for number in (step.number, *(one.number for one in step.incidents))
        )

    def only(self, numbers: Collection[str]) -> "History":
        """The history without what is not named."""
        kept = [
            replace(step, incidents=tuple(one for one in step.incidents if one.number in numbers))
            for step in self.steps
            if step.number in numbers
        ]
        return replace(self, steps=tuple(kept))
