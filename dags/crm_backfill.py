"""On request: a new mapping applied to what is linked already.

**Who should use it:** whoever has mapped another field. A new mapping travels only as records
change, so that a deployment touches nothing by itself; this brings the linked records into line at
once, however many they are.

**What it does:** takes every living link of an object type through the five steps of `crm_sync`, in
portions of at most 2,000, and lets only the named fields travel: by their sync rules, where a field
without a base counts as blank on both sides. `direction` leaves one CRM unwritten; `overwrite` lets
the other one's value stand whatever the rule says. What else has changed meanwhile is left to
the next `crm_sync`. No watermark moves.

**By default it writes nothing** (`dry_run` is on): it says, as counts in the log and record by
record in `back-fill.csv` beside the run's artifacts, what would be **written**, what has **nothing
to do**, what is **held** and why.

**Examples of `conf`:**

| You want | `conf` |
|---|---|
| to see what would come of it | `{"object_type": "contacts", "fields": ["title"]}` |
| to do it | `{"object_type": "contacts", "fields": ["title"], "dry_run": false}` |
| HubSpot alone written | `{"fields": ["title"], "direction": "to_hubspot", "dry_run": false}` |

Add `"overwrite": true` to the last one, and HubSpot takes whatever Salesforce holds.

**What can go wrong.** `check` fails with every problem of the request, before anything is read: a
field that the mapping does not have, one that it does not sync. A task that dies is started again
by Airflow, and goes on with the portion that it was at. A plan that the guard stops names its id
(`allow_plan`). Where the calls of the day are spent, the task fails and says so: clear it later.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import Param, chain, dag, task

Options = Mapping[str, Any]
"""What the run was triggered with; Airflow fills `params` in."""
RUN = "{{ run_id }}"
"""The sync run goes by the name of the Airflow run; its portions add a number."""
WORDS = ["null", "array", "string"]
OBJECT_TYPES = ("companies", "contacts", "deals")


def alert(context: Mapping[str, Any]) -> None:
    """Tell people that a task has failed for good."""
    from include.crmsync.pipeline import notify

    notify.failed(context)


@task
def check(sync_run: str, params: Options | None = None) -> dict[str, Any]:
    """Check what was asked for, all of it, before anything is read."""
    from include.crmsync.pipeline import backfill

    return backfill.understand(dict(params or {}), sync_run)


@task(retries=4)
def look(sync_run: str) -> dict[str, int] | None:
    """Plan, portion after portion, and tell; only in a dry run."""
    from include.crmsync.pipeline import backfill

    return backfill.work(sync_run, dry=True)


@task(retries=4, pool="crm_writes")
def apply(sync_run: str) -> dict[str, int] | None:
    """Write and commit, portion after portion; not in a dry run."""
    from include.crmsync.pipeline import backfill

    return backfill.work(sync_run, dry=False)


@dag(
    schedule=None,
    start_date=pendulum.datetime(2025, 1, 1, tz="UTC"),
    catchup=False,
    is_paused_upon_creation=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=48),
    default_args={
        "owner": "crmsync",
        "retries": 2,
        "retry_delay": timedelta(minutes=1),
        "on_failure_callback": alert,
    },
    tags=["crm", "sync", "on request"],
    description="Apply a new mapping to what is linked; a dry run unless told otherwise",
    doc_md=__doc__,
    params={
        "object_type": Param(
            default="contacts",
            type="string",
            enum=list(OBJECT_TYPES),
            title="Object type",
            description="Whose links are brought into line.",
        ),
        "fields": Param(
            default=None,
            type=WORDS,
            title="Fields",
            description="The fields that travel, by the mapping's names, one in a line.",
        ),
        "direction": Param(
            default="rules",
            type="string",
            enum=["rules", "to_salesforce", "to_hubspot"],
            title="Direction",
            description="Which CRM may be written: both, by the mapping's rules, or one alone.",
        ),
        "overwrite": Param(
            default=False,
            type="boolean",
            title="Overwrite",
            description="The other CRM's value stands whatever the rule says. Needs a direction of"
            " one way.",
        ),
        "dry_run": Param(
            default=True,
            type="boolean",
            title="Dry run",
            description="Read, plan and tell, but write nothing to either CRM.",
        ),
        "allow_plan": Param(
            default=None,
            type=["null", "string"],
            title="Allow plan",
            description="Id of a plan that the guard stopped: let this very plan through.",
        ),
        "portion": Param(
            default=2000,
            type="integer",
            minimum=1,
            maximum=2000,
            title="Portion",
            description="So many records are read, planned, written and committed at a time.",
        ),
    },
)
def crm_backfill() -> None:
    chain(check(RUN), look(RUN), apply(RUN))


crm_backfill()
