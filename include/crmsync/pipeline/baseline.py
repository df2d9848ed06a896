"""The baseline: both CRMs matched with each other for the first time, whatever their size.

Every record of an object type that has no link is taken through the ordinary steps, HubSpot's
before Salesforce's, a portion at a time: matched, compared, linked, its base remembered. By
default nothing is written, and the report says what would be. Killed anywhere, it goes on where
it was; started anew, it finds what is linked already. At the end the watermarks stand where the
reading began, so that the next `crm_sync` reads what changed since.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from include.crmsync.model.record import System
from include.crmsync.model.request import Request
from include.crmsync.model.run import SyncRun, Trigger
from include.crmsync.pipeline.match_rules import RULES
from include.crmsync.pipeline.once import OBJECT_TYPES
from include.crmsync.pipeline.payload import Payload
from include.crmsync.pipeline.portioned import Task, do
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
    payload.among("object_types", types, OBJECT_TYPES)
    payload.among("match_by", rules, EVERY_RULE)
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
        return do(_task(object_type, sync_run, request, shop), shop)


def _task(object_type: str, sync_run: str, request: Asked, shop: Workshop) -> Task:
    spoken: set[str] = set()

    def look() -> Survey:
        return survey(remembered_mapping(object_type, shop), shop, size=request.portion)

    def close(whole: Survey) -> None:
        run = SyncRun(sync_run, object_type, Trigger.MANUAL, shop.now())
        known = shop.store.watermarks(object_type)
        fresh = {one: at for one, at in whole.watermarks.items() if one not in known}
        shop.store.heard(run, {}, fresh)

    return Task(
        "baseline",
        object_type,
        sync_run,
        request.dry_run,
        look,
        ask=lambda portion: _request(object_type, portion, request, spoken, shop),
        heed=lambda told: spoken.update(told.spoken_for),
        close=close,
    )


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
