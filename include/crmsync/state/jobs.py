"""The journal of bulk jobs: which actions a job carries, from before it has any data.

A job is noted between its opening and its first data. From then on a killed run finds it
again: it asks what became of the job instead of sending the actions a second time. A job is
settled once its answers are outcomes, or once nothing of it can be written any more.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Engine, Select, update

from include.crmsync.model.record import System
from include.crmsync.state import schema
from include.crmsync.state.lease import Leases
from include.crmsync.state.runs import attempt_of
from include.crmsync.state.statements import found
from include.crmsync.state.transaction import insert, reading, writing


@dataclass(frozen=True, slots=True)
class Job:
    """One bulk job of one attempt at a run."""

    id: str
    sync_run: str
    object_type: str
    system: System
    actions: tuple[str, ...]
    """Ids of the actions it carries, in the order they were given."""


class Jobs:
    """Bulk jobs, open and settled."""

    def __init__(self, engine: Engine, leases: Leases | None = None) -> None:
        self._engine = engine
        self._leases = leases or Leases(engine)

    def opened(self, job: Job, at: datetime) -> None:
        """Note a job; on disk before it returns."""
        with writing(self._engine) as connection:
            self._leases.check(connection, job.object_type)
            row = {
                "id": job.id,
                "sync_run": job.sync_run,
                "object_type": job.object_type,
                "attempt": attempt_of(connection, job.sync_run, job.object_type),
                "system": str(job.system),
                "actions": list(job.actions),
                "opened_at": at,
            }
            insert(connection, schema.bulk_job, [row])

    def settled(self, job_id: str, at: datetime) -> None:
        """Say that a job has been asked for everything it could tell."""
        table = schema.bulk_job
        with writing(self._engine) as connection:
            connection.execute(
                update(table).where(table.c.id == job_id).values({table.c.settled_at: at})
            )

    def unsettled(self, object_type: str) -> list[Job]:
        """Jobs of any run that nobody has heard the end of, oldest first."""
        with reading(self._engine) as connection:
            jobs = connection.execute(_unsettled(), {"object_type": object_type})
            return [
                Job(id_, run, type_, System(system), tuple(actions))
                for id_, run, type_, system, actions in jobs
            ]


@cache
def _unsettled() -> Select[Any]:
    table = schema.bulk_job.c
    named = table.id, table.sync_run, table.object_type, table.system, table.actions
    query = found(named, table.object_type).where(table.settled_at.is_(None))
    return query.order_by(table.opened_at, table.id)
