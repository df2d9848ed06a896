"""Records that a query found, read again by their ids: as rows, and as a table of text."""

from collections.abc import Iterator, Sequence
from typing import Any

from include.sandbox.salesforce.store import Store
from include.sandbox.soql.statement import Cell, Parent, Statement, Value

_AT_ONCE = 5000
"""Ids looked up with one statement."""


def found(store: Store, statement: Statement, ids: Sequence[str]) -> Iterator[Sequence[Any]]:
    """The rows of these ids, in their order; those that are gone are left out."""
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        rows = store.select(statement.rows_of(len(some)), [*some])
        by_id = {row[statement.id_index]: row for row in rows}
        yield from (by_id[one] for one in some if one in by_id)


def table(store: Store, statement: Statement, ids: Sequence[str]) -> Iterator[list[str]]:
    """The same as text, below a header."""
    columns = list(_columns(statement.cells))
    yield [name for name, _ in columns]
    for row in found(store, statement, ids):
        yield [text(row[cell.index], cell) for _, cell in columns]


def text(value: Any, cell: Value) -> str:
    """A stored value as bulk results spell it."""
    if value is None:
        return ""
    if cell.type == "boolean":
        return str(bool(value)).lower()
    told = str(value)
    return told.replace("+0000", "Z") if told.endswith(".000+0000") else told


def _columns(cells: Sequence[Cell], prefix: str = "") -> Iterator[tuple[str, Value]]:
    for cell in cells:
        match cell:
            case Value(key):
                yield prefix + key, cell
            case Parent(key):
                yield from _columns(cell.cells, f"{prefix}{key}.")
            case _:
                raise AssertionError(f"refused before: {cell}")
