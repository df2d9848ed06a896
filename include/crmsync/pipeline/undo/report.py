"""What taking a run back came to: what is back, what is not, and why.

Read from the journal alone. Ids, fields, counts and reasons, never a record's values: this ends in
task logs. The values are in the journal, and in what `undo` prints on the command line.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from include.crmsync.model.outcome import Outcome, Result
from include.crmsync.model.plan import Action, Held, Verb
from include.crmsync.model.run import SyncRun
from include.crmsync.pipeline.once import OBJECT_TYPES
from include.crmsync.pipeline.workshop import Workshop

SHOWN = 200
"""So many of what was left a task log shows; the journal has all of them."""


@dataclass(frozen=True, slots=True)
class Left:
    """Something that is not taken back."""

    system: str
    record_id: str
    field: str
    """Empty: the record as a whole."""
    criterion: str
    """Or, where a write was planned, what became of it."""
    reason: str


def report(sync_run: str, shop: Workshop) -> dict[str, Any]:
    """What the run took back, by object type."""
    runs = sorted(shop.journal.run(sync_run), key=lambda one: OBJECT_TYPES.index(one.object_type))
    return {
        "sync_run": sync_run,
        "undoes": next((one.undoes for one in runs), ""),
        "dry_run": any(one.dry_run for one in runs),
        "object_types": [_entry(one, shop) for one in runs],
    }


def _entry(run: SyncRun, shop: Workshop) -> dict[str, Any]:
    actions = shop.journal.actions(run.id, run.object_type)
    outcomes = shop.journal.outcomes(run.id, run.object_type)
    held = shop.journal.listed(run.id, run.object_type)
    left = [_of_held(one) for one in held if one.criterion != "taken_back"]
    left += [one for action in actions for one in _unwritten(action, outcomes.get(action.id))]
    back = _back(actions, outcomes, dry_run=run.dry_run)
    return {
        "object_type": run.object_type,
        "state": str(run.state),
        "note": run.note,
        "records": len({record for record, _ in back}),
        "fields": dict(Counter(name for _, name in back if name)),
        "deleted": sum(not name for _, name in back),
        "left": [asdict(one) for one in left],
    }


def _back(
    actions: Iterable[Action], outcomes: Mapping[str, Outcome], *, dry_run: bool
) -> set[tuple[tuple[str, str], str]]:
    """Record and field of everything that is back, or would be; no field: it was deleted."""
    found: set[tuple[tuple[str, str], str]] = set()
    for one in actions:
        outcome = outcomes.get(one.id)
        if not dry_run and (outcome is None or outcome.result is not Result.APPLIED):
            continue
        record = str(one.system), one.record_id or ""
        refused = {refusal.field for refusal in outcome.refused} if outcome else set[str]()
        names = {""} if one.verb is Verb.DELETE else {change.field for change in one.changes}
        found |= {(record, name) for name in names - refused if one.verb is not Verb.FREE}
    return found


def _of_held(one: Held) -> Left:
    return Left(str(one.system), one.record_id, one.field or "", one.criterion, one.reason)


def _unwritten(action: Action, outcome: Outcome | None) -> Iterator[Left]:
    """What was planned and did not land."""
    if outcome is None or action.verb is Verb.FREE:
        return
    where = str(action.system), action.record_id or ""
    for one in outcome.refused:
        yield Left(*where, one.field, "refused", f"{one.code}: {one.message}")
    if outcome.result is Result.APPLIED or outcome.refused:
        return
    told = outcome.message or outcome.code or ""
    names = [""] if action.verb is Verb.DELETE else [one.field for one in action.changes]
    for name in names:
        yield Left(*where, name, str(outcome.result), told)


def lines(told: Mapping[str, Any], most: int = SHOWN) -> Iterator[str]:
    """The report as lines for a log or a terminal."""
    verb = "would be" if told["dry_run"] else "are"
    for entry in told["object_types"]:
        fields = ", ".join(f"{name} {count}" for name, count in sorted(entry["fields"].items()))
        deleted = f", {entry['deleted']} {verb} deleted" if entry["deleted"] else ""
        yield (
            f"{entry['object_type']} ({entry['state']}): {sum(entry['fields'].values())} fields of"
            f" {entry['records'] - entry['deleted']} records {verb} back{deleted}"
            f"{f': {fields}' if fields else ''}"
        )
        if entry["note"]:
            yield f"  {entry['note']}"
        yield from _lines_of_the_left(entry["left"], most)


def _lines_of_the_left(left: list[dict[str, str]], most: int) -> Iterator[str]:
    for criterion, count in Counter(one["criterion"] for one in left).most_common():
        yield f"  {count} left as they are: {criterion}"
    for one in left[:most]:
        yield (
            f"    {one['system']} {one['record_id']} {one['field'] or '(record)'}:"
            f" {one['criterion']}: {one['reason']}"
        )
    if len(left) > most:
        yield f"    ... and {len(left) - most} more: they are in the journal (held_history)"
