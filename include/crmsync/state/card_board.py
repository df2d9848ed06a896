"""What is remembered of one record: its link, what holds it, and everything that befell it.

History is read run by run, newest first, some runs at a time: a record of a thousand runs costs a
page what a new one does. A page goes on behind the last run that it showed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, or_, select, tuple_, union
from sqlalchemy import literal as constant

from include.crmsync.model.link import Link, Turn
from include.crmsync.model.outcome import Outcome
from include.crmsync.model.plan import Action, Change, Conflict, Held
from include.crmsync.model.record import System
from include.crmsync.model.run import SyncRun
from include.crmsync.state import schema
from include.crmsync.state.commit import Retry
from include.crmsync.state.held_board import HeldRow
from include.crmsync.state.rows import (
    to_action,
    to_change,
    to_conflict,
    to_held,
    to_link,
    to_outcome,
    to_run,
    to_turn,
)
from include.crmsync.state.transaction import reading

Key = tuple[System, str]
Place = tuple[datetime, str]
"""A run's beginning and its id: where it stands in the order of time."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A link with what the store adds to it."""

    link: Link
    linked_at: datetime
    synced_at: datetime
    sync_run: str
    """The run that changed it last."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How a record stands, of all that is remembered."""

    stored: Stored | None
    held: tuple[HeldRow, ...]
    """Of it, and of its counterpart."""
    retries: tuple[Retry, ...]
    moved: tuple[Turn, ...]
    """Turns of links that had this record once, and have another now."""


@dataclass(frozen=True, slots=True)
class Act:
    """One action of a run, and what became of it."""

    action: Action
    outcome: Outcome | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Chapter:
    """What one run did with a record."""

    run: SyncRun
    acts: tuple[Act, ...]
    conflicts: tuple[Conflict, ...]
    held: tuple[Held, ...]
    turns: tuple[Turn, ...]

    @property
    def place(self) -> Place:
        return self.run.started_at, self.run.id


class CardBoard:
    """Reads of one record."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def kept(self, object_type: str, system: System, record_id: str) -> Kept:
        """How a record stands."""
        table = schema.link
        with reading(self._engine) as connection:
            query = select(table).where(
                table.c.object_type == object_type, table.c[f"{system}_id"] == record_id
            )
            row = connection.execute(query).mappings().first()
            stored = _stored(row) if row else None
            keys = _keys(stored, (system, record_id))
            return Kept(
                stored,
                tuple(_held(connection, object_type, keys)),
                tuple(_retries(connection, object_type, keys)),
                tuple(_moved(connection, object_type, system, record_id)),
            )

    def history(
        self,
        object_type: str,
        keys: Sequence[Key],
        link_id: int | None,
        most: int,
        before: Place | None = None,
    ) -> list[Chapter]:
        """What runs did with these records, newest first; up to so many runs."""
        with reading(self._engine) as connection:
            runs = _runs(connection, object_type, _named(object_type, keys, link_id), most, before)
            return _chapters(connection, object_type, runs, keys, link_id) if runs else []


def _stored(row: Any) -> Stored:
    return Stored(to_link(row), row["linked_at"], row["synced_at"], row["sync_run"])


def _keys(stored: Stored | None, key: Key) -> list[Key]:
    if stored is None:
        return [key]
    return [(system, stored.link.id_in(system)) for system in System]


def _of(table: Any, keys: Sequence[Key]) -> ColumnElement[bool]:
    """The rows of these records."""
    return or_(
        *(and_(table.c.system == str(system), table.c.record_id == id_) for system, id_ in keys)
    )


def _held(connection: Connection, object_type: str, keys: Sequence[Key]) -> list[HeldRow]:
    table = schema.held
    query = select(table).where(table.c.object_type == object_type, _of(table, keys))
    rows = connection.execute(query.order_by(table.c.since.desc(), table.c.id)).mappings()
    return [HeldRow(row["id"], to_held(row), row["since"]) for row in rows]


def _retries(connection: Connection, object_type: str, keys: Sequence[Key]) -> list[Retry]:
    table = schema.retry
    query = select(table).where(table.c.object_type == object_type, _of(table, keys))
    return [
        Retry(
            System(row["system"]),
            row["record_id"],
            row["reason"],
            code=row["code"],
            failed=row["attempts"] > 0,
            waits=row["waits"],
            asked=row["asked"],
            since=row["since"],
        )
        for row in connection.execute(query).mappings()
    ]


def _moved(connection: Connection, object_type: str, system: System, record_id: str) -> list[Turn]:
    turn, link = schema.turn, schema.link
    query = (
        select(turn)
        .join(link, link.c.id == turn.c.link_id)
        .where(
            turn.c.object_type == object_type,
            turn.c[f"{system}_id"] == record_id,
            link.c[f"{system}_id"] != record_id,
        )
    )
    rows = connection.execute(query.order_by(turn.c.id.desc()).limit(1)).mappings()
    return [to_turn(row) for row in rows]


def _touches(keys: Sequence[Key]) -> ColumnElement[bool]:
    """Actions that write one of these records, or come from one."""
    action = schema.action.c
    return or_(
        *(
            or_(
                and_(action.system == str(system), action.record_id == id_),
                and_(action.system == str(system.other), action.origin_id == id_),
            )
            for system, id_ in keys
        )
    )


def _named(object_type: str, keys: Sequence[Key], link_id: int | None) -> Select[Any]:
    """Ids of the runs that name one of these records."""
    action, held, turn = schema.action.c, schema.held_history, schema.turn.c
    parts = [
        select(action.sync_run).where(action.object_type == object_type, _touches(keys)),
        select(held.c.sync_run).where(held.c.object_type == object_type, _of(held, keys)),
    ]
    if link_id is not None:
        parts.append(select(turn.sync_run).where(turn.link_id == link_id))
    return select(union(*parts).subquery())


def _runs(
    connection: Connection,
    object_type: str,
    named: Select[Any],
    most: int,
    before: Place | None,
) -> list[Any]:
    run = schema.sync_run
    query = select(run).where(run.c.object_type == object_type, run.c.id.in_(named))
    if before is not None:
        last = tuple_(constant(before[0], run.c.started_at.type), constant(before[1]))
        query = query.where(tuple_(run.c.started_at, run.c.id) < last)
    query = query.order_by(run.c.started_at.desc(), run.c.id.desc()).limit(most)
    return list(connection.execute(query).mappings())


def _chapters(
    connection: Connection,
    object_type: str,
    runs: Sequence[Any],
    keys: Sequence[Key],
    link_id: int | None,
) -> list[Chapter]:
    attempts = {row["id"]: row["attempt"] for row in runs}

    def mine(table: Any, *conditions: ColumnElement[bool]) -> list[Any]:
        """The rows of the runs' last attempts."""
        query = select(table).where(
            table.c.object_type == object_type, table.c.sync_run.in_(attempts), *conditions
        )
        rows = connection.execute(query).mappings()
        return [row for row in rows if row["attempt"] == attempts[row["sync_run"]]]

    conflict = schema.conflict
    between = or_(*(conflict.c[f"{system}_id"] == id_ for system, id_ in keys))
    acts = mine(schema.action, _touches(keys))
    changes = mine(schema.change, schema.change.c.action_id.in_({row["id"] for row in acts}))
    turns = [] if link_id is None else mine(schema.turn, schema.turn.c.link_id == link_id)
    conflicts, held = (
        mine(conflict, between),
        mine(schema.held_history, _of(schema.held_history, keys)),
    )
    told = _by_action(changes)
    return [
        Chapter(
            to_run(run),
            tuple(_act(row, told) for row in acts if row["sync_run"] == run["id"]),
            tuple(to_conflict(row) for row in conflicts if row["sync_run"] == run["id"]),
            tuple(to_held(row) for row in held if row["sync_run"] == run["id"]),
            tuple(to_turn(row) for row in turns if row["sync_run"] == run["id"]),
        )
        for run in runs
    ]


def _by_action(rows: Sequence[Any]) -> Mapping[tuple[str, str], list[Change]]:
    found: dict[tuple[str, str], list[Change]] = {}
    for row in sorted(rows, key=lambda one: one["position"]):
        found.setdefault((row["sync_run"], row["action_id"]), []).append(to_change(row))
    return found


def _act(row: Any, changes: Mapping[tuple[str, str], list[Change]]) -> Act:
    action = to_action(row, tuple(changes.get((row["sync_run"], row["id"]), ())))
    return Act(action, to_outcome(row) if row["result"] else None, row["outcome_at"])
