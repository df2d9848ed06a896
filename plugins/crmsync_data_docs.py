"""Data Docs in Airflow: a link on each validate task, and the pages behind it.

The link is computed by the API server when somebody looks at the task; nothing passes through XCom.
The pages are files that the task left (see `pipeline.data_docs`). They are shown to whoever is
logged in and may see plugins, and carry a policy that lets a browser load nothing from anywhere.
Every task's process imports this file too, so what serves pages is made by the first request.
"""

from functools import cache
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from airflow.configuration import conf
from airflow.plugins_manager import AirflowPlugin
from airflow.sdk import BaseOperatorLink

from include.crmsync.pipeline.settings import data_docs_folder
from include.crmsync.state.naming import file_name
from include.crmsync.state.pages import Pages

PREFIX = "/crmsync/data-docs"
DAG = "crm_sync"
STEP = "validate"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
NONE_HERE = "There are no Data Docs here: nothing was judged, or they are no longer kept."


@cache
def pages() -> Any:
    """The application that serves them."""
    from airflow.api_fastapi.auth.managers.models.resource_details import AccessView
    from airflow.api_fastapi.core_api.security import requires_access_view
    from fastapi import Depends, FastAPI, HTTPException
    from fastapi.responses import HTMLResponse

    served = FastAPI(title="crmsync Data Docs", openapi_url=None, docs_url=None, redoc_url=None)
    seen_by = [Depends(requires_access_view(AccessView.PLUGINS))]

    @served.get("/{run}/{page}.html", dependencies=seen_by)
    def show(run: str, page: str) -> HTMLResponse:
        found = _find(run, page)
        if found is None:
            raise HTTPException(404, NONE_HERE)
        return HTMLResponse(found.read_text("utf-8"), headers=HEADERS)

    return served


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Pass a request on to the pages."""
    await pages()(scope, receive, send)


def _find(run: str, page: str) -> Path | None:
    folder = data_docs_folder()
    return Pages(folder).find(run, page) if folder is not None else None


class DataDocsLink(BaseOperatorLink):
    """The page about what a validate task judged."""

    name = "Data Docs"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:  # noqa: ARG002
        """Where the page is; nothing for other tasks, and while there is none."""
        object_type, _, step = ti_key.task_id.partition(".")
        if (ti_key.dag_id, step) != (DAG, STEP):
            return ""
        run, page = file_name(ti_key.run_id), file_name(object_type)
        if _find(run, page) is None:
            return ""
        return f"{_base()}{PREFIX}/{quote(run, safe='')}/{quote(page, safe='')}.html"


@cache
def _base() -> str:
    """The path that Airflow itself is served below."""
    return urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/")


class CrmsyncDataDocs(AirflowPlugin):
    """What Airflow picks up from this file."""

    name = "crmsync_data_docs"
    fastapi_apps: ClassVar = [{"app": app, "url_prefix": PREFIX, "name": "crmsync Data Docs"}]
    global_operator_extra_links: ClassVar = [DataDocsLink()]
