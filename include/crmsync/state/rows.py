"""Values of the model as rows of tables, and back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from include.crmsync.model.departure import How
from include.crmsync.model.link import Link, Turn, What
from include.crmsync.model.outcome import Outcome, Refusal, Result
from include.crmsync.model.plan import Action, Change, Conflict, Held, Verb
from include.crmsync.model.record import System
from include.crmsync.model.run import Counts, RunState, SyncRun, Trigger

Row = dict[str, Any]


def link_row(link: Link, run: SyncRun, at: datetime, version: int) -> Row:
    """A link as it is stored by the commit of a run, as this version."""
    return {
        "object_type": link.object_type,
        "hubspot_id": link.hubspot_id,
        "salesforce_id": link.salesforce_id,
        "kind": link.kind,
        "version": version,
        "base": None if link.base is None else dict(link.base),
        "bounced": dict(link.bounced),
        "hubspot_modified_at": link.hubspot_modified_at,
        "salesforce_modified_at": link.salesforce_modified_at,
        "gone_in": None if link.gone_in is None else str(link.gone_in),
        "gone_how": None if link.gone_how is None else str(link.gone_how),
        "gone_at": link.gone_at,
        "followed": link.followed,
        "linked_at": at,
        "synced_at": at,
        "sync_run": run.id,
    }


def to_link(row: RowMapping) -> Link:
    """A stored link."""
    values = {name: row[name] for name in Link.__slots__}
    if values["gone_in"] is not None:
        values |= {"gone_in": System(row["gone_in"]), "gone_how": How(row["gone_how"])}
    return Link(**values)


def held_row(held: Held) -> Row:
    """One failed criterion of one record."""
    return {name: getattr(held, name) for name in Held.__slots__} | {"system": str(held.system)}


def to_held(row: RowMapping) -> Held:
    """A stored hold."""
    values = {name: row[name] for name in Held.__slots__}
    return Held(**values | {"system": System(row["system"])})


def run_row(run: SyncRun) -> Row:
    """A run as the journal knows it."""
    return {
        "id": run.id,
        "object_type": run.object_type,
        "trigger": str(run.trigger),
        "dry_run": run.dry_run,
        "state": str(run.state),
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "counts": {str(system): asdict(counts) for system, counts in run.counts.items()},
        "note": run.note,
        "undoes": run.undoes,
    }


def to_run(row: RowMapping) -> SyncRun:
    """A journalled run."""
    counts: Mapping[str, Mapping[str, Any]] = row["counts"]
    values = {name: row[name] for name in SyncRun.__slots__}
    return SyncRun(
        **values
        | {
            "trigger": Trigger(row["trigger"]),
            "state": RunState(row["state"]),
            "counts": {System(name): Counts.read(stored) for name, stored in counts.items()},
        }
    )


def action_row(action: Action, position: int) -> Row:
    """An action without its changes, at its place in the plan."""
    return {
        "id": action.id,
        "position": position,
        "verb": str(action.verb),
        "system": str(action.system),
        "object_type": action.object_type,
        "kind": action.kind,
        "record_id": action.record_id,
        "origin_id": action.origin_id,
    }


def to_action(row: RowMapping, changes: tuple[Change, ...]) -> Action:
    """A journalled action."""
    return Action(
        id=row["id"],
        verb=Verb(row["verb"]),
        system=System(row["system"]),
        object_type=row["object_type"],
        kind=row["kind"],
        record_id=row["record_id"],
        origin_id=row["origin_id"],
        changes=changes,
    )


def change_row(action_id: str, position: int, change: Change) -> Row:
    """One field of an action, at its place."""
    values = {name: getattr(change, name) for name in Change.__slots__}
    return values | {"action_id": action_id, "position": position}


def to_change(row: RowMapping) -> Change:
    """A journalled change."""
    return Change(row["field"], row["before"], row["after"], row["reason"])


def conflict_row(conflict: Conflict) -> Row:
    """A conflict with both values."""
    values = {name: getattr(conflict, name) for name in Conflict.__slots__}
    return values | {"winner": str(conflict.winner)}


def to_conflict(row: RowMapping) -> Conflict:
    """A journalled conflict."""
    values = {name: row[name] for name in Conflict.__slots__}
    return Conflict(**values | {"winner": System(row["winner"])})


def outcome_row(outcome: Outcome, at: datetime) -> Row:
    """What an action's row learns when it ends."""
    return {
        "outcome_at": at,
        "result": str(outcome.result),
        "outcome_record_id": outcome.record_id,
        "code": outcome.code,
        "message": outcome.message,
        "stored": dict(outcome.stored),
        "outcome_modified_at": outcome.modified_at,
        "refused": refused_cell(outcome.refused),
    }


def to_outcome(row: RowMapping) -> Outcome:
    """A journalled outcome."""
    return Outcome(
        action_id=row["id"],
        result=Result(row["result"]),
        record_id=row["outcome_record_id"],
        code=row["code"],
        message=row["message"],
        stored=row["stored"],
        modified_at=row["outcome_modified_at"],
        refused=to_refused(row["refused"]),
    )


def refused_cell(refused: Sequence[Refusal]) -> list[dict[str, str]]:
    """The fields left out of a write, as one cell holds them."""
    return [asdict(one) for one in refused]


def to_refused(cell: Sequence[Mapping[str, str]] | None) -> tuple[Refusal, ...]:
    """The fields left out of a write."""
    return tuple(Refusal(**one) for one in cell or ())


def turn_row(turn: Turn, at: datetime) -> Row:
    """Something that befell a link."""
    values = {name: getattr(turn, name) for name in Turn.__slots__}
    return values | {"what": str(turn.what), "at": at}


def to_turn(row: RowMapping) -> Turn:
    """A journalled turn."""
    values = {name: row[name] for name in Turn.__slots__}
    return Turn(**values | {"what": What(row["what"])})
