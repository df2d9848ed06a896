"""What became of an action."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from include.crmsync.model.record import Value


class Result(StrEnum):
    """The ends an action can have."""

    APPLIED = "applied"
    REJECTED = "rejected"
    """The CRM refused this record; a person or the next change mends it."""
    SUPERSEDED = "superseded"
    """The record moved after the plan was made; nothing was written, the next run plans afresh."""
    RETRYABLE = "retryable"
    """It failed for a reason that passes; the record is remembered and tried again next run."""
    WAITING = "waiting"
    """There was no room for it in the calls of the day; it goes by itself when there is."""
    SKIPPED = "skipped"
    """Not attempted: what it depends on did not land."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One field that a CRM did not take, in its own words."""

    field: str
    """The mapping's name of the field."""
    code: str
    message: str
    """Carries no value of the record."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one action."""

    action_id: str
    result: Result
    record_id: str | None = None
    """The record written; for a create, the id it was given."""
    code: str | None = None
    """The CRM's own word for the refusal, e.g. STRING_TOO_LONG."""
    message: str | None = None
    """What happened and what to do; carries no value of the record."""
    stored: Mapping[str, Value] = field(default_factory=dict)
    """Canonical values read back after the write: what the base takes."""
    modified_at: datetime | None = None
    """The far system's stamp after the write."""
    refused: tuple[Refusal, ...] = ()
    """Fields that were left out, because the CRM did not take them."""

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code that the CRM gave for this action, each once."""
        told = (self.code, *(one.code for one in self.refused))
        return tuple(dict.fromkeys(code for code in told if code))
