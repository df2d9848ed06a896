"""The plugin: a link where there is a page, and no weight on the tasks that import it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.airflow
RUN = "scheduled__2026-11-24T09:15:00+00:00"
LINKS = f"""
from types import SimpleNamespace
from crmsync_data_docs import DataDocsLink
def link(dag_id, task_id, run_id={RUN!r}):
    key = SimpleNamespace(dag_id=dag_id, task_id=task_id, run_id=run_id)
    return DataDocsLink().get_link(None, ti_key=key)
print(link("crm_sync", "contacts.validate"))
print([link("crm_sync", "contacts.plan"), link("other", "contacts.validate")])
print([link("crm_sync", "deals.validate"), link("crm_sync", "contacts.validate", "../../x")])
"""
LIGHT = """
import sys, airflow.sdk
before = set(sys.modules)
import crmsync_data_docs
print(*{name.split(".")[0] for name in set(sys.modules) - before})
"""


def say(code: str, folder: Path, **environment: str) -> list[str]:
    """What a process of its own prints."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "AIRFLOW_HOME": str(folder / "airflow"),
            "PYTHONPATH": f"{ROOT}:{ROOT / 'plugins'}",
            "CRMSYNC_DATA_DOCS": str(folder / "docs"),
            **environment,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_a_link_is_there_exactly_where_a_page_is(tmp_path: Path) -> None:
    from include.crmsync.state.pages import Pages

    Pages(tmp_path / "docs").save(RUN, "contacts", "x")
    where, *nowhere = say(LINKS, tmp_path, AIRFLOW__API__BASE_URL="http://x.example/below/")
    spelled = "scheduled__2026-11-24T09%253A15%253A00+00%253A00".replace("+", "%2B")
    assert where == f"/below/crmsync/data-docs/{spelled}/contacts.html"
    assert nowhere == ["['', '']"] * 2


def test_tasks_that_import_it_do_not_pay_for_serving_pages(tmp_path: Path) -> None:
    [imported] = say(LIGHT, tmp_path)
    heavy = {"fastapi", "pandas", "sqlalchemy", "great_expectations", "jinja2", "starlette"}
    assert heavy.isdisjoint(imported.split())
