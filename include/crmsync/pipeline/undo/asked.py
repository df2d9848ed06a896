"""What is to be taken back: parsed and held against the journal, before anything is read.

Everything wrong is told at once. A run can be taken back if it wrote something, is over, and is
still in the journal. Nobody is told that there is nothing to do only after two systems were read.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from include.crmsync.engine.touched import of_these, touched
from include.crmsync.model.record_id import is_id, whole_id
from include.crmsync.model.run import RunState, SyncRun
from include.crmsync.model.undo import Touched, Undo
from include.crmsync.pipeline.once import OBJECT_TYPES
from include.crmsync.pipeline.payload import Payload, listed, places
from include.crmsync.pipeline.surroundings import EVERY_TYPE
from include.crmsync.pipeline.workshop import Workshop

ARTIFACT = "undo"

MOST = 10_000
"""Ids that one request names."""

WHOLE = "take the whole run back, or its object types one by one"

LASTS = timedelta(hours=2)
"""How long a run that does not say it is over may still be at work."""

KNOWN = ("sync_run", "object_types", "ids", "dry_run", "delete_created", "allow_plan")


def asked(told: Mapping[str, Any], shop: Workshop) -> Undo:
    """The request in what a run was triggered with; raises ConfigError."""
    payload = Payload(told, KNOWN)
    sync_run = payload.text("sync_run")
    if not sync_run:
        payload.refuse("sync_run: say which run is to be taken back, by its id")
    types = payload.words("object_types", len(OBJECT_TYPES), "there are no more")
    if wrong := [place for name, place in types.items() if name not in OBJECT_TYPES]:
        payload.refuse(f"object_types: {places(wrong)} not among {listed(OBJECT_TYPES)}")
    ids = {_whole(id_): place for id_, place in payload.words("ids", MOST, WHOLE).items()}
    undo = Undo(
        sync_run,
        tuple(name for name in OBJECT_TYPES if name in types),
        frozenset(ids),
        dry_run=payload.flag("dry_run", otherwise=True),
        delete_created=payload.flag("delete_created"),
    )
    payload.text("allow_plan")
    if not payload.problems:
        _hold_against_journal(undo, ids, payload, shop)
    payload.done("taking a run back")
    return undo


def _whole(id_: str) -> str:
    """An id as records are known by it: Salesforce's pages show 15 of its 18 characters."""
    return whole_id(id_) if is_id(id_) and not id_.isdigit() else id_


def remember(undo: Undo, sync_run: str, shop: Workshop) -> None:
    """Keep the request, so that every step of its sync run sees the same one."""
    shop.artifacts.save(sync_run, EVERY_TYPE, ARTIFACT, undo)


def undo_of(sync_run: str, shop: Workshop) -> Undo:
    """The request of a sync run."""
    return shop.artifacts.load(shop.artifacts.reference(sync_run, EVERY_TYPE, ARTIFACT), Undo)


def what_it_did(undo: Undo, object_type: str, shop: Workshop) -> list[Touched]:
    """What the run left of an object type, as far as it was asked for."""
    if undo.object_types and object_type not in undo.object_types:
        return []
    return of_these(touched(shop.journal.written(undo.sync_run, object_type)), undo.ids)


def _hold_against_journal(
    undo: Undo, ids: Mapping[str, int], payload: Payload, shop: Workshop
) -> None:
    runs = shop.journal.run(undo.sync_run)
    if not runs:
        payload.refuse(_unknown(shop))
        return
    mine = {one.object_type: one for one in runs}
    if missing := [name for name in undo.object_types if name not in mine]:
        payload.refuse(f"object_types: the run had nothing to do with {listed(missing)}")
    chosen = [one for name, one in mine.items() if name in (undo.object_types or mine)]
    if all(one.dry_run for one in chosen):
        payload.refuse("sync_run: this run was dry and wrote nothing, so nothing can be taken back")
        return
    _still_at_work(chosen, payload, shop)
    done = [one for name in mine for one in what_it_did(undo, name, shop)]
    known = {id_ for one in done for id_ in (one.record_id, one.origin_id)}
    if wrong := [place for id_, place in ids.items() if id_ not in known]:
        payload.refuse(f"ids: {places(wrong)} of no record that the run wrote")
    elif not done:
        payload.refuse("sync_run: this run wrote nothing, so there is nothing to take back")


def _unknown(shop: Workshop) -> str:
    newest = shop.journal.runs(limit=1)
    told = f"; the newest run is {newest[0].id}" if newest else ", and no other yet"
    days = shop.settings.keep_journal.days
    return (
        f"sync_run: the journal knows no run of this id{told}. Runs are in it for {days} days:"
        " `python -m include.crmsync summary` shows the newest"
    )


def _still_at_work(runs: list[SyncRun], payload: Payload, shop: Workshop) -> None:
    late = shop.now() - LASTS
    busy = [
        one.object_type for one in runs if one.state is RunState.RUNNING and one.started_at > late
    ]
    if busy:
        payload.refuse(f"sync_run: the run is still at work on {listed(busy)}; wait for its end")
