"""Step 1: read what changed in both systems, and what is needed to judge it.

What is read, and why, is in `reading`. When nothing changed, or only our own writes came back,
the run ends here and says so: nothing is validated, planned or written.
"""

from collections.abc import Mapping
from dataclasses import replace

from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import System
from include.crmsync.model.request import Request
from include.crmsync.model.run import Counts, RunState, SyncRun, Trigger
from include.crmsync.pipeline import apply, departed, engaged
from include.crmsync.pipeline.accounts import check
from include.crmsync.pipeline.allocation import serve, sizes, still_goes
from include.crmsync.pipeline.bulk import wait_for_left
from include.crmsync.pipeline.converted import conversions
from include.crmsync.pipeline.documents import Extracted
from include.crmsync.pipeline.eligible import eligible_companies
from include.crmsync.pipeline.forget import forget_erased
from include.crmsync.pipeline.given_up import settle_given_up
from include.crmsync.pipeline.match_values import further_values
from include.crmsync.pipeline.named import named
from include.crmsync.pipeline.named_heirs import named_heirs
from include.crmsync.pipeline.notify import short_of_calls
from include.crmsync.pipeline.reading import Reading, keys, read_others
from include.crmsync.pipeline.request import remember, request_of
from include.crmsync.pipeline.same_domain import same_domain
from include.crmsync.pipeline.schemas import close_mended, read_changes
from include.crmsync.pipeline.selection import told
from include.crmsync.pipeline.stamps import judged, read_at
from include.crmsync.pipeline.step import Step, step
from include.crmsync.pipeline.surroundings import members
from include.crmsync.pipeline.through_people import through_people
from include.crmsync.pipeline.waiting import EndsWaiting
from include.crmsync.pipeline.waived import waived
from include.crmsync.pipeline.workshop import Workshop


def run(
    object_type: str,
    sync_run: str,
    *,
    trigger: Trigger | None = None,
    dry_run: bool = False,
    request: Request | None = None,
    apply_plan: str = "",
    workshop: Workshop | None = None,
) -> str | None:
    """Read; return the artifact's reference, or None when there is nothing to do.

    With a request, what it names is read instead of what changed, and no watermark moves. To apply
    a plan nothing is read: `apply_plan` has the ids of kept plans, one of an object type.
    """
    with step("extract", object_type, sync_run, workshop) as work:
        shop = work.workshop
        if request is not None:
            remember(request, sync_run, shop)
        dry = dry_run or (request is not None and request.dry_run)
        started = SyncRun(
            sync_run, object_type, trigger or trigger_of(sync_run, request), shop.now(), dry_run=dry
        )
        shop.journal.start(started)
        serve(started, shop)
        plans = apply_plan or (request.apply_plan if request else "")
        with EndsWaiting("extract", started, work):
            if plans.strip():
                return apply.take_up(started, plans, work)
            return _read(started, shop.gateways.calls(), work)
        return None


def _read(started: SyncRun, spent: Mapping[System, int], work: Step) -> str | None:
    """Read all there is to judge; the artifact's reference, None where there is nothing."""
    shop, object_type, sync_run = work.workshop, started.object_type, started.id
    check(shop)
    forget_erased(sync_run, object_type, shop)
    wait_for_left(object_type, shop)
    settle_given_up(started, shop)
    changes = shop.store.changes(object_type)
    mapping, reading = read_changes(object_type, sync_run, shop)
    if reading.left_waiting:
        _tell_left_waiting(started, len(reading.left_waiting), work)
    departed.look(mapping, reading, shop)
    engaged.look(mapping, reading, shop)
    if reading.only_echoes:
        _nothing_to_do(started, reading, shop.gateways.calls(since=spent), shop)
        work.tell(nothing_to_do=True, **_told(reading, shop.gateways.calls(since=spent)))
        return None
    read_others(mapping, reading, sync_run, shop)
    departed.follow(mapping, reading, shop)
    engaged.follow(mapping, reading, shop)
    extracted = replace(gathered(mapping, started, reading, spent, shop), changes=changes)
    reference = shop.artifacts.save(sync_run, object_type, "extract", extracted)
    work.tell(reference=reference, **_told(reading, extracted.calls))
    return reference


def _tell_left_waiting(started: SyncRun, left: int, work: Step) -> None:
    work.tell(left_waiting=left)
    why = f"{left} {started.object_type} wait, and there is not even room to read them again"
    why += still_goes(work.workshop)
    short_of_calls(f"{started.object_type}.extract", started.id, why, work.workshop)


def gathered(
    mapping: ObjectMapping,
    started: SyncRun,
    reading: Reading,
    spent: Mapping[System, int],
    shop: Workshop,
) -> Extracted:
    """What was read, with all that it takes to judge and match it."""
    made = conversions(mapping, reading, shop)
    through = through_people(mapping, reading, shop)
    heirs = named_heirs(mapping, reading, shop)
    known = {system: reading.known(system) for system in System}
    said = heirs | named(mapping, known)
    told = through | made | said | keys(mapping, known)
    domains = same_domain(mapping, reading, told, shop)
    known = {system: reading.known(system) for system in System}
    listed = members(started.id, shop)
    eligible = eligible_companies(mapping, known[System.HUBSPOT], listed, reading.people, shop)
    return Extracted(
        sync_run=started.id,
        object_type=mapping.object_type,
        started_at=started.started_at,
        changed={system: tuple(records.values()) for system, records in reading.changed.items()},
        counterparts={
            system: tuple(known[system][id_] for id_ in sorted(known[system]) if id_ not in changed)
            for system, changed in reading.changed.items()
        },
        keys=keys(mapping, known),
        named=said,
        further={
            id_: tuple(further)
            for id_, record in known[System.HUBSPOT].items()
            if (further := further_values(mapping, record))
        },
        eligible_parents=eligible.listed,
        parents_of_contacts=eligible.of_contacts,
        watermarks=reading.watermarks,
        gone={system: tuple(graves.values()) for system, graves in reading.gone.items()},
        conversions=made,
        engaged=reading.engaged,
        through_people=through,
        outside=shop.gateways[System.SALESFORCE].outside(mapping, sorted(known[System.SALESFORCE])),
        same_domain=domains,
        places=reading.places,
        answered_at=reading.answered_at,
        waived=waived(mapping, reading, started.id, shop),
        chosen=reading.chosen,
        landed=reading.landed,
        sizes={system: sizes(shop.gateways[system], shop) for system in System},
        calls=shop.gateways.calls(since=spent),
    )


def _nothing_to_do(
    started: SyncRun, reading: Reading, calls: Mapping[System, int], shop: Workshop
) -> None:
    """Remember how far we read, and that echoes were heard, so that they are not read again."""
    counts = {
        system: Counts(
            extracted=len(reading.echoes[system]),
            equal=len(reading.echoes[system]),
            calls=calls[system],
        )
        for system in System
    }
    ended = replace(
        started,
        state=RunState.NOTHING_TO_DO,
        finished_at=shop.now(),
        counts=counts,
        note=_why_nothing(started, reading, shop),
    )
    # A dry run leaves no trace but its journal.
    if not started.dry_run and reading.chosen is None:
        at = read_at(reading.watermarks, started.started_at)
        stamps = {
            system: {id_: judged(stamp, at[system]) or stamp for id_, stamp in echoes.items()}
            for system, echoes in reading.echoes.items()
        }
        shop.store.heard(started, stamps, reading.watermarks, reading.places)
        close_mended(started.object_type, started.id, shop)
    shop.journal.finish(ended)


def _why_nothing(started: SyncRun, reading: Reading, shop: Workshop) -> str:
    request = request_of(started.object_type, started.id, shop)
    if reading.chosen is not None and request is not None:
        return told(reading.chosen, request) or "there is no record of what was asked for"
    if any(reading.echoes.values()):
        return "only the sync's own writes came back"
    return "nothing changed in either system since the last run"


def trigger_of(sync_run: str, request: Request | None) -> Trigger:
    """Airflow says in a run's id how it was started; what is asked for is asked by a person."""
    ours = sync_run.startswith("scheduled__") and request is None
    return Trigger.SCHEDULED if ours else Trigger.MANUAL


def _told(reading: Reading, calls: Mapping[System, int]) -> dict[str, int]:
    changed = {f"{system}_changed": len(reading.changed[system]) for system in System}
    changed |= {f"{system}_gone": len(gone) for system, gone in reading.gone.items() if gone}
    if reading.chosen is not None:
        asked = reading.chosen
        changed["not_found"] = len(asked.unmatched) + sum(map(len, asked.missing.values()))
    return changed | {f"{system}_calls": calls[system] for system in System}
