"""What runs wrote, and never came to commit: their values are in the CRMs, and in no base.

Such are runs that were given up, and the earlier attempts of one that was begun anew. A committed
run is not among them, nor is one that took another back: what that leaves behind is apart.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, bindparam, or_, select

from include.crmsync.model.landed import Landed
from include.crmsync.model.outcome import Result
from include.crmsync.model.record import System
from include.crmsync.model.run import RunState
from include.crmsync.state import schema
from include.crmsync.state.rows import to_refused
from include.crmsync.state.statements import found

UNENDED = (str(RunState.RUNNING), str(RunState.FAILED))


def read_landed(
    connection: Connection, object_type: str, but: str, since: datetime
) -> Iterator[Landed]:
    """The fields that landed in runs since a moment that were not committed, the oldest first.

    Of run `but` only what its earlier attempts wrote.
    """
    written: list[tuple[datetime, Landed]] = []
    values = {"object_type": object_type, "since": since}
    for sync_run, attempt, committed_at in connection.execute(_unended(), values):
        ended = committed_at is not None or sync_run == but
        for number in range(1, attempt if ended else attempt + 1):
            told = {"sync_run": sync_run, "object_type": object_type, "attempt": number}
            rows = connection.execute(_written(), told).mappings()
            written += [_landed(row) for row in rows if not _is_refused(row)]
    yield from (one for _, one in sorted(written, key=lambda told: told[0]))


@cache
def _unended() -> Select[Any]:
    run = schema.sync_run.c
    left = and_(run.state.in_(UNENDED), run.committed_at.is_(None))
    begun = run.started_at >= bindparam("since", type_=run.started_at.type)
    query = found((run.id, run.attempt, run.committed_at), run.object_type)
    return query.where(begun, run.undoes == "", or_(left, run.attempt > 1))


@cache
def _written() -> Select[Any]:
    action, change = schema.action.c, schema.change.c
    mine = action.sync_run, action.object_type, action.attempt
    of_action = and_(
        change.sync_run == action.sync_run,
        change.object_type == action.object_type,
        change.attempt == action.attempt,
        change.action_id == action.id,
    )
    said = action.stored, action.refused, action.outcome_at, action.outcome_modified_at
    sent = change.link_version, change.field, change.after
    query = select(action.system, action.record_id, *said, *sent)
    query = query.join_from(schema.action, schema.change, of_action)
    return query.join(schema.link, _planned_on()).where(
        *(column == bindparam(column.name) for column in mine),
        action.result == str(Result.APPLIED),
    )


def _planned_on() -> ColumnElement[bool]:
    """The link is the version that the change was planned on: nobody has stored it since."""
    action, change, link = schema.action.c, schema.change.c, schema.link.c
    in_system = or_(
        *(and_(action.system == str(one), link[f"{one}_id"] == action.record_id) for one in System)
    )
    same = link.object_type == action.object_type, link.version == change.link_version
    return and_(*same, in_system)


def _is_refused(row: RowMapping) -> bool:
    return any(one.field == row["field"] for one in to_refused(row["refused"]))


def _landed(row: RowMapping) -> tuple[datetime, Landed]:
    name, sent = row["field"], row["after"]
    return row["outcome_at"], Landed(
        System(row["system"]),
        row["record_id"],
        row["link_version"],
        name,
        sent,
        (row["stored"] or {}).get(name, sent),
        row["outcome_modified_at"],
    )
