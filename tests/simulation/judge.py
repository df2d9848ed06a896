"""The criteria in plain Python: what Great Expectations says, a thousand times faster.

It reads the same suites and answers in the same words, and a test holds the two together on the
worlds of this simulator. It knows the expectations that the shipped and the derived suites use and
refuses others, so that a suite with a new one is never judged by half.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from include.crmsync.criteria.answers import Answer
from include.crmsync.criteria.judge import Failure, Judged, _failure
from include.crmsync.criteria.suite import Expectation, Suite

Row = Mapping[str, Any]


def plain_judge(frame: pd.DataFrame, suite: Suite) -> Judged:
    """What the real judge answers."""
    failing: dict[str, dict[object, Failure]] = {}
    failed_by: list[list[str]] = [[] for _ in suite.expectations]
    names = [str(name) for name in frame.columns]
    for cells in zip(*(frame[name].tolist() for name in names), strict=True):
        row = dict(zip(names, cells, strict=True))
        row_id = str(row["record_id"])
        for at, one in enumerate(suite.expectations):
            if _fails(one, row):
                failed_by[at].append(row_id)
                key = (one.criterion, one.field, one.kinds)
                failing.setdefault(row_id, {}).setdefault(key, _failure(one, row[one.field]))
    answers = [Answer(len(frame), tuple(rows)) for rows in failed_by]
    failures = {row_id: list(some.values()) for row_id, some in failing.items()}
    return Judged(suite, failures, answers, len(frame))


def holds(value: Any, one: Expectation) -> bool:
    """Whether one cell is what an expectation asks for."""
    if one.type == "expect_column_values_to_not_be_null":
        return value is not None
    return value is None or _PASSES[one.type](value, one.kwargs)


def _fails(one: Expectation, row: Row) -> bool:
    condition = one.kwargs.get("row_condition")
    if condition is not None and not _holds(condition, row):
        return False
    return not holds(row[str(one.kwargs["column"])], one)


def _holds(condition: Mapping[str, Any], row: Row) -> bool:
    if condition["type"] != "comparison" or condition["operator"] != "==":
        raise NotImplementedError(f"the plain judge knows no such row condition: {condition}")
    return bool(row[condition["column"]["name"]] == condition["parameter"])


def _in_set(value: Any, kwargs: Row) -> bool:
    return value in kwargs["value_set"]


def _matches(value: Any, kwargs: Row) -> bool:
    return re.match(kwargs["regex"], value) is not None


def _length(value: Any, kwargs: Row) -> bool:
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    return (low is None or len(value) >= low) and (high is None or len(value) <= high)


def _between(value: Any, kwargs: Row) -> bool:
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    above = low is None or (value > low if kwargs.get("strict_min") else value >= low)
    return above and (high is None or (value < high if kwargs.get("strict_max") else value <= high))


_PASSES: Mapping[str, Callable[[Any, Row], bool]] = {
    "expect_column_values_to_be_null": lambda _value, _kwargs: False,
    "expect_column_values_to_be_in_set": _in_set,
    "expect_column_values_to_not_be_in_set": lambda value, kwargs: not _in_set(value, kwargs),
    "expect_column_values_to_match_regex": _matches,
    "expect_column_value_lengths_to_be_between": _length,
    "expect_column_values_to_be_between": _between,
}
