# ruff: noqa: S608  names come from the schema, values are parameters
"""A compiled query: SQL with parameters, and how a row becomes a record.

The SQL is kept in pieces, so that the same query can give its first page, the ids of all
its rows, or the rows of some ids. A record is built from cells, in the order of the SELECT
list: values, compound values, parents, children.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Value:
    """A plain value: column `index` of the row."""

    key: str
    index: int
    type: str = "string"

    @property
    def plain(self) -> bool:
        """Whether the value is shown as it is stored."""
        return self.type not in ("boolean", "complexvalue")

    def shown(self, value: Any) -> Any:
        """The stored value as the API shows it."""
        if value is None:
            return None
        if self.type == "boolean":
            return bool(value)
        return json.loads(value) if self.type == "complexvalue" else value


@dataclass(frozen=True, slots=True)
class Compound:
    """A value made of several: an address of its parts."""

    key: str
    parts: tuple[tuple[str, int], ...]


@dataclass(slots=True)
class Parent:
    """A parent record, null where its id is."""

    key: str
    id_index: int
    type_index: int
    polymorphic: bool
    cells: "list[Cell]" = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Offspring:
    """Records of a child relation, each the child of the row whose id it carries."""

    key: str
    statement: "Statement"


Cell: TypeAlias = Value | Compound | Parent | Offspring


@dataclass(slots=True)
class Statement:
    """One query over one object, ready to run."""

    sobject: str
    columns: list[str]
    """Column 0 is the record's id, or in a sub-query its parent's; see `child_column`."""
    cells: list[Cell]
    source: str
    where: str
    params: list[Any]
    identity: str = ""
    """SQL of the record's id; empty for an aggregate query."""
    id_index: int = 0
    group_by: str = ""
    having: str = ""
    order_by: str = ""
    limit: int | None = None
    offset: int | None = None
    counts_only: bool = False
    child_column: str = ""
    """SQL of the reference to the parent, in a sub-query."""

    @property
    def aggregates(self) -> bool:
        return not self.identity

    def rows(self, at_most: int | None = None) -> str:
        """SQL of the rows; `at_most` cuts them further than the query's own limit."""
        return self._select(", ".join(self.columns), at_most)

    def ids(self, start: int = 0, at_most: int | None = None) -> str:
        """SQL of the ids of the rows from `start` on, in order."""
        return self._select(self.identity, at_most, start)

    def total(self) -> str:
        """SQL of the number of rows."""
        # Counted apart from the rows: SQLite then leaves out joins that no condition needs.
        limit = -1 if self.limit is None else self.limit
        inner = f"SELECT {self.identity} FROM {self.source} WHERE {self.where}"
        return f"SELECT COUNT(*) FROM ({inner} LIMIT {limit} OFFSET {self.offset or 0})"

    def rows_of(self, count: int) -> str:
        """SQL of the rows with one of `count` ids, in no order."""
        marks = ", ".join("?" * count)
        return (
            f"SELECT {', '.join(self.columns)} FROM {self.source}"
            f" WHERE {self.identity} IN ({marks})"
        )

    def rows_below(self, count: int) -> str:
        """SQL of a sub-query's rows below `count` parents; their ids come before `params`."""
        marks = ", ".join("?" * count)
        ranked = f"ROW_NUMBER() OVER (PARTITION BY {self.child_column} ORDER BY {self.order_by})"
        listed = [f"{sql} AS c{index}" for index, sql in enumerate(self.columns)]
        inner = (
            f"SELECT {', '.join(listed)}, {ranked} AS place FROM {self.source}"
            f" WHERE {self.child_column} IN ({marks}) AND {self.where}"
        )
        low = self.offset or 0
        high = "" if self.limit is None else f" AND place <= {low + self.limit}"
        return f"SELECT * FROM ({inner}) WHERE place > {low}{high} ORDER BY place"

    def _select(self, columns: str, at_most: int | None, start: int = 0) -> str:
        clauses = [f"SELECT {columns} FROM {self.source} WHERE {self.where}"]
        clauses += [f"GROUP BY {self.group_by}"] if self.group_by else []
        clauses += [f"HAVING {self.having}"] if self.having else []
        clauses += [f"ORDER BY {self.order_by}"] if self.order_by else []
        left = None if self.limit is None else max(0, self.limit - start)
        limits = [one for one in (left, at_most) if one is not None]
        offset = (self.offset or 0) + start
        if limits or offset:
            clauses.append(f"LIMIT {min(limits) if limits else -1} OFFSET {offset}")
        return " ".join(clauses)


def record(
    cells: Sequence[Cell],
    row: Sequence[Any],
    attributes: Json,
    base: str,
    children: Mapping[str, Mapping[str, Any]],
) -> Json:
    """A row as a record; `base` is the address of the objects, for the parents' attributes.

    `children` holds, per child relation, what each parent id has there.
    """
    made: Json = {"attributes": attributes}
    for cell in cells:
        match cell:
            case Value():
                value = row[cell.index]
                made[cell.key] = value if cell.plain else cell.shown(value)
            case Compound(key, parts):
                made[key] = _compound(parts, row)
            case Parent():
                made[cell.key] = _parent(cell, row, base, children)
            case Offspring(key):
                made[key] = children[key].get(row[0])
    return made


def _compound(parts: Sequence[tuple[str, int]], row: Sequence[Any]) -> Json | None:
    made = {name: row[index] for name, index in parts}
    return made if any(value is not None for value in made.values()) else None


def _parent(
    cell: Parent, row: Sequence[Any], base: str, children: Mapping[str, Mapping[str, Any]]
) -> Json | None:
    identity, kind = row[cell.id_index], row[cell.type_index]
    if identity is None:
        return None
    shown = "Name" if cell.polymorphic else kind
    attributes = {"type": shown, "url": f"{base}/{kind}/{identity}"}
    return record(cell.cells, row, attributes, base, children)
