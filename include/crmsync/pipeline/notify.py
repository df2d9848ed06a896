"""Telling people: once per trouble, by the channels that are set up, and never in a task's way.

A channel that fails is noted in the log and nothing more: an alert that cannot be sent must not
hide the failure it is about. The same trouble is told again after a pause. When the state store
itself is what does not answer, every alert is sent.
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from include.crmsync.errors import LimitReached, SyncError
from include.crmsync.pipeline.alerts import Alert, Where, failure, late
from include.crmsync.pipeline.wiring import in_a_task, real_workshop
from include.crmsync.pipeline.wiring.channels import at_work, cause_of, send
from include.crmsync.pipeline.workshop import Workshop

log = logging.getLogger("crmsync")

A_DAY = 24.0
"""Hours."""


def failed(context: Mapping[str, Any]) -> None:
    """What Airflow calls when a task has failed for good."""
    ti = context.get("ti") or context.get("task_instance")
    where = Where(
        dag=str(getattr(ti, "dag_id", "")),
        run=str(getattr(ti, "run_id", context.get("run_id") or "")),
        task=str(getattr(ti, "task_id", "")),
        url=str(getattr(ti, "log_url", "") or ""),
    )
    tell(failure(cause_of(context.get("exception")), where))


def short_of_calls(task: str, sync_run: str, why: str, shop: Workshop) -> None:
    """Say that changes wait for room in the calls of the day, though nothing has failed.

    In Airflow, whose connections name the channels; the command line has its summary.
    """
    if not in_a_task():
        return
    dag, url = at_work()
    tell(failure(LimitReached(why), Where(dag or "crm_sync", sync_run, task, url)), shop)


def overdue(context: Mapping[str, Any], minutes: float) -> None:
    """What Airflow calls when a run has missed its deadline."""
    run = context.get("dag_run") or {}
    told = run if isinstance(run, Mapping) else {}
    named = {name: str(told.get(name) or getattr(run, name, "")) for name in ("dag_id", "run_id")}
    tell(late(Where(named["dag_id"], named["run_id"]), minutes))


def tell(alert: Alert, workshop: Workshop | None = None) -> list[str]:
    """Send an alert unless it was sent a short while ago; the channels that took it."""
    shop = workshop or real_workshop()
    try:
        if not _claimed(alert, shop):
            log.info("alert=%s was told a short while ago", alert.concern)
            return []
        reached = send(alert)
        if not reached:
            _release(alert, shop)
        log.info("alert=%s channels=%s", alert.concern, ",".join(reached) or "none")
        return reached
    finally:
        if workshop is None:
            shop.close()


def _claimed(alert: Alert, shop: Workshop) -> bool:
    hours = shop.settings.alert_hours
    pause = timedelta(hours=max(hours, A_DAY) if alert.daily else hours)
    try:
        return shop.notices.claim(alert.key, shop.now(), pause)
    except SyncError:
        return True


def _release(alert: Alert, shop: Workshop) -> None:
    with suppress(SyncError):
        shop.notices.release(alert.key)
