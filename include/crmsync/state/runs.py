"""The rows of sync runs, inside the caller's transaction.

Starting a run that was started before counts an attempt more: what the last one planned and
wrote stays in the journal and no longer speaks for this one, whose records are read afresh. A
committed run is final until it is started again.
"""

from datetime import datetime
from functools import cache

from sqlalchemy import Connection, RowMapping, Update, bindparam, update

from include.crmsync.errors import StateError
from include.crmsync.model.run import SyncRun
from include.crmsync.state import schema
from include.crmsync.state.rows import run_row
from include.crmsync.state.statements import found
from include.crmsync.state.transaction import insert


def start_run(connection: Connection, run: SyncRun) -> None:
    """Begin a run, or the next attempt at it."""
    known = find_run(connection, run.id, run.object_type)
    if known is None:
        insert(connection, schema.sync_run, [run_row(run) | {"attempt": 1}])
    else:
        _write(connection, run, attempt=known["attempt"] + 1, committed_at=None)


def finish_run(connection: Connection, run: SyncRun) -> None:
    """Say how a run ended; changes nothing once it is committed."""
    known = find_run(connection, run.id, run.object_type)
    if known is None:
        insert(connection, schema.sync_run, [run_row(run) | {"attempt": 1}])
    elif known["committed_at"] is None:
        _write(connection, run, attempt=known["attempt"], committed_at=None)


def commit_run(connection: Connection, run: SyncRun, at: datetime) -> int | None:
    """Say that a run is committed; return its attempt, or None when it already was."""
    known = find_run(connection, run.id, run.object_type)
    if known is None:
        row = run_row(run) | {"attempt": 1, "committed_at": at}
        insert(connection, schema.sync_run, [row])
        return 1
    if known["committed_at"] is not None:
        return None
    _write(connection, run, attempt=known["attempt"], committed_at=at)
    attempt: int = known["attempt"]
    return attempt


def find_run(connection: Connection, sync_run: str, object_type: str) -> RowMapping | None:
    """A run's row, or None when it was never started."""
    table = schema.sync_run
    query = found(table, table.c.id, table.c.object_type)
    values = {"id": sync_run, "object_type": object_type}
    return connection.execute(query, values).mappings().one_or_none()


def attempt_of(connection: Connection, sync_run: str, object_type: str) -> int:
    """The attempt a run is at; raises StateError when it was never started."""
    attempt: int = known_run(connection, sync_run, object_type)["attempt"]
    return attempt


def known_run(connection: Connection, sync_run: str, object_type: str) -> RowMapping:
    """A run's row; raises StateError when it was never started."""
    known = find_run(connection, sync_run, object_type)
    if known is None:
        raise StateError(
            f"the journal knows no sync run {sync_run!r} of {object_type}. Clear its extract task:"
            " that starts it."
        )
    return known


def _write(
    connection: Connection, run: SyncRun, *, attempt: int, committed_at: datetime | None
) -> None:
    row = run_row(run) | {"attempt": attempt, "committed_at": committed_at}
    mine = {"mine": run.id, "of_type": run.object_type}
    connection.execute(_written(), row | mine)


@cache
def _written() -> Update:
    """The columns that are named beside the parameters."""
    table = schema.sync_run
    mine = table.c.id == bindparam("mine"), table.c.object_type == bindparam("of_type")
    return update(table).where(*mine)
