"""What a suite came to, as facts that may be shown to anybody: ids and counts, never a value.

Made from Great Expectations' own answers. Of the records that fail, some are named by id, which is
what a person needs to look one up; the values are with the held records, in the state store.
"""

from dataclasses import dataclass

from include.crmsync.criteria.judge import Judged
from include.crmsync.criteria.suite import Suite
from include.crmsync.criteria.words import asked

SHOWN = 50
"""Ids of failing records that one line names."""


@dataclass(frozen=True, slots=True)
class Line:
    """One expectation, and how many records fail it."""

    criterion: str
    field: str
    asks: str
    kinds: tuple[str, ...]
    effect: str
    applies_to: tuple[str, ...]
    derived: bool
    encodes: tuple[str, ...]
    reason: str
    judged: int
    failing: int
    ids: tuple[str, ...]
    """At most `SHOWN` of those that fail."""


@dataclass(frozen=True, slots=True)
class Report:
    """One suite of one run."""

    suite: str
    file: str
    system: str
    records: int
    lines: tuple[Line, ...]

    @property
    def failing(self) -> tuple[Line, ...]:
        return tuple(one for one in self.lines if one.failing)


def report(judged: Judged) -> Report:
    """The facts of one judging."""
    lines = tuple(
        Line(
            criterion=one.criterion,
            field=one.field,
            asks=asked(one),
            kinds=tuple(sorted(one.kinds)),
            effect=str(one.effect),
            applies_to=tuple(verb for verb in ("create", "update") if verb in one.applies_to),
            derived=one.derived,
            encodes=one.encodes,
            reason=one.reason,
            judged=answer.judged,
            failing=len(answer.failing),
            ids=tuple(sorted(answer.failing)[:SHOWN]),
        )
        for one, answer in zip(judged.suite.expectations, judged.answers, strict=True)
    )
    suite: Suite = judged.suite
    return Report(suite.name, suite.file, str(suite.system), judged.records, lines)
