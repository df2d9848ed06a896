"""A message about what stands in the way: at once, daily or weekly.

Counts what is held, refused and failed by criterion and code, and how much of it is new since
the last digest. Ids and counts, never a value. Sent by the same channels as alerts: the Airflow
connections `crmsync_email` and `crmsync_slack`, each off while it does not exist.

`CRMSYNC_DIGEST` says when: `at_once` (every quarter of an hour, if there is news), `daily`,
`weekly`, or `off`. Without news nothing is sent.
"""

import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import dag, task

SCHEDULES = {"at_once": "5/15 * * * *", "daily": "0 7 * * *", "weekly": "0 7 * * 1", "off": None}
OFTEN = os.environ.get("CRMSYNC_DIGEST", "daily")


def alert(context: Mapping[str, Any]) -> None:
    """Tell people that a task has failed for good."""
    from include.crmsync.pipeline import notify

    notify.failed(context)


@task
def digest() -> dict[str, int]:
    """Count, and tell people if there is news; hand on counts."""
    from include.crmsync.pipeline import digest

    return digest.run()


@dag(
    schedule=SCHEDULES.get(OFTEN, SCHEDULES["daily"]),
    start_date=pendulum.datetime(2025, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(minutes=30),
    default_args={
        "owner": "crmsync",
        "retries": 2,
        "retry_delay": timedelta(minutes=2),
        "on_failure_callback": alert,
    },
    tags=["crm", "health"],
    description="Tell people what is held, refused and failed",
    doc_md=__doc__,
)
def crm_digest() -> None:
    digest()


crm_digest()
