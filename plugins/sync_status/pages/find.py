"""Finding a record, by an id of either system or by words of its names.

What is looked for is personal, so a search is a POST and never part of an address; an id that one
record has leads straight to its card.
"""

from collections.abc import Sequence
from threading import Thread
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from include.crmsync.state.finds import Find
from sync_status.desk import Desk
from sync_status.paper import Paper
from sync_status.views.find import hits, ids_in, naming

MOST = 50
"""Records that a search shows."""
LONGEST = 200
SHORTEST = 2


def router(desk: Desk, paper: Paper) -> APIRouter:
    """Its routes."""
    routes = APIRouter(prefix="/find")

    @routes.get("", response_class=HTMLResponse)
    def form(request: Request) -> Any:
        Thread(target=lambda: desk.cards, daemon=True).start()  # the first card should not wait
        return paper.page(request, "find", _shown(desk, ""))

    @routes.post("", response_class=HTMLResponse)
    def search(
        request: Request,
        text: Annotated[str, Form(max_length=LONGEST)] = "",
        object_type: Annotated[str, Form(max_length=LONGEST)] = "",
    ) -> Any:
        refuse_strangers(request)
        if object_type and object_type not in desk.object_types:
            raise HTTPException(422, "There is no such object type.")
        asked = " ".join(text.split())
        if len(asked) < SHORTEST:
            hint = f"Type at least {SHORTEST} characters." if asked else "Type what to look for."
            return paper.page(request, "find", _shown(desk, asked, object_type, hint=hint))
        chosen = (object_type,) if object_type else desk.object_types
        found = _found(desk, asked, chosen)
        notes: tuple[str, ...] = ()
        if not found:
            live = desk.cards.find(asked, ids_in(asked), chosen)
            found, notes = list(live.finds), _notes(live.finds, live.troubles, asked=live.asked)
        if ids_in(asked) and len(found) == 1:
            return RedirectResponse(card_path(request, found[0]), 303)
        told = _shown(desk, asked, object_type, searched=True) | {"notes": notes}
        told |= {"hits": hits(found[:MOST], desk.mappings), "more": len(found) > MOST}
        return paper.page(request, "find", told)

    return routes


def card_path(request: Request, one: Find) -> str:
    """The address of a record's card."""
    here = request.scope.get("root_path", "").rstrip("/")
    return f"{here}/card/{one.object_type}/{one.system}/{quote(one.record_id, safe='')}"


def refuse_strangers(request: Request) -> None:
    """Refuse a form that another site sent in a signed-in person's name."""
    site = request.headers.get("sec-fetch-site", "")
    origin = urlsplit(request.headers.get("origin", "")).netloc
    foreign = site not in ("", "same-origin", "none")
    if foreign or (not site and origin and origin != request.headers.get("host", "")):
        raise HTTPException(403, "This form can only be sent from the page itself.")


def _notes(found: Sequence[Find], troubles: Sequence[str], *, asked: bool) -> tuple[str, ...]:
    """What there is to say of records that the sync does not remember."""
    if not asked:
        return ()
    if found:
        known = "The sync does not remember this, but a CRM has it: its card says how it stands."
        return (known, *troubles)
    return (
        *troubles,
        "The sync does not remember this, and no CRM that answered has it exactly so.",
    )


def _found(desk: Desk, asked: str, object_types: tuple[str, ...]) -> list[Find]:
    key = ids_in(asked)
    if key is not None:
        system, record_id = key
        names = [name for one in object_types for name in naming(desk.mappings[one])]
        if found := desk.finds.by_id(object_types, system, record_id, tuple(dict.fromkeys(names))):
            return found
    found = []
    for one in object_types:
        room = MOST + 1 - len(found)
        found += desk.finds.by_words(one, naming(desk.mappings[one]), asked.split(), room)
    return found


def _shown(
    desk: Desk, text: str, object_type: str = "", *, hint: str = "", searched: bool = False
) -> dict[str, Any]:
    return {
        "text": text,
        "object_type": object_type,
        "object_types": desk.object_types,
        "hint": hint,
        "searched": searched,
        "hits": [],
        "notes": (),
        "more": False,
    }
