"""Step 5: remember. Links, bases, held records, conflicts and watermarks, in one transaction.

Nothing of a run is remembered before this step, and everything of it at once; it refuses to
finish if a record that was read is unaccounted for. Run again, it finds itself done, also where
the run's artifacts have gone with somebody who was forgotten.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from include.crmsync.engine.account import account
from include.crmsync.engine.advance import Advance, advance
from include.crmsync.engine.caught_up import caught_up
from include.crmsync.engine.refused import remembered
from include.crmsync.engine.transform import CHANGED
from include.crmsync.errors.catalogue import advice
from include.crmsync.model.link import Link
from include.crmsync.model.outcome import Outcome
from include.crmsync.model.plan import Held, Plan
from include.crmsync.model.record import System
from include.crmsync.model.run import Counts, RunState, SyncRun
from include.crmsync.pipeline import apply
from include.crmsync.pipeline.allocation import is_asked_for
from include.crmsync.pipeline.alone import writing_alone
from include.crmsync.pipeline.documents import Extracted, Loaded, Planned, Validated
from include.crmsync.pipeline.forget import STEPS, erased_unlinked, forget_erased
from include.crmsync.pipeline.plan import foreseen
from include.crmsync.pipeline.retries import retries, with_cap
from include.crmsync.pipeline.schemas import close_mended, mapping_of
from include.crmsync.pipeline.selection import note_of
from include.crmsync.pipeline.stamps import judged, read_at
from include.crmsync.pipeline.step import step
from include.crmsync.pipeline.vacated import DUPLICATE, overwritten, released
from include.crmsync.pipeline.workshop import Workshop
from include.crmsync.state.commit import Commit

log = logging.getLogger("crmsync")


def run(loaded: str, *, sync_run: str, object_type: str, workshop: Workshop | None = None) -> None:
    """Commit one object type of one run."""
    with step("commit", object_type, sync_run, workshop) as work:
        shop = work.workshop
        if _is_over(sync_run, object_type, shop):
            forget_erased(sync_run, object_type, shop)
            log.info("%s: committed before; its artifacts are gone. Nothing to repeat", object_type)
            return
        document = shop.artifacts.load(loaded, Loaded)
        planned = shop.artifacts.load(document.planned, Planned)
        validated = shop.artifacts.load(planned.validated, Validated)
        extracted = shop.artifacts.load(planned.extracted, Extracted)
        outcomes = with_cap(
            planned.plan.actions,
            {outcome.action_id: outcome for outcome in document.outcomes},
            shop.store.attempts(object_type),
            shop.settings.retry_cap,
        )
        advanced = _advance(planned, outcomes, extracted, shop)
        mapping = mapping_of(object_type, sync_run, shop)
        refused = remembered(advanced.refused, mapping)
        waiting = _waiting(planned.plan)
        held = [
            one
            for one in (*validated.standing(planned.plan), *planned.plan.held, *refused)
            if one.record_id not in waiting[one.system]
        ]
        advanced = _released(advanced, held, planned, outcomes, shop)
        counts = account(
            planned.plan,
            held,
            {system: [one.id for one in records] for system, records in extracted.changed.items()},
            outcomes,
            {
                system: calls + document.calls.get(system, 0)
                for system, calls in extracted.calls.items()
            },
        )
        started = shop.journal.of(sync_run, object_type)
        counts = foreseen(counts, planned.forecast, validated.warned)
        note = note_of(extracted, planned.plan, shop)
        if extracted.applies:
            note = apply.told(extracted, outcomes)
        finished = replace(
            started, state=RunState.DONE, finished_at=shop.now(), counts=counts, note=note
        )
        with writing_alone(object_type, sync_run, shop):
            commit = _commit(finished, planned, validated, extracted, advanced, held)
            left = erased_unlinked(extracted, shop)
            again = retries(
                advanced.again, planned.plan.actions, outcomes, asked=is_asked_for(started, shop)
            )
            judged = {
                system: frozenset(id_ for id_ in ids if (system, id_) not in left)
                for system, ids in commit.judged.items()
            }
            committed = shop.store.commit(replace(commit, retries=again, judged=judged))
        apply.settled(planned, extracted, outcomes, shop)
        close_mended(object_type, sync_run, shop)
        shop.artifacts.forget_before(shop.now() - shop.settings.keep_artifacts)
        # Last: whoever is killed before it repeats the step from artifacts that it removes.
        forget_erased(sync_run, object_type, shop, extracted)
        work.tell(links=len(advanced.links), again=len(advanced.again), **_told(counts))
        if committed.stale_links:
            work.tell(left_to_next_run=len(committed.stale_links))


def _is_over(sync_run: str, object_type: str, shop: Workshop) -> bool:
    """Whether the run is committed and there is nothing left to commit it from again."""
    references = (shop.artifacts.reference(sync_run, object_type, one) for one in STEPS)
    return any(
        one.object_type == object_type and one.state is RunState.DONE
        for one in shop.journal.run(sync_run)
    ) and not all(map(shop.artifacts.exists, references))


def _told(counts: Mapping[System, Counts]) -> dict[str, str]:
    """The sums of each direction, for whoever reads only the task's log."""
    return {
        f"from_{system}": ",".join(
            f"{name}:{count}"
            for name, count in asdict(counts[system]).items()
            if count and name != "warned"
        )
        for system in System
    }


def _advance(
    planned: Planned, outcomes: Mapping[str, Outcome], extracted: Extracted, shop: Workshop
) -> Advance:
    ids = [pair.link_id for pair in planned.plan.pairs if pair.link_id is not None]
    known = caught_up(shop.store.links_by_id(ids).values(), extracted.landed)
    links = {link.id: link for link in known if link.id is not None}
    advanced = advance(planned.plan, outcomes, links, swept=_swept)
    at = read_at(extracted.watermarks, extracted.started_at, extracted.answered_at)
    return replace(advanced, links=tuple(_settled(link, at) for link in advanced.links))


def _swept(system: System, code: str) -> bool:
    return advice(system, code).swept


def _released(
    advanced: Advance,
    held: Sequence[Held],
    planned: Planned,
    outcomes: Mapping[str, Outcome],
    shop: Workshop,
) -> Advance:
    """What the run adds, with the duplicates of values that it has set free."""
    mapping = shop.mappings[planned.plan.object_type]
    before = shop.store.links_by_id([link.id for link in advanced.links if link.id is not None])

    def waiting() -> list[Held]:
        return [*shop.store.held_for(mapping.object_type, {DUPLICATE}), *held]

    freed = overwritten(planned.plan.actions, outcomes, mapping)
    found = released(advanced.links, before, freed, waiting, mapping)
    again = dict.fromkeys((*advanced.again, *found))
    return replace(advanced, again=tuple(again))


def _commit(
    finished: SyncRun,
    planned: Planned,
    validated: Validated,
    extracted: Extracted,
    advanced: Advance,
    held: Sequence[Held],
) -> Commit:
    at = read_at(extracted.watermarks, extracted.started_at, extracted.answered_at)
    waiting = _waiting(planned.plan)
    stamps = {
        (system, record.id): record.modified_at
        for system, records in extracted.changed.items()
        for record in records
    }
    return Commit(
        run=finished,
        links=advanced.links,
        held=[_stamped(one, stamps, at) for one in held],
        judged={
            system: _judged(system, planned.plan, validated, extracted) - waiting[system]
            for system in validated.rows
        },
        places=extracted.places,
        turns=advanced.turns,
        conflicts=planned.plan.conflicts,
        watermarks=extracted.watermarks,
    )


def _judged(
    system: System, plan: Plan, validated: Validated, extracted: Extracted
) -> frozenset[str]:
    """Records of which the run has something to say.

    Of one that was read only as somebody's possible counterpart, and is not, it has not.
    """
    rows = validated.rows[system]
    paired = {pair.id_in(system) for pair in plan.pairs}
    gone = {one.record_id for one in extracted.gone.get(system, ())}
    return frozenset(
        id_
        for id_, role in zip(rows.ids, rows.roles, strict=True)
        if role == CHANGED or id_ in paired
    ).union(gone)


def _waiting(plan: Plan) -> Mapping[System, frozenset[str | None]]:
    """Records of which another run was faster: what that run said of them stands."""
    pairs = [pair for pair in plan.pairs if pair.waits]
    return {system: frozenset(pair.id_in(system) for pair in pairs) for system in System}


def _settled(link: Link, at: Mapping[System, datetime]) -> Link:
    return replace(
        link,
        hubspot_modified_at=judged(link.hubspot_modified_at, at[System.HUBSPOT]),
        salesforce_modified_at=judged(link.salesforce_modified_at, at[System.SALESFORCE]),
    )


def _stamped(
    held: Held, stamps: Mapping[tuple[System, str], datetime], at: Mapping[System, datetime]
) -> Held:
    stamp = held.modified_at or stamps.get((held.system, held.record_id))
    return replace(held, modified_at=judged(stamp, at[held.system]))
