"""Looking back after writing: what a write overwrote that nobody had seen.

HubSpot writes unconditionally, so an edit may land in the one call between the look and the write.
It is overwritten, and no reading shows it any more; only the property's history does. So HubSpot is
asked for the versions of what was written: the one before ours should be what the plan was made
against. Where it is not, it is what was really there: the journal says so, and undo puts it back.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from include.crmsync.adapters.gateway import Gateway, Version
from include.crmsync.engine.canonical import Unreadable, canonical
from include.crmsync.engine.directory import Directory
from include.crmsync.model.mapping import ASSOCIATED, FieldMapping, FieldType, ObjectMapping
from include.crmsync.model.outcome import Outcome, Result
from include.crmsync.model.plan import Action, Verb
from include.crmsync.model.record import System, Value

SLACK = timedelta(seconds=2)
"""How far a CRM's clock may differ from itself: its answers tell whole seconds."""

OVERWRITES = (Verb.UPDATE, Verb.FREE)

Overwritten = Mapping[str, Mapping[str, Value]]
"""Action -> field -> what it held when it was written over."""


def overwritten(
    ends: Sequence[Outcome],
    actions: Mapping[str, Action],
    since: datetime | None,
    mapping: ObjectMapping,
    gateway: Gateway,
    directory: Directory,
) -> Overwritten:
    """What landed writes overwrote that was set since the look, or at any time where it is None."""
    landed = {
        str(one.record_id): one
        for one in ends
        if one.result is Result.APPLIED and actions[one.action_id].verb in OVERWRITES
    }
    names = {
        change.field
        for one in landed.values()
        for change in actions[one.action_id].changes
        if _is_told(mapping[change.field], gateway.system)
    }
    if not names:
        return {}
    told = gateway.past(mapping, sorted(landed), sorted(names))
    found: dict[str, Mapping[str, Value]] = {}
    for id_, outcome in landed.items():
        action, past = actions[outcome.action_id], told.get(id_, {})
        if lost := dict(_lost(action, outcome, past, since, mapping, directory)):
            found[action.id] = lost
    return found


def _is_told(field: FieldMapping, system: System) -> bool:
    """Whether one property of the system holds the field by itself."""
    return (
        field.type not in ASSOCIATED
        and field.type is not FieldType.STAGE
        and (field.beside(system) is None)
    )


def _lost(
    action: Action,
    outcome: Outcome,
    past: Mapping[str, Sequence[Version]],
    since: datetime | None,
    mapping: ObjectMapping,
    directory: Directory,
) -> Iterator[tuple[str, Value]]:
    refused = {one.field for one in outcome.refused}
    for change in action.changes:
        field = mapping[change.field]
        versions = past.get(change.field, ()) if change.field not in refused else ()
        ours = outcome.stored.get(change.field, change.after)
        before = _before(ours, versions, field, action.system, directory)
        if before is None or (since is not None and before[1] < since - SLACK):
            continue
        if before[0] != change.before:
            yield change.field, before[0]


def _before(
    ours: Value,
    versions: Sequence[Version],
    field: FieldMapping,
    system: System,
    directory: Directory,
) -> tuple[Value, datetime] | None:
    """The version before our own: what it held, and since when.

    Who typed the same as we wrote, before or after, took nothing away.
    """
    found = False
    for version in versions:
        try:
            value = canonical(version.raw, field, system)
        except Unreadable:
            return None
        value = directory.read(value, field, system) if field.type is FieldType.OWNER else value
        if found and value != ours:
            return value, version.at
        found = found or value == ours
    return None
