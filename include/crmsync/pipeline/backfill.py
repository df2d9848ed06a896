"""A back-fill: fields that were mapped after records were linked, brought into line now.

A new mapping travels only as records change. Here every living link of an object type is taken
through the ordinary steps, a portion at a time, and of the linked records only the named fields
travel: by their rules, or, where a direction is given and `overwrite` is on, as the one system
holds them. What else has changed meanwhile is left to the next `crm_sync`.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from include.crmsync.model.record import System
from include.crmsync.model.request import Direction, Request
from include.crmsync.model.rule import SyncRule
from include.crmsync.pipeline.once import OBJECT_TYPES
from include.crmsync.pipeline.payload import Payload, near, places
from include.crmsync.pipeline.portioned import Task, do
from include.crmsync.pipeline.request import unforced
from include.crmsync.pipeline.step import own
from include.crmsync.pipeline.survey import PORTION, Portion, Survey, portioned
from include.crmsync.pipeline.workshop import Workshop

log = logging.getLogger("crmsync")

PARAMETERS = (
    *("object_type", "fields", "direction", "overwrite"),
    *("dry_run", "allow_plan", "portion"),
)
MOST = 500
"""Fields that a request names."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a back-fill was asked for."""

    object_type: str
    fields: tuple[str, ...]
    direction: Direction
    overwrite: bool
    dry_run: bool
    allow_plan: str
    portion: int


def asked(told: Mapping[str, Any], shop: Workshop) -> Asked:
    """The request in what a back-fill was triggered with; raises ConfigError."""
    payload = Payload(told, PARAMETERS)
    object_type = payload.choice("object_type", OBJECT_TYPES, "")
    if not object_type:
        payload.refuse(f"say which object_type: {', '.join(OBJECT_TYPES)}")
    direction = Direction(payload.choice("direction", list(Direction), Direction.RULES))
    overwrite = payload.flag("overwrite")
    if overwrite and direction is Direction.RULES:
        payload.refuse("overwrite needs a direction: only then is it known whose values stand")
    found = Asked(
        object_type,
        _fields(payload, object_type, direction, shop, overwrite=overwrite),
        direction,
        overwrite,
        payload.flag("dry_run", otherwise=True),
        payload.text("allow_plan"),
        payload.number("portion", PORTION, PORTION),
    )
    payload.done("the back-fill")
    return found


def understand(
    told: Mapping[str, Any], sync_run: str, workshop: Workshop | None = None
) -> dict[str, Any]:
    """Check what was asked for and keep it; reads nothing of either CRM."""
    with own(workshop) as shop:
        found = asked(told, shop)
        shop.artifacts.save(sync_run, "all", "backfill", found)
        short = {
            "object_type": found.object_type,
            "fields": list(found.fields),
            "direction": str(found.direction),
            "overwrite": found.overwrite,
            "dry_run": found.dry_run,
        }
        log.info("back-fill %s", " ".join(f"{name}={value}" for name, value in short.items()))
        return short


def work(sync_run: str, *, dry: bool, workshop: Workshop | None = None) -> dict[str, int] | None:
    """Do it, where the run is `dry` or not as asked for; counts by state."""
    with own(workshop) as shop:
        request = shop.artifacts.load(shop.artifacts.reference(sync_run, "all", "backfill"), Asked)
        if request.dry_run is not dry:
            return None
        task = Task(
            "back-fill",
            request.object_type,
            sync_run,
            dry,
            look=lambda: _linked(request, shop),
            ask=lambda portion: _request(portion, request),
        )
        return do(task, shop)


def _linked(request: Asked, shop: Workshop) -> Survey:
    """The HubSpot ids of every link that lives; no call is sent."""
    kinds = shop.mappings[request.object_type].salesforce
    ids = sorted(shop.store.linked_ids(request.object_type, System.HUBSPOT, kinds))
    keyed = ((id_.encode("utf-8"), id_) for id_ in ids)
    return Survey(
        tuple(Portion(System.HUBSPOT, some) for some in portioned(keyed, request.portion))
    )


def _request(portion: Portion, request: Asked) -> Request:
    return Request(
        request.object_type,
        {portion.system: portion.ids},
        direction=request.direction,
        force_fields=request.fields if request.overwrite else (),
        only_fields=request.fields,
        dry_run=request.dry_run,
        allow_plan=request.allow_plan,
    )


def _fields(
    payload: Payload,
    object_type: str,
    direction: Direction,
    shop: Workshop,
    *,
    overwrite: bool,
) -> tuple[str, ...]:
    names = payload.words("fields", MOST, "name the mapping's own fields")
    if not names:
        payload.refuse("say which fields, by the mapping's names")
    mapping = shop.mappings.get(object_type)
    known = {one.name: one for one in mapping.fields} if mapping else {}
    for name, place in names.items() if mapping else ():
        if name not in known:
            payload.refuse(f"fields: {places([place])} no field of the mapping{near(name, known)}")
        elif known[name].rule is SyncRule.DONT_SYNC:
            payload.refuse(f"fields: the mapping says dont_sync of {name}")
        elif overwrite and (why := unforced(known[name], direction)):
            payload.refuse(f"fields: {name} cannot be overwritten, {why}")
    return tuple(names)
