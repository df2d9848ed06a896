"""`make demo`: one run of crm_sync through Airflow on the sandbox's demo data, and what it did.

Everything it needs is started and ended here, and kept under `.local`: a second demo goes on
where the first ended, and `make up` shows the same data in Airflow's UI.
"""

import subprocess
import sys
import time

from scripts.airflow_api import AirflowApi
from scripts.processes import NotStarted
from scripts.stage import Stage, Tell
from scripts.surroundings import Local, local_installation

DAG = "crm_sync"
DUE_WITHIN = 6
"""Seconds in which the scheduler starts a run that is due; within one quarter of an hour only
the first demo has one."""
FURTHER = """
How to look further
  make up        Airflow with this run in it, and both CRMs, in the browser
  make sandbox   both CRMs alone, on this data
  make summary   this summary again
  make sync      sync once more without Airflow, while the sandbox is up
  docs/state.md  queries for the journal, .local/state/crmsync.db
  rm -rf .local  start over
"""


def main() -> int:
    """Run the demo; the exit status says whether the sync run succeeded."""
    began = time.monotonic()

    def tell(text: str) -> None:
        print(f"[{time.monotonic() - began:5.1f} s] {text}", flush=True)

    local = local_installation(fixed_ports=False)
    again = local.sandbox_database.exists()
    try:
        with Stage(local, tell, sandbox_only=True) as stage:
            if again:
                tell("going on with the data of an earlier demo; `rm -rf .local` starts over")
            stage.start_sandbox()
            tell("Airflow's database and connections ...")
            stage.settle_airflow()
            stage.start_airflow(triggerer=False)
            run_id, state = _run(local, tell)
            shown = subprocess.run(
                [sys.executable, "-m", "include.crmsync", "summary", "--run", run_id],
                env=stage.environment,
                check=False,
            )
    except NotStarted as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; everything that was started has ended", file=sys.stderr)
        return 130
    if state != "success":
        print(f"the run {run_id} ended as {state}: see {local.home / 'logs'}", file=sys.stderr)
        return 1
    print(FURTHER)
    return shown.returncode


def _run(local: Local, tell: Tell) -> tuple[str, str]:
    airflow = AirflowApi.sign_in(local)
    run_id = _first_run(airflow)
    tell(f"{DAG} runs: {run_id}")
    for task, state, seconds in airflow.follow(DAG, run_id):
        tell(f"  {task:22} {state:8} {seconds:5.1f} s")
    airflow.pause(DAG)
    return run_id, airflow.state(DAG, run_id)


def _first_run(airflow: AirflowApi) -> str:
    """The run that Airflow owes the schedule once the DAG may run, or else one of our own."""
    before = set(airflow.runs(DAG)) if airflow.knows(DAG) else set()
    airflow.unpause(DAG)
    for _ in range(DUE_WITHIN * 2):
        due = [run for run in airflow.runs(DAG) if run not in before]
        if due:
            return due[0]
        time.sleep(0.5)
    return airflow.trigger(DAG)


if __name__ == "__main__":
    sys.exit(main())
