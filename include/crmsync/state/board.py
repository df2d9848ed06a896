"""What the status page asks of the state: a few rows at a time, each page in one transaction.

Sums are made by the database, so that a hundred thousand held records cost the page a line.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from include.crmsync.model.run import RunState, SyncRun
from include.crmsync.state import schema
from include.crmsync.state.rows import to_run
from include.crmsync.state.transaction import reading

ENDED = (str(RunState.DONE), str(RunState.NOTHING_TO_DO))


@dataclass(frozen=True, slots=True)
class Standing:
    """How one object type stands."""

    object_type: str
    links: int
    tombstones: int
    held: int
    """Records, in either system."""
    waiting: int
    """Records that are tried again by themselves."""
    issues: int
    """Mapped fields that the live schemas do not bear out."""
    ended_at: datetime | None
    """When a run last came to its end."""


class Board:
    """Reads for the status page; writes nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def standings(self, object_types: Sequence[str]) -> list[Standing]:
        """How each object type stands at this moment."""
        with reading(self._engine) as connection:
            links = _sums(connection, schema.link, schema.link.c.gone_in.is_(None))
            gone = _sums(connection, schema.link, schema.link.c.gone_in.is_not(None))
            held = _held(connection)
            waiting = _sums(connection, schema.retry)
            issues = _sums(connection, schema.mapping_issue, schema.mapping_issue.c.until.is_(None))
            ended = _ended(connection)
        return [
            Standing(
                name,
                links.get(name, 0),
                gone.get(name, 0),
                held.get(name, 0),
                waiting.get(name, 0),
                issues.get(name, 0),
                ended.get(name),
            )
            for name in object_types
        ]

    def runs(self, most: int, before: datetime | None = None) -> list[list[SyncRun]]:
        """The newest sync runs, newest first: of each, its object types."""
        table = schema.sync_run
        first = func.min(table.c.started_at)
        ids = select(table.c.id, first.label("first")).group_by(table.c.id)
        if before is not None:
            ids = ids.having(first < before)
        newest = ids.order_by(first.desc(), table.c.id.desc()).limit(most).subquery()
        query = select(table).join(newest, newest.c.id == table.c.id)
        query = query.order_by(newest.c.first.desc(), table.c.id.desc(), table.c.started_at)
        found: dict[str, list[SyncRun]] = {}
        with reading(self._engine) as connection:
            for row in connection.execute(query).mappings():
                found.setdefault(row["id"], []).append(to_run(row))
        return list(found.values())


def _sums(connection: Connection, table: Any, *conditions: Any) -> Mapping[str, int]:
    query = select(table.c.object_type, func.count()).where(*conditions)
    return _by_name(connection.execute(query.group_by(table.c.object_type)))


def _held(connection: Connection) -> Mapping[str, int]:
    table = schema.held.c
    each = select(table.object_type, table.system, table.record_id).distinct().subquery()
    query = select(each.c.object_type, func.count()).group_by(each.c.object_type)
    return _by_name(connection.execute(query))


def _ended(connection: Connection) -> Mapping[str, datetime]:
    table = schema.sync_run.c
    latest = func.max(table.finished_at, type_=table.finished_at.type)
    query = select(table.object_type, latest).where(table.state.in_(ENDED))
    return _by_name(connection.execute(query.group_by(table.object_type)))


def _by_name(rows: Iterable[Any]) -> dict[str, Any]:
    return {str(name): value for name, value in rows}
