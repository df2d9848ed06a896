"""On request: sync everybody on a HubSpot list, or all that meet a Salesforce condition.

**Who should use it.** Whoever needs very many records synced now: after an import, a clean-up, or a
new mapping. For some named records there are `manual_sync_contacts`, `manual_sync_companies` and
`manual_sync_deals`.

**What it does.** `members` checks the request and reads whom it means, once. `sync` takes them a
chunk at a time: each chunk is a sync run of its own, with the steps of `crm_sync`, and other runs
get their turn in between. A task that was killed, or is cleared, goes on with the chunk it was at.

**It writes**, unless `dry_run` is on: then each chunk is planned, journalled and kept to look at.

**Examples of `conf`**

| You want | `conf` |
|---|---|
| a list of contacts, by its name | `{"list": "Newsletter 2026"}` |
| a list of companies, by its id | `{"list": "42", "object_type": "companies"}` |
| Salesforce contacts of one region | `{"object": "Contact", "where": "Region__c = 'EMEA'"}` |
| a hundred, to see first | `{"list": "42", "limit": 100, "dry_run": true}` |

**What can go wrong.** `members` fails with everything that is wrong with the request, with the
names of lists that are near one that does not exist, or with Salesforce's own words for a condition
that it does not take. `where` is what stands behind WHERE: one condition, without ORDER BY or
LIMIT. A chunk whose plan looks like an accident stops the task; `allow_plan` lets that very plan
through. Where the calls of the day are spent the task stops, and goes on when it is run again.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import Param, dag, task

Options = Mapping[str, Any]
"""What the run was triggered with; Airflow fills `params` in."""
RUN = "{{ run_id }}"
TEXT = ["null", "string"]


def alert(context: Mapping[str, Any]) -> None:
    """Tell people that a task has failed for good."""
    from include.crmsync.pipeline import notify

    notify.failed(context)


@task
def members(sync_run: str, params: Options | None = None) -> dict[str, Any]:
    """Check what was asked for, all of it, and read the ids of whom it means."""
    from include.crmsync.pipeline import members

    return members.understand(dict(params or {}), sync_run)


@task(retries=4)
def sync(sync_run: str) -> dict[str, Any]:
    """Sync chunk after chunk, but for those that are done already."""
    from include.crmsync.pipeline import members

    return members.sync(sync_run)


@dag(
    schedule=None,
    is_paused_upon_creation=False,
    start_date=pendulum.datetime(2025, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=24),
    default_args={
        "owner": "crmsync",
        "retries": 2,
        "retry_delay": timedelta(minutes=1),
        "on_failure_callback": alert,
    },
    tags=["crm", "sync", "on request"],
    description="Sync the members of a HubSpot list, or what meets a Salesforce condition",
    doc_md=__doc__,
    params={
        "list": Param(
            default=None,
            type=TEXT,
            title="HubSpot list",
            description="A list, by its id or its name.",
        ),
        "object_type": Param(
            default="contacts",
            type="string",
            enum=["contacts", "companies", "deals"],
            title="Object type",
            description="What the list is of. A condition says it by its object.",
        ),
        "object": Param(
            default=None,
            type=TEXT,
            examples=["Contact", "Lead", "Account", "Opportunity"],
            title="Salesforce object",
            description="Instead of a list: the object whose records the condition chooses.",
        ),
        "where": Param(
            default=None,
            type=TEXT,
            maxLength=2000,
            title="Condition",
            description="A SOQL condition, as it stands behind WHERE: Region__c = 'EMEA'.",
        ),
        "limit": Param(
            default=None,
            type=["null", "integer"],
            minimum=1,
            title="Limit",
            description="At most so many records.",
        ),
        "chunk": Param(
            default=5000,
            type="integer",
            minimum=1,
            maximum=50000,
            title="Chunk",
            description="So many records at a time, in one sync run.",
        ),
        "direction": Param(
            default="rules",
            type="string",
            enum=["rules", "to_salesforce", "to_hubspot"],
            title="Direction",
            description="Which CRM may be written: both, by the mapping's rules, or one alone.",
        ),
        "force_fields": Param(
            default=None,
            type=["null", "array", "string"],
            title="Force fields",
            description="Fields that take the other CRM's value whatever base and rule say.",
        ),
        "follow_parents": Param(
            default=False,
            type="boolean",
            title="Parents first",
            description="Sync what the records belong to before them.",
        ),
        "dry_run": Param(
            default=False,
            type="boolean",
            title="Dry run",
            description="Plan, journal and show, but write nothing to either CRM.",
        ),
        "allow_plan": Param(
            default=None,
            type=TEXT,
            title="Allow plan",
            description="Ids of plans that the guard stopped: let these very plans through.",
        ),
    },
)
def manual_sync_list() -> None:
    members(RUN) >> sync(RUN)


manual_sync_list()
