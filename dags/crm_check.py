"""Is everything in place? Connections, rights, key fields, mapping, store and pool, as a table.

**Who should use it:** whoever sets the sync up, before the first run; and whoever wonders why
something does not sync, after a change in either CRM. It reads no record and writes none.

What it looks at: both connections, and which accounts they reach; the scopes of the HubSpot token
and the Salesforce user's rights on every mapped object; the calls of the day that are left; the
unique key fields on both sides; the inclusion list; every mapping, held against both live
schemas, and the criteria; the state store; the pool `crm_writes`. The log of the task `check` has
a line for each: `ok`, `warning` (the sync runs, without something) or `wrong` (something does not
sync), and what to do. If anything is wrong the run fails, after everything has been looked at.
`python -m include.crmsync check` does the same without Airflow.

**Examples** of conf: `{}` looks only. `{"create_missing": true}` makes the key fields that are
missing: the unique property in HubSpot (the token then needs `crm.schemas.<object>.write`) and the
external id field in Salesforce (the user then needs "Customize Application"; to see and edit the
new field, a permission set of its own gets it). What is there already is left as it is, so it
can be run again.

**What can go wrong:** HubSpot lets nobody make an existing property unique, and ten unique
properties are the most that an object can have: the table says so. If the pool is missing, the
task `slot` waits in vain and the run ends by its time limit; the table tells that, too.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import Param, dag, task

Options = Mapping[str, Any]
"""What the run was triggered with; Airflow fills `params` in."""


def alert(context: Mapping[str, Any]) -> None:
    """Tell people that a task has failed for good."""
    from include.crmsync.pipeline import notify

    notify.failed(context)


@task(pool="crm_writes")
def slot() -> None:
    """Do nothing, in the pool of the tasks that write: it starts only if the pool is there."""


@task
def check(params: Options | None = None) -> dict[str, int]:
    """Look at everything and tell it in the log; fail if something is wrong."""
    from include.crmsync.pipeline import check

    found = check.run(create_missing=bool((params or {}).get("create_missing")))
    return {state: sum(one.state == state for one in found) for state in ("ok", "warning")}


@dag(
    schedule=None,
    is_paused_upon_creation=False,
    start_date=pendulum.datetime(2025, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(minutes=15),
    default_args={
        "owner": "crmsync",
        "retries": 2,
        "retry_delay": timedelta(seconds=30),
        "on_failure_callback": alert,
    },
    tags=["crm", "set-up", "on request"],
    description="Check connections, rights, key fields and mappings; make missing key fields",
    doc_md=__doc__,
    params={
        "create_missing": Param(
            default=False,
            type="boolean",
            description="Make the key fields that are missing, in HubSpot and in Salesforce.",
        ),
    },
)
def crm_check() -> None:
    slot()
    check()


crm_check()
