"""Conflicts that the latest edit settles, settled by when the field itself was last set.

The plan is made with the records' stamps first. Where it finds conflicts under a rule without an
owner, both systems are asked when those fields of those records were set, and the plan is made
again. A run without such a conflict asks nothing. What is added per run: a HubSpot call for fifty
records in conflict, and a Salesforce query per kind, if the org keeps field history.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from include.crmsync.engine.field_times import Times, disputed
from include.crmsync.engine.reconcile import Situation, reconcile
from include.crmsync.model.plan import Plan
from include.crmsync.model.record import System
from include.crmsync.pipeline.workshop import Workshop


def by_field_times(situation: Situation, shop: Workshop) -> Plan:
    """The plan, its two-way conflicts settled by field times where a system tells them."""
    plan = reconcile(situation)
    conflicts = disputed(plan, situation.mapping)
    if not any(conflicts.values()):
        return plan
    times: Times = {system: _times(situation, system, conflicts, shop) for system in System}
    return reconcile(replace(situation, times=times)) if any(times.values()) else plan


def _times(
    situation: Situation,
    system: System,
    conflicts: dict[System, dict[str, set[str]]],
    shop: Workshop,
) -> Mapping[str, Mapping[str, datetime]]:
    names = sorted({name for fields in conflicts[system].values() for name in fields})
    return shop.gateways[system].field_times(situation.mapping, sorted(conflicts[system]), names)
