"""Conflicts for the status page: newest first, a page at a time."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, func, or_, select

from include.crmsync.model.plan import Conflict
from include.crmsync.state import schema
from include.crmsync.state.rows import to_conflict
from include.crmsync.state.transaction import reading


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """One conflict, the run that met it, and whether it was settled there."""

    id: int
    conflict: Conflict
    sync_run: str
    at: datetime
    settled: bool
    """Its run was committed; else it was only planned."""


@dataclass(frozen=True, slots=True)
class Which:
    """Which conflicts; what is empty chooses all."""

    object_type: str = ""
    field: str = ""
    record_id: str = ""


class ConflictBoard:
    """Reads conflicts."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def fields(self) -> list[tuple[str, str, int]]:
        """Object type, field and how many settled conflicts it had, most first."""
        table = schema.conflict.c
        count = func.count()
        query = (
            select(table.object_type, table.field, count)
            .where(table.committed)
            .group_by(table.object_type, table.field)
            .order_by(count.desc(), table.object_type, table.field)
        )
        with reading(self._engine) as connection:
            return [(row[0], row[1], row[2]) for row in connection.execute(query)]

    def page(self, which: Which, most: int, before: int | None = None) -> list[ConflictRow]:
        """Up to so many, older than one."""
        table, run = schema.conflict, schema.sync_run
        mine = (run.c.id == table.c.sync_run) & (run.c.object_type == table.c.object_type)
        wanted = _conditions(which)
        if before is not None:
            wanted.append(table.c.id < before)
        query = select(table, run.c.started_at).join(run, mine).where(*wanted)
        query = query.order_by(table.c.id.desc()).limit(most)
        with reading(self._engine) as connection:
            return [
                ConflictRow(
                    row["id"],
                    to_conflict(row),
                    row["sync_run"],
                    row["started_at"],
                    bool(row["committed"]),
                )
                for row in connection.execute(query).mappings()
            ]


def _conditions(which: Which) -> list[ColumnElement[bool]]:
    table, found = schema.conflict.c, list[ColumnElement[bool]]()
    if which.object_type:
        found.append(table.object_type == which.object_type)
    if which.field:
        found.append(table.field == which.field)
    if which.record_id:
        either = table.hubspot_id == which.record_id, table.salesforce_id == which.record_id
        found.append(or_(*either))
    return found
