"""Step 3: decide. The plan is made, guarded, journalled and kept; nothing is written yet."""

from collections.abc import Mapping
from dataclasses import replace

from include.crmsync.engine.account import account
from include.crmsync.engine.caught_up import caught_up
from include.crmsync.engine.forecast import forecast
from include.crmsync.engine.guard import guard, plan_id
from include.crmsync.engine.lifecycle import moved_forward
from include.crmsync.engine.one_way import one_way
from include.crmsync.engine.overtaken import left_to_the_next_run
from include.crmsync.engine.reconcile import Situation, left_alone
from include.crmsync.engine.refused import NOTHING_REFUSED, RefusedFields, refused_fields
from include.crmsync.engine.transform import Canonical
from include.crmsync.errors import GuardTripped
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.plan import Plan, Verb
from include.crmsync.model.record import System
from include.crmsync.model.run import Counts, RunState
from include.crmsync.pipeline import apply
from include.crmsync.pipeline.documents import Extracted, Planned, Validated, to_canonical
from include.crmsync.pipeline.exchange import made_good, without_collisions
from include.crmsync.pipeline.field_times import by_field_times
from include.crmsync.pipeline.keep_plan import keep
from include.crmsync.pipeline.lost_parents import lost_parents
from include.crmsync.pipeline.request import request_of
from include.crmsync.pipeline.schemas import mapping_of
from include.crmsync.pipeline.selection import note_of
from include.crmsync.pipeline.step import Step, step
from include.crmsync.pipeline.surroundings import directory_of
from include.crmsync.pipeline.waiting import EndsWaiting
from include.crmsync.pipeline.workshop import Workshop


def run(
    validated: str,
    *,
    sync_run: str,
    object_type: str,
    allow_plan: str = "",
    workshop: Workshop | None = None,
) -> str | None:
    """Make the plan; return the artifact's reference.

    None when the run is dry, or when no call is left to decide with.
    """
    with step("plan", object_type, sync_run, workshop) as work:
        document = work.workshop.artifacts.load(validated, Validated)
        extracted = work.workshop.artifacts.load(document.extracted, Extracted)
        started = work.workshop.journal.of(sync_run, object_type)
        with EndsWaiting("plan", started, work, extracted.calls):
            if extracted.applies:
                return apply.planned(extracted, validated, work)
            made = decided(document, extracted, work.workshop)
            return _kept(made, validated, allow_plan, work)
        return None


def decided(document: Validated, extracted: Extracted, shop: Workshop) -> Plan:
    """The plan for what was read and judged; some of it takes calls to decide."""
    situation = _situation(document, extracted, shop)
    plan = _with_stages(by_field_times(situation, shop), situation, extracted)
    plan = _not_overtaken(plan, document, extracted, shop)
    plan = without_collisions(plan, situation.mapping, extracted, shop)
    return one_way(plan, situation.mapping.bend)


def _kept(plan: Plan, validated: str, allow_plan: str, work: Step) -> str | None:
    """Journal, guard and keep the plan; its reference, None where the run ends with it."""
    shop = work.workshop
    document = shop.artifacts.load(validated, Validated)
    extracted = shop.artifacts.load(document.extracted, Extracted)
    sync_run, object_type = extracted.sync_run, extracted.object_type
    # Journalled before it is guarded: a plan that is stopped can be looked at.
    shop.journal.record_plan(sync_run, plan)
    name = plan_id(plan)
    work.tell(plan=name)
    request = request_of(object_type, sync_run, shop)
    allowed = f"{allow_plan} {request.allow_plan}" if request else allow_plan
    doubts = guarded(plan, allowed, shop)
    needed = {one: forecast(plan, one, sizes) for one, sizes in extracted.sizes.items()}
    planned = Planned(validated, document.extracted, plan, needed, name)
    reference = shop.artifacts.save(sync_run, object_type, "plan", planned)
    work.tell(reference=reference, **_told(plan))
    work.tell(**{f"calls_to_{system}": count for system, count in needed.items() if count})
    started = shop.journal.of(sync_run, object_type)
    if not started.dry_run and doubts is None:
        return reference
    counts = foreseen(counts_of(plan, document, extracted), needed, document.warned)
    told = "" if doubts is None else str(doubts)
    keep(planned, (extracted, document), counts, shop, doubts=told)
    if doubts is not None and not started.dry_run:
        raise doubts
    work.tell(dry_run=True)
    notes = [note_of(extracted, plan, shop)]
    notes += [f"a run that writes would be stopped: {told}"] if told else []
    note = "; ".join(filter(None, notes))
    ended = replace(started, state=RunState.PLANNED, finished_at=shop.now(), counts=counts)
    shop.journal.finish(replace(ended, note=note))
    return None


def _with_stages(plan: Plan, situation: Situation, extracted: Extracted) -> Plan:
    """The plan with the lifecycle stages that roles move on in HubSpot."""
    mapping = situation.mapping
    if mapping.bend.forbids(System.HUBSPOT):
        return plan
    frame = situation.records[System.HUBSPOT].frame
    return moved_forward(plan, mapping, frame, extracted.engaged, left_alone(situation))


def _refused(
    extracted: Extracted,
    records: Mapping[System, Canonical],
    mapping: ObjectMapping,
    shop: Workshop,
) -> RefusedFields:
    """What must not be sent again; what a person asks for is tried once more."""
    if extracted.chosen is not None:
        return NOTHING_REFUSED
    held = [
        row
        for system, one in records.items()
        for row in shop.store.held_of(mapping.object_type, system, list(one.frame.index))
    ]
    return refused_fields(held, mapping)


def _not_overtaken(plan: Plan, document: Validated, extracted: Extracted, shop: Workshop) -> Plan:
    """The plan without what another run was faster with; asked after links and bases were read."""
    overtaken = shop.store.overtaken(plan.object_type, extracted.changes)
    gone = {one: (left.record_id for left in extracted.gone.get(one, ())) for one in System}
    read = {one: frozenset(document.rows[one].ids).union(gone[one]) for one in System}
    return left_to_the_next_run(plan, read, overtaken)


def foreseen(
    counts: Mapping[System, Counts],
    needed: Mapping[System, int],
    warned: Mapping[System, Mapping[str, int]] | None = None,
) -> dict[System, Counts]:
    """The counts with the calls the plan was expected to need, and with what was only warned of."""
    return {
        system: replace(one, forecast=needed.get(system, 0), warned=(warned or {}).get(system, {}))
        for system, one in counts.items()
    }


def guarded(plan: Plan, allow_plan: str, shop: Workshop) -> GuardTripped | None:
    """What the guard has against the plan."""
    linked = shop.store.living(plan.object_type)
    share = shop.settings.guard_updates
    try:
        guard(plan, linked, allowed=allow_plan, updates_share=share)
    except GuardTripped as doubts:
        return doubts
    return None


def counts_of(plan: Plan, validated: Validated, extracted: Extracted) -> dict[System, Counts]:
    """What a plan would come to."""
    changed = {system: [one.id for one in records] for system, records in extracted.changed.items()}
    return account(plan, [*validated.standing(plan), *plan.held], changed, None, extracted.calls)


def _situation(document: Validated, extracted: Extracted, shop: Workshop) -> Situation:
    mapping = mapping_of(extracted.object_type, extracted.sync_run, shop)
    records = {system: to_canonical(rows) for system, rows in document.rows.items()}
    links: dict[int | None, Link] = {}
    for system, one in records.items():
        found = shop.store.links(mapping.object_type, system, list(one.frame.index))
        links |= {link.id: link for link in found.values()}
        graves = extracted.gone.get(system, ())
        # An heir may have a link of its own though it was not read: nobody may see it.
        departed = {one.record_id for one in graves} | {one.into for one in graves if one.into}
        found = shop.store.links(mapping.object_type, system, sorted(departed))
        links |= {link.id: link for link in found.values()}
    known = caught_up(links.values(), extracted.landed)
    known.sort(key=lambda link: link.id or 0)
    return Situation(
        mapping=mapping,
        records=records,
        links=made_good(known, mapping, records[System.HUBSPOT], shop),
        directory=directory_of(extracted.sync_run, mapping, shop),
        keys=extracted.keys,
        named=extracted.named,
        further=extracted.further,
        blocked=document.blocked,
        paused=document.paused,
        outside=extracted.outside,
        gone={
            system: {one.record_id: one for one in extracted.gone.get(system, ())}
            for system in System
        },
        conversions=extracted.conversions,
        flaws=document.flaws,
        refused=_refused(extracted, records, mapping, shop),
        through_people=extracted.through_people,
        lost_parents=lost_parents(known, mapping, records[System.HUBSPOT], shop),
        same_domain=extracted.same_domain,
        forgotten=shop.store.forgotten(
            mapping.object_type, System.SALESFORCE, records[System.SALESFORCE].frame.index
        ),
    )


def _told(plan: Plan) -> dict[str, object]:
    creates = [action for action in plan.actions if action.verb is Verb.CREATE]
    told: dict[str, object] = {"actions": len(plan.actions), "creates": len(creates)}
    told |= {
        f"to_{system}": sum(action.system is system for action in plan.actions) for system in System
    }
    return told | {"conflicts": len(plan.conflicts), "held": len(plan.held)}
