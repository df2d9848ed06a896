"""crm_sync in a real Airflow that asks before it writes: one plan approved, one rejected."""

import json
import sqlite3
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from scripts.airflow_api import FINISHED, AirflowApi
from scripts.stage import Stage
from scripts.surroundings import Local
from tests.conftest import Sandbox, free_port

pytestmark = [pytest.mark.airflow, pytest.mark.slow, pytest.mark.long]
DAG = "crm_sync"
CANARIES = ("@example.com", "Lovelace")


class Asked:
    """The run that is due, in an Airflow that asks."""

    def __init__(self, local: Local, airflow: AirflowApi) -> None:
        self.local = local
        self.airflow = airflow
        self.sandbox = Sandbox(local.sandbox_url)
        self.run = self._until(lambda: next(iter(airflow.runs(DAG)), None))

    def question(self, task: str) -> Any:
        """What a person is asked, once they are."""
        return self._until(lambda: self._open(task))

    def answer(self, task: str, option: str) -> None:
        path = f"dags/{DAG}/dagRuns/{quote(self.run)}/taskInstances/{task}/-1/hitlDetails"
        self.airflow.ask("PATCH", path, {"chosen_options": [option]})

    def states(self) -> dict[str, str]:
        """Task -> state, when the run is over; what is asked meanwhile is approved."""
        self._until(self._over)
        return {one["task_id"]: one["state"] for one in self.airflow.tasks(DAG, self.run)}

    def journal(self) -> dict[str, tuple[str, str]]:
        """Object type -> state of the run, and what the journal notes."""
        file = self.local.folder / "state" / "crmsync.db"
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
            rows = database.execute("SELECT object_type, state, note FROM sync_run").fetchall()
        database.close()
        return {object_type: (state, note) for object_type, state, note in rows}

    def writes(self) -> int:
        calls = self.sandbox.calls()
        return int(calls["hubspot"]["writes"] + calls["salesforce"]["writes"])

    def _over(self) -> bool:
        if self._open("deals.approve"):
            self.answer("deals.approve", "Approve")
        return self.airflow.state(DAG, self.run) in FINISHED

    def _open(self, task: str) -> Any:
        found = self.airflow.ask("GET", f"dags/{DAG}/dagRuns/{quote(self.run)}/hitlDetails")
        return next(
            (
                one
                for one in found["hitl_details"]
                if one["task_instance"]["task_id"] == task and not one["response_received"]
            ),
            None,
        )

    @staticmethod
    def _until(found: Any, seconds: float = 240) -> Any:
        deadline = time.monotonic() + seconds
        while not (value := found()):
            assert time.monotonic() < deadline, "nothing came of it"
            time.sleep(0.5)
        return value


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    local = Local(tmp_path_factory.mktemp("local") / "asks first", free_port(), free_port())
    with Stage(local, print, sandbox_only=True, told={"CRMSYNC_APPROVE": DAG}) as stage:
        stage.start_sandbox("demo")
        stage.settle_airflow()
        stage.start_airflow(triggerer=False)
        airflow = AirflowApi.sign_in(local)
        airflow.unpause(DAG)
        yield Asked(local, airflow)


def test_what_is_approved_is_written_and_what_is_rejected_is_not(asked: Asked) -> None:
    question = asked.question("companies.approve")
    assert asked.writes() == 0
    assert question["options"] == ["Approve", "Reject"]
    assert question["subject"].startswith("Write ")
    asked.answer("companies.approve", "Approve")
    question = asked.question("contacts.approve")
    written = asked.writes()
    assert written > 0
    told = json.dumps(question)
    assert "to create in Salesforce" in told
    assert [one for one in CANARIES if one in told] == []
    plan = question["subject"].rsplit(" ", 1)[1]
    assert (asked.local.folder / "artifacts" / "@plans" / plan / "changes.csv").is_file()
    asked.answer("contacts.approve", "Reject")
    states = asked.states()
    assert states["companies.load"] == states["companies.commit"] == "success"
    assert states["contacts.approve"] == "success"
    assert states["contacts.load"] == states["contacts.commit"] == "skipped"
    assert states["deals.extract"] == "success"
    journal = asked.journal()
    assert journal["companies"][0] == "done"
    assert journal["contacts"] == (
        "rejected",
        "a person rejected the plan: nothing was written, the next run plans afresh",
    )
    links = asked.local.folder / "state" / "crmsync.db"
    with sqlite3.connect(f"file:{links}?mode=ro", uri=True) as database:
        query = "SELECT COUNT(*) FROM link WHERE object_type = 'contacts'"
        assert database.execute(query).fetchone() == (0,)
    database.close()
