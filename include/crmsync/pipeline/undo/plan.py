"""Step 2 of taking a run back: decide, guard, journal; nothing is written yet."""

from collections.abc import Mapping
from dataclasses import replace

from include.crmsync.engine.account import account
from include.crmsync.engine.forecast import forecast
from include.crmsync.engine.guard import plan_id
from include.crmsync.engine.transform import values_of
from include.crmsync.engine.undo import Scene, take_back
from include.crmsync.model.link import Link
from include.crmsync.model.plan import Held, Plan
from include.crmsync.model.record import System
from include.crmsync.model.run import RunState
from include.crmsync.pipeline.documents import Extracted, Planned, Validated
from include.crmsync.pipeline.exchange import without_collisions
from include.crmsync.pipeline.keep_plan import keep
from include.crmsync.pipeline.plan import foreseen, guarded
from include.crmsync.pipeline.schemas import mapping_of
from include.crmsync.pipeline.step import step
from include.crmsync.pipeline.surroundings import directory_of
from include.crmsync.pipeline.undo.documents import Recalled
from include.crmsync.pipeline.workshop import Workshop


def run(
    recalled: str,
    *,
    sync_run: str,
    object_type: str,
    allow_plan: str = "",
    workshop: Workshop | None = None,
) -> str | None:
    """Make the plan; return the artifact's reference, or None when the run is dry."""
    with step("plan", object_type, sync_run, workshop) as work:
        shop = work.workshop
        document = shop.artifacts.load(recalled, Recalled)
        extracted = shop.artifacts.load(document.extracted, Extracted)
        plan = _plan(document, extracted, sync_run, shop)
        shop.journal.record_plan(sync_run, plan)
        doubts = guarded(plan, allow_plan, shop)
        needed = {one: forecast(plan, one, sizes) for one, sizes in extracted.sizes.items()}
        planned = Planned(document.validated, document.extracted, plan, needed)
        reference = shop.artifacts.save(sync_run, object_type, "plan", planned)
        work.tell(plan=plan_id(plan), actions=len(plan.actions), left=len(plan.held))
        [started] = [one for one in shop.journal.run(sync_run) if one.object_type == object_type]
        dry = document.undo.dry_run
        if not dry and doubts is None:
            return reference
        counts = account(plan, (), dict.fromkeys(System, ()), None, extracted.calls)
        counts, told = foreseen(counts, needed), "" if doubts is None else str(doubts)
        judged = shop.artifacts.load(document.validated, Validated)
        keep(planned, (extracted, judged), counts, shop, doubts=told)
        if doubts is not None and not dry:
            raise doubts
        work.tell(dry_run=True)
        note = f"a run that writes would be stopped: {told}" if told else ""
        ended = replace(started, state=RunState.PLANNED, finished_at=shop.now(), counts=counts)
        shop.journal.finish(replace(ended, note=note))
        return None


def _plan(document: Recalled, extracted: Extracted, sync_run: str, shop: Workshop) -> Plan:
    mapping = mapping_of(extracted.object_type, sync_run, shop)
    directory = directory_of(sync_run, mapping, shop)
    now = {
        system: {one.id: values_of(one, mapping, directory) for one in records}
        for system, records in extracted.counterparts.items()
    }
    scene = Scene(
        mapping=mapping,
        directory=directory,
        sync_run=document.undo.sync_run,
        touched=document.touched,
        now=now,
        links=_links(document, mapping.object_type, shop),
        redo=document.redo,
        delete_created=document.undo.delete_created,
        parents=document.parents,
    )
    plan = take_back(scene)
    apart = without_collisions(plan, mapping, extracted, shop)
    known = set(plan.held)
    return replace(
        apart, held=tuple(one if one in known else _taken(one, plan) for one in apart.held)
    )


def _taken(held: Held, plan: Plan) -> Held:
    """A value that another record has now, as what it is here: not put back, and not waited for.

    It is said of the HubSpot record that stays as it is, not of the one whose value would travel.
    """
    [record_id] = [
        one.record_id
        for one in plan.actions
        if one.system is System.HUBSPOT and one.origin_id == held.record_id and one.record_id
    ]
    return replace(
        held,
        system=System.HUBSPOT,
        record_id=record_id,
        criterion="undo_refused",
        reason=f"the {held.field} that it held belongs to another record now, and HubSpot lets no"
        " two share one.",
    )


def _links(
    document: Recalled, object_type: str, shop: Workshop
) -> Mapping[System, Mapping[str, Link]]:
    return {
        system: shop.store.links(
            object_type,
            system,
            [one.record_id for one in document.touched if one.system is system],
        )
        for system in System
    }
