"""The parts of docs/mappings.md that come from the engine: rules, types, losses, transforms."""

import inspect
import re
from collections.abc import Iterable, Iterator, Sequence

from include.crmsync.engine.compatible import COMPATIBLE, LOSSY
from include.crmsync.engine.merge import Versions, settle
from include.crmsync.model import transform
from include.crmsync.model.record import System, Value
from include.crmsync.model.rule import SyncRule
from include.crmsync.model.transform import Transform

Row = tuple[str, ...]

SITUATIONS: tuple[tuple[Value, Value, Value], ...] = (
    (None, None, None),
    (None, "x", None),
    (None, None, "y"),
    (None, "x", "x"),
    (None, "x", "y"),
    ("a", "a", "a"),
    ("a", "x", "a"),
    ("a", None, "a"),
    ("a", "a", "y"),
    ("a", "a", None),
    ("a", "x", "x"),
    ("a", "x", "y"),
    ("a", None, "y"),
    ("a", "x", None),
    ("a", None, None),
)
"""Base, HubSpot, Salesforce: every way in which three values can be alike or not, or blank."""
TRAVELLING = tuple(rule for rule in SyncRule if rule is not SyncRule.DONT_SYNC)


def rule_rows() -> Iterator[Row]:
    """One row per situation: the three values, and what both hold afterwards by each rule."""
    for base, hubspot, salesforce in SITUATIONS:
        versions = Versions(base, hubspot, salesforce)
        results = (_result(versions, rule) for rule in TRAVELLING)
        yield (_shown(base), _shown(hubspot), _shown(salesforce), *results)


def _result(versions: Versions, rule: SyncRule) -> str:
    found = {settle(versions, rule, newest) for newest in System}
    return _shown(found.pop()) if len(found) == 1 else "newest"


def _shown(value: Value) -> str:
    return "blank" if value is None else value


def type_rows() -> Iterator[Row]:
    """One row per mapped type: what can hold it, and what is lost."""
    for type_, types in COMPATIBLE.items():
        lost = "; ".join(dict.fromkeys(one.lost for one in LOSSY.get(type_, ())))
        yield (f"`{type_}`", _listed(types.hubspot), _listed(types.salesforce), lost or "nothing")


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in sorted(words)) or "an association"


def transform_rows() -> Iterator[Row]:
    """One row per transform: what it does, and under which rules."""
    source = inspect.getsource(transform.Transform)
    said = dict(re.findall(r'= "(\w+)"\n    """(.+?)"""', source))
    for one in Transform:
        yield (f"`{one}`", said[one], "any" if one.invertible else "one way only")


def headings(rules: Sequence[SyncRule] = TRAVELLING) -> Row:
    """The heads of the columns of `rule_rows`."""
    return ("Base", "HubSpot", "Salesforce", *(f"`{rule}`" for rule in rules))
