"""The page of what is held and refused: cards, kinds, records, and an export of what is chosen."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, StreamingResponse

from include.crmsync.model.record import System
from include.crmsync.state.held_board import Chosen, Place
from sync_status.desk import Desk
from sync_status.paper import Paper
from sync_status.views.errors import (
    CATEGORIES,
    HEADINGS,
    TITLES,
    Kind,
    cards,
    cells,
    kinds,
    lines,
)

MOST = 50
"""Records on one page."""
LONGEST = 200
"""Of anything in an address."""

Text = Annotated[str, Query(max_length=LONGEST)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    category: str
    object_type: str
    system: str
    kind: str
    record: str
    oldest: bool

    def address(self, **changes: object) -> str:
        """The same question with something changed, as the end of an address."""
        told = {name: getattr(self, name) for name in self.__slots__} | changes
        return urlencode({name: value for name, value in told.items() if value})


def asked(
    category: Text = "",
    object_type: Text = "",
    system: Text = "",
    kind: Text = "",
    record: Text = "",
    *,
    oldest: bool = False,
) -> Asked:
    """The question in an address; refuses what can have no answer."""
    if category and category not in CATEGORIES:
        raise HTTPException(422, f"There is no category {category}.")
    if system and system not in set(System):
        raise HTTPException(422, f"There is no system {system}.")
    return Asked(category, object_type, system, kind, record.strip(), oldest)


Question = Annotated[Asked, Depends(asked)]


def router(desk: Desk, paper: Paper) -> APIRouter:
    """Its routes."""
    routes = APIRouter()

    @routes.get("/errors", response_class=HTMLResponse)
    def show(request: Request, ask: Question, after: Text = "") -> Any:
        found = kinds(desk.held_board.groups())
        chosen = _chosen(ask, found)
        rows = desk.held_board.page(chosen, MOST + 1, _place(after))
        shown = {
            "ask": ask,
            "cards": cards(found),
            "titles": TITLES,
            "kinds": [one for one in found if _fits(one, ask)],
            "lines": list(lines(rows[:MOST])),
            "after": _spelled(rows[MOST - 1].place) if len(rows) > MOST else "",
            "first": not after,
            "object_types": desk.object_types,
            "systems": list(System),
            "may_retry": paper.access.may_trigger(request.state.user, "crm_retry"),
        }
        return paper.page(request, "errors", shown)

    @routes.get("/errors.csv")
    def export(ask: Question) -> StreamingResponse:
        chosen = _chosen(ask, kinds(desk.held_board.groups()))
        name = 'attachment; filename="crm-sync-held.csv"'
        return StreamingResponse(
            _csv(chosen, desk),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": name},
        )

    return routes


def _spelled(place: Place) -> str:
    at, id_ = place
    return f"{at.isoformat()}~{id_}"


def _place(after: str) -> Place | None:
    """The place in an address; refuses what is none."""
    if not after:
        return None
    at, _, id_ = after.partition("~")
    try:
        place = datetime.fromisoformat(at), int(id_)
    except ValueError:
        raise HTTPException(422, "There is no such place in the list.") from None
    if place[0].tzinfo is None:
        raise HTTPException(422, "There is no such place in the list.")
    return place


def _fits(one: Kind, ask: Asked) -> bool:
    return (
        ask.category in ("", one.category)
        and ask.object_type in ("", one.group.object_type)
        and ask.system in ("", one.group.system)
    )


def _chosen(ask: Asked, found: list[Kind]) -> Chosen:
    """The rows that are asked for: a category is so many kinds of trouble."""
    pairs = None
    if ask.category or ask.kind:
        pairs = tuple(
            (one.group.criterion, one.group.code)
            for one in found
            if _fits(one, ask) and ask.kind in ("", one.key)
        )
    return Chosen(ask.object_type, ask.system, pairs, ask.record, oldest_first=ask.oldest)


def _csv(chosen: Chosen, desk: Desk) -> Iterator[str]:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    for row in desk.held_board.every(chosen):
        writer.writerow(cells(row))
        if text.tell() > 1 << 16:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()
