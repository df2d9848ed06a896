"""Conflicts that the latest edit settles, settled by when the field itself was last set.

The plan is made with the records' stamps first. Where it finds conflicts under a rule without an
owner, both systems are asked when those fields of those records were set, and the plan is made
again. A run without such a conflict asks nothing. What is added per run: a HubSpot call for fifty
records in conflict, and a Salesforce query per kind, if the org keeps field history.

Where the record's stamp has to stand in, a stamp that the sync's own write left says nothing of the
field. Then what an earlier run found still holds: the value that was held then was the newest.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from include.crmsync.engine.field_times import disputed
from include.crmsync.engine.reconcile import Situation, reconcile
from include.crmsync.engine.transform import stamp_of
from include.crmsync.model.plan import Conflict, Plan
from include.crmsync.model.record import System
from include.crmsync.pipeline.workshop import Workshop

FieldTimes = Mapping[str, Mapping[str, datetime]]
"""Record id -> mapped field -> when it was last set."""
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def by_field_times(situation: Situation, shop: Workshop) -> Plan:
    """The plan, its two-way conflicts settled by field times where a system tells them."""
    plan = reconcile(situation)
    conflicts = disputed(plan, situation.mapping)
    if not any(conflicts.values()):
        return plan
    told = {system: _times(situation, system, conflicts, shop) for system in System}
    times = {system: _older(situation, system, told[system], plan, shop) for system in System}
    return reconcile(replace(situation, times=times)) if any(times.values()) else plan


def _older(
    situation: Situation,
    system: System,
    told: FieldTimes,
    plan: Plan,
    shop: Workshop,
) -> FieldTimes:
    """`told`, and the fields whose time is unknown, but older than what the other system holds."""
    times = {id_: dict(fields) for id_, fields in told.items()}
    conflicts = (*plan.conflicts, *plan.undecided)
    theirs = {_id(one, system.other) for one in conflicts}
    waiting = {
        (one.record_id, one.field): one.value
        for one in shop.store.held_of(plan.object_type, system.other, sorted(theirs))
        if one.field is not None
    }
    stuck = [
        one
        for one in conflicts
        if (_id(one, system.other), one.field) in waiting
        and waiting[_id(one, system.other), one.field] == one.held_by(system.other)
        and one.field not in times.get(_id(one, system), {})
    ]
    ours = shop.journal.last_written(plan.object_type, system, [_id(one, system) for one in stuck])
    frame = situation.records[system].frame
    for one in stuck:
        id_ = _id(one, system)
        if id_ in ours and stamp_of(frame, id_) <= ours[id_]:
            times.setdefault(id_, {})[one.field] = LONG_AGO
    return times


def _id(one: Conflict, system: System) -> str:
    return one.hubspot_id if system is System.HUBSPOT else one.salesforce_id


def _times(
    situation: Situation,
    system: System,
    conflicts: dict[System, dict[str, set[str]]],
    shop: Workshop,
) -> FieldTimes:
    names = sorted({name for fields in conflicts[system].values() for name in fields})
    return shop.gateways[system].field_times(situation.mapping, sorted(conflicts[system]), names)
