"""What pages are written on: the templates, and what every page knows.

Everything is escaped unless a template says otherwise, and none does. A name that a template
misspells is an error, not a blank.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sync_status.access import Access
from sync_status.views.words import FILTERS

PAGES = (
    ("overview", "Overview", ""),
    ("find", "Find a record", "find"),
    ("errors", "Errors", "errors"),
    ("plans", "Plans", "plans"),
    ("conflicts", "Conflicts", "conflicts"),
    ("runs", "Runs", "runs"),
    ("mapping", "Mapping and criteria", "mapping"),
)
"""The pages in the navigation: name, title, path."""


class Paper:
    """Makes a page of a template and what it shows."""

    def __init__(self, access: Access, folder: Path) -> None:
        self.access = access
        self._inside = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._inside.filters.update(FILTERS)

    def page(
        self, request: Request, name: str, shown: dict[str, Any], status: int = 200
    ) -> HTMLResponse:
        """The page of a template; `here` is the path below which all pages are."""
        told = {
            "here": request.scope.get("root_path", "").rstrip("/"),
            "airflow": self.access.airflow_path(request),
            "pages": PAGES,
            "current": name,
            "now": datetime.now(UTC),
        }
        text = self._inside.get_template(f"{name}.html").render(told | shown)
        return HTMLResponse(text, status_code=status)

    def trouble(self, request: Request, title: str, text: str, status: int) -> HTMLResponse:
        """A page that says what went wrong and what to do."""
        return self.page(request, "trouble", {"title": title, "text": text}, status)
