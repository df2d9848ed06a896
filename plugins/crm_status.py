"""The status page in Airflow: an entry "CRM sync" in the navigation, and the pages behind it.

Every task's process imports this file too, so the pages are made by the first request for one.
"""

from functools import cache
from typing import Any, ClassVar

from airflow.plugins_manager import AirflowPlugin

PREFIX = "/crm-sync"


@cache
def pages() -> Any:
    """The application that serves the pages, behind Airflow's own log-in and permissions."""
    from sync_status.airflow_access import access
    from sync_status.app import create
    from sync_status.desk import Desk

    return create(access(), Desk.real())


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Pass a request on to the pages."""
    await pages()(scope, receive, send)


class CrmStatus(AirflowPlugin):
    """What Airflow picks up from this file."""

    name = "crm_status"
    fastapi_apps: ClassVar = [{"app": app, "url_prefix": PREFIX, "name": "CRM sync"}]
    external_views: ClassVar = [
        {
            "name": "CRM sync",
            "href": f"{PREFIX}/",
            "destination": "nav",
            "url_route": "crm-sync",
            "nav_top_level": True,
        }
    ]
