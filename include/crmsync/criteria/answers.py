"""What Great Expectations answered, read with suspicion.

Answers come back in another order than the suite's, so each carries its place in `meta`. An
answer counts only if it is complete: it passed, or it names as many failing rows as it
counted. Anything else stops the run and says which criterion to mend. The exception behind
it is told by its kind alone, because its words may quote a record.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from include.crmsync.criteria.suite import Expectation, Suite
from include.crmsync.errors import ConfigError

ROW = "record_id"
"""The column that names a record."""
AT = "at"
"""The key in `meta` for an expectation's place in its suite."""
_KIND = re.compile(r"^(?:\w+\.)*(\w+)(?::|$)", re.MULTILINE)
"""An exception's own line of a traceback: at the margin, its class first."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one expectation."""

    judged: int
    """Records it was asked about: with a row condition, not all of them."""
    failing: tuple[str, ...] = ()
    """Ids of those that fail."""


def answered(results: Iterable[Any], suite: Suite) -> Sequence[Answer]:
    """An answer for each expectation, in the suite's order."""
    rows: dict[int, Answer] = {}
    problems: dict[int, str] = {}
    for result in results:
        at = result.expectation_config.meta[AT]
        found = [str(one[ROW]) for one in result.result.get("unexpected_index_list") or ()]
        rows[at] = Answer(int(result.result.get("element_count") or 0), tuple(found))
        if not _complete(result, found):
            problems[at] = _told(result, suite.expectations[at])
    for at, one in enumerate(suite.expectations):
        if at not in rows:
            problems[at] = f"{_called(one)}: was not answered"
    if problems:
        raise ConfigError(
            f"criteria of {suite.name} cannot be judged record by record, so nothing is synced."
            f" Correct them in {suite.file}, or take them out; a derived one follows the mapping"
            " and the field's schema",
            tuple(problems[at] for at in sorted(problems)),
        )
    return [rows[at] for at in range(len(suite.expectations))]


def _complete(result: Any, found: Sequence[str]) -> bool:
    if _raised(result.exception_info):
        return False
    counted = result.result.get("unexpected_count")
    return counted == len(found) and bool(result.success) != bool(found)


def _raised(info: Any) -> bool:
    """Whether any part raised; the information is flat, or one entry per metric."""
    parts = [info] if "raised_exception" in info else list(info.values())
    return any(part.get("raised_exception") for part in parts)


def _told(result: Any, expectation: Expectation) -> str:
    kinds = list(dict.fromkeys(_kinds(result.exception_info)))
    why = f"raised {kinds[0]}" if kinds else "failed without naming every failing record"
    return f"{_called(expectation)}: {why}"


def _called(one: Expectation) -> str:
    if one.derived:
        return f"criterion {one.criterion} of {one.field}, derived from the schema ({one.type})"
    return f"criterion {one.criterion} ({one.type})"


def _kinds(info: Any) -> Iterator[str]:
    """Names of the exceptions, the cause first, without their words."""
    for part in [info] if "raised_exception" in info else info.values():
        yield from _KIND.findall(part.get("exception_traceback") or "")
