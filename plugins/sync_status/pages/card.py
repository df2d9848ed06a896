"""The sync card of one record; an address names it by object type, system and id."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse

from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import System
from include.crmsync.model.record_id import is_id, whole_id
from include.crmsync.state.card_board import Chapter, Kept, Key, Place
from sync_status.desk import Desk
from sync_status.pages.runs import MOST as RUNS
from sync_status.paper import Paper
from sync_status.views.card import card, in_words, parents_in
from sync_status.views.find import LONGEST_ID
from sync_status.views.history import passages

MOST = RUNS
"""Runs of a record's history on one page."""


def router(desk: Desk, paper: Paper) -> APIRouter:
    """Its one route."""
    routes = APIRouter()

    @routes.get("/card/{object_type}/{system}/{record_id}", response_class=HTMLResponse)
    def show(
        request: Request,
        object_type: str,
        system: str,
        record_id: str,
        before: datetime | None = None,
        run: Annotated[str, Query(max_length=300)] = "",
    ) -> Any:
        key = _key(desk, object_type, system, record_id)
        kept = desk.card_board.kept(object_type, *key)
        history = _history(desk, object_type, key, kept, _place(before, run))
        mapping = desk.mappings[object_type]
        # Who reads on in the history has seen how things stand; it costs calls.
        now = desk.cards.now(object_type, key) if before is None else None
        parents = desk.store.links_by_id(parents_in(mapping, kept, now, history[:MOST]))
        named = dict.fromkeys((one.name for one in mapping.parents), in_words(parents))
        told = card(
            mapping,
            key,
            kept,
            now,
            partial(_address, desk, mapping),
            parents=parents,
            forgotten=bool(desk.store.forgotten(object_type, key[0], [key[1]])),
        )
        user, dag = request.state.user, f"manual_sync_{object_type}"
        shown = {
            "card": told,
            "may_sync": paper.access.may_trigger(user, dag),
            "may_retry": paper.access.may_trigger(user, "crm_retry"),
            "dag": dag,
            "history": passages(history[:MOST], named),
            "older": _older(history),
            "newest": before is None,
        }
        return paper.page(request, "card", shown)

    return routes


def _address(desk: Desk, mapping: ObjectMapping, system: System, kind: str, id_: str) -> str:
    """A record's page in its CRM."""
    named = mapping.hubspot if system is System.HUBSPOT else kind
    return desk.cards.address(system, named, id_)


def _key(desk: Desk, object_type: str, system: str, record_id: str) -> Key:
    if object_type not in desk.object_types or system not in set(System):
        raise HTTPException(404, "There is no such kind of record.")
    if system == System.SALESFORCE and is_id(record_id):
        return System.SALESFORCE, whole_id(record_id)
    digits = record_id.isascii() and record_id.isdigit() and len(record_id) <= LONGEST_ID
    if system == System.HUBSPOT and digits:
        return System.HUBSPOT, record_id
    raise HTTPException(404, f"This is no id of a record in {System(system).label}.")


def _place(before: datetime | None, run: str) -> Place | None:
    if before is None:
        return None
    if before.tzinfo is None:
        raise HTTPException(422, "A moment needs its time zone.")
    return before, run


def _history(
    desk: Desk, object_type: str, key: Key, kept: Kept, before: Place | None
) -> list[Chapter]:
    link = kept.stored.link if kept.stored else None
    keys = [(one, link.id_in(one)) for one in System] if link else [key]
    return desk.card_board.history(object_type, keys, link.id if link else None, MOST + 1, before)


def _older(history: list[Chapter]) -> str:
    """The end of the address of the page behind this one; empty: there is none."""
    if len(history) <= MOST:
        return ""
    at, run = history[MOST - 1].place
    return urlencode({"before": at.isoformat(), "run": run})
