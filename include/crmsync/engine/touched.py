"""What a run did to each record, from the journal of all its attempts.

A record may have been written more than once: freed and given its new address, or written by a
task that was cleared and run again. What counts is what it held before the first of these and
what it was left with. A write without an outcome may have landed, so it is kept, and marked;
what was refused, or never sent, is left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from include.crmsync.model.outcome import Outcome, Result
from include.crmsync.model.plan import Action, Change, Verb
from include.crmsync.model.record import System
from include.crmsync.model.undo import Left, Touched

Journalled = tuple[Action, Outcome | None]
"""An action that was, or may have been, sent, and what became of it."""

_ROUGH = ("\u2400", "\ufffd")
"""What stands in the journal for characters that no text column can hold."""


def touched(journalled: Iterable[Journalled]) -> list[Touched]:
    """Each record once, in the order in which the run came to it."""
    found: dict[tuple[System, str], Touched] = {}
    for action, outcome in journalled:
        record_id = action.record_id or (outcome.record_id if outcome else None)
        # Without changes: what is left of an action once its record was erased for privacy.
        if record_id is None or not action.changes or not _may_have_landed(outcome):
            continue
        fresh = Touched(_kind_of(action), action.system, record_id, action.kind, action.origin_id)
        key = action.system, record_id
        found[key] = _after(action, outcome, found.get(key, fresh))
    return [one for one in map(_changed, found.values()) if one is not None]


def is_rough(value: str | None) -> bool:
    """Whether the journal does not hold the value as it was."""
    return value is not None and any(sign in value for sign in _ROUGH)


def _may_have_landed(outcome: Outcome | None) -> bool:
    return outcome is None or outcome.result is Result.APPLIED


def _kind_of(action: Action) -> Verb:
    return Verb.UPDATE if action.verb is Verb.FREE else action.verb


def _after(action: Action, outcome: Outcome | None, before: Touched) -> Touched:
    """The record after one action more."""
    if action.verb in (Verb.DELETE, Verb.MERGE):
        return replace(before, verb=action.verb, fields={})
    fields = dict(before.fields)
    for change in _written(action, outcome):
        first = fields.get(change.field)
        fields[change.field] = _left(change, outcome, first)
    if action.verb is Verb.CREATE and outcome is not None:
        own = {name: value for name, value in outcome.stored.items() if name not in fields}
        fields |= {name: Left(None, value, value) for name, value in own.items()}
    return replace(before, fields=fields)


def _written(action: Action, outcome: Outcome | None) -> Iterator[Change]:
    refused = {one.field for one in outcome.refused} if outcome else set()
    yield from (change for change in action.changes if change.field not in refused)


def _left(change: Change, outcome: Outcome | None, first: Left | None) -> Left:
    stored = outcome.stored if outcome else {}
    return Left(
        before=first.before if first else change.before,
        after=stored.get(change.field, change.after),
        sent=change.after,
        known=outcome is not None,
    )


def _changed(one: Touched) -> Touched | None:
    """The record without fields that it was given back at once; None: nothing remains."""
    if one.verb is not Verb.UPDATE:
        return one
    fields = {name: left for name, left in one.fields.items() if left.before != left.after}
    return replace(one, fields=fields) if fields else None


def of_these(some: Sequence[Touched], ids: frozenset[str]) -> list[Touched]:
    """Those that concern any of these records, of either system; all of them without ids."""
    return [one for one in some if not ids or ids & {one.record_id, one.origin_id}]
