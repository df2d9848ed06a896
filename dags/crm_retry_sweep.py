"""Every night: let go again what the CRMs refused and may take by now.

A refused record, or field, is held until it changes. Some refusals are mended without a change
that the sync could see: a validation rule was loosened, an approval ended, a permission was
granted. Others failed run after run for a reason that passes, and were given up. The nightly
sweep marks these to be read again; the next `crm_sync` sends them once more, through the
ordinary plan. Nothing is written to either CRM here.

Which codes are swept is in the catalogue of refusals (docs/errors.md). Trigger it by hand with
`{"code": "DUPLICATES_DETECTED"}`, `{"category": "permissions"}`, `{"record": "2101"}` or
`{"everything": true}` to choose others; `python -m include.crmsync retry` does the same.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import Param, dag, task

Options = Mapping[str, Any]
"""What the run was triggered with; Airflow fills `params` in."""
WORD = ["null", "string"]


def alert(context: Mapping[str, Any]) -> None:
    """Tell people that a task has failed for good."""
    from include.crmsync.pipeline import notify

    notify.failed(context)


@task
def sweep(params: Options | None = None) -> dict[str, int]:
    """Mark refused records to be read again; hand on how many, by object type."""
    from include.crmsync.pipeline import sweep

    return sweep.run(sweep.chosen(params or {}))


@dag(
    schedule="40 0 * * *",
    start_date=pendulum.datetime(2025, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(minutes=30),
    default_args={
        "owner": "crmsync",
        "retries": 3,
        "retry_delay": timedelta(minutes=2),
        "on_failure_callback": alert,
    },
    tags=["crm", "health"],
    description="Let records go again that HubSpot or Salesforce refused",
    doc_md=__doc__,
    params={
        "code": Param(default="", type=WORD, description="Only refusals with this code."),
        "category": Param(default="", type=WORD, description="Only refusals of this category."),
        "record": Param(default="", type=WORD, description="Only this record, by its id."),
        "everything": Param(
            default=False, type="boolean", description="Every refused record there is."
        ),
    },
)
def crm_retry_sweep() -> None:
    sweep()


crm_retry_sweep()
