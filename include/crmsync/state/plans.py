"""Journalling plans: actions with every change, conflicts, and what was held.

A plan made again replaces the last one of the same attempt, but for what was or may have been
written: an action with an outcome must come back the same, one with an intent is kept. A plan
that changes what was already done, or that is made from what was read before its own run was
committed, would write old values over new ones; it is refused.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    Table,
    bindparam,
    exists,
    or_,
    select,
    update,
)

from include.crmsync.errors import StateError
from include.crmsync.model.outcome import Outcome, Result
from include.crmsync.model.plan import Action, Change, Conflict, Plan, Verb
from include.crmsync.model.record import Values
from include.crmsync.state import schema
from include.crmsync.state.columns import storable
from include.crmsync.state.commit import Commit
from include.crmsync.state.rows import (
    Row,
    action_row,
    change_row,
    conflict_row,
    held_row,
    to_action,
    to_change,
    to_outcome,
    turn_row,
)
from include.crmsync.state.runs import attempt_of, find_run
from include.crmsync.state.statements import AMONG, found, removed
from include.crmsync.state.transaction import chunks, insert

RACED = "; somebody edited it after the last look, just before it was written"
"""What the reason of a change ends with that overwrote something else than was planned."""

Whose = tuple[str, str, int]
"""Sync run, object type, attempt."""


def store_plan(connection: Connection, sync_run: str, plan: Plan) -> None:
    """Journal what a run means to do; raises StateError when it contradicts what it did."""
    whose = _open(connection, sync_run, plan.object_type)
    intended, done = _underway(connection, whose)
    planned = {one.id: one for one in plan.actions}
    _refuse_contradiction(connection, whose, [planned[id_] for id_ in done & planned.keys()])
    _forget(connection, whose, keep=done | (intended.keys() - planned.keys()))
    fresh = [(at, one) for at, one in enumerate(plan.actions) if one.id not in done]
    _insert(connection, whose, fresh, intended, _agreed(plan))
    _replace(connection, schema.conflict, whose, _conflict_rows(plan.conflicts, committed=False))
    _replace(connection, schema.held_history, whose, map(held_row, plan.held))


def store_history(connection: Connection, commit: Commit, attempt: int) -> None:
    """Journal what a run settled and held, over what it planned."""
    whose = commit.run.id, commit.run.object_type, attempt
    _replace(connection, schema.conflict, whose, _conflict_rows(commit.conflicts, committed=True))
    held = (*commit.held, *commit.listed)
    _replace(connection, schema.held_history, whose, map(held_row, held))
    _replace(connection, schema.turn, whose, (turn_row(one, commit.at) for one in commit.turns))


def read_actions(connection: Connection, whose: Whose) -> list[Action]:
    """Journalled actions with their changes, in the order of the plan."""
    table, changes = schema.action, schema.change
    query = found(table, *of_attempt(table), order=(table.c.position, table.c.id))
    details = found(changes, *of_attempt(changes), order=(changes.c.position,))
    by_action: dict[str, list[Change]] = {}
    for row in connection.execute(details, named(whose)).mappings():
        by_action.setdefault(row["action_id"], []).append(to_change(row))
    return [
        to_action(row, tuple(by_action.get(row["id"], ())))
        for row in connection.execute(query, named(whose)).mappings()
    ]


def read_written(
    connection: Connection, sync_run: str, object_type: str
) -> Iterator[tuple[Action, Outcome | None]]:
    """What a run wrote, or may have written, in any of its attempts, in order; with outcomes."""
    known = find_run(connection, sync_run, object_type)
    table = schema.action
    sent = found(table, *of_attempt(table), filled=table.c.intended_at)
    for attempt in range(1, known["attempt"] + 1 if known else 1):
        whose = sync_run, object_type, attempt
        rows = connection.execute(sent, named(whose)).mappings()
        ends = {row["id"]: to_outcome(row) if row["result"] else None for row in rows}
        for action in read_actions(connection, whose):
            if action.id in ends:
                yield action, ends[action.id]


def read_freed(
    connection: Connection, object_type: str, record_ids: Sequence[str], field: str
) -> dict[str, frozenset[str]]:
    """What unfinished runs blanked to free a value: record -> the values it had before."""
    action, change, run = schema.action, schema.change, schema.sync_run
    query = (
        select(action.c.record_id, change.c.before)
        .join(
            change,
            (change.c.sync_run == action.c.sync_run)
            & (change.c.object_type == action.c.object_type)
            & (change.c.attempt == action.c.attempt)
            & (change.c.action_id == action.c.id),
        )
        .join(run, (run.c.id == action.c.sync_run) & (run.c.object_type == action.c.object_type))
        .where(
            action.c.object_type == object_type,
            action.c.verb == str(Verb.FREE),
            action.c.intended_at.is_not(None),
            run.c.committed_at.is_(None),
            change.c.field == field,
        )
    )
    freed: dict[str, set[str]] = {}
    for chunk in chunks(record_ids):
        for record_id, before in connection.execute(query.where(action.c.record_id.in_(chunk))):
            freed.setdefault(record_id, set()).add(before)
    return {record_id: frozenset(values) for record_id, values in freed.items()}


def read_left_open(
    connection: Connection, object_type: str, but: str, since: datetime
) -> dict[str, list[Action]]:
    """Updates without an outcome that uncommitted runs since a moment may have written, by run."""
    values = {"of_type": object_type, "but": but, "since": since}
    ids: dict[tuple[str, int], set[str]] = {}
    for sync_run, attempt, id_ in connection.execute(_left_open(), values):
        ids.setdefault((sync_run, attempt), set()).add(id_)
    return {
        sync_run: [
            action
            for action in read_actions(connection, (sync_run, object_type, attempt))
            if action.id in some
        ]
        for (sync_run, attempt), some in ids.items()
    }


@cache
def _left_open() -> Select[Any]:
    table, run, later = schema.action, schema.sync_run, schema.action.alias()
    written_since = exists().where(
        later.c.object_type == table.c.object_type,
        later.c.record_id == table.c.record_id,
        later.c.system == table.c.system,
        later.c.sync_run != table.c.sync_run,
        later.c.result == str(Result.APPLIED),
        later.c.outcome_at >= table.c.intended_at,
    )
    return (
        select(table.c.sync_run, table.c.attempt, table.c.id)
        .join(run, (run.c.id == table.c.sync_run) & (run.c.object_type == table.c.object_type))
        .where(
            run.c.object_type == bindparam("of_type"),
            run.c.started_at >= bindparam("since", type_=run.c.started_at.type),
            run.c.committed_at.is_(None),
            run.c.id != bindparam("but"),
            table.c.attempt == run.c.attempt,
            table.c.intended_at.is_not(None),
            table.c.result.is_(None),
            or_(table.c.verb == str(Verb.UPDATE), table.c.verb == str(Verb.FREE)),
            ~written_since,
        )
    )


def of_attempt(table: Table) -> tuple[Column[Any], ...]:
    """The columns that say of which attempt a row is; `named` has their values."""
    return table.c.sync_run, table.c.object_type, table.c.attempt


def named(whose: Whose) -> Row:
    """An attempt, by column."""
    return dict(zip(("sync_run", "object_type", "attempt"), whose, strict=True))


def _open(connection: Connection, sync_run: str, object_type: str) -> Whose:
    attempt = attempt_of(connection, sync_run, object_type)
    run = find_run(connection, sync_run, object_type)
    if run is not None and run["committed_at"] is not None:
        raise StateError(
            f"{object_type} of sync run {sync_run!r} are committed: a plan made now, from what"
            " was read before, would undo newer values. Clear the extract task instead."
        )
    return sync_run, object_type, attempt


def _underway(connection: Connection, whose: Whose) -> tuple[dict[str, datetime], set[str]]:
    """Actions that were or may have been written: since when, and which have an outcome."""
    table = schema.action
    query = found((table.c.id, table.c.intended_at, table.c.outcome_at), *of_attempt(table))
    intended: dict[str, datetime] = {}
    done: set[str] = set()
    for id_, intended_at, outcome_at in connection.execute(query, named(whose)):
        if intended_at is not None:
            intended[id_] = intended_at
        if outcome_at is not None:
            done.add(id_)
    return intended, done


def _refuse_contradiction(connection: Connection, whose: Whose, planned: Sequence[Action]) -> None:
    """An outcome may only ever speak for the changes it was recorded for."""
    if not planned:
        return
    known = {one.id: one.changes for one in read_actions(connection, whose)}
    for action in planned:
        told = zip(known[action.id], map(_storable, action.changes), strict=False)
        alike = all(_as_planned(one, planned) == planned for one, planned in told)
        if len(known[action.id]) != len(action.changes) or not alike:
            raise StateError(
                f"the plan for {whose[1]} of sync run {whose[0]!r} differs from what the run wrote"
                f" already, first in action {action.id}. Clear the extract task: it reads afresh."
            )


def _as_planned(known: Change, planned: Change) -> Change:
    """A journalled change; one of which more is known since, as it was planned."""
    if not known.reason.endswith(RACED):
        return known
    return replace(known, before=planned.before, reason=known.reason.removesuffix(RACED))


def amend(connection: Connection, whose: Whose, overwritten: Mapping[str, Values]) -> None:
    """Say what writes overwrote, where that is not what they were planned against."""
    table = schema.change
    for id_, values in overwritten.items():
        of_action = *_same(table, whose), table.c.action_id == id_
        rows = connection.execute(select(table.c.field, table.c.reason).where(*of_action)).all()
        for name, reason in rows:
            if name in values:
                told = {"before": values[name], "reason": reason.removesuffix(RACED) + RACED}
                mine = *of_action, table.c.field == name
                connection.execute(update(table).where(*mine).values(told))


def _storable(change: Change) -> Change:
    """A change as it comes back from the journal."""
    before, after = (
        None if one is None else storable(one) for one in (change.before, change.after)
    )
    return Change(change.field, before, after, storable(change.reason))


def _forget(connection: Connection, whose: Whose, keep: set[str]) -> None:
    """Remove the attempt's actions but those to keep."""
    table = schema.action
    known = set(connection.scalars(found((table.c.id,), *of_attempt(table)), named(whose)))
    for chunk in chunks(known - keep):
        for one, column in ((schema.change, schema.change.c.action_id), (table, table.c.id)):
            forgotten = removed(one, *of_attempt(one), among=column)
            connection.execute(forgotten, {**named(whose), AMONG: chunk})


def _insert(
    connection: Connection,
    whose: Whose,
    actions: Sequence[tuple[int, Action]],
    intended: Mapping[str, datetime],
    agreed: Mapping[tuple[str, str], int],
) -> None:
    mine = named(whose)
    insert(
        connection,
        schema.action,
        [
            action_row(action, at) | mine | {"intended_at": intended.get(action.id)}
            for at, action in actions
        ],
    )
    insert(
        connection,
        schema.change,
        [
            change_row(action.id, at, change)
            | mine
            | {"link_version": agreed.get((action.id, change.field))}
            for _, action in actions
            for at, change in enumerate(action.changes)
        ],
    )


def _agreed(plan: Plan) -> dict[tuple[str, str], int]:
    """Updates and fields whose value both records hold once it lands -> their link's version."""
    actions = {one.id: one for one in plan.actions if one.verb is Verb.UPDATE}
    found: dict[tuple[str, str], int] = {}
    for pair in plan.pairs:
        if pair.link_id is None or pair.afresh or pair.gone is not None or pair.kept is not None:
            continue
        for action in (actions[id_] for id_ in pair.actions if id_ in actions):
            for change in action.changes:
                if change.field in pair.agreed and pair.agreed[change.field] == change.after:
                    found[action.id, change.field] = pair.link_version
    return found


def _conflict_rows(conflicts: Iterable[Conflict], *, committed: bool) -> Iterable[Row]:
    return (conflict_row(one) | {"committed": committed} for one in conflicts)


def _replace(connection: Connection, table: Table, whose: Whose, rows: Iterable[Row]) -> None:
    """Put rows in the place of the attempt's."""
    connection.execute(removed(table, *of_attempt(table)), named(whose))
    insert(connection, table, [row | named(whose) for row in rows])


def _same(table: Table, whose: Whose) -> list[ColumnElement[bool]]:
    return [column == value for column, value in zip(of_attempt(table), whose, strict=True)]
