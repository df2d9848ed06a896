"""Whether Airflow has the pool that writing tasks wait in.

A task cannot ask Airflow for its pools: it has no way to the database, and the interface that
tasks have knows none. But a task of a pool that does not exist is never started. So the DAG of
the check has a task of that pool that does nothing, and here we see whether it gets to run.
"""

import time
from collections.abc import Iterator

from include.crmsync.model.finding import Finding, Verdict

POOL = "crm_writes"
TASK = "slot"
"""The task that does nothing, in the pool."""
PATIENCE, PAUSE = 60.0, 1.0
"""Seconds to wait for it, and between two looks."""
STARTED = frozenset({"queued", "running", "restarting", "success"})


def pool_findings() -> Iterator[Finding]:
    """What the pool is like, inside a task of a DAG that has the sentinel; else nothing."""
    state = _state_of_sentinel()
    what = f"pool {POOL}"
    if state is None:
        return
    if state in STARTED:
        yield Finding(what, Verdict.OK, "there, and has a free slot")
        return
    yield Finding(
        what,
        Verdict.WARNING,
        f"no task of it has started for {PATIENCE:.0f} seconds ({state})",
        "If no `load` is at work, the pool is missing, or Airflow is full: see Admin > Pools. Make"
        f" it with `airflow pools set {POOL} 1 'CRM writes'`.",
    )


def _state_of_sentinel() -> str | None:
    """The state that the sentinel is in, as soon as it has started; None outside such a DAG."""
    import sys

    if "airflow" not in sys.modules:
        return None
    from airflow.sdk import get_current_context

    try:
        context = get_current_context()
    except RuntimeError:
        return None
    instance, run = context["ti"], context["run_id"]
    if TASK not in context["dag"].task_ids:
        return None
    deadline = time.monotonic() + PATIENCE
    while True:
        told = instance.get_task_states(
            dag_id=context["dag"].dag_id, task_ids=[TASK], run_ids=[run]
        )
        state = str((told.get(run) or {}).get(TASK) or "not scheduled")
        if state in STARTED or time.monotonic() > deadline:
            return state
        time.sleep(PAUSE)
