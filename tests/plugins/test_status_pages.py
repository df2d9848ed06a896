"""The routes of the status page: who sees them, what they show, and what they let a browser do."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from include.crmsync.model.record import System
from include.crmsync.model.run import Counts, RunState, SyncRun, Trigger
from include.crmsync.state.pages import Pages
from sync_status.access import Schedule
from tests.conftest import ROOT
from tests.plugins.pages import HOSTILE, NOW, Visit

OURS = "include.crmsync."
RUN = "scheduled__2026-11-24T09:15:00+00:00"


@pytest.fixture
def visit(tmp_path: Path) -> Visit:
    return Visit.over(tmp_path)


def run(object_type: str = "contacts", **changes: Any) -> SyncRun:
    started = SyncRun(RUN, object_type, Trigger.SCHEDULED, NOW - timedelta(minutes=5))
    done = replace(started, state=RunState.DONE, finished_at=NOW - timedelta(minutes=4))
    return replace(done, **changes)


def every_path(visit: Visit) -> Iterator[str]:
    app = visit.client.app
    assert isinstance(app, FastAPI)
    for route in app.routes:
        if "GET" in getattr(route, "methods", ()):
            yield route.path.replace("{sync_run:path}", RUN).replace("{object_type}", "deals")  # type: ignore[attr-defined]


def test_nobody_who_is_not_signed_in_sees_a_page(visit: Visit) -> None:
    visit.user = None
    paths = list(every_path(visit))
    assert len(paths) >= 3
    for path in paths:
        answer = visit.client.get(path)
        assert (path, answer.status_code) == (path, 401)
        assert "sign in" in answer.text


def test_a_page_may_load_nothing_from_elsewhere_and_stands_in_no_foreign_frame(
    visit: Visit,
) -> None:
    for path in ("/", "/runs", "/runs/unknown", "/no/such/page"):
        headers = visit.client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'self'" in policy
        assert "unsafe" not in policy
        assert headers["cache-control"] == "no-store"


def test_an_empty_state_says_what_to_wait_for(visit: Visit) -> None:
    page = visit.client.get("/").text
    assert "Waiting for the first run" in page
    assert "No run of this object type yet." in page


def test_counts_of_the_latest_run_that_did_something(visit: Visit) -> None:
    visit.desk.journal.start(run(state=RunState.RUNNING, finished_at=None))
    counts = {System.HUBSPOT: Counts(extracted=12, created=7, equal=4, held=1, calls=9)}
    visit.desk.journal.finish(run(counts=counts))
    page = visit.client.get("/").text
    assert "healthy" in page
    for number in ("12", "7", "4", "9"):
        assert f'<td class="number">{number}</td>' in page
    assert "Records written" in page


def test_a_failed_run_is_told_with_its_own_words(visit: Visit) -> None:
    visit.desk.journal.start(run(state=RunState.RUNNING, finished_at=None))
    visit.desk.journal.finish(run(state=RunState.FAILED, note=f"plan: stopped {HOSTILE}"))
    page = visit.client.get("/").text
    assert "needs a look" in page
    assert "contacts: the latest run failed" in page
    assert HOSTILE not in page
    assert "plan: stopped &lt;script&gt;" in page


@pytest.mark.parametrize(
    ("schedule", "told"),
    [
        (Schedule(), "Airflow does not know crm_sync"),
        (Schedule(known=True, paused=True), "crm_sync is paused"),
    ],
)
def test_a_schedule_that_does_not_run_is_told(visit: Visit, schedule: Schedule, told: str) -> None:
    visit.schedule = schedule
    assert told in visit.client.get("/").text


def test_a_sync_that_came_to_no_end_for_long_is_late(visit: Visit) -> None:
    early: dict[str, Any] = {
        "started_at": NOW - timedelta(hours=2),
        "finished_at": NOW - timedelta(hours=2),
    }
    visit.desk.journal.start(run(**early))
    visit.desk.journal.finish(run(**early))
    page = visit.client.get("/").text
    assert "contacts: the sync is late" in page
    assert "2 h ago" in page


def test_runs_are_paged_from_the_newest(visit: Visit) -> None:
    for number in range(120):
        one = run(started_at=NOW - timedelta(minutes=15 * number))
        visit.desk.journal.start(replace(one, id=f"run-{number}"))
    first = visit.client.get("/runs").text
    assert "run-0<" in first
    assert "run-49<" in first
    assert "run-50<" not in first
    older = first.split('rel="next" href="')[1].split('"')[0]
    second = visit.client.get(older).text
    assert "run-50<" in second
    assert "run-49<" not in second


def test_one_run_with_its_parts(visit: Visit) -> None:
    for name in ("companies", "contacts"):
        visit.desk.journal.start(run(name))
        visit.desk.journal.finish(run(name, note="all is well"))
    page = visit.client.get(f"/runs/{RUN}").text
    assert page.count("all is well") == 2
    assert f"/dags/crm_sync/runs/{RUN.replace(':', '%3A').replace('+', '%2B')}" in page
    assert visit.client.get("/runs/unknown").status_code == 404


def test_a_run_of_the_command_line_leads_nowhere_in_airflow(visit: Visit) -> None:
    visit.desk.journal.start(replace(run(), id="cli__1"))
    page = visit.client.get("/runs/cli__1").text
    assert "started outside Airflow" in page
    assert "/dags/" not in page


def test_a_run_leads_to_its_data_docs_where_there_are_any(visit: Visit, tmp_path: Path) -> None:
    visit.desk.settings = replace(visit.desk.settings, data_docs=tmp_path / "docs")
    for name in ("companies", "contacts"):
        visit.desk.journal.start(run(name))
    Pages(tmp_path / "docs").save(RUN, "contacts", "x")
    page = visit.client.get(f"/runs/{RUN}").text
    assert page.count("/crmsync/data-docs/") == 1
    assert "/contacts.html" in page


@pytest.mark.parametrize(
    ("created", "dry", "shown"), [(3, False, True), (0, False, False), (3, True, False)]
)
def test_what_a_run_wrote_can_be_taken_back(
    visit: Visit, created: int, dry: bool, shown: bool
) -> None:
    counts = {System.HUBSPOT: Counts(extracted=3, created=created, equal=3 - created)}
    visit.desk.journal.start(run(dry_run=dry))
    visit.desk.journal.finish(run(counts=counts, dry_run=dry))
    page = visit.client.get(f"/runs/{RUN}").text
    assert ('data-trigger="crm_undo"' in page) is shown
    assert (f"&#34;sync_run&#34;: &#34;{RUN}" in page) is shown


def test_a_state_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    visit = Visit.over(tmp_path)
    (tmp_path / "state.db").write_text("no database")
    answer = visit.client.get("/")
    assert answer.status_code == 503
    assert "cannot be opened as a state store" in answer.text


MAY_USE = (
    *("criteria", "errors", "mappings", "model", "state"),
    *("pipeline.settings", "pipeline.cards"),
)
"""What of the sync the pages may import."""


def test_the_pages_know_neither_the_crms_nor_the_engine() -> None:
    found = set[str]()
    for path in (ROOT / "plugins" / "sync_status").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(OURS):
                found.add(str(node.module).removeprefix(OURS))
    assert found
    assert {one for one in found if not one.startswith(MAY_USE)} == set()
