"""Data Docs: what a run's suites came to, as one page of HTML that needs nothing from anywhere.

Great Expectations' own pages draw their style and scripts from public networks, and print values
of records that fail. This page is made from the same validation results, with its style inside it,
no script, and ids and counts only. Everything that comes from a CRM is escaped.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template

from include.crmsync.criteria.report import Report

TEMPLATE = Path(__file__).parent / "data_docs.html"


def page(
    title: str, sync_run: str, at: datetime, reports: Mapping[str, Report], pages: Sequence[str]
) -> str:
    """The page for some reports by their headings; `pages` are the run's others."""
    shown = [{"heading": heading, "report": one} for heading, one in reports.items()]
    return _template().render(
        title=title,
        sync_run=sync_run,
        at=at.isoformat(sep=" ", timespec="seconds"),
        reports=shown,
        pages=pages,
    )


@cache
def _template() -> Template:
    inside = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return inside.from_string(TEMPLATE.read_text("utf-8"))
