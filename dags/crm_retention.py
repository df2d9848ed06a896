"""Every night: let go of what is old. On request: forget one contact.

Journalled runs and drift audits older than `CRMSYNC_KEEP_JOURNAL_DAYS`, and artifacts older than
`CRMSYNC_KEEP_ARTIFACTS_DAYS`, are deleted. What the sync knows now (links, bases, watermarks,
what is held) never is.

Trigger it with `{"forget": "2101"}` to erase one contact from every table and artifact but for
hashes of its ids: by its id in HubSpot or Salesforce, by its e-mail, or by `sha256:` and the hash
of its e-mail in lower case. **Airflow keeps what a run was triggered with**: an e-mail written here
stays in Airflow's database, so prefer the id or the hash. Delete the records in both CRMs
**first**: one that lives on is remembered anew when a run next reads it.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import Param, dag, task

Options = Mapping[str, Any]


def alert(context: Mapping[str, Any]) -> None:
    """Tell people that a task has failed for good."""
    from include.crmsync.pipeline import notify

    notify.failed(context)


@task
def forget_contact(params: Options | None = None) -> int:
    """Erase the contact that the run was triggered with, if any; how many records it was."""
    named = str((params or {}).get("forget") or "")
    if not named:
        return 0
    from include.crmsync.pipeline import retention

    return retention.forget_contact(named)


@task(trigger_rule="all_done")
def forget_old() -> dict[str, int]:
    """Delete runs, audits and artifacts that are too old."""
    from include.crmsync.pipeline import retention

    return retention.forget_old()


@dag(
    schedule="40 3 * * *",
    start_date=pendulum.datetime(2025, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=2),
    default_args={
        "owner": "crmsync",
        "retries": 3,
        "retry_delay": timedelta(minutes=2),
        "on_failure_callback": alert,
    },
    tags=["crm", "health"],
    description="Delete what is old, and forget a contact on request",
    doc_md=__doc__,
    params={
        "forget": Param(
            default="",
            type=["null", "string"],
            description="A contact's id, its e-mail, or sha256:HASH of its e-mail: erase it.",
        ),
    },
)
def crm_retention() -> None:
    forget_contact() >> forget_old()


crm_retention()
