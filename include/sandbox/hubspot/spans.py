"""A search that only asks when records came to be or last changed, as one span of time.

That is how a client that keeps up with a portal asks, again and again, so it is worth knowing:
how many records a span holds need not be counted one by one. Any other search has no span.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from include.sandbox.hubspot.search_terms import Terms, comparable, find_property, value_of
from include.sandbox.hubspot.tallies import CREATED, MODIFIED, Span

Told = Mapping[str, Any]
Bounds = tuple[int, int]

EVER: Bounds = (-(2**62), 2**62)
"""Longer than any moment a client can name."""

_BOUNDS: dict[str, Callable[[int], Bounds]] = {
    "EQ": lambda stamp: (stamp, stamp),
    "GT": lambda stamp: (stamp + 1, EVER[1]),
    "GTE": lambda stamp: (stamp, EVER[1]),
    "LT": lambda stamp: (EVER[0], stamp - 1),
    "LTE": lambda stamp: (EVER[0], stamp),
}


def span_of(terms: Terms, groups: Sequence[Sequence[Told]]) -> Span | None:
    """The span that one group of filters comes to, None when it asks for more than a span."""
    if len(groups) != 1:
        return None
    columns = {_column(terms, told) for told in groups[0]}
    if len(columns) != 1 or not (column := columns.pop()):
        return None
    bounds = [_bounds(terms, told) for told in groups[0]]
    known = [one for one in bounds if one]
    if len(known) < len(bounds):
        return None
    return Span(column, max(one[0] for one in known), min(one[1] for one in known))


def _column(terms: Terms, told: Told) -> str | None:
    """Which stamp a filter asks for, None when it asks for something else."""
    declared = terms.known.get(str(told.get("propertyName")))
    column = terms.column(declared) if declared else None
    return column if column in (CREATED, MODIFIED) else None


def _bounds(terms: Terms, told: Told) -> Bounds | None:
    operator = str(told.get("operator"))
    if operator == "BETWEEN":
        return _stamp(terms, told, "value"), _stamp(terms, told, "highValue")
    return _BOUNDS[operator](_stamp(terms, told, "value")) if operator in _BOUNDS else None


def _stamp(terms: Terms, told: Told, key: str) -> int:
    declared = find_property(terms.known, str(told.get("propertyName")))
    return int(comparable(declared, value_of(told, key)))
