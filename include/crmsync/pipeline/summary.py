"""What a run came to, as plain data.

Read from the journal alone: the same words and sums for a run in Airflow, a run from the
command line and a run of last week. Counts and reasons, never a record's values.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from include.crmsync.errors.catalogue import advice
from include.crmsync.model.plan import Conflict, Held
from include.crmsync.model.record import System
from include.crmsync.model.run import Counts, RunState, SyncRun
from include.crmsync.pipeline.allocation import A_DAY, room_of, share_used, use_of
from include.crmsync.pipeline.once import OBJECT_TYPES
from include.crmsync.pipeline.workshop import Workshop
from include.crmsync.state.live import OpenIssue

_NUMBER = re.compile(r"\w*\d\w*")
"""What differs from record to record in a CRM's sentence: ids, amounts, dates."""


def summary(sync_run: str, workshop: Workshop) -> dict[str, Any]:
    """The run by object type and direction, and why records are held."""
    runs = sorted(
        workshop.journal.run(sync_run), key=lambda run: OBJECT_TYPES.index(run.object_type)
    )
    conflicts = workshop.journal.conflicts(sync_run)
    return {
        "sync_run": sync_run,
        "state": str(_overall(runs)),
        "seconds": round(sum(_seconds(run) for run in runs), 1),
        "api_calls": [_calls(system, workshop) for system in System],
        "object_types": [_entry(run, conflicts, workshop) for run in runs],
    }


def succeeded(told: dict[str, Any]) -> bool:
    """Whether every object type of the run came to its end."""
    return bool(told["object_types"]) and told["state"] not in (RunState.FAILED, RunState.RUNNING)


def _entry(run: SyncRun, conflicts: Sequence[Conflict], workshop: Workshop) -> dict[str, Any]:
    mine = [one for one in conflicts if one.object_type == run.object_type]
    return {
        "object_type": run.object_type,
        "state": str(run.state),
        "note": run.note,
        "trigger": str(run.trigger),
        "dry_run": run.dry_run,
        "seconds": round(_seconds(run), 1),
        "directions": [
            {"from": str(system), "to": str(system.other)}
            | {name: count for name, count in _plain(run, system).items() if name != "warned"}
            for system in System
        ],
        "warned": _warned(run),
        "conflicts": [
            {"field": field, "count": count}
            for field, count in Counter(one.field for one in mine).most_common()
        ],
        "refusals": _refusals(run, workshop),
        "held": _reasons(workshop.store.held(run.object_type)),
        "mapping_issues": _issues(workshop.live.issues(run.object_type)),
    }


def _plain(run: SyncRun, system: System) -> dict[str, Any]:
    return asdict(run.counts.get(system, Counts()))


def _warned(run: SyncRun) -> list[dict[str, Any]]:
    """What only warns: how many records that this run read fail which criterion, most first."""
    found = [
        (system, criterion, count)
        for system, counts in run.counts.items()
        for criterion, count in counts.warned.items()
    ]
    ordered = sorted(found, key=lambda one: (-one[2], one[0], one[1]))
    return [
        {"in": str(system), "criterion": criterion, "records": count}
        for system, criterion, count in ordered
    ]


def _calls(system: System, workshop: Workshop) -> dict[str, Any]:
    """The calls of a system in the last 24 hours: ours, everybody's, and what there is room for."""
    use = use_of(system, workshop)
    return {
        "system": str(system),
        "ours": workshop.uses.since(system, workshop.now() - A_DAY),
        "used": use.used if use else None,
        "limit": use.limit if use else None,
        "allocation": workshop.settings.allocation.get(system),
        "room": room_of(system, workshop, 1.0),
        "room_scheduled": room_of(system, workshop, workshop.settings.scheduled_share),
        "repeats": share_used(system, workshop) < workshop.settings.retry_share,
    }


def _refusals(run: SyncRun, workshop: Workshop) -> list[dict[str, Any]]:
    """What the CRMs did not take in this run, by system and code, and what to do about it."""
    actions = workshop.journal.actions(run.id, run.object_type)
    outcomes = workshop.journal.outcomes(run.id, run.object_type)
    groups: dict[tuple[System, str], list[str]] = {}
    for action in actions:
        found = outcomes.get(action.id)
        for code in found.codes if found is not None else ():
            named = action.record_id or action.origin_id
            groups.setdefault((action.system, code), []).append(named)
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    return [
        {"by": str(system), "code": code, "records": len(ids), "example": min(ids)}
        | _advice(system, code)
        for (system, code), ids in ordered
    ]


def _advice(system: System, code: str) -> dict[str, Any]:
    """The catalogue's words for a code."""
    found = advice(system, code)
    return {
        "category": str(found.category),
        "title": found.title,
        "cause": found.cause,
        "remedy": found.remedy,
        "who": str(found.who),
        "retry": str(found.retry),
        "in_catalogue": found.known,
    }


def _issues(issues: Sequence[OpenIssue]) -> list[dict[str, Any]]:
    """What the live schemas do not bear out of the mapping, at this moment."""
    return [
        {
            "field": one.issue.field,
            "in": one.issue.system,
            "problem": one.issue.problem,
            "effect": one.issue.effect,
            "reason": one.issue.reason,
            "since": one.since.isoformat(timespec="seconds"),
        }
        for one in issues
    ]


def _reasons(held: Sequence[Held]) -> list[dict[str, Any]]:
    """Everything held at this moment, by system, criterion and reason, with one record to look at.

    Of refusals with one code, those with other words, such as another validation rule's, or about
    another field are told apart: each has its own remedy.
    """
    groups: dict[tuple[System, str, str, str], list[Held]] = {}
    for one in held:
        gist = f"{one.field or ''} {_NUMBER.sub('#', one.reason)}" if one.code else ""
        groups.setdefault((one.system, one.criterion, one.code or "", gist), []).append(one)
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    return [
        {
            "in": str(system),
            "criterion": criterion,
            "records": len({one.record_id for one in rows}),
            "fields": sorted({one.field for one in rows if one.field}),
            "reason": rows[0].reason,
            "example": rows[0].record_id,
        }
        | ({"code": code} | _advice(rows[0].refused_by or system.other, code) if code else {})
        for (system, criterion, code, _), rows in ordered
    ]


def _overall(runs: Sequence[SyncRun]) -> RunState:
    """The state most worth knowing, the worst first."""
    worst = (
        RunState.FAILED,
        RunState.RUNNING,
        RunState.WAITING,
        RunState.REJECTED,
        RunState.PLANNED,
        RunState.DONE,
    )
    states = {run.state for run in runs}
    return next((state for state in worst if state in states), RunState.NOTHING_TO_DO)


def _seconds(run: SyncRun) -> float:
    return (run.finished_at - run.started_at).total_seconds() if run.finished_at else 0.0
