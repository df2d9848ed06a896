"""Which records fail which criteria. Great Expectations judges; this turns it inside out.

Great Expectations answers per expectation, with the rows that fail; a sync asks per record,
with the criteria it fails. Fails closed: an expectation that was not answered, that raised,
or that failed without naming a row stops the run, because otherwise every record would
pass. With nothing to judge, Great Expectations is not even imported: that takes seconds.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pandas as pd

from include.crmsync.criteria.answers import AT, ROW, Answer, answered
from include.crmsync.criteria.quiet import context, great_expectations
from include.crmsync.criteria.suite import Effect, Expectation, Suite
from include.crmsync.errors import ConfigError
from include.crmsync.model.record import Value

NOT_BLANK = "expect_column_values_to_not_be_null"
_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half of a character: legal in JSON, but it cannot be encoded, and so not be hashed."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One criterion that one record fails."""

    criterion: str
    field: str
    value: Value
    """What the field holds, canonical."""
    reason: str
    applies_to: frozenset[str]
    """What the record may not cause in the other system: create, update or both."""
    effect: Effect = Effect.HOLD_RECORD
    kinds: frozenset[str] = frozenset()
    """The other system's kinds it is about; none named: all of them."""
    derived: bool = False
    """Whether a schema says so, and not a person."""


Failures = dict[str, list[Failure]]
"""Record id -> the criteria it fails, in the suite's order; who passes is not in it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of one suite."""

    suite: Suite
    failures: Failures
    answers: Sequence[Answer]
    """One for each expectation of the suite."""
    records: int


def judge(frame: pd.DataFrame, suite: Suite) -> Failures:
    """Who fails what; see `examine`."""
    return examine(frame, suite).failures


def examine(frame: pd.DataFrame, suite: Suite) -> Judged:
    """Judge records by a suite.

    `frame` has a row per record: its id in `record_id`, canonical values or None by field
    name, numbers as floats. Raises ConfigError when a criterion cannot be judged.
    """
    if frame.empty or not suite.expectations:
        return Judged(suite, {}, [Answer(0)] * len(suite.expectations), len(frame))
    _refuse_absent(frame, suite)
    answers = _answers(frame, suite)
    values = frame.set_index(ROW)
    failing: dict[str, dict[object, Failure]] = {}
    for expectation, answer in zip(suite.expectations, answers, strict=True):
        column = values[expectation.field]
        for row in answer.failing:
            failed = failing.setdefault(row, {})
            key = (expectation.criterion, expectation.field, expectation.kinds)
            failed.setdefault(key, _failure(expectation, column[row]))
    failures = {row: list(failed.values()) for row, failed in failing.items()}
    return Judged(suite, failures, answers, len(frame))


def _answers(frame: pd.DataFrame, suite: Suite) -> Sequence[Answer]:
    """Ask only what the records can fail: a derived criterion lets every blank pass."""
    blank = {str(name) for name in frame.columns if not frame[name].notna().any()}
    asked = [at for at, one in enumerate(suite.expectations) if not _idle(one, blank)]
    answers: list[Answer] = [Answer(len(frame))] * len(suite.expectations)
    if asked:
        some = replace(suite, expectations=tuple(suite.expectations[at] for at in asked))
        for at, answer in zip(asked, _ask(_legible(frame, some), some), strict=True):
            answers[at] = answer
    return answers


def _idle(one: Expectation, blank: Collection[str]) -> bool:
    return one.derived and one.field in blank and one.type != NOT_BLANK


def _failure(expectation: Expectation, value: Any) -> Failure:
    return Failure(
        expectation.criterion,
        expectation.field,
        _spelled(value),
        expectation.reason,
        expectation.applies_to,
        expectation.effect,
        expectation.kinds,
        expectation.derived,
    )


def _spelled(value: Any) -> Value:
    """A cell as a canonical value; only numbers are not one already."""
    if not isinstance(value, float):
        return None if value is None else str(value)
    plain = format(Decimal(repr(value)), "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _refuse_absent(frame: pd.DataFrame, suite: Suite) -> None:
    problems = [
        f"criterion {one.criterion}: there is no column {column}"
        for one in suite.expectations
        for column in one.columns
        if column not in frame.columns
    ]
    if problems:
        raise ConfigError(
            f"{suite.file} names fields that {suite.object_type} of {suite.system.label} do not"
            f" have. Correct them there, or map them in mappings/{suite.object_type}.yaml",
            tuple(dict.fromkeys(problems)),
        )


def _legible(frame: pd.DataFrame, suite: Suite) -> pd.DataFrame:
    """The columns the suite looks at, without what cannot be encoded."""
    needed = {ROW, *(column for one in suite.expectations for column in one.columns)}
    shown = {
        str(name): pd.Series([_encodable(cell) for cell in frame[name]], dtype=object)
        for name in frame.columns
        if name in needed
    }
    return pd.DataFrame(shown, dtype=object)


def _encodable(cell: Any) -> Any:
    if isinstance(cell, str) and not cell.isascii():
        return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", cell)
    return cell


def _ask(frame: pd.DataFrame, suite: Suite) -> Sequence[Answer]:
    """What Great Expectations says, per expectation in the suite's order."""
    gx = great_expectations()
    expectations = list(_expectations(gx, suite))
    source = context(gx).data_sources.add_pandas("records")
    batch = (
        source.add_dataframe_asset(suite.name)
        .add_batch_definition_whole_dataframe("all")
        .get_batch({"dataframe": frame})
    )
    answer = batch.validate(
        gx.ExpectationSuite(name=suite.name, expectations=expectations),
        result_format={
            "result_format": "COMPLETE",
            "unexpected_index_column_names": [ROW],
            "return_unexpected_index_query": False,
        },
    )
    return answered(answer.results, suite)


def _expectations(gx: Any, suite: Suite) -> Iterator[Mapping[str, Any]]:
    """The suite as Great Expectations takes it; raises ConfigError with all it refuses."""
    problems = []
    for at, one in enumerate(suite.expectations):
        said = {"type": one.type, "kwargs": dict(one.kwargs), "meta": {AT: at}}
        try:
            gx.ExpectationSuite(name=suite.name, expectations=[said])
        except (gx.exceptions.GreatExpectationsError, ValueError, TypeError, KeyError) as error:
            problems.append(f"criterion {one.criterion} ({one.type}): {_said(error)}")
        else:
            yield said
    if problems:
        raise ConfigError(f"Great Expectations refuses parts of {suite.file}", tuple(problems))


def _said(error: Exception) -> str:
    """The refusal on one line; it is about the suite, so it quotes no record."""
    return " ".join(str(error).split())
