"""The page of the runs, newest first, and that of a single one."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from include.crmsync.model.run import SyncRun
from include.crmsync.state.naming import file_name
from include.crmsync.state.pages import Pages
from sync_status.desk import Desk
from sync_status.paper import Paper
from sync_status.views.runs import directions, views

DATA_DOCS = "/crmsync/data-docs"
"""Where the plugin of the Data Docs serves them."""
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
        shown = {
            "run": run,
            "dag": paper.access.dag_of(run.id),
            "undoable": run.written and not run.dry_run,
            "may_undo": paper.access.may_trigger(request.state.user, "crm_undo"),
            "docs": {part.object_type: _data_docs(part, desk) for part in run.parts},
            "parts_of": [(part, directions(part)) for part in run.parts],
        }
        return paper.page(request, "run", shown)

    return routes


def _data_docs(part: SyncRun, desk: Desk) -> str:
    """The path of what a run's suites came to, empty where no page was left."""
    if desk.settings.data_docs is None:
        return ""
    run, page = file_name(part.id), file_name(part.object_type)
    known = Pages(desk.settings.data_docs).find(run, page)
    return f"{DATA_DOCS}/{quote(run, safe='')}/{quote(page, safe='')}.html" if known else ""
