"""The page of the mapping and the criteria of one object type, in words."""

from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from include.crmsync.criteria.derived import from_json
from include.crmsync.criteria.suites import load
from include.crmsync.model.record import System
from sync_status.desk import Desk
from sync_status.paper import Paper
from sync_status.views.mapping import CriterionLine, criterion_lines, field_lines


def router(desk: Desk, paper: Paper) -> APIRouter:
    """Its routes: the first object type, or a chosen one."""
    routes = APIRouter(prefix="/mapping")

    @routes.get("", response_class=HTMLResponse)
    def first(request: Request) -> Any:
        return _page(request, desk.object_types[0], desk, paper)

    @routes.get("/{object_type}", response_class=HTMLResponse)
    def chosen(request: Request, object_type: str) -> Any:
        if object_type not in desk.mappings:
            raise HTTPException(404, f"There is no mapping of {object_type}.")
        return _page(request, object_type, desk, paper)

    return routes


def _page(request: Request, object_type: str, desk: Desk, paper: Paper) -> HTMLResponse:
    mapping = desk.mappings[object_type]
    kept = {system: desk.live.schema(object_type, system) for system in System}
    live = {system: one.schema for system, one in kept.items() if one}
    issues = desk.live.issues(object_type)
    shown = {
        "mapping": mapping,
        "lines": field_lines(mapping, issues, live),
        "issues": issues,
        "read": {system: one.read_at for system, one in kept.items() if one},
        "suites": [(system, _criteria(object_type, system, desk)) for system in System],
        "object_types": desk.object_types,
        "systems": list(System),
    }
    return paper.page(request, "mapping", shown)


def _criteria(object_type: str, system: System, desk: Desk) -> list[CriterionLine]:
    written = load(object_type, system, desk.mappings[object_type]).expectations
    kept = next(iter(desk.derived.latest(object_type, system)), None)
    derived = from_json(kept.content, object_type, system).expectations if kept else ()
    return criterion_lines((*written, *derived))
