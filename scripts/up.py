"""`make up`: Airflow and the sandbox in the foreground, until Ctrl-C.

The DAG is unpaused, so it runs every 15 minutes. Airflow is signed in to with a password made
up for this installation. Whatever ends it, everything it started ends with it.
"""

import signal
import sys
import time
from types import FrameType

from scripts.airflow_api import AirflowApi
from scripts.processes import NotStarted
from scripts.stage import Stage
from scripts.surroundings import local_installation

DAG = "crm_sync"


def main() -> int:
    """Start everything, wait for Ctrl-C, end everything."""
    # SIGINT too: a shell that starts us in the background lets us inherit it as ignored.
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _interrupt)
    local = local_installation()
    try:
        with Stage(local, print, sandbox_only=False) as stage:
            stage.start_sandbox()
            stage.settle_airflow()
            stage.start_airflow(triggerer=True)
            AirflowApi.sign_in(local).unpause(DAG)
            print(
                f"\n  Airflow   {local.airflow_url}   user admin   password {local.password()}\n"
                f"  CRMs      {local.sandbox_url}/_sandbox/\n"
                f"  logs      {local.logs}\n\n"
                f"{DAG} runs every 15 minutes; trigger it in the UI to run it now."
                " Ctrl-C ends everything.",
                flush=True,
            )
            _wait(stage)
    except NotStarted as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\neverything that was started has ended")
    return 0


def _wait(stage: Stage) -> None:
    while True:
        for one in stage.running:
            if not one.alive():
                raise NotStarted(f"{one.name} ended. Its log's end:\n{one.last_lines()}")
        time.sleep(1)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
