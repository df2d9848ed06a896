"""Step 1 of taking a run back: the journal says what it left, both systems what they hold now.

Only the records that the run wrote are read, in the fields that it wrote; nothing else of either
system is looked at, and no watermark moves. An object type of which nothing is to be taken back
ends here.
"""

from collections.abc import Iterable, Sequence

from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.plan import Verb
from include.crmsync.model.record import Record, System
from include.crmsync.model.run import SyncRun, Trigger
from include.crmsync.model.undo import Touched, Undo
from include.crmsync.pipeline.accounts import check
from include.crmsync.pipeline.allocation import serve, sizes
from include.crmsync.pipeline.bulk import wait_for_left
from include.crmsync.pipeline.documents import Extracted, Rows, Validated
from include.crmsync.pipeline.extract import trigger_of
from include.crmsync.pipeline.look import narrowed
from include.crmsync.pipeline.schemas import mapping_of, remember_schemas
from include.crmsync.pipeline.shrunken import refuse_shrunken
from include.crmsync.pipeline.step import Step, step
from include.crmsync.pipeline.undo.asked import undo_of, what_it_did
from include.crmsync.pipeline.undo.children import with_children
from include.crmsync.pipeline.undo.documents import Recalled
from include.crmsync.pipeline.workshop import Workshop

GOING = (Verb.DELETE, Verb.MERGE)
"""What was done to records that are not there any more."""


def run(
    object_type: str,
    sync_run: str,
    *,
    trigger: Trigger | None = None,
    workshop: Workshop | None = None,
) -> str | None:
    """Read; return the artifact's reference, or None when nothing is to be taken back."""
    with step("extract", object_type, sync_run, workshop) as work:
        shop = work.workshop
        undo = undo_of(sync_run, shop)
        touched = what_it_did(undo, object_type, shop)
        if not touched:
            work.tell(nothing_to_do=True)
            return None
        started = SyncRun(
            sync_run,
            object_type,
            trigger or trigger_of(sync_run, None),
            shop.now(),
            dry_run=undo.dry_run,
            undoes=undo.sync_run,
        )
        shop.journal.start(started)
        serve(started, shop)
        return _read(started, undo, touched, work)


def _read(started: SyncRun, undo: Undo, touched: Sequence[Touched], work: Step) -> str:
    shop, object_type, sync_run = work.workshop, started.object_type, started.id
    spent = shop.gateways.calls()
    check(shop)
    wait_for_left(object_type, shop)
    remember_schemas(object_type, sync_run, shop)
    mapping = mapping_of(object_type, sync_run, shop)
    changes = shop.store.changes(object_type)
    records = {system: _records(touched, undo, mapping, system, shop) for system in System}
    extracted = Extracted(
        sync_run=sync_run,
        object_type=object_type,
        started_at=started.started_at,
        changed=dict.fromkeys(System, ()),
        counterparts=records,
        keys={},
        eligible_parents=frozenset(),
        watermarks={},
        changes=changes,
        sizes={system: sizes(shop.gateways[system], shop) for system in System},
        calls=shop.gateways.calls(since=spent),
    )
    reference = shop.artifacts.save(sync_run, object_type, "extract", extracted)
    # Criteria are not asked: it says so, and holds nothing.
    none = {system: Rows(system, (), (), (), (), {}) for system in System}
    judged = Validated(reference, none, (), {}, frozenset())
    [redone] = [one for one in shop.journal.run(undo.sync_run) if one.object_type == object_type]
    recalled = Recalled(
        undo,
        reference,
        shop.artifacts.save(sync_run, object_type, "validate", judged),
        tuple(touched),
        redo=bool(redone.undoes),
        parents=_parents(touched, undo, object_type, shop),
    )
    work.tell(touched=len(touched), **{f"{one}_read": len(records[one]) for one in System})
    return shop.artifacts.save(sync_run, object_type, "recall", recalled)


def _records(
    touched: Iterable[Touched], undo: Undo, mapping: ObjectMapping, system: System, shop: Workshop
) -> tuple[Record, ...]:
    """What the records hold now; those to be deleted are read whole, other new ones not at all."""
    here = [one for one in touched if one.system is system and one.verb not in GOING]
    created = {one.record_id for one in here if one.verb is Verb.CREATE}
    written = {one.record_id for one in here} - created
    made = created if undo.delete_created else set[str]()
    names = {name for one in here if one.record_id in written for name in one.fields}
    known = [one.name for one in mapping.fields if one.name in names]
    wanted = [(narrowed(mapping, known), written), (mapping, made)]
    found: list[Record] = []
    for by, ids in wanted:
        if ids:
            found += shop.gateways[system].read(by, sorted(ids))
    refuse_shrunken(found, made | written, mapping, shop.gateways[system])
    return tuple(found)


def _parents(
    touched: Iterable[Touched], undo: Undo, object_type: str, shop: Workshop
) -> frozenset[int]:
    made = [one for one in touched if one.verb is Verb.CREATE]
    return with_children(object_type, shop) if made and undo.delete_created else frozenset()
