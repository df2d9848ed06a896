"""An idle run of crm_sync inside Airflow: from its start to its end, by Airflow's own clock.

Starts a sandbox and an Airflow of its own in a temporary folder, lets one run sync the demo
data, and times the run after it, which finds nothing to do. Ends all it started.
"""

import json
import os
import sys
import tempfile
from datetime import datetime
from typing import Any

import requests

from scripts.airflow_api import AirflowApi
from scripts.stage import Stage
from scripts.surroundings import local_installation

DAG = "crm_sync"


def main() -> int:
    """Measure, and print one line of JSON."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CRMSYNC_LOCAL"] = folder
        local = local_installation(fixed_ports=False)
        with Stage(local, _say, sandbox_only=True) as stage:
            stage.start_sandbox()
            stage.settle_airflow()
            stage.start_airflow(triggerer=False)
            airflow = AirflowApi.sign_in(local)
            airflow.unpause(DAG)
            for _ in range(2):
                _run(airflow)
            requests.delete(f"{local.sandbox_url}/_sandbox/calls", timeout=60)
            told = _run(airflow)
            calls = requests.get(f"{local.sandbox_url}/_sandbox/calls", timeout=60).json()
            told["calls"] = sum(one["total"] for one in calls.values() if isinstance(one, dict))
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


def _run(airflow: AirflowApi) -> dict[str, Any]:
    run_id = airflow.trigger(DAG)
    for task in airflow.follow(DAG, run_id):
        _say(str(task))
    run = airflow.ask("GET", f"dags/{DAG}/dagRuns/{run_id}")
    began, ended = (datetime.fromisoformat(run[name]) for name in ("start_date", "end_date"))
    return {"seconds": round((ended - began).total_seconds(), 1), "state": run["state"]}


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
