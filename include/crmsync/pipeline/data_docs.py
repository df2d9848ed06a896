"""Data Docs of a run: a page per object type that had something to judge, the newest runs' kept.

A page is made by the task that judged, so it is there as soon as the task is done, and stays when
the run's artifacts, which hold values, are gone. Without a folder for them none are made.
"""

from collections.abc import Iterable

from include.crmsync.criteria.data_docs import page
from include.crmsync.criteria.report import Report
from include.crmsync.model.record import System
from include.crmsync.pipeline.workshop import Workshop


def publish(
    reports: Iterable[Report], object_type: str, sync_run: str, shop: Workshop
) -> str | None:
    """Write the page of one object type; where it lies, None where nobody wants any."""
    if shop.pages is None:
        return None
    by_heading = {_heading(one): one for one in reports}
    others = sorted({*shop.pages.names(sync_run), object_type})
    text = page(f"Data Docs: {object_type}", sync_run, shop.now(), by_heading, others)
    path = shop.pages.save(sync_run, object_type, text)
    shop.pages.keep_newest(shop.settings.keep_data_docs)
    return str(path)


def _heading(one: Report) -> str:
    system = System(one.system)
    return f"{system.label} to {system.other.label}"
