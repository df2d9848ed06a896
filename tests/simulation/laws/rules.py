"""The rules: what a plan does to a field is what the table of the glossary says.

The oracle reads the records that extract left and the bases in the store, and settles every field
of every linked pair by its own table. What differs from the plan must be held.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from include.crmsync.model.mapping import FieldMapping, FieldType
from include.crmsync.model.plan import Pair
from include.crmsync.model.record import Record, System
from include.crmsync.model.request import Request
from include.crmsync.model.rule import SyncRule
from include.crmsync.pipeline.documents import Extracted, Planned, Validated
from tests.simulation import spelling
from tests.simulation.laws.table import stands
from tests.simulation.runs import Ran
from tests.simulation.scene import Scene


def as_the_table_says(scene: Scene, ran: Ran, object_type: str, task: str) -> Iterator[str]:
    """Every change of a plan, and every change it does without."""
    reference = ran.references.get((object_type, "plan"))
    if task != "plan" or reference is None:
        return
    planned: Planned = scene.world.artifacts.load(reference, Planned)
    extracted = scene.world.artifacts.load(planned.extracted, Extracted)
    validated = scene.world.artifacts.load(planned.validated, Validated)
    held = {(one.system, one.record_id) for one in (*validated.held, *planned.plan.held)}
    records = {
        (system, one.id): one
        for system in System
        for one in (*extracted.counterparts[system], *extracted.changed[system])
    }
    for pair in planned.plan.pairs:
        ours = records.get((System.HUBSPOT, pair.hubspot_id or ""))
        theirs = records.get((System.SALESFORCE, pair.salesforce_id or ""))
        if ours and theirs and not pair.gone and not _moved(scene, ours, theirs):
            stuck = any((one.system, one.id) in held for one in (ours, theirs))
            stuck = stuck or ours.id in validated.paused
            # Who asks for one direction leaves fields for the next run, and nothing half done.
            stuck = stuck or _bent(ran)
            yield from _judged(scene, planned, pair, ours, theirs, stuck=stuck, ran=ran)


def _judged(
    scene: Scene,
    planned: Planned,
    pair: Pair,
    ours: Record,
    theirs: Record,
    *,
    stuck: bool,
    ran: Ran,
) -> Iterator[str]:
    base = _base(scene, pair)
    if base is None:
        return
    base |= _landed(scene, planned.plan.object_type, ran, pair, base)
    asked = ran.asked
    changes = {
        (action.system, change.field): change.after
        for action in planned.plan.actions
        if action.id in pair.actions
        for change in action.changes
    }
    for one in scene.world.mappings[planned.plan.object_type].fields:
        if one.rule is SyncRule.DONT_SYNC or theirs.kind not in one.salesforce:
            continue
        if one.type in (FieldType.PARENT, FieldType.OWNER):
            continue
        if asked and one.name in asked.force_fields:
            yield from _forced(one, asked, (ours, theirs), changes, stuck=stuck)
            continue
        told = base.get(one.name)
        beside = base.get(f"{one.name}@hubspot")
        if beside is not None and spelling.held(ours, one) == (beside or None):
            # Apart, and known to be: no edit, and the base of what the other one was edited to.
            if spelling.held(theirs, one) == told:
                yield from _untouched(one, (ours, theirs), changes)
                continue
            told = beside or None
        yield from _field(scene, one, told, (ours, theirs), changes, stuck=stuck)


def _bent(ran: Ran) -> bool:
    """Whether somebody asked for some of what the rules say, and leaves the rest for later."""
    asked = ran.asked
    return asked is not None and (asked.direction.only_to is not None or bool(asked.only_fields))


def _forced(
    one: FieldMapping,
    asked: Request,
    records: tuple[Record, Record],
    changes: dict[tuple[System, str], str | None],
    *,
    stuck: bool,
) -> Iterator[str]:
    """A forced field takes the value of the system that is not written."""
    target = asked.direction.only_to
    values = {record.system: spelling.held(record, one) for record in records}
    for record in records:
        planned = changes.get((record.system, one.name), values[record.system])
        right = (
            values[target.other] if target and record.system is target else values[record.system]
        )
        if planned != right and not (stuck and planned == values[record.system]):
            yield f"{one.name} of {record.id} would be {planned!r}, and is forced to be {right!r}"


def _untouched(
    one: FieldMapping,
    records: tuple[Record, Record],
    changes: dict[tuple[System, str], str | None],
) -> Iterator[str]:
    for record in records:
        if (record.system, one.name) in changes:
            yield f"{one.name} of {record.id} would be changed, and nobody edited it"


def _field(
    scene: Scene,
    one: FieldMapping,
    base: str | None,
    records: tuple[Record, Record],
    changes: dict[tuple[System, str], str | None],
    *,
    stuck: bool,
) -> Iterator[str]:
    values = {record.system: spelling.held(record, one) for record in records}
    newest = _newest(scene, one, records)
    ours, theirs = values[System.HUBSPOT], values[System.SALESFORCE]
    right = stands(one.rule, base, ours, theirs, newest)
    for record in records:
        planned = changes.get((record.system, one.name), values[record.system])
        if planned == right or (stuck and planned == values[record.system]):
            continue
        yield (
            f"{one.name} of {record.id} would be {planned!r}, not {right!r}: base {base!r}, HubSpot"
            f" {ours!r}, Salesforce {theirs!r}, {one.rule}, {newest} newest"
        )


def _moved(scene: Scene, *records: Record) -> bool:
    """Whether somebody edited one of them since: then nobody can tell what was set when."""
    now = (scene.world.record(one.system, one.id) for one in records)
    return any(
        live is None or live.modified_at != one.modified_at
        for live, one in zip(now, records, strict=True)
    )


def _base(scene: Scene, pair: Pair) -> dict[str, str | None] | None:
    """The base the pair is judged by; None where the link has just moved to another record."""
    if pair.link_id is None or pair.afresh:
        return {}
    query = "SELECT json(base), hubspot_id, salesforce_id FROM link WHERE id = ?"
    found = scene.world.state.rows(query, pair.link_id)
    if not found or (found[0][1], found[0][2]) != (pair.hubspot_id, pair.salesforce_id):
        return None
    told: Any = json.loads(found[0][0] or "null")
    return dict(told or {})


def _landed(
    scene: Scene, object_type: str, ran: Ran, pair: Pair, base: dict[str, str | None]
) -> dict[str, str | None]:
    """What runs wrote to the pair, as this link, and never committed: both held it then."""
    found: dict[str, str | None] = {}
    query = (
        "SELECT c.field, c.after, a.stored FROM change AS c"
        " JOIN action AS a ON (a.sync_run, a.object_type, a.attempt, a.id)"
        " = (c.sync_run, c.object_type, c.attempt, c.action_id)"
        " JOIN sync_run AS r ON (r.id, r.object_type) = (a.sync_run, a.object_type)"
        " WHERE a.object_type = ? AND a.record_id IN (?, ?) AND a.result = 'applied'"
        " AND c.link_version = (SELECT version FROM link WHERE id = ?) AND r.undoes = ''"
        " AND ((r.committed_at IS NULL AND r.id <> ?) OR a.attempt < r.attempt)"
        " ORDER BY a.outcome_at"
    )
    named = object_type, pair.hubspot_id, pair.salesforce_id, pair.link_id, ran.name
    for name, after, stored in scene.world.state.rows(query, *named):
        found[name] = json.loads(stored or "{}").get(name, after)
        if base.get(f"{name}@hubspot") is not None:
            found[f"{name}@hubspot"] = None
    return found


def _newest(scene: Scene, one: FieldMapping, records: tuple[Record, Record]) -> System:
    ours, theirs = (_set_at(scene, one, record) for record in records)
    return System.SALESFORCE if theirs >= ours else System.HUBSPOT


def _set_at(scene: Scene, one: FieldMapping, record: Record) -> datetime:
    """When the field was set, where the CRM tells; else when the record was."""
    crm = scene.world.crms[record.system]
    name = spelling.named(one, record.system, record.kind)
    told = crm.set_at.get(record.id, {}).get(name or "") if record.id in crm.records else None
    return told or record.modified_at
