"""The pages of kept plans: the list, and one of them with before and after of each field."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import FileResponse, HTMLResponse

from include.crmsync.errors import StateError
from sync_status.desk import Desk
from sync_status.paper import Paper
from sync_status.views import plans as views

MOST = 100
"""Actions on one page."""
LISTED = 200
"""Plans in the list."""
APPLIES = "crm_sync"
"""The DAG that applies a plan."""
FILES = {
    "changes.csv": "text/csv",
    "held.csv": "text/csv",
    "conflicts.csv": "text/csv",
    "plan.json": "application/json",
}

First = Annotated[int, Query(ge=0)]


def router(desk: Desk, paper: Paper) -> APIRouter:
    """Its routes."""
    routes = APIRouter(prefix="/plans")

    @routes.get("", response_class=HTMLResponse)
    def every(request: Request) -> Any:
        known = desk.plans.all()
        lines = [_line(one.id, desk) for one in known[:LISTED]]
        shown = {"lines": [one for one in lines if one], "all": len(known)}
        return paper.page(request, "plans", shown)

    @routes.get("/{plan}", response_class=HTMLResponse)
    def one(request: Request, plan: str, first: First = 0) -> Any:
        told = _line(plan, desk)
        kept = desk.plans.load(plan) if told else None
        if told is None or kept is None:
            raise _unknown()
        shown = {
            "told": views.page(told, kept, first, MOST),
            "files": FILES,
            "applies": APPLIES,
            "may_apply": paper.access.may_trigger(request.state.user, APPLIES),
        }
        return paper.page(request, "plan", shown)

    @routes.get("/{plan}/{name}")
    def file(plan: str, name: str) -> FileResponse:
        if name not in FILES or _line(plan, desk) is None:
            raise _unknown()
        path = desk.plans.folder(plan) / name
        if not path.is_file():
            raise _unknown()
        return FileResponse(path, media_type=FILES[name], filename=f"plan-{plan}-{name}")

    return routes


def _line(plan: str, desk: Desk) -> views.PlanLine | None:
    try:
        about = desk.plans.about(plan)
    except StateError:
        return None
    if about is None:
        return None
    return views.line(about, desk.plans.applied(plan), desk.now(), desk.settings.plan_age)


def _unknown() -> HTTPException:
    return HTTPException(404, "No such plan is kept: it is too old by now, or was never made here.")
