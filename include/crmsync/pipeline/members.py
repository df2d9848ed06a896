"""Syncing any number of records that a list or a condition names, a chunk at a time.

The ids are read once and kept. Each chunk is a sync run of its own, named after the whole one, its
place and its ids: read, planned, guarded, written and committed before the next begins. So a killed
task, or one that is run again, goes on with the chunk it was at, and other runs get their turn in
between.
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import islice
from typing import Any

from include.crmsync.adapters.batches import chunks
from include.crmsync.errors import LimitReached
from include.crmsync.model.record import System
from include.crmsync.model.request import Request
from include.crmsync.model.run import RunState
from include.crmsync.pipeline import once
from include.crmsync.pipeline.documents import ListMembers
from include.crmsync.pipeline.listing import listing, part
from include.crmsync.pipeline.step import own
from include.crmsync.pipeline.surroundings import EVERY_TYPE
from include.crmsync.pipeline.workshop import Workshop

log = logging.getLogger("crmsync")

ARTIFACT = "listed"
OVER = frozenset({RunState.DONE, RunState.NOTHING_TO_DO, RunState.PLANNED})


def understand(
    told: Mapping[str, Any], sync_run: str, workshop: Workshop | None = None
) -> dict[str, Any]:
    """Check what was asked for, then find out who is meant; how many records in how many chunks."""
    with own(workshop) as shop:
        shop.serve(asked_for=True)
        found = listing(told, shop)
        request = found.request
        mapping, gateway = shop.mappings[request.object_type], shop.gateways[request.system]
        ids = (
            gateway.matching(mapping, found.kind, found.where)
            if found.where
            else gateway.listed(mapping, found.named)
        )
        members = tuple(dict.fromkeys(islice(ids, found.limit)))
        document = ListMembers(found, members)
        shop.artifacts.save(sync_run, EVERY_TYPE, ARTIFACT, document)
        short = {
            "object_type": request.object_type,
            "system": str(request.system),
            "records": len(members),
            "chunks": -(-len(members) // found.chunk),
            "dry_run": request.dry_run,
        }
        log.info("list %s", " ".join(f"{name}={value}" for name, value in short.items()))
        return short


def sync(sync_run: str, workshop: Workshop | None = None) -> dict[str, Any]:
    """Sync chunk after chunk, but for those that are done; what it came to."""
    with own(workshop) as shop:
        parts = list(_parts(sync_run, shop))
        for number, (name, request) in enumerate(parts, 1):
            if _is_over(name, request, shop):
                continue
            log.info("chunk %d of %d: %d records, run %s", number, len(parts), request.asked, name)
            once.run_request(request, name, workshop=shop)
            _refuse_to_go_on(name, request, shop)
        return _told(sync_run, parts, shop)


def _parts(sync_run: str, shop: Workshop) -> Iterator[tuple[str, Request]]:
    """The chunks: the name of each one's run, and what it asks for."""
    reference = shop.artifacts.reference(sync_run, EVERY_TYPE, ARTIFACT)
    document = shop.artifacts.load(reference, ListMembers)
    for number, ids in enumerate(chunks(document.ids, document.listing.chunk), 1):
        digest = hashlib.sha256(",".join(ids).encode()).hexdigest()[:8]
        yield (
            f"{sync_run}__{number:05}_{digest}",
            part(document.listing, tuple(ids), len(document.ids)),
        )


def _is_over(name: str, request: Request, shop: Workshop) -> bool:
    states = {run.object_type: run.state for run in shop.journal.run(name)}
    return states.get(request.object_type) in OVER


def _refuse_to_go_on(name: str, request: Request, shop: Workshop) -> None:
    """Raise LimitReached where a chunk could not be read for want of calls."""
    for run in shop.journal.run(name):
        if run.object_type == request.object_type and run.state is RunState.WAITING:
            raise LimitReached(
                f"{run.note}. The chunks before this one are done; the task goes on from here when"
                " it is run again"
            )


def _told(sync_run: str, parts: list[tuple[str, Request]], shop: Workshop) -> dict[str, Any]:
    """The sums of all chunks, by object type and direction."""
    sums: dict[str, dict[str, Counter[str]]] = {}
    notes: list[str] = []
    for name, _ in parts:
        for run in shop.journal.run(name):
            here = sums.setdefault(run.object_type, {str(one): Counter() for one in System})
            for system, counts in run.counts.items():
                here[str(system)].update({k: v for k, v in asdict(counts).items() if v})
            notes += [run.note] if run.note else []
    for object_type, directions in sums.items():
        for origin, total in directions.items():
            words = ", ".join(f"{name} {count}" for name, count in total.items())
            log.info("%s from %s: %s", object_type, origin, words or "nothing")
    return {
        "sync_run": sync_run,
        "chunks": len(parts),
        "object_types": {
            name: {system: dict(total) for system, total in directions.items()}
            for name, directions in sums.items()
        },
        "notes": notes[:20],
    }
