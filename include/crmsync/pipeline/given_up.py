"""What runs that were given up left open: writes that may have landed, and nobody has said so.

A load that is killed finds its own writes when it is tried again. Where nobody tries any more, the
next run of the object type that reads asks what became of them, before it reads anything: the
journal then says of each update whether it landed and what it overwrote, and `crm_undo` can take it
back. Costs nothing where no run was given up. Creates carry a key by which the next run finds them,
and deletions show by themselves.
"""

from collections.abc import Sequence
from contextlib import suppress

from include.crmsync.adapters.batches import chunks
from include.crmsync.errors import Busy, LimitReached
from include.crmsync.model.outcome import Outcome, Result
from include.crmsync.model.plan import Action
from include.crmsync.model.record import System
from include.crmsync.model.run import SyncRun
from include.crmsync.pipeline.loader import Load
from include.crmsync.pipeline.schemas import mapping_of
from include.crmsync.pipeline.uncommitted import AGE
from include.crmsync.pipeline.workshop import Workshop

WHY = (
    "its run was given up before it said what became of this; the record did not hold it when the"
    " next run looked, which plans afresh"
)
UNMAPPED = "its run was given up, and the mapping has changed since: nobody can tell if it landed"


def settle_given_up(started: SyncRun, shop: Workshop) -> None:
    """Say what became of the updates that earlier runs meant to write and never spoke of again."""
    since = started.started_at - AGE
    left = shop.journal.left_open(started.object_type, but=started.id, since=since)
    if started.dry_run or not left:
        return
    # Whoever holds the lease may be the very run that writes them.
    with (
        suppress(Busy, LimitReached),
        shop.store.exclusive(started.object_type, started.id, shop.now()),
    ):
        for sync_run, actions in left.items():
            _settle(sync_run, started.object_type, actions, shop)


def _settle(sync_run: str, object_type: str, actions: Sequence[Action], shop: Workshop) -> None:
    mapping = mapping_of(object_type, sync_run, shop)
    known = {one.name for one in mapping.fields}
    for system in System:
        here = [one for one in actions if one.system is system]
        if not here:
            continue
        load = Load(sync_run, mapping, system, shop)
        load.looks_back = len(here) <= shop.settings.look_back
        lost = [one for one in here if {change.field for change in one.changes} - known]
        load.record([_superseded(one, UNMAPPED) for one in lost])
        for some in chunks([one for one in here if one not in lost], load.gateway.window):
            load.record([_superseded(one, WHY) for one in load.look(some)])


def _superseded(action: Action, why: str) -> Outcome:
    return Outcome(action.id, Result.SUPERSEDED, action.record_id, message=why)
