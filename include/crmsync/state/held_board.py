"""Held records for the status page: sums by kind of trouble, and pages of rows.

A page goes on behind the last row it showed, so that the thousandth costs what the first did.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, func, literal, select, tuple_

from include.crmsync.model.plan import Held
from include.crmsync.state import schema
from include.crmsync.state.rows import to_held
from include.crmsync.state.transaction import reading

STREAMED = 5000
"""Rows that an export reads at a time."""


Place = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class HeldGroup:
    """Records held for one criterion and code."""

    object_type: str
    system: str
    criterion: str
    code: str
    """The CRM's own word; empty where a criterion of ours holds them."""
    records: int
    oldest: datetime
    newest: datetime
    reason: str
    """Of one of them."""


@dataclass(frozen=True, slots=True)
class HeldRow:
    """One held record, or field, and since when."""

    id: int
    held: Held
    since: datetime

    @property
    def place(self) -> Place:
        """Where it stands in the order of time."""
        return self.since, self.id


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which of them; what is empty chooses all."""

    object_type: str = ""
    system: str = ""
    pairs: tuple[tuple[str, str], ...] | None = None
    """Criteria with their codes; None: all."""
    record_id: str = ""
    oldest_first: bool = False


class HeldBoard:
    """Reads what is held."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def groups(self) -> list[HeldGroup]:
        """Everything held, by kind of trouble, most records first."""
        table = schema.held.c
        code = func.coalesce(table.code, "")
        records = func.count(table.record_id.distinct())
        whose = table.object_type, table.system, table.criterion, code
        query = (
            select(
                *whose,
                records,
                func.min(table.since, type_=table.since.type),
                func.max(table.since, type_=table.since.type),
                func.min(table.reason),
            )
            .group_by(*whose)
            .order_by(records.desc(), *whose)
        )
        with reading(self._engine) as connection:
            return [HeldGroup(*row) for row in connection.execute(query)]

    def page(self, chosen: Chosen, most: int, after: Place | None = None) -> list[HeldRow]:
        """Up to so many rows, behind one; the newest first unless asked otherwise."""
        with reading(self._engine) as connection:
            rows = connection.execute(self._query(chosen, most, after)).mappings()
            return [HeldRow(row["id"], to_held(row), row["since"]) for row in rows]

    def every(self, chosen: Chosen) -> Iterator[HeldRow]:
        """Yield all rows, a few at a time, so that no reading lasts long."""
        after: Place | None = None
        while rows := self.page(chosen, STREAMED, after):
            yield from rows
            after = rows[-1].place

    def _query(self, chosen: Chosen, most: int, after: Place | None) -> Select[Any]:
        table = schema.held
        query = select(table).where(*_conditions(chosen))
        place = tuple_(table.c.since, table.c.id)
        if after is not None:
            last = tuple_(literal(after[0], table.c.since.type), literal(after[1]))
            query = query.where(place > last if chosen.oldest_first else place < last)
        order: list[ColumnElement[Any]] = [table.c.since, table.c.id]
        if not chosen.oldest_first:
            order = [one.desc() for one in order]
        return query.order_by(*order).limit(most)


def _conditions(chosen: Chosen) -> list[ColumnElement[bool]]:
    table, found = schema.held.c, list[ColumnElement[bool]]()
    for column, value in (
        (table.object_type, chosen.object_type),
        (table.system, chosen.system),
        (table.record_id, chosen.record_id),
    ):
        if value:
            found.append(column == value)
    if chosen.pairs is not None:
        kind = tuple_(table.criterion, func.coalesce(table.code, ""))
        found.append(kind.in_(chosen.pairs))
    return found
