"""The application: every page, its permissions, and the headers that keep it to itself.

A page may load nothing from any other host, and no other site may show it in a frame. No route
is open: the dependency that lets people through stands on the application, so that a page that
is added later cannot be forgotten. The style and the scripts are the only exception, and hold
nothing of anybody's.
"""

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from include.crmsync.errors import SyncError
from sync_status.access import Access
from sync_status.desk import Desk
from sync_status.pages import card, conflicts, errors, find, mapping, overview, plans, runs
from sync_status.paper import Paper

HERE = Path(__file__).parent
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
PAGES = (overview, find, card, errors, plans, conflicts, runs, mapping)
log = logging.getLogger("crmsync.status")


def create(access: Access, desk: Desk) -> FastAPI:
    """The application for whoever `access` lets through."""
    app = FastAPI(title="CRM sync", openapi_url=None, docs_url=None, redoc_url=None)
    paper = Paper(access, HERE / "templates")
    app.middleware("http")(_with_headers)
    for page in PAGES:
        app.include_router(page.router(desk, paper), dependencies=[Depends(_known(access))])
    app.mount("/static", StaticFiles(directory=HERE / "static"))
    app.add_exception_handler(SyncError, _trouble(paper))
    app.add_exception_handler(HTTPException, _refusal(paper))
    return app


def _known(access: Access) -> Callable[..., None]:
    """Let through who may see the pages, and remember who it is."""

    def remember(request: Request, user: Annotated[Any, Depends(access.see)]) -> None:
        request.state.user = user

    return remember


async def _with_headers(
    request: Request, onwards: Callable[[Request], Awaitable[Response]]
) -> Response:
    answer = await onwards(request)
    still = request.url.path.partition("/static/")[1] != ""
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if still:
        answer.headers["Cache-Control"] = "max-age=3600"
    return answer


def _trouble(paper: Paper) -> Callable[[Request, Exception], HTMLResponse]:
    """What went wrong with the state or the configuration, in the words of the error."""

    def told(request: Request, error: Exception) -> HTMLResponse:
        log.warning("the status page cannot be made: %s", error)
        return paper.trouble(request, "The page cannot be made at the moment", str(error), 503)

    return told


def _refusal(paper: Paper) -> Callable[[Request, Exception], HTMLResponse]:
    def told(request: Request, error: Exception) -> HTMLResponse:
        status = error.status_code if isinstance(error, HTTPException) else 500
        detail = str(error.detail) if isinstance(error, HTTPException) else ""
        titles = {401: "Please sign in", 403: "Not yours to see", 404: "Nothing is here"}
        return paper.trouble(request, titles.get(status, "That did not work"), detail, status)

    return told
