"""One running Airflow with a sandbox beside it, for all the tests that need one.

Starting it takes a minute, so the tests share it: each says `xdist_group("airflow")`, which brings
them to one worker, and leaves it as it found it.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scripts.airflow_api import FINISHED, AirflowApi
from scripts.stage import Stage
from scripts.surroundings import Local
from tests.conftest import Sandbox, free_port

DAG = "crm_sync"
ONLOOKER = "onlooker"
"""Airflow's user who may look and do nothing."""
QUARTER, ENOUGH = 900, 90
"""Seconds between two scheduled runs, and what the longest test needs of them."""


SPARING = {
    # No DAG file changes meanwhile: each is read once, and not every 30 seconds.
    "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "3600",
    # A person who waits before the screen has the scheduler look ten times a second.
    "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.4",
}
"""What spares the other tests' processors, and changes nothing of what is tested."""


@dataclass(frozen=True)
class Running:
    """A running Airflow and sandbox, and how the first run ended."""

    local: Local
    airflow: AirflowApi
    first: dict[str, str]
    """Task -> state."""

    @property
    def sandbox(self) -> Sandbox:
        return Sandbox(self.local.sandbox_url)

    def away_from_the_schedule(self) -> None:
        """Let a quarter of an hour that is about to end end first: its run would do our work."""
        left = QUARTER - time.time() % QUARTER
        if left > ENOUGH:
            return
        before = len(self.airflow.runs(DAG))
        time.sleep(left)
        while len(self.airflow.runs(DAG)) == before:
            time.sleep(0.5)
        while self.airflow.state(DAG, self.airflow.runs(DAG)[0]) not in FINISHED:
            time.sleep(0.5)

    def trigger(self, conf: dict[str, Any] | None = None) -> dict[str, str]:
        run = self.airflow.trigger(DAG, conf)
        return {task: state for task, state, _ in self.airflow.follow(DAG, run)}

    def logs(self) -> str:
        """Every task's log."""
        found = sorted((self.local.home / "logs").rglob("attempt=*.log"))
        return "\n".join(path.read_text("utf-8") for path in found)


@contextmanager
def started(folder: Path) -> Iterator[Running]:
    """Start everything, let the run that is due end, and end everything afterwards."""
    local = Local(folder, free_port(), free_port(), f"admin:admin,{ONLOOKER}:viewer")
    with Stage(local, print, sandbox_only=True, told=SPARING) as stage:
        stage.start_sandbox("demo")
        stage.settle_airflow()
        stage.start_airflow(triggerer=False)
        airflow = AirflowApi.sign_in(local)
        airflow.unpause(DAG)
        yield Running(local, airflow, _first_run(airflow))


def _first_run(airflow: AirflowApi) -> dict[str, str]:
    for _ in range(120):
        if runs := airflow.runs(DAG):
            return {task: state for task, state, _ in airflow.follow(DAG, runs[-1])}
        time.sleep(0.5)
    pytest.fail("Airflow never started the run that is due")
