"""Looking for what went stale since a plan was made, before it is applied.

The mapping and the live schemas, the links, and what the counterpart of each record holds from
which the values come: all are looked at anew. What the records to be written hold is looked at
by the load, just before it writes.
"""

from collections.abc import Iterable, Mapping

from include.crmsync.adapters.batches import chunks
from include.crmsync.engine.directory import Directory
from include.crmsync.engine.mapping_digest import field_digests
from include.crmsync.engine.stale import Stale, relinked, remapped, with_circles
from include.crmsync.engine.transform import values_of
from include.crmsync.model.kept_plan import KeptPlan
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.plan import Action, Plan
from include.crmsync.model.record import System, Value, Values
from include.crmsync.pipeline.look import narrowed
from include.crmsync.pipeline.surroundings import directory_of
from include.crmsync.pipeline.workshop import Workshop

THEN = "after the plan was made"


def stale(kept: KeptPlan, mapping: ObjectMapping, sync_run: str, shop: Workshop) -> Stale:
    """Action -> why it may not be written any more."""
    actions = kept.plan.actions
    found = remapped(actions, kept.fields, field_digests(mapping))
    found |= _relinked(kept.plan, shop)
    left = [one for one in actions if one.id not in found and one.id in kept.origins]
    directory = directory_of(sync_run, mapping, shop)
    for system in System:
        here = [one for one in left if one.system.other is system]
        found |= _edited(here, kept.origins, mapping, directory, shop)
    return with_circles(found, actions, mapping)


def _relinked(plan: Plan, shop: Workshop) -> Stale:
    pairs = [one for one in plan.pairs if one.actions]
    known = shop.store.links_by_id([one.link_id for one in pairs if one.link_id is not None])
    fresh = [one for one in pairs if one.link_id is None]
    ids: Mapping[System, list[str | None]] = {
        System.HUBSPOT: [one.hubspot_id for one in fresh],
        System.SALESFORCE: [one.salesforce_id for one in fresh],
    }
    linked = {
        system: shop.store.links(plan.object_type, system, [id_ for id_ in some if id_]).keys()
        for system, some in ids.items()
    }
    return relinked(pairs, known, linked)


def _edited(
    actions: Iterable[Action],
    then: Mapping[str, Mapping[str, Value]],
    mapping: ObjectMapping,
    directory: Directory,
    shop: Workshop,
) -> Stale:
    """Actions whose values are no longer what the counterpart holds; all of one system."""
    found: Stale = {}
    for some in chunks(list(actions), 1000):
        now = _held(some, mapping, directory, shop)
        for one in some:
            if why := _moved(one, then[one.id], now.get(one.origin_id)):
                found[one.id] = why
    return found


def _held(
    actions: list[Action], mapping: ObjectMapping, directory: Directory, shop: Workshop
) -> dict[str, Values]:
    """What counterparts hold at this moment, in the fields that are to be written."""
    gateway = shop.gateways[actions[0].system.other]
    touched = narrowed(mapping, {one.field for action in actions for one in action.changes})
    asked = list(dict.fromkeys(one.origin_id for one in actions))
    return {one.id: values_of(one, touched, directory) for one in gateway.read(touched, asked)}


def _moved(action: Action, then: Mapping[str, Value], now: Values | None) -> str:
    system = action.system.other.label
    if now is None:
        return f"its counterpart was deleted in {system}, or hidden, {THEN}"
    names = [name for name, value in then.items() if now.get(name) != value]
    return f"{', '.join(names)} changed in {system} {THEN}" if names else ""
