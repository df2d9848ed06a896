"""A record's card: what both systems hold of it at this moment, and what the next run would do.

Pure values, made by asking both systems and by running the plan of this one record alone. What a
field's state is called here is what the plan said of it, never a second opinion.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from include.crmsync.model.plan import Held, Verb
from include.crmsync.model.record import System, Value


class State(StrEnum):
    """How a mapped field stands, of two records that are linked or would be."""

    IN_STEP = "in_step"
    """Both hold the same, and so does the base."""
    CATCHES_UP = "catches_up"
    """Both hold the same; only the base does not know it yet."""
    TRAVELS = "travels"
    """It differs, and the plan writes it."""
    CONFLICT = "conflict"
    """Both changed it, to different values; the plan says whose stands."""
    HELD = "held"
    """It differs, and something stands in its way."""
    STAYS = "stays"
    """It differs, and by the rules it is to."""
    NOT_SYNCED = "not_synced"
    """The mapping lists it and never lets it travel."""
    NOT_OF_KIND = "not_of_kind"
    """The Salesforce object of this record has no such field."""
    SET_ASIDE = "set_aside"
    """A system does not bear the field out."""
    ALONE = "alone"
    """There is no counterpart, and the plan makes none."""
    UNKNOWN = "unknown"
    """A system did not answer, or does not have the record that it should."""


@dataclass(frozen=True, slots=True)
class FieldNow:
    """How one field stands."""

    state: State
    why: str = ""
    """The plan's own words for it."""
    to: System | None = None
    """Where the plan writes it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one system says of a record at this moment."""

    record_id: str | None = None
    """None: there is no such record, or it was not asked for."""
    kind: str = ""
    modified_at: datetime | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    """Canonical values by mapped field."""
    gone: str = ""
    """That it is gone and how, in words, where the system says so."""
    trouble: str = ""
    """Why the system was not asked, or did not answer."""


@dataclass(frozen=True, slots=True)
class Step:
    """One action of the plan, in short."""

    verb: Verb
    system: System
    fields: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Now:
    """A record at this moment, and what would be done with it."""

    answers: Mapping[System, Answer]
    fields: Mapping[str, FieldNow] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    held: tuple[Held, ...] = ()
    """What would be held of it, criteria included."""
    due: str = ""
    """Why the next run reads it by itself; empty: it does not, unless somebody edits it."""
    matched: str | None = None
    """The record of the other system that it would be linked to."""
    trouble: str = ""
    """Why nothing can be said of what would be done."""

    @property
    def planned(self) -> bool:
        """Whether a plan could be made."""
        return not self.trouble
