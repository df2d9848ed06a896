"""The page of the runs, newest first, and that of a single one."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from sync_status.desk import Desk
from sync_status.paper import Paper
from sync_status.views.runs import directions, views

MOST = 50
"""Runs on one page."""


def router(desk: Desk, paper: Paper) -> APIRouter:
    """Its routes."""
    routes = APIRouter(prefix="/runs")

    @routes.get("", response_class=HTMLResponse)
    def every(request: Request, before: datetime | None = None) -> Any:
        if before is not None and before.tzinfo is None:
            raise HTTPException(422, "A moment needs its time zone.")
        found = views(desk.board.runs(MOST + 1, before))
        shown = {"runs": found[:MOST], "more": len(found) > MOST, "before": before}
        return paper.page(request, "runs", shown)

    @routes.get("/{sync_run:path}", response_class=HTMLResponse)
    def one(request: Request, sync_run: str) -> Any:
        found = views([parts] if (parts := desk.journal.run(sync_run)) else [])
        if not found:
            raise HTTPException(404, f"The journal knows no sync run {sync_run}.")
        [run] = found
        shown = {"run": run, "parts_of": [(part, directions(part)) for part in run.parts]}
        return paper.page(request, "run", shown)

    return routes
