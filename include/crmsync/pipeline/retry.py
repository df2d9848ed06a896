"""What failed or is held, again and now: chosen from what the state store remembers.

`understand` checks what was asked for and chooses, by category, code, id or all; the records
become a request of each object type, and take the ordinary steps. What was let go stays so: if a
run dies, the next `crm_sync` reads it. `tell` says of each record what became of it. The nightly
sweep is the same choice without anybody asking; here nothing is left out for being hopeless.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from include.crmsync.errors import ConfigError
from include.crmsync.errors.catalogue import Category, advice
from include.crmsync.model.plan import Held
from include.crmsync.model.record import System
from include.crmsync.model.request import Request
from include.crmsync.pipeline import extract as ordinary
from include.crmsync.pipeline.documents import Extracted, Planned, Validated
from include.crmsync.pipeline.once import OBJECT_TYPES, go_on
from include.crmsync.pipeline.payload import Payload, places
from include.crmsync.pipeline.request import remember, request_of
from include.crmsync.pipeline.step import own
from include.crmsync.pipeline.workshop import Workshop
from include.crmsync.state.commit import Retry

log = logging.getLogger("crmsync")

PARAMETERS = ("object_types", "category", "code", "ids", "everything", "limit", "dry_run")
MOST = 10_000
"""Ids one request names, and records of one object type that go again at once, at most."""
SHOWN = 200
"""So many records are told one by one."""

Record = tuple[System, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of what failed or is held shall go again; what is not said does not narrow."""

    object_types: tuple[str, ...]
    category: Category | None
    codes: frozenset[str]
    """Codes of refusals, or names of criteria."""
    ids: Mapping[str, int]
    limit: int
    dry_run: bool

    def takes(self, record_id: str, refused_by: System | None, code: str, criterion: str) -> bool:
        """Whether a record is wanted, for this one reason."""
        told = advice(refused_by, code) if refused_by is not None else None
        return (
            (not self.ids or record_id in self.ids)
            and (not self.codes or not self.codes.isdisjoint({code, criterion}))
            and (self.category is None or (told is not None and told.category is self.category))
        )


def wanted(told: Mapping[str, Any]) -> Wanted:
    """What a retry was triggered with, checked as a whole; raises ConfigError."""
    payload = Payload(told, PARAMETERS)
    instead = "choose by category or code"
    types = payload.words("object_types", len(OBJECT_TYPES), "there are no more")
    for name, place in types.items():
        if name not in OBJECT_TYPES:
            payload.refuse(f"object_types: {places([place])} none of {', '.join(OBJECT_TYPES)}")
    category = payload.choice("category", list(Category), "")
    codes = payload.words("code", MOST, instead)
    ids = payload.words("ids", MOST, instead)
    everything = payload.flag("everything")
    narrow = any(map(payload.has, ("category", "code", "ids")))
    if not narrow and not everything:
        payload.refuse("say what: a category, codes, ids, or everything")
    if narrow and everything:
        payload.refuse("everything leaves nothing to choose: take it away, or the rest")
    found = Wanted(
        tuple(name for name in OBJECT_TYPES if name in types or not types),
        Category(category) if category in set(Category) else None,
        frozenset(codes),
        ids,
        payload.number("limit", MOST, MOST),
        payload.flag("dry_run"),
    )
    payload.done("the retry")
    return found


def understand(
    told: Mapping[str, Any], sync_run: str, workshop: Workshop | None = None
) -> dict[str, Any]:
    """Check the request and choose; how many records of each object type go again."""
    with own(workshop) as shop:
        asked = wanted(told)
        found = {name: _chosen(name, asked, sync_run, shop) for name in asked.object_types}
        _refuse_strangers(asked, found)
        for object_type, records in found.items():
            _keep(object_type, records, asked, sync_run, shop)
        short = {name: len(records) for name, records in found.items()}
        log.info("retry %s", " ".join(f"{name}={count}" for name, count in short.items()))
        return {"records": short, "dry_run": asked.dry_run}


def extract(object_type: str, sync_run: str, workshop: Workshop | None = None) -> str | None:
    """Read the chosen records of an object type; None where none is."""
    with own(workshop) as shop:
        request = request_of(object_type, sync_run, shop)
        if request is None:
            log.info("no %s were chosen", object_type)
            return None
        return ordinary.run(object_type, sync_run, request=request, workshop=shop)


def tell(sync_run: str, workshop: Workshop | None = None) -> dict[str, Any]:
    """What became of each record: counts for everybody, and the first of them one by one."""
    with own(workshop) as shop:
        told = {
            name: _told(request, sync_run, shop)
            for name in OBJECT_TYPES
            if (request := request_of(name, sync_run, shop)) is not None
        }
        for object_type, one in told.items():
            counts = ", ".join(f"{count} {word}" for word, count in one["counts"].items())
            log.info("%s: %s", object_type, counts)
            for row in one["records"]:
                log.info("  %s %s: %s %s", row["system"], row["id"], row["became"], row["reason"])
        return {"sync_run": sync_run, "object_types": told}


def run(told: Mapping[str, Any], sync_run: str, workshop: Workshop) -> dict[str, Any]:
    """All of it without Airflow, one step after the other."""
    understand(told, sync_run, workshop)
    for object_type in OBJECT_TYPES:
        extracted = extract(object_type, sync_run, workshop)
        go_on(extracted, object_type, sync_run, "", workshop)
    return tell(sync_run, workshop)


def _chosen(object_type: str, asked: Wanted, sync_run: str, shop: Workshop) -> list[Record]:
    """The records of an object type; where this very run has chosen before, those."""
    before = request_of(object_type, sync_run, shop)
    if before is not None:
        return [(system, id_) for system, ids in before.ids.items() for id_ in ids]
    return _choose(object_type, asked, shop)


def _choose(object_type: str, asked: Wanted, shop: Workshop) -> list[Record]:
    """The records that are wanted; those that failed and wait for the next run come first."""
    chosen: dict[Record, None] = {}
    for due in shop.store.due(object_type):
        if due.failed and _takes_due(asked, due):
            chosen.setdefault((due.system, due.record_id))
    for held in shop.store.held(object_type):
        if asked.takes(held.record_id, held.refused_by, held.code or "", held.criterion):
            chosen.setdefault((held.system, held.record_id))
    return list(chosen)[: asked.limit]


def _takes_due(asked: Wanted, due: Retry) -> bool:
    return asked.takes(due.record_id, due.system.other, due.code or "", "")


def _refuse_strangers(asked: Wanted, found: Mapping[str, list[Record]]) -> None:
    """Ids of which nothing is held or failed are most likely mistaken."""
    if not asked.ids:
        return
    known = {record_id for records in found.values() for _, record_id in records}
    strange = [place for one, place in asked.ids.items() if one not in known]
    if strange:
        raise ConfigError(
            "the retry cannot be done as it was asked for",
            (
                f"ids: {places(strange)} not among what failed or is held, as far as the other"
                " parameters let it be; a record that is not held is synced by manual_sync_*",
            ),
        )


def _keep(
    object_type: str, records: list[Record], asked: Wanted, sync_run: str, shop: Workshop
) -> None:
    """Keep the request of one object type, and let go what a CRM refused."""
    if not records:
        return
    ids = {one: tuple(id_ for system, id_ in records if system is one) for one in System}
    remember(Request(object_type, ids, dry_run=asked.dry_run), sync_run, shop)
    if not asked.dry_run:
        mine = set(records)
        held = [one for one in shop.store.held(object_type) if (one.system, one.record_id) in mine]
        shop.store.let_go(object_type, [one for one in held if one.refused_by], shop.now())


def _told(request: Request, sync_run: str, shop: Workshop) -> dict[str, Any]:
    object_type = request.object_type
    rows = [
        {"system": str(system), "id": id_, "became": became, "reason": reason}
        for (system, id_), became, reason in _became(request, sync_run, shop)
    ]
    states = [
        str(run.state) for run in shop.journal.run(sync_run) if run.object_type == object_type
    ]
    return {
        "state": states[-1] if states else "not run",
        "counts": dict(Counter(row["became"] for row in rows)),
        "records": rows[:SHOWN],
    }


def _became(request: Request, sync_run: str, shop: Workshop) -> Iterator[tuple[Record, str, str]]:
    """Each record, what became of it, and why it is still held."""
    object_type = request.object_type
    held = _by_record(_held(request, sync_run, shop))
    due = {(one.system, one.record_id): one.reason for one in shop.store.due(object_type)}
    missing = _missing(object_type, sync_run, shop)
    through = "would go through" if request.dry_run else "through"
    for system, ids in request.ids.items():
        for record in ((system, id_) for id_ in ids):
            if record in missing:
                yield record, "not found", "there is no such record any more"
            elif record in held:
                yield record, "held", "; ".join(held[record])
            elif record in due and not request.dry_run:
                yield record, "tried again by the next run", due[record]
            else:
                yield record, through, ""


def _held(request: Request, sync_run: str, shop: Workshop) -> list[Held]:
    """What is held now; after a dry run, what its plan would hold."""
    if not request.dry_run:
        return shop.store.held(request.object_type)
    planned = shop.artifacts.reference(sync_run, request.object_type, "plan")
    if not shop.artifacts.exists(planned):
        return shop.store.held(request.object_type)
    document = shop.artifacts.load(planned, Planned)
    validated = shop.artifacts.load(document.validated, Validated)
    return [*validated.standing(document.plan), *document.plan.held]


def _by_record(held: list[Held]) -> dict[Record, list[str]]:
    found: dict[Record, list[str]] = {}
    for one in held:
        found.setdefault((one.system, one.record_id), []).append(one.reason)
    return found


def _missing(object_type: str, sync_run: str, shop: Workshop) -> set[Record]:
    reference = shop.artifacts.reference(sync_run, object_type, "extract")
    if not shop.artifacts.exists(reference):
        return set()
    chosen = shop.artifacts.load(reference, Extracted).chosen
    missing = chosen.missing if chosen else {}
    return {(system, id_) for system, ids in missing.items() for id_ in ids}
