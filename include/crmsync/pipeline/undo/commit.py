"""Step 4 of taking a run back: remember what each system holds now, in one transaction.

The base of a field moves only in the system that was written to: the other one was not. What is
apart since then is held, so that whoever asks is told; nothing is to be tried again by itself, and
what the plan left as it was stays in the journal with its reasons. Run again, it finds itself done.
"""

from collections.abc import Mapping
from dataclasses import replace

from include.crmsync.engine.account import account
from include.crmsync.engine.advance import advance
from include.crmsync.engine.left_apart import left_apart
from include.crmsync.model.link import Link
from include.crmsync.model.outcome import Outcome
from include.crmsync.model.plan import Held, Pair, Plan
from include.crmsync.model.record import System
from include.crmsync.model.run import RunState
from include.crmsync.pipeline.alone import writing_alone
from include.crmsync.pipeline.documents import Extracted, Loaded, Planned
from include.crmsync.pipeline.plan import foreseen
from include.crmsync.pipeline.schemas import mapping_of
from include.crmsync.pipeline.step import step
from include.crmsync.pipeline.surroundings import directory_of
from include.crmsync.pipeline.workshop import Workshop
from include.crmsync.state.commit import Commit


def run(loaded: str, *, sync_run: str, object_type: str, workshop: Workshop | None = None) -> None:
    """Commit one object type of one run."""
    with step("commit", object_type, sync_run, workshop) as work:
        shop = work.workshop
        document = shop.artifacts.load(loaded, Loaded)
        planned = shop.artifacts.load(document.planned, Planned)
        extracted = shop.artifacts.load(planned.extracted, Extracted)
        outcomes = {one.action_id: one for one in document.outcomes}
        calls = {
            system: spent + document.calls.get(system, 0)
            for system, spent in extracted.calls.items()
        }
        counts = account(planned.plan, (), dict.fromkeys(System, ()), outcomes, calls)
        [started] = [one for one in shop.journal.run(sync_run) if one.object_type == object_type]
        finished = replace(
            started,
            state=RunState.DONE,
            finished_at=shop.now(),
            counts=foreseen(counts, planned.forecast),
            note="",
        )
        with writing_alone(object_type, sync_run, shop):
            links = _links(planned.plan, outcomes, shop)
            committed = shop.store.commit(
                Commit(
                    run=finished,
                    links=links,
                    held=_held(links, sync_run, shop),
                    reheld=_records(links),
                    listed=planned.plan.held,
                )
            )
        shop.artifacts.forget_before(shop.now() - shop.settings.keep_artifacts)
        work.tell(links=len(links), left=len(planned.plan.held))
        if committed.stale_links:
            work.tell(stale=len(committed.stale_links))


def _links(plan: Plan, outcomes: Mapping[str, Outcome], shop: Workshop) -> tuple[Link, ...]:
    """The links as they should be, made of those that are stored at this moment."""
    known = shop.store.links_by_id([one.link_id for one in plan.pairs if one.link_id is not None])
    pairs = tuple(_as_stored(one, known) for one in plan.pairs if _is_same(one, known))
    actions = {id_ for one in pairs for id_ in one.actions}
    here = replace(
        plan, pairs=pairs, actions=tuple(one for one in plan.actions if one.id in actions)
    )
    return advance(here, outcomes, known).links


def _is_same(pair: Pair, known: Mapping[int, Link]) -> bool:
    """Whether a link still has the records that were written."""
    link = known.get(pair.link_id or 0)
    ids = (pair.hubspot_id, pair.salesforce_id)
    return link is not None and (link.hubspot_id, link.salesforce_id) == ids


def _as_stored(pair: Pair, known: Mapping[int, Link]) -> Pair:
    """The pair on the version that is stored: only what landed is said of it, and that stands."""
    return replace(pair, link_version=known[pair.link_id or 0].version)


def _held(links: tuple[Link, ...], sync_run: str, shop: Workshop) -> list[Held]:
    """What is held of the records of links from now on."""
    if not links:
        return []
    object_type = links[0].object_type
    mapping = mapping_of(object_type, sync_run, shop)
    stays = [
        one
        for system, ids in _records(links).items()
        for one in shop.store.held_of(object_type, system, ids)
        if one.criterion != "taken_back"
    ]
    directory = directory_of(sync_run, mapping, shop)
    return [*stays, *left_apart(links, None, mapping, directory)]


def _records(links: tuple[Link, ...]) -> dict[System, frozenset[str]]:
    return {system: frozenset(link.id_in(system) for link in links) for system in System}
