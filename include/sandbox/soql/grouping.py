"""Queries whose rows are groups: what may be selected, and what it is called."""

from collections.abc import Iterator, Sequence

from include.sandbox.soql.errors import invalid_field, malformed
from include.sandbox.soql.functions import AGGREGATES
from include.sandbox.soql.scope import Bound
from include.sandbox.soql.tree import Call, Operand, Query, Selected


def aggregates(query: Query) -> bool:
    """Whether a query selects an aggregate, so that its rows are groups."""
    return any(isinstance(item, Selected) and _is_aggregate(item) for item in query.items)


def groupable(bound: Bound, operand: Operand) -> Bound:
    """A value that rows may be grouped by; raises SoqlError."""
    if bound.column is not None and not bound.column.groupable:
        raise invalid_field(
            f"field '{bound.name}' can not be grouped in a query call", operand.position
        )
    return bound


def grouped(bound: Bound, item: Selected, groups: Sequence[Bound]) -> Bound:
    """A selected value that is one per group; raises SoqlError."""
    if not _is_aggregate(item) and bound.sql not in [group.sql for group in groups]:
        raise malformed(f"Field must be grouped or aggregated: {bound.name}", item.operand.position)
    return bound


def key_of(item: Selected, bound: Bound, unnamed: Iterator[int]) -> str:
    """What a value is called in the answer: its alias, its field, or expr and a number."""
    if item.alias:
        return item.alias
    return f"expr{next(unnamed)}" if isinstance(item.operand, Call) else bound.name


def _is_aggregate(item: Selected) -> bool:
    return isinstance(item.operand, Call) and item.operand.name in AGGREGATES
