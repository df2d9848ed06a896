"""The first page: is the sync healthy?"""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from include.crmsync.model.record import System
from sync_status.desk import Desk
from sync_status.paper import Paper
from sync_status.views.overview import Calls, overview
from sync_status.views.runs import views

RUNS = 40
"""Runs that the charts show."""
A_DAY = timedelta(hours=24)


def router(desk: Desk, paper: Paper) -> APIRouter:
    """Its one route."""
    routes = APIRouter()

    @routes.get("/", response_class=HTMLResponse)
    def show(request: Request) -> Any:
        told = overview(
            desk.board.standings(desk.object_types),
            views(desk.board.runs(RUNS)),
            [_calls(system, desk) for system in System],
            paper.access.schedule(),
            desk.now(),
        )
        return paper.page(request, "overview", {"told": told})

    return routes


def _calls(system: System, desk: Desk) -> Calls:
    ours = desk.uses.since(system, desk.now() - A_DAY)
    known = desk.uses.latest(system)
    fresh = known if known and known[1] > desk.now() - A_DAY else None
    use, at = fresh or (None, None)
    return Calls(system, ours, use, at, desk.settings.allocation.get(system))
