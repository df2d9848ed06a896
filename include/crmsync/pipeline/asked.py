"""The steps that a manual sync adds to the ordinary ones: understand, extract by request, tell.

`understand` checks what the run was triggered with, all of it, and keeps the request; then one
object type after the other is extracted, parents first; `tell` says at the end what became of
what was asked for. What it hands on holds ids, counts and reasons, and no record's values.
"""

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from include.crmsync.model.plan import Held
from include.crmsync.model.record import System
from include.crmsync.model.request import Request
from include.crmsync.model.run import SyncRun
from include.crmsync.pipeline import extract as ordinary
from include.crmsync.pipeline.documents import Extracted
from include.crmsync.pipeline.family import FAMILY, part_of
from include.crmsync.pipeline.request import manual, remember, request_of
from include.crmsync.pipeline.step import own
from include.crmsync.pipeline.workshop import Workshop

log = logging.getLogger("crmsync")

SHOWN = 20
"""So many held records are named one by one."""


def understand(
    object_type: str, told: Mapping[str, Any], sync_run: str, workshop: Workshop | None = None
) -> dict[str, Any]:
    """Check the request and keep it; what is to be done, in short. Reads nothing of either CRM."""
    with own(workshop) as shop:
        request = manual(object_type, told, shop)
        remember(request, sync_run, shop)
        short = {
            "object_type": object_type,
            "system": str(request.system),
            "asked": request.asked,
            "direction": str(request.direction),
            "force_fields": list(request.force_fields),
            "follow_parents": request.follow_parents,
            "dry_run": request.dry_run,
        }
        log.info("request %s", " ".join(f"{name}={value}" for name, value in short.items()))
        return short


def extract(
    object_type: str, asked_for: str, sync_run: str, workshop: Workshop | None = None
) -> str | None:
    """Read one object type of what was asked for; None where nothing of it was.

    `asked_for`: the object type that the request names.
    """
    with own(workshop) as shop:
        request = _kept(asked_for, sync_run, shop)
        shop.serve(asked_for=not request.portion)  # its parents are looked for before it is a run
        mine = part_of(request, object_type, shop)
        if mine is None:
            log.info("nothing of %s was asked for", object_type)
            return None
        return ordinary.run(object_type, sync_run, request=mine, workshop=shop)


def tell(asked_for: str, sync_run: str, workshop: Workshop | None = None) -> dict[str, Any]:
    """What became of a request, object type by object type."""
    with own(workshop) as shop:
        runs = {run.object_type: run for run in shop.journal.run(sync_run)}
        told = [_part(runs[name], shop) for name in FAMILY[asked_for] if name in runs]
        for one in told:
            _log(one)
        return {"sync_run": sync_run, "object_types": told}


def _kept(asked_for: str, sync_run: str, shop: Workshop) -> Request:
    request = request_of(asked_for, sync_run, shop)
    if request is None:
        reference = shop.artifacts.reference(sync_run, asked_for, "request")
        return shop.artifacts.load(reference, Request)  # says what to do about a missing one
    return request


def _part(run: SyncRun, shop: Workshop) -> dict[str, Any]:
    held = _held(run, shop)
    return {
        "object_type": run.object_type,
        "state": str(run.state),
        "note": run.note,
        "from": {
            str(system): {name: count for name, count in asdict(counts).items() if count}
            for system, counts in run.counts.items()
        },
        "held": [
            {
                "system": str(one.system),
                "id": one.record_id,
                "criterion": one.criterion,
                "field": one.field,
                "reason": one.reason,
            }
            for one in held[:SHOWN]
        ],
        "held_by": dict(Counter(one.criterion for one in held)),
    }


def _held(run: SyncRun, shop: Workshop) -> list[Held]:
    """What is held at this moment of the records that were found."""
    reference = shop.artifacts.reference(run.id, run.object_type, "extract")
    if not shop.artifacts.exists(reference):
        return []
    chosen = shop.artifacts.load(reference, Extracted).chosen
    if chosen is None:
        return []
    return [
        one
        for system, ids in sorted(chosen.found.items())
        for one in shop.store.held_of(run.object_type, System(system), ids)
    ]


def _log(one: Mapping[str, Any]) -> None:
    log.info("%s: %s; %s", one["object_type"], one["state"], one["note"])
    for system, counts in one["from"].items():
        told = ", ".join(f"{name} {count}" for name, count in counts.items())
        log.info("  from %s: %s", system, told)
    for row in one["held"]:
        named = (row[name] for name in ("system", "id", "criterion", "reason"))
        log.info("  held: %s %s by %s: %s", *named)
