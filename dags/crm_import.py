"""On request: existing Salesforce records into HubSpot, with all mapped fields.

**Who should use it:** whoever wants leads, contacts, accounts or opportunities that nobody has
touched lately in HubSpot, too: some of them, by a SOQL condition, or all of an object.

**What it does,** parents first: finds the records, and takes them through the five steps of
`crm_sync` towards HubSpot, in portions of at most 2,000. What matches is linked; what does not is
created, with all mapped fields. HubSpot records that exist already are brought up to date by each
field's rule, or, with `overwrite`, take what Salesforce holds; `fields` narrows which of theirs.
Nothing is written to Salesforce. No watermark moves.

**By default it writes nothing** (`dry_run` is on): it says, as counts in the log and record by
record in `import.csv` beside the run's artifacts, what is **matched**, **only here** (and would be
created), **written**, **ambiguous** (with the candidates) and **held** (and why).

**Examples of `conf`:**

| You want | `conf` |
|---|---|
| to see what would come of it | `{"objects": ["Contact"]}` |
| some leads | `{"objects": ["Lead"], "where": "Status = 'Qualified'", "dry_run": false}` |
| accounts and their contacts | `{"objects": ["Account", "Contact"], "dry_run": false}` |
| one field overwritten | `{"objects": ["Contact"], "fields": ["title"], "overwrite": true}` |

**What can go wrong.** `check` fails with every problem of the request, before anything is read: an
object that no mapping has, a condition that is none (what stands behind WHERE, of one object's own
fields). A condition that Salesforce refuses is told by the task. A task that dies is started again
by Airflow, and goes on with the portion that it was at; nothing is doubled. A plan that the guard
stops names its id (`allow_plan`). Where the calls of the day are spent, the task fails and says so.
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
OBJECTS = ("Account", "Contact", "Lead", "Opportunity")


def alert(context: Mapping[str, Any]) -> None:
    """Tell people that a task has failed for good."""
    from include.crmsync.pipeline import notify

    notify.failed(context)


@task
def check(sync_run: str, params: Options | None = None) -> dict[str, Any]:
    """Check what was asked for, all of it, before anything is read."""
    from include.crmsync.pipeline import importing

    return importing.understand(dict(params or {}), sync_run)


@task(retries=4)
def look(object_type: str, sync_run: str) -> dict[str, int] | None:
    """Plan an object type, portion after portion, and tell; only in a dry run."""
    from include.crmsync.pipeline import importing

    return importing.work(object_type, sync_run, dry=True)


@task(retries=4, pool="crm_writes")
def apply(object_type: str, sync_run: str) -> dict[str, int] | None:
    """Match, write and commit an object type, portion after portion; not in a dry run."""
    from include.crmsync.pipeline import importing

    return importing.work(object_type, sync_run, dry=False)


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
    tags=["crm", "set-up", "on request"],
    description="Existing Salesforce records into HubSpot; a dry run unless told otherwise",
    doc_md=__doc__,
    params={
        "objects": Param(
            default=None,
            type=["null", "array"],
            items={"type": "string", "enum": list(OBJECTS)},
            examples=list(OBJECTS),
            title="Salesforce objects",
            description="Whose records are imported.",
        ),
        "where": Param(
            default=None,
            type=["null", "string"],
            maxLength=2000,
            title="Condition",
            description="What stands behind WHERE in SOQL; needs one object. None: all records.",
        ),
        "fields": Param(
            default=None,
            type=WORDS,
            title="Fields",
            description="Of HubSpot records that exist already, only these; none: all mapped.",
        ),
        "overwrite": Param(
            default=False,
            type="boolean",
            title="Overwrite",
            description="HubSpot records that exist take Salesforce's values, whatever the rules"
            " say.",
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
def crm_import() -> None:
    each = [
        one.override(task_id=f"{one.function.__name__}_{name}")(name, RUN)
        for name in OBJECT_TYPES
        for one in (look, apply)
    ]
    chain(check(RUN), *each)


crm_import()
