"""The page of the conflicts: both values, who won, and why."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from include.crmsync.state.conflict_board import Which
from sync_status.desk import Desk
from sync_status.paper import Paper

MOST = 50
"""Conflicts on one page."""

Text = Annotated[str, Query(max_length=200)]


def router(desk: Desk, paper: Paper) -> APIRouter:
    """Its one route."""
    routes = APIRouter()

    @routes.get("/conflicts", response_class=HTMLResponse)
    def show(
        request: Request,
        object_type: Text = "",
        field: Text = "",
        record: Text = "",
        before: int | None = None,
    ) -> Any:
        which = Which(object_type, field, record.strip())
        rows = desk.conflict_board.page(which, MOST + 1, before)
        told = {"object_type": object_type, "field": field, "record": which.record_id}
        shown = {
            "which": which,
            "fields": desk.conflict_board.fields(),
            "rows": rows[:MOST],
            "more": _address(told, rows[MOST - 1].id) if len(rows) > MOST else "",
            "object_types": desk.object_types,
        }
        return paper.page(request, "conflicts", shown)

    return routes


def _address(told: dict[str, str], before: int) -> str:
    return urlencode({name: value for name, value in told.items() if value} | {"before": before})
