"""crm_sync in a real Airflow, on the demo data, from a folder with a space in its name."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from scripts.surroundings import is_free
from tests.conftest import ROOT, free_port
from tests.end_to_end.outside import Outside
from tests.end_to_end.running import DAG, Running

pytestmark = [pytest.mark.airflow, pytest.mark.slow, pytest.mark.xdist_group("airflow")]
ADA = "101"
"""Of the demo's story: linked, and on the inclusion list."""


def test_every_task_of_the_first_run_succeeds(running: Running) -> None:
    assert len(running.first) == 15
    assert set(running.first.values()) == {"success"}


def test_the_next_run_ends_early_and_writes_nothing(running: Running) -> None:
    running.away_from_the_schedule()
    running.sandbox.forget_calls()
    tasks = running.trigger()
    assert {state for task, state in tasks.items() if task.endswith("extract")} == {"success"}
    assert {state for task, state in tasks.items() if not task.endswith("extract")} == {"skipped"}
    calls = running.sandbox.calls()
    assert (calls["hubspot"]["writes"], calls["salesforce"]["writes"]) == (0, 0)


def test_a_dry_run_by_conf_plans_and_writes_nothing_and_the_next_run_writes(
    running: Running,
) -> None:
    running.away_from_the_schedule()
    change = {"properties": {"jobtitle": "Dry runner"}}
    _hubspot(running, "PATCH", f"/crm/v3/objects/contacts/{ADA}", change)
    running.sandbox.forget_calls()
    tasks = running.trigger({"dry_run": True})
    assert tasks["contacts.plan"] == "success"
    assert tasks["contacts.load"] == "skipped"
    calls = running.sandbox.calls()
    assert (calls["hubspot"]["writes"], calls["salesforce"]["writes"]) == (0, 0)
    assert running.trigger()["contacts.load"] == "success"
    assert running.sandbox.calls()["salesforce"]["writes"] == 1


def test_a_validate_task_links_to_its_data_docs_and_other_tasks_to_nothing(
    running: Running,
) -> None:
    run = running.airflow.runs(DAG)[-1]
    links = {}
    for task in ("contacts.validate", "contacts.plan"):
        told = running.airflow.ask(
            "GET", f"dags/{DAG}/dagRuns/{quote(run)}/taskInstances/{task}/links"
        )
        links[task] = told["extra_links"].get("Data Docs")
    assert links["contacts.plan"] is None
    path = links["contacts.validate"]
    assert path.startswith("/crmsync/data-docs/")
    status, text = _page(running, path, running.airflow.token)
    assert status == 200
    assert "on_inclusion_list" in text
    assert not any(canary in text for canary in ("@example.com", "Lovelace", "http://", "https://"))
    assert _page(running, path, "")[0] == 401
    assert (
        _page(running, path.replace("contacts", "..%2F..%2Fstate"), running.airflow.token)[0] == 404
    )


def _page(running: Running, path: str, token: str) -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(running.local.airflow_url + path, headers=headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, ""


def test_what_tasks_hand_on_is_a_reference(running: Running) -> None:
    with sqlite3.connect(f"file:{running.local.home / 'airflow.db'}?mode=ro", uri=True) as database:
        values = [row[0] for row in database.execute("SELECT value FROM xcom")]
    database.close()
    assert values
    assert all(value is None or len(str(value)) < 200 for value in values)


def test_logs_are_few_and_hold_no_value_of_a_record_and_no_token(running: Running) -> None:
    logs = running.logs()
    assert "step=load" in logs
    assert "Skipping registering function" not in logs
    for canary in ("@example.com", "Lovelace", "sandbox-hubspot-token", "sandbox-client-secret"):
        assert canary not in logs
    ours = [line for line in logs.splitlines() if '"logger":"crmsync"' in line]
    assert all(len(json.loads(line)["event"]) < 500 for line in ours)


def test_nothing_the_project_wrote_is_deprecated_or_broken(running: Running) -> None:
    assert running.airflow.ask("GET", "importErrors")["import_errors"] == []
    warnings = running.airflow.ask("GET", "dagWarnings")["dag_warnings"]
    assert warnings == []
    assert str(ROOT / "dags") not in "\n".join(
        line
        for line in (running.local.logs / "dag-processor.log").read_text("utf-8").splitlines()
        if "Deprecat" in line
    )


def test_refused_credentials_fail_at_once_with_what_to_do(running: Running) -> None:
    running.away_from_the_schedule()
    connection = {"connection_id": "hubspot_default", "conn_type": "http"}
    body = connection | {"host": running.local.sandbox_url, "password": "not-the-token"}
    running.airflow.ask("PATCH", "connections/hubspot_default", body)
    try:
        run = running.airflow.trigger(DAG)
        tasks = {task: state for task, state, _ in running.airflow.follow(DAG, run)}
    finally:
        restored = body | {"password": "sandbox-hubspot-token"}
        running.airflow.ask("PATCH", "connections/hubspot_default", restored)
    assert tasks["companies.extract"] == "failed"
    [task] = [
        one for one in running.airflow.tasks(DAG, run) if one["task_id"] == "companies.extract"
    ]
    assert task["try_number"] == 1
    assert "INVALID_AUTHENTICATION" in running.logs()
    assert "not-the-token" not in running.logs()


@pytest.mark.parametrize(
    "until",
    [
        "sandbox CRMs: ",
        pytest.param("Ctrl-C ends everything", marks=pytest.mark.long),  # a second whole Airflow
    ],
    ids=["the sandbox", "everything"],
)
def test_make_up_starts_everything_and_ctrl_c_ends_what_there_is(
    tmp_path: Path, until: str
) -> None:
    ports = free_port(), free_port()
    environment = os.environ | {
        "CRMSYNC_LOCAL": str(tmp_path / "up here"),
        "CRMSYNC_SANDBOX_PORT": str(ports[0]),
        "CRMSYNC_AIRFLOW_PORT": str(ports[1]),
    }
    log = tmp_path / "up.log"
    with log.open("w") as output:
        # A shell without job control starts what it puts in the background with SIGINT ignored.
        process = subprocess.Popen(
            ["/bin/sh", "-c", 'trap "" INT; exec "$0" -u -m scripts.up', sys.executable],
            cwd=ROOT,
            env=environment,
            stdout=output,
        )
    try:
        for _ in range(600):
            if until in log.read_text() or process.poll() is not None:
                break
            time.sleep(0.2)
        assert until in log.read_text()
        assert not is_free(ports[0])
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
        assert "everything that was started has ended" in log.read_text()
    finally:
        process.kill()
        process.wait()
    assert all(is_free(port) for port in ports)


def _hubspot(running: Running, method: str, path: str, body: Any) -> None:
    Outside(running.local.sandbox_url).hubspot(method, path, body)
