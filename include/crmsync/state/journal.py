"""The journal: what every run planned, wrote, held and settled.

Intent goes in before a call and outcome after it, each on disk before the method returns, so
that a killed run leaves no write unaccounted for. A run that is started again begins a new
attempt; its methods speak of the last attempt, the tables keep them all. Values of records
live here and in artifacts, never in a log.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, Update, bindparam, func, select, update

from include.crmsync.errors import StateError
from include.crmsync.model.landed import Landed
from include.crmsync.model.link import Turn
from include.crmsync.model.outcome import Outcome, Refusal
from include.crmsync.model.plan import Action, Conflict, Held, Plan
from include.crmsync.model.record import System, Values
from include.crmsync.model.run import SyncRun
from include.crmsync.state import schema
from include.crmsync.state.landed import read_landed
from include.crmsync.state.lease import Leases
from include.crmsync.state.plans import (
    Whose,
    amend,
    named,
    of_attempt,
    read_actions,
    read_freed,
    read_left_open,
    read_written,
    store_plan,
)
from include.crmsync.state.rows import (
    outcome_row,
    refused_cell,
    to_conflict,
    to_held,
    to_outcome,
    to_refused,
    to_run,
    to_turn,
)
from include.crmsync.state.runs import attempt_of, find_run, finish_run, known_run, start_run
from include.crmsync.state.statements import AMONG, found
from include.crmsync.state.transaction import chunks, reading, writing

OF = "of_"
"""Before a parameter that names a row of which columns of its own are written."""


class Journal:
    """What runs did."""

    def __init__(self, engine: Engine, leases: Leases | None = None) -> None:
        self._engine = engine
        self._leases = leases or Leases(engine)
        """Those of whoever writes: what a stale writer would journal is refused."""

    def start(self, run: SyncRun) -> None:
        """Begin a run, or the next attempt at it: what the last one did stays journalled."""
        with writing(self._engine) as connection:
            start_run(connection, run)

    def finish(self, run: SyncRun) -> None:
        """Say how a run ended. A committed run stays as it was committed."""
        with writing(self._engine) as connection:
            finish_run(connection, run)

    def run(self, sync_run: str) -> list[SyncRun]:
        """One run, by object type; empty when the journal does not know it."""
        table = schema.sync_run
        query = found(table, table.c.id)
        with reading(self._engine) as connection:
            rows = connection.execute(query, {"id": sync_run}).mappings()
            return sorted(map(to_run, rows), key=lambda one: one.object_type)

    def of(self, sync_run: str, object_type: str) -> SyncRun:
        """One run of one object type; raises StateError when it was never started."""
        with reading(self._engine) as connection:
            return to_run(known_run(connection, sync_run, object_type))

    def runs(self, limit: int) -> list[SyncRun]:
        """The newest runs of single object types, newest first."""
        table = schema.sync_run
        newest = table.c.started_at.desc(), table.c.id.desc(), table.c.object_type
        query = select(table).order_by(*newest).limit(limit)
        with reading(self._engine) as connection:
            return [to_run(row) for row in connection.execute(query).mappings()]

    def record_plan(self, sync_run: str, plan: Plan) -> None:
        """Journal a plan over the last one of the run, but for what is or may be written.

        Raises StateError when the run is committed, or wrote something else already.
        """
        with writing(self._engine) as connection:
            store_plan(connection, sync_run, plan)

    def actions(self, sync_run: str, object_type: str) -> list[Action]:
        """The actions of a run with every change, in the order of the plan."""
        with reading(self._engine) as connection:
            whose = _whose(connection, sync_run, object_type)
            return read_actions(connection, whose) if whose else []

    def written(self, sync_run: str, object_type: str) -> list[tuple[Action, Outcome | None]]:
        """What a run wrote, or may have written, in all its attempts; with what became of it."""
        with reading(self._engine) as connection:
            return list(read_written(connection, sync_run, object_type))

    def listed(self, sync_run: str, object_type: str) -> list[Held]:
        """What the last attempt of a run held, or left as it was, with the reasons."""
        table = schema.held_history
        with reading(self._engine) as connection:
            whose = _whose(connection, sync_run, object_type)
            if whose is None:
                return []
            query = found(table, *of_attempt(table), order=(table.c.id,))
            return [to_held(row) for row in connection.execute(query, named(whose)).mappings()]

    def intend(
        self, sync_run: str, object_type: str, action_ids: Collection[str], at: datetime
    ) -> None:
        """Say that these actions are about to be written; on disk before it returns."""
        rows = [{"action": id_, "intended_at": at} for id_ in action_ids]
        # A second attempt keeps the first one's moment.
        self._update(sync_run, object_type, rows, first=True)

    def intended(self, sync_run: str, object_type: str) -> set[str]:
        """Actions that were, or may have been, written."""
        table = schema.action
        with reading(self._engine) as connection:
            whose = _whose(connection, sync_run, object_type)
            if whose is None:
                return set()
            query = found((table.c.id,), *of_attempt(table), filled=table.c.intended_at)
            return set(connection.scalars(query, named(whose)))

    def left_open(self, object_type: str, but: str, since: datetime) -> dict[str, list[Action]]:
        """Updates without an outcome that uncommitted runs since a moment may have written, by run.

        None of run `but`, and none of a record that another run has written since.
        """
        with reading(self._engine) as connection:
            return read_left_open(connection, object_type, but, since)

    def landed(self, object_type: str, but: str, since: datetime) -> list[Landed]:
        """What runs since a moment wrote, and never committed, the oldest first.

        Of run `but` only what its earlier attempts wrote. Nothing of links that were stored since.
        """
        with reading(self._engine) as connection:
            return list(read_landed(connection, object_type, but, since))

    def amend(self, sync_run: str, object_type: str, overwritten: Mapping[str, Values]) -> None:
        """Say what writes really overwrote, by action and field; on disk before it returns."""
        if not overwritten:
            return
        with writing(self._engine) as connection:
            self._leases.check(connection, object_type)
            whose = sync_run, object_type, attempt_of(connection, sync_run, object_type)
            amend(connection, whose, overwritten)

    def leave_out(
        self, sync_run: str, object_type: str, refused: Mapping[str, Sequence[Refusal]]
    ) -> None:
        """Say which fields the next write of actions leaves out; on disk before it returns."""
        rows = [{"action": id_, "refused": refused_cell(some)} for id_, some in refused.items()]
        self._update(sync_run, object_type, rows)

    def left_out(self, sync_run: str, object_type: str) -> dict[str, tuple[Refusal, ...]]:
        """The fields that writes of a run left out, by action."""
        table = schema.action
        with reading(self._engine) as connection:
            whose = _whose(connection, sync_run, object_type)
            if whose is None:
                return {}
            cells = table.c.id, table.c.refused
            query = found(cells, *of_attempt(table), filled=table.c.refused)
            rows = connection.execute(query, named(whose))
            return {id_: to_refused(cell) for id_, cell in rows if cell}

    def record(
        self, sync_run: str, object_type: str, outcomes: Sequence[Outcome], at: datetime
    ) -> None:
        """Say what became of actions; on disk before it returns. The last word stands."""
        rows = [{"action": one.action_id} | outcome_row(one, at) for one in outcomes]
        self._update(sync_run, object_type, rows)

    def outcomes(self, sync_run: str, object_type: str) -> dict[str, Outcome]:
        """What became of the actions of a run so far, by action id."""
        table = schema.action
        with reading(self._engine) as connection:
            whose = _whose(connection, sync_run, object_type)
            if whose is None:
                return {}
            query = found(table, *of_attempt(table), filled=table.c.result)
            rows = connection.execute(query, named(whose)).mappings()
            return {row["id"]: to_outcome(row) for row in rows}

    def last_written(
        self, object_type: str, system: System, ids: Collection[str]
    ) -> dict[str, datetime]:
        """Record id -> the stamp that the sync's own latest write to the record left."""
        table, known = schema.action.c, dict[str, datetime]()
        latest = func.max(table.outcome_modified_at)
        with reading(self._engine) as connection:
            for some in chunks(sorted(set(ids))):
                query = (
                    select(table.record_id, latest)
                    .where(table.object_type == object_type, table.system == str(system))
                    .where(table.record_id.in_(some), table.outcome_modified_at.is_not(None))
                    .group_by(table.record_id)
                )
                known |= {row[0]: row[1] for row in connection.execute(query)}
        return known

    def conflicts(self, sync_run: str) -> list[Conflict]:
        """The conflicts of a run, planned or settled, of every object type."""
        table, run = schema.conflict, schema.sync_run
        query = (
            select(table)
            .join(run, (run.c.id == table.c.sync_run) & (run.c.object_type == table.c.object_type))
            .where(table.c.sync_run == sync_run, table.c.attempt == run.c.attempt)
            .order_by(table.c.object_type, table.c.id)
        )
        with reading(self._engine) as connection:
            return [to_conflict(row) for row in connection.execute(query).mappings()]

    def freed(
        self, object_type: str, record_ids: Sequence[str], field: str
    ) -> dict[str, frozenset[str]]:
        """Record -> the values of a field that runs freed, or may have, and never committed."""
        with reading(self._engine) as connection:
            return read_freed(connection, object_type, record_ids, field)

    def turns(self, sync_run: str) -> list[Turn]:
        """What befell links in a run, in its last attempt."""
        table, run = schema.turn, schema.sync_run
        query = (
            select(table)
            .join(run, (run.c.id == table.c.sync_run) & (run.c.object_type == table.c.object_type))
            .where(table.c.sync_run == sync_run, table.c.attempt == run.c.attempt)
            .order_by(table.c.object_type, table.c.id)
        )
        with reading(self._engine) as connection:
            return [to_turn(row) for row in connection.execute(query).mappings()]

    def _update(
        self,
        sync_run: str,
        object_type: str,
        rows: Sequence[dict[str, Any]],
        *,
        first: bool = False,
    ) -> None:
        """Write into rows of actions; each names its `action` and the columns to set.

        With `first`, only into those that have no intent yet.
        """
        if not rows:
            return
        with writing(self._engine) as connection:
            self._leases.check(connection, object_type)
            whose = sync_run, object_type, attempt_of(connection, sync_run, object_type)
            _refuse_unknown(connection, whose, {row["action"] for row in rows})
            mine = {f"{OF}{column}": value for column, value in named(whose).items()}
            connection.execute(_written(first=first), [row | mine for row in rows])


@cache
def _written(*, first: bool) -> Update:
    """The columns that are named beside the parameters, which may not be named like columns."""
    table = schema.action
    mine = [column == bindparam(f"{OF}{column.name}") for column in of_attempt(table)]
    query = update(table).where(*mine, table.c.id == bindparam("action"))
    return query.where(table.c.intended_at.is_(None)) if first else query


def _whose(connection: Connection, sync_run: str, object_type: str) -> Whose | None:
    known = find_run(connection, sync_run, object_type)
    return None if known is None else (sync_run, object_type, known["attempt"])


def _refuse_unknown(connection: Connection, whose: Whose, ids: set[str]) -> None:
    table = schema.action
    known: set[str] = set()
    query = found((table.c.id,), *of_attempt(table), among=table.c.id)
    for chunk in chunks(ids):
        known |= set(connection.scalars(query, {**named(whose), AMONG: chunk}))
    if ids - known:
        raise StateError(
            f"action {min(ids - known)} is not in the journalled plan of {whose[1]} of sync run"
            f" {whose[0]!r}. Clear the plan task: it journals the plan before it is written."
        )
