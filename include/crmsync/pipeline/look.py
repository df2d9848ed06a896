"""Looking before writing: what the records to update hold at this moment.

Neither CRM has a conditional write, so each record is read again just before it is written,
as many in a call as the CRM allows, and only in the fields that are to be written. If one of
them moved since the plan was made nothing is written: the next run plans afresh. After a
killed load the same look tells what had landed already.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from include.crmsync.adapters.gateway import Gateway
from include.crmsync.engine.directory import Directory
from include.crmsync.engine.transform import values_of
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.outcome import Outcome, Result
from include.crmsync.model.plan import Action, Verb
from include.crmsync.model.record import Values

AGAIN = "an earlier try may have written it before that, nothing was written now"

SAID = "it holds this already, and somebody else modified it last"


@dataclass(frozen=True, slots=True)
class Now:
    """Records at this moment, by id."""

    values: Mapping[str, Values]
    by_others: frozenset[str] = frozenset()
    """Those that somebody else modified last, where the system says so."""


def narrowed(mapping: ObjectMapping, names: Iterable[str]) -> ObjectMapping:
    """The mapping with these of its fields only: reading by it asks for nothing else."""
    wanted = frozenset(names)
    return replace(mapping, fields=tuple(one for one in mapping.fields if one.name in wanted))


def current(
    actions: Sequence[Action], mapping: ObjectMapping, gateway: Gateway, directory: Directory
) -> Now:
    """What the records to update hold at this moment, in the fields to be written."""
    updates = {action.record_id: action for action in actions if action.record_id}
    if not updates:
        return Now({})
    touched = narrowed(mapping, {one.field for action in actions for one in action.changes})
    records = list(gateway.read(touched, list(updates)))
    return Now(
        {record.id: values_of(record, touched, directory) for record in records},
        frozenset(record.id for record in records if record.modified_by_us is False),
    )


def before_write(action: Action, now: Now, *, intended: bool) -> Outcome | None:
    """What can be said of an action without writing: it landed already, or it came too late."""
    if action.verb is Verb.CREATE or action.record_id is None:
        return None
    found = now.values.get(action.record_id)
    if found is None:
        return Outcome(
            action.id,
            Result.SUPERSEDED,
            action.record_id,
            message=f"it was deleted in {action.system.label}, or hidden, since it was read",
        )
    held = {change.field: found.get(change.field) for change in action.changes}
    landed = action.verb in (Verb.UPDATE, Verb.FREE) and intended
    if landed and all(held[change.field] == change.after for change in action.changes):
        if action.record_id in now.by_others:  # who may have typed the same
            why = f"{SAID}; {AGAIN}"
            return Outcome(action.id, Result.SUPERSEDED, action.record_id, message=why)
        return Outcome(action.id, Result.APPLIED, action.record_id, stored=held)
    moved = [change.field for change in action.changes if held[change.field] != change.before]
    if moved:
        return Outcome(
            action.id,
            Result.SUPERSEDED,
            action.record_id,
            message=f"{', '.join(moved)} changed in {action.system.label} since it was read;"
            f" {AGAIN if intended else 'nothing was written'}, the next run plans afresh",
        )
    return None
