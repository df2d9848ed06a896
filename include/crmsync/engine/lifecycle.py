"""Lifecycle stages, moved forward by the roles that people have in opportunities.

A linked contact with a contact role in an open opportunity is at least an opportunity, one with a
role in a won opportunity at least a customer: by the order of the portal's own stages, and never
backwards. It is a change of an update like any other, and of a new record's creation; the base
knows nothing of it, because nothing of it ever travels back. No role means no change.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from include.crmsync.engine.transform import value_of
from include.crmsync.model.mapping import STAGE, ObjectMapping
from include.crmsync.model.plan import Action, Change, Pair, Plan, Verb
from include.crmsync.model.record import System, Value

Engaged = Mapping[str, bool]
"""Salesforce contact -> whether an opportunity in which it has a role is won; else it is open."""

USUAL = (
    *("subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead"),
    *("opportunity", "customer", "evangelist", "other"),
)
"""The stages of a portal that has not changed them, in order."""


def stages(mapping: ObjectMapping) -> Sequence[str]:
    """The portal's stages in order; empty where the mapping moves none, or has lost the field."""
    field = next((one for one in mapping.fields if one.name == STAGE), None)
    if mapping.lifecycle is None or field is None:
        return ()
    told = field.schemas.get(mapping.hubspot)
    return told.order if told and told.order else USUAL


def onward(mapping: ObjectMapping, current: Value, *, won: bool) -> str | None:
    """The stage that a role leads to, if it is ahead of the current one."""
    order, told = stages(mapping), mapping.lifecycle
    stage = (told.won if won else told.open) if told else ""
    if stage not in order or (current is not None and current not in order):
        return None
    ahead = current is None or order.index(stage) > order.index(current)
    return stage if ahead else None


def moved_forward(
    plan: Plan,
    mapping: ObjectMapping,
    hubspot: pd.DataFrame,
    engaged: Engaged,
    left_alone: Collection[str] = (),
) -> Plan:
    """The plan with the stages that roles lead to; nobody in `left_alone` is touched."""
    if not stages(mapping) or not engaged:
        return plan
    actions = {one.id: one for one in plan.actions}
    pairs = [
        _pair(pair, mapping, change, actions)
        if (change := _change(pair, mapping, hubspot, engaged, left_alone))
        else pair
        for pair in plan.pairs
    ]
    ordered = sorted(actions.values(), key=lambda one: one.id)
    return replace(plan, actions=tuple(ordered), pairs=tuple(pairs))


def _change(
    pair: Pair,
    mapping: ObjectMapping,
    hubspot: pd.DataFrame,
    engaged: Engaged,
    left_alone: Collection[str],
) -> Change | None:
    won = engaged.get(pair.salesforce_id or "")
    if won is None or pair.gone is not None or pair.hubspot_id in left_alone:
        return None
    if pair.hubspot_id is not None and pair.hubspot_id not in hubspot.index:
        return None
    current = value_of(hubspot, pair.hubspot_id, STAGE) if pair.hubspot_id else None
    stage = onward(mapping, current, won=won)
    what = "a won" if won else "an open"
    why = f"has a contact role in {what} opportunity in Salesforce"
    return Change(STAGE, current, stage, why) if stage else None


def _pair(pair: Pair, mapping: ObjectMapping, change: Change, actions: dict[str, Action]) -> Pair:
    """Add the change to the pair's action in HubSpot, or to a new one."""
    own = _own(pair.actions, actions)
    if own is not None:
        actions[own.id] = replace(own, changes=(*own.changes, change))
        return pair
    if pair.hubspot_id is None:
        return pair
    id_ = f"{mapping.object_type}:{Verb.UPDATE}:{System.HUBSPOT}:{pair.hubspot_id}"
    actions[id_] = Action(
        id=id_,
        verb=Verb.UPDATE,
        system=System.HUBSPOT,
        object_type=mapping.object_type,
        kind=mapping.hubspot,
        record_id=pair.hubspot_id,
        origin_id=pair.salesforce_id or "",
        changes=(change,),
    )
    return replace(pair, actions=(*pair.actions, id_))


def _own(ids: Iterable[str], actions: Mapping[str, Action]) -> Action | None:
    wanted = (Verb.CREATE, Verb.UPDATE)
    here = (actions[id_] for id_ in ids)
    return next((one for one in here if one.system is System.HUBSPOT and one.verb in wanted), None)
