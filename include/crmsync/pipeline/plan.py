"""Step 3: decide. The plan is made, guarded, journalled and kept; nothing is written yet."""

from dataclasses import replace

from include.crmsync.engine.account import account
from include.crmsync.engine.guard import guard
from include.crmsync.engine.reconcile import Situation
from include.crmsync.model.link import Link
from include.crmsync.model.plan import Plan, Verb
from include.crmsync.model.record import System
from include.crmsync.model.run import Counts, RunState
from include.crmsync.pipeline.documents import Extracted, Planned, Validated, to_canonical
from include.crmsync.pipeline.field_times import by_field_times
from include.crmsync.pipeline.schemas import mapping_of
from include.crmsync.pipeline.step import step
from include.crmsync.pipeline.surroundings import directory_of
from include.crmsync.pipeline.workshop import Workshop


def run(
    validated: str,
    *,
    sync_run: str,
    object_type: str,
    allow_clears: bool = False,
    workshop: Workshop | None = None,
) -> str | None:
    """Make the plan; return the artifact's reference, or None when the run is dry."""
    with step("plan", object_type, sync_run, workshop) as work:
        shop = work.workshop
        document = shop.artifacts.load(validated, Validated)
        extracted = shop.artifacts.load(document.extracted, Extracted)
        plan = by_field_times(_situation(document, extracted, shop), shop)
        if not allow_clears:
            guard(plan)
        shop.journal.record_plan(sync_run, plan)
        planned = Planned(validated, document.extracted, plan)
        reference = shop.artifacts.save(sync_run, object_type, "plan", planned)
        work.tell(reference=reference, **_told(plan))
        [started] = [one for one in shop.journal.run(sync_run) if one.object_type == object_type]
        if not started.dry_run:
            return reference
        work.tell(dry_run=True)
        finished = replace(
            started,
            state=RunState.PLANNED,
            finished_at=shop.now(),
            counts=_counts(plan, document, extracted),
        )
        shop.journal.finish(finished)
        return None


def _counts(plan: Plan, validated: Validated, extracted: Extracted) -> dict[System, Counts]:
    changed = {system: [one.id for one in records] for system, records in extracted.changed.items()}
    return account(plan, [*validated.held, *plan.held], changed, None, extracted.calls)


def _situation(document: Validated, extracted: Extracted, shop: Workshop) -> Situation:
    mapping = mapping_of(extracted.object_type, extracted.sync_run, shop)
    records = {system: to_canonical(rows) for system, rows in document.rows.items()}
    links: dict[int | None, Link] = {}
    for system, one in records.items():
        found = shop.store.links(mapping.object_type, system, list(one.frame.index))
        links |= {link.id: link for link in found.values()}
    return Situation(
        mapping=mapping,
        records=records,
        links=sorted(links.values(), key=lambda link: link.id or 0),
        directory=directory_of(extracted.sync_run, mapping, shop),
        keys=extracted.keys,
        blocked=document.blocked,
        paused=document.paused,
    )


def _told(plan: Plan) -> dict[str, object]:
    creates = [action for action in plan.actions if action.verb is Verb.CREATE]
    told: dict[str, object] = {"actions": len(plan.actions), "creates": len(creates)}
    told |= {
        f"to_{system}": sum(action.system is system for action in plan.actions) for system in System
    }
    return told | {"conflicts": len(plan.conflicts), "held": len(plan.held)}
