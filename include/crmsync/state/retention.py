"""Letting go of what is old: journal rows, audits and issues that nobody needs any more.

What is known now (links, bases, watermarks, what is held) is never old. Of the journal, a run
goes as a whole, some runs in one transaction, so that nobody waits long for the database. A run
stays while a bulk job of it is unheard of, and so does the newest one.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Column, Connection, Engine, Table, delete, func, select

from include.crmsync.state import schema
from include.crmsync.state.transaction import reading, writing

AT_ONCE = 20
"""Runs that go in one transaction."""

OF_A_RUN = (
    schema.change,
    schema.action,
    schema.conflict,
    schema.held_history,
    schema.turn,
    schema.bulk_job,
)
"""Tables that hang on a sync run; what hangs on another of them comes first."""


def forget_journal(engine: Engine, before: datetime) -> dict[str, int]:
    """Delete what began before a moment; how many runs and audits went."""
    old = _old_runs(engine, before)
    for start in range(0, len(old), AT_ONCE):
        with writing(engine) as connection:
            _legibly_gone(connection)
            for sync_run, object_type in old[start : start + AT_ONCE]:
                _forget_run(connection, sync_run, object_type)
    with writing(engine) as connection:
        _legibly_gone(connection)
        audits = _forget_audits(connection, before)
        issue = schema.mapping_issue
        connection.execute(delete(issue).where(issue.c.until < before))
    return {"runs": len(old), "audits": audits}


def _old_runs(engine: Engine, before: datetime) -> list[tuple[str, str]]:
    run, job = schema.sync_run.c, schema.bulk_job.c
    unheard = select(job.id).where(
        job.sync_run == run.id, job.object_type == run.object_type, job.settled_at.is_(None)
    )
    newest = select(func.max(run.started_at))
    query = select(run.id, run.object_type).where(
        run.started_at < before, ~unheard.exists(), run.started_at < newest.scalar_subquery()
    )
    with reading(engine) as connection:
        return [(id_, object_type) for id_, object_type in connection.execute(query)]


def _forget_run(connection: Connection, sync_run: str, object_type: str) -> None:
    for table in OF_A_RUN:
        mine = table.c.sync_run == sync_run, table.c.object_type == object_type
        connection.execute(delete(table).where(*mine))
    run = schema.sync_run
    connection.execute(delete(run).where(run.c.id == sync_run, run.c.object_type == object_type))


def _forget_audits(connection: Connection, before: datetime) -> int:
    """Old audits, but for the newest one; how many went."""
    table = schema.audit
    newest = select(func.max(table.c.started_at))
    query = select(table.c.id, table.c.object_type).where(
        table.c.started_at < before, table.c.started_at < newest.scalar_subquery()
    )
    old = connection.execute(query).all()
    for id_, object_type in old:
        for one, name in _of_an_audit():
            connection.execute(delete(one).where(name == id_, one.c.object_type == object_type))
    return len(old)


def _of_an_audit() -> Iterator[tuple[Table, Column[str]]]:
    for table in (schema.drift_sample, schema.drift):
        yield table, table.c.audit
    yield schema.audit, schema.audit.c.id


def _legibly_gone(connection: Connection) -> None:
    """Else deleted values stay legible in SQLite's file."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
