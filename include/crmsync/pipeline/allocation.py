"""The calls of the day: what there is room for, and what has to wait.

Nothing is lost at a ceiling. What a plan has no room for waits, the most important goes first,
and as room comes back so much is read again as can be written. Records that failed before are
left alone above a share of the calls: fresh changes go before repeats. What nobody asked for
(scheduled runs, audits, portions of very many records) stops at a higher share, and leaves the
last calls to what a person asks for. What the systems last said of their calls is remembered, so
that a run knows before its first call.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from include.crmsync.adapters.gateway import Gateway
from include.crmsync.adapters.hubspot_times import WITH_HISTORY
from include.crmsync.engine.forecast import PRIORITY, Sizes
from include.crmsync.model.plan import Verb
from include.crmsync.model.record import System
from include.crmsync.model.run import SyncRun, Trigger
from include.crmsync.model.use import Use
from include.crmsync.pipeline.request import request_of
from include.crmsync.pipeline.workshop import Workshop
from include.crmsync.state.commit import Retry

A_DAY = timedelta(hours=24)
RECORDS_A_CALL = 20
"""So many records can be read, looked at and written for each call that there is room for."""
KEPT = ". What somebody asks for by hand still goes: the last calls of the day are kept for it"


def serve(run: SyncRun, shop: Workshop) -> None:
    """Let a run go as far into the calls of the day as its kind may."""
    shop.serve(asked_for=is_asked_for(run, shop))


def is_asked_for(run: SyncRun, shop: Workshop) -> bool:
    """Whether a person asked for what a run does, and waits for it."""
    request = request_of(run.object_type, run.id, shop)
    hurries = request is None or not request.portion
    return run.trigger is not Trigger.SCHEDULED and hurries


def asked_before(object_type: str, shop: Workshop) -> frozenset[tuple[System, str]]:
    """Records that a person asked for, and that still wait for room."""
    due = shop.store.due(object_type)
    return frozenset((one.system, one.record_id) for one in due if one.asked)


def sizes(gateway: Gateway, shop: Workshop) -> Sizes:
    """How many records a call of a system takes."""
    bulk = shop.settings.bulk_threshold if gateway.bulk is not None else None
    past = WITH_HISTORY if gateway.system is System.HUBSPOT else 0
    return Sizes(gateway.window, gateway.batch, bulk, past, shop.settings.look_back)


def due(rows: Sequence[Retry], shop: Workshop) -> dict[System, set[str]]:
    """The records to read again now, of all that are remembered."""
    wanted = {system: set[str]() for system in System}
    if not rows:
        return wanted
    repeats = [one for one in rows if _repeats(one)]
    waiting = [one for one in rows if one.waits and one not in repeats]
    fresh = [one for one in rows if one not in repeats and one not in waiting]
    chosen = [*fresh, *(repeats if may_repeat(shop) else ()), *_for_the_room(waiting, shop)]
    for one in chosen:
        wanted[one.system].add(one.record_id)
    return wanted


def left_waiting(rows: Sequence[Retry], shop: Workshop) -> set[tuple[System, str]]:
    """Those that wait for room, and of which there is not even room to read them again."""
    waiting = [one for one in rows if one.waits and not _repeats(one)]
    read = {(one.system, one.record_id) for one in _for_the_room(waiting, shop)}
    return {(one.system, one.record_id) for one in waiting} - read


def put_off(rows: Sequence[Retry], shop: Workshop) -> dict[System, dict[str, datetime]]:
    """Records that failed before and are left alone by this run, and since when they have."""
    found: dict[System, dict[str, datetime]] = {system: {} for system in System}
    repeats = [one for one in rows if _repeats(one) and one.since]
    for one in repeats if repeats and not may_repeat(shop) else ():
        found[one.system][one.record_id] = one.since or shop.now()
    return found


def _repeats(one: Retry) -> bool:
    return one.failed or one.code is not None


def may_repeat(shop: Workshop) -> bool:
    """Whether there are calls to spare for what failed before."""
    return all(share_used(system, shop) < shop.settings.retry_share for system in System)


def share_used(system: System, shop: Workshop) -> float:
    """How much of the allocation is used: of the account's calls, and of our own if told."""
    use, own = use_of(system, shop), shop.settings.allocation.get(system)
    ours = shop.uses.since(system, shop.now() - A_DAY) if own else 0
    return max(use.share if use else 0.0, ours / own if own else 0.0)


def use_of(system: System, shop: Workshop) -> Use | None:
    """What a system says of its calls: now, or else within the last day."""
    told = shop.gateways.uses().get(system)
    if told is not None:
        return told
    known = shop.uses.latest(system)
    return known[0] if known is not None and known[1] > shop.now() - A_DAY else None


def room_of(system: System, shop: Workshop, share: float) -> int | None:
    """For how many calls there is room before the first one is sent; None: nobody says.

    `share`: of the calls that the sync may use, so much.
    """
    own, use = shop.settings.allocation.get(system), use_of(system, shop)
    ours = shop.uses.since(system, shop.now() - A_DAY) if own else 0
    left = None if own is None else max(0, int(own * share) - ours)
    told = None if use is None else use.left(shop.settings.calls_share * share)
    return min((one for one in (left, told) if one is not None), default=None)


def still_goes(shop: Workshop) -> str:
    """What to add where there is no room left for this work, and some for a person's."""
    rooms = [room_of(system, shop, 1.0) for system in System]
    return "" if shop.asked_for or 0 in rooms else KEPT


def _for_the_room(waiting: Sequence[Retry], shop: Workshop) -> Sequence[Retry]:
    """As many of those that wait as can be written now, the most important first."""
    if not waiting:
        return ()
    found = [room_of(system, shop, shop.share) for system in System]
    rooms = [room for room in found if room is not None]
    ordered = sorted(
        waiting,
        key=lambda one: (not one.asked, PRIORITY.index(Verb(one.waits or Verb.UPDATE))),
    )
    return ordered[: min(rooms) * RECORDS_A_CALL] if rooms else ordered
