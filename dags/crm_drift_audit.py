"""Every night: do both CRMs really hold the same?

Reads both records of every linked pair and compares them field by field. What differs for a
known reason (held, off the inclusion list, waiting, edited a moment ago, bounced) is counted
under that reason. What differs for none is **drift**: a change that no run has seen.

Nothing is written to either CRM. Trigger it with `{"mend": true}` to have the next `crm_sync`
read the differing records again: the ordinary plan mends them by the sync rules, behind the
guard. `python -m include.crmsync audit` prints the latest audit; values of samples are in the
state store alone.

A killed task goes on where it was: each two thousand pairs are noted before the next are read.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import Param, chain, dag, task

Options = Mapping[str, Any]
OBJECT_TYPES = ("companies", "contacts", "deals")
AUDIT = "audit__{{ run_id }}"


def alert(context: Mapping[str, Any]) -> None:
    """Tell people that a task has failed for good."""
    from include.crmsync.pipeline import notify

    notify.failed(context)


@task
def compare(object_type: str, audit: str, params: Options | None = None) -> dict[str, int]:
    """Compare all linked records of one object type; hand on counts, never values."""
    from include.crmsync.pipeline import audit as drift_audit

    return drift_audit.run(object_type, audit, mend=bool((params or {}).get("mend")))


@dag(
    schedule="20 2 * * *",
    start_date=pendulum.datetime(2025, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=6),
    default_args={
        "owner": "crmsync",
        "retries": 3,
        "retry_delay": timedelta(minutes=5),
        "on_failure_callback": alert,
    },
    tags=["crm", "health"],
    description="Compare every linked record of HubSpot and Salesforce",
    doc_md=__doc__,
    params={
        "mend": Param(
            default=False,
            type="boolean",
            description="Have the next sync read again, and so mend, what drifted.",
        ),
    },
)
def crm_drift_audit() -> None:
    chain(*(compare.override(task_id=name)(name, AUDIT) for name in OBJECT_TYPES))


crm_drift_audit()
