"""A criterion, and all of them for one object type and direction: a suite.

A suite is a Great Expectations suite, written as JSON. What this package adds stands in
each expectation's `meta`: the criterion's name, the field it is about, what a record that
fails it may not cause, how far that goes, and the sentence a person
reads. A criterion may need several
expectations, "not blank" and "above zero" for instance; they then say the same in `meta`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from include.crmsync.model.record import System

_COLUMN = ("column", "column_A", "column_B")


class Effect(StrEnum):
    """What follows for a record that fails."""

    HOLD_RECORD = "hold_record"
    """It does not cause what the criterion applies to."""
    HOLD_FIELD = "hold_field"
    """Its other fields travel; this one stays behind."""
    WARN = "warn"
    """It is counted and shown, and travels."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """One condition, and the criterion it belongs to."""

    type: str
    """Great Expectations' name, e.g. expect_column_values_to_not_be_null."""
    kwargs: Mapping[str, Any]
    criterion: str
    field: str
    """The field a person has to look at; its value is kept with the held record."""
    reason: str
    """What is wrong and what to do. Says no value: the value is kept beside it."""
    applies_to: frozenset[str]
    """What a record that fails may not cause in the other system: create, update or both."""
    effect: Effect = Effect.HOLD_RECORD
    kinds: frozenset[str] = frozenset()
    """The other system's kinds it is about; none named: all of them."""
    derived: bool = False
    """Whether it was derived from a schema, not written by a person."""
    encodes: tuple[str, ...] = ()
    """Validation rules of the account that it stands for, each as Object.Rule_name."""

    @property
    def named(self) -> tuple[str, ...]:
        """The columns it compares."""
        single = [self.kwargs[key] for key in _COLUMN if key in self.kwargs]
        return tuple(str(one) for one in (*single, *self.kwargs.get("column_list", ())))

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column it needs, those of its row condition too."""
        condition = conditions(self.kwargs.get("row_condition"))
        filtered = (one["column"]["name"] for one in condition)
        return tuple(dict.fromkeys((*self.named, self.field, *filtered)))


def conditions(row_condition: Any) -> tuple[Mapping[str, Any], ...]:
    """The single comparisons a row condition is made of; none: it is about every row."""
    match row_condition:
        case {"conditions": [*parts]}:
            return tuple(one for part in parts for one in conditions(part))
        case {"column": {"name": str()}}:
            return (row_condition,)
        case _:
            return ()


@dataclass(frozen=True, slots=True)
class Suite:
    """The criteria of one object type, for records that go from one system to the other."""

    name: str
    """Also the file's: contacts.to_salesforce for contacts.to_salesforce.json."""
    object_type: str
    system: System
    """The system the judged records are in; they would go to the other."""
    expectations: tuple[Expectation, ...]
    left: tuple[str, ...] = ()
    """Validation rules that nobody means to encode: the system judges by them itself."""

    @property
    def file(self) -> str:
        """Where a person mends it."""
        return f"criteria/suites/{self.name}.json"


def suite_name(object_type: str, system: System) -> str:
    """What the suite for records of `system` is called: it is named for where they go."""
    return f"{object_type}.to_{system.other}"
