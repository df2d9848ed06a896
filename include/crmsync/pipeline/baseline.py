"""The baseline: both CRMs matched with each other for the first time, whatever their size.

Every record of an object type that has no link is taken through the ordinary steps, HubSpot's
before Salesforce's, a portion at a time: matched, compared, linked, its base remembered. By
default nothing is written, and the report says what would be. Killed anywhere, it goes on where
it was; started anew, it finds what is linked already. At the end the watermarks stand where the
reading began, so that the next `crm_sync` reads what changed since.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from include.crmsync.errors import StateError
from include.crmsync.model.record import System
from include.crmsync.model.request import Request
from include.crmsync.model.run import Counts, RunState, SyncRun, Trigger
from include.crmsync.pipeline.accounts import check
from include.crmsync.pipeline.match_rules import RULES
from include.crmsync.pipeline.once import OBJECT_TYPES
from include.crmsync.pipeline.payload import Payload, places
from include.crmsync.pipeline.plan_report import as_csv
from include.crmsync.pipeline.portion_told import LINKED, Told
from include.crmsync.pipeline.portions import Work, take
from include.crmsync.pipeline.schemas import remembered_mapping
from include.crmsync.pipeline.step import own
from include.crmsync.pipeline.survey import PORTION, Portion, Survey, survey
from include.crmsync.pipeline.workshop import Workshop

log = logging.getLogger("crmsync")

BY_RULES = "rules"
WINNERS = {BY_RULES: None, "hubspot": System.HUBSPOT, "salesforce": System.SALESFORCE}
PARAMETERS = (
    *("object_types", "match_by", "dry_run", "allow_plan", "portion"),
    *(f"{name}_winner" for name in OBJECT_TYPES),
)
EVERY_RULE = tuple(dict.fromkeys(rule for rules in RULES.values() for rule in rules))
HEADINGS = ("system", "id", "state", "counterpart", "why", "candidates")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a baseline was asked for."""

    object_types: tuple[str, ...]
    match_by: tuple[str, ...] | None
    winners: Mapping[str, System]
    dry_run: bool
    allow_plan: str
    portion: int


def asked(told: Mapping[str, Any]) -> Asked:
    """The request in what a baseline was triggered with; raises ConfigError with every problem."""
    payload = Payload(told, PARAMETERS)
    types = payload.words("object_types", len(OBJECT_TYPES), "there are no more")
    rules = payload.words("match_by", len(EVERY_RULE), "there are no more")
    _known(payload, "object_types", types, OBJECT_TYPES)
    _known(payload, "match_by", rules, EVERY_RULE)
    chosen = {
        name: WINNERS[payload.choice(f"{name}_winner", list(WINNERS), BY_RULES)]
        for name in OBJECT_TYPES
    }
    found = Asked(
        tuple(name for name in OBJECT_TYPES if name in types or not types),
        tuple(rules) if payload.has("match_by") else None,
        {name: winner for name, winner in chosen.items() if winner is not None},
        payload.flag("dry_run", otherwise=True),
        payload.text("allow_plan"),
        payload.number("portion", PORTION, PORTION),
    )
    payload.done("the baseline")
    return found


def understand(
    told: Mapping[str, Any], sync_run: str, workshop: Workshop | None = None
) -> dict[str, Any]:
    """Check what was asked for and keep it; reads nothing of either CRM."""
    with own(workshop) as shop:
        found = asked(told)
        shop.artifacts.save(sync_run, "all", "baseline", found)
        log.info(
            "baseline of %s: dry_run=%s match_by=%s",
            ", ".join(found.object_types),
            found.dry_run,
            "the mappings" if found.match_by is None else ", ".join(found.match_by) or "keys alone",
        )
        return {"object_types": list(found.object_types), "dry_run": found.dry_run}


def work(
    object_type: str, sync_run: str, *, dry: bool, workshop: Workshop | None = None
) -> dict[str, int] | None:
    """Do one object type, where the run is `dry` or not as asked for; counts by state."""
    with own(workshop) as shop:
        request = shop.artifacts.load(shop.artifacts.reference(sync_run, "all", "baseline"), Asked)
        if object_type not in request.object_types or request.dry_run is not dry:
            return None
        check(shop)
        run = SyncRun(sync_run, object_type, Trigger.MANUAL, shop.now(), dry_run=dry)
        if not _done(run, shop):
            shop.journal.start(run)
            whole = _survey(object_type, request, sync_run, shop)
            counts = _take_all(Work(object_type, sync_run, whole), request, shop)
            _finish(run, whole, counts, shop)
        return report(object_type, sync_run, shop)


def report(object_type: str, sync_run: str, shop: Workshop) -> dict[str, int]:
    """Write the table of every record as CSV, beside the run's artifacts; counts by state."""
    counts: Counter[str] = Counter()
    path = shop.artifacts.save_text(
        sync_run,
        object_type,
        "baseline.csv",
        as_csv(HEADINGS, _rows(object_type, sync_run, shop, counts)),
    )
    told = {state: count for state, count in sorted(counts.items()) if count}
    log.info(
        "%s: %s; every record is in %s",
        object_type,
        ", ".join(f"{count} {state}" for state, count in told.items()) or "no records",
        path.name,
    )
    return told


def _take_all(work_: Work, request: Asked, shop: Workshop) -> Mapping[System, Counts]:
    spoken: set[str] = set()
    counts = {system: Counts() for system in System}

    def ask(portion: Portion) -> Request | None:
        return _request(work_.object_type, portion, request, spoken, shop)

    for told in take(work_, ask, shop):
        spoken.update(told.spoken_for)
        counts = {one: _sum(counts[one], told.counts.get(one, Counts())) for one in System}
    return counts


def _request(
    object_type: str, portion: Portion, asked_for: Asked, spoken: set[str], shop: Workshop
) -> Request | None:
    """The records of a portion that have no link, and that no earlier portion has judged."""
    links = shop.store.links(object_type, portion.system, portion.ids)
    ids = tuple(
        id_
        for id_ in portion.ids
        if id_ not in links and not (portion.system is System.SALESFORCE and id_ in spoken)
    )
    if not ids:
        return None
    return Request(
        object_type,
        {portion.system: ids},
        dry_run=asked_for.dry_run,
        allow_plan=asked_for.allow_plan,
        match_by=asked_for.match_by,
        winner=asked_for.winners.get(object_type),
    )


def _survey(object_type: str, request: Asked, sync_run: str, shop: Workshop) -> Survey:
    """The survey of this run: made once, so that a run that died has the same portions."""
    reference = shop.artifacts.reference(sync_run, object_type, "survey")
    try:
        return shop.artifacts.load(reference, Survey)
    except StateError:
        found = survey(remembered_mapping(object_type, shop), shop, size=request.portion)
        shop.artifacts.save(sync_run, object_type, "survey", found)
        return found


def _finish(run: SyncRun, whole: Survey, counts: Mapping[System, Counts], shop: Workshop) -> None:
    state = RunState.PLANNED if run.dry_run else RunState.DONE
    if not run.dry_run:
        known = shop.store.watermarks(run.object_type)
        fresh = {one: at for one, at in whole.watermarks.items() if one not in known}
        shop.store.heard(run, {}, fresh)
    note = f"a baseline of {whole.size(System.HUBSPOT)} HubSpot and {whole.size(System.SALESFORCE)}"
    shop.journal.finish(
        replace(
            run,
            state=state,
            finished_at=shop.now(),
            counts=counts,
            note=f"{note} Salesforce records, in {len(whole.portions)} portions",
        )
    )


def _done(run: SyncRun, shop: Workshop) -> bool:
    ended = (RunState.DONE, RunState.PLANNED)
    return any(
        one.object_type == run.object_type and one.state in ended
        for one in shop.journal.run(run.id)
    )


def _rows(
    object_type: str, sync_run: str, shop: Workshop, counts: Counter[str]
) -> Iterator[tuple[str, ...]]:
    """Yield a row for each record, and count it."""
    whole = shop.artifacts.load(shop.artifacts.reference(sync_run, object_type, "survey"), Survey)
    parts = Work(object_type, sync_run, whole)
    for number in range(1, len(whole.portions) + 1):
        reference = shop.artifacts.reference(sync_run, object_type, parts.artifact_of(number))
        told = shop.artifacts.load(reference, Told)
        counts[LINKED] += told.linked_before
        for one in told.lines:
            counts[f"{one.state} ({one.system.label})"] += 1
            yield (
                str(one.system),
                one.record_id,
                one.state,
                one.counterpart,
                one.why,
                " ".join(one.candidates),
            )


def _sum(left: Counts, right: Counts) -> Counts:
    return Counts(**{name: getattr(left, name) + getattr(right, name) for name in Counts.__slots__})


def _known(payload: Payload, name: str, words: Mapping[str, int], among: tuple[str, ...]) -> None:
    for word, place in words.items():
        if word not in among:
            payload.refuse(f"{name}: {places([place])} none of {', '.join(among)}")
