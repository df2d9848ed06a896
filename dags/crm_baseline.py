"""On request: match both CRMs with each other for the first time, whatever their size.

**Who should use it:** whoever connects two accounts that both hold records already, before
`crm_sync` is unpaused; and whoever wants to know first what would come of it. Run `crm_check`
before. A portal that HubSpot's own Salesforce integration has linked is taken over: the properties
that it left behind count as matches.

**What it does**, object type after object type, parents first: it reads the ids of every record of
both CRMs, and takes those without a link through the five steps of `crm_sync`, HubSpot's before
Salesforce's, in portions of at most 2,000. What matches is linked and its fields are compared; what
matches nothing is created in the other CRM, where the mapping allows it. Each portion is
committed before the next one begins. At the end `crm_sync` goes on from when the reading began.

**By default it writes nothing** (`dry_run` is on): it says, in the log as counts and record by
record in `baseline.csv` beside the run's artifacts, what is **matched** (with what, and how),
**ambiguous** (with the candidates), **only here** or only there (and would be created), **held**
(and why). Each portion's plan, field by field, is kept as every dry run's is.

**Examples of `conf`:**

| You want | `conf` |
|---|---|
| to see what would come of it | `{}` |
| to do it | `{"dry_run": false}` |
| contacts alone | `{"object_types": ["contacts"]}` |
| keys and the earlier integration's links alone | `{"match_by": ["native_links"]}` |
| HubSpot's values where contacts differ | `{"contacts_winner": "hubspot", "dry_run": false}` |

Who *wins* keeps its values where two records are linked for the first time, and the other CRM fills
the blanks; `rules` leaves it to each field's sync rule. Both values are in the journal.

**What can go wrong.** `check` fails with every problem of the request, before anything is read. A
task that dies is started again by Airflow, and goes on with the portion that it was at; nothing is
doubled, because whatever is created carries the other CRM's id. A plan that the guard stops names
its id (`allow_plan`). Where the calls of the day are spent, the task fails and says so: clear it
the next day. Leave `crm_sync` paused until it is done: without watermarks it would read everything.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import Param, chain, dag, task

Options = Mapping[str, Any]
"""What the run was triggered with; Airflow fills `params` in."""
OBJECT_TYPES = ("companies", "contacts", "deals")
RUN = "{{ run_id }}"
"""The sync run goes by the name of the Airflow run; its portions add a number."""
MATCH_RULES = ("native_links", "domain", "email", "further_emails")
WINNERS = ("rules", "hubspot", "salesforce")


def alert(context: Mapping[str, Any]) -> None:
    """Tell people that a task has failed for good."""
    from include.crmsync.pipeline import notify

    notify.failed(context)


@task
def check(sync_run: str, params: Options | None = None) -> dict[str, Any]:
    """Check what was asked for, all of it, before anything is read."""
    from include.crmsync.pipeline import baseline

    return baseline.understand(dict(params or {}), sync_run)


@task(retries=4, trigger_rule="none_failed")
def look(object_type: str, sync_run: str) -> dict[str, int] | None:
    """Plan an object type, portion after portion, and tell; only in a dry run."""
    from include.crmsync.pipeline import baseline

    return baseline.work(object_type, sync_run, dry=True)


@task(retries=4, pool="crm_writes", trigger_rule="none_failed")
def apply(object_type: str, sync_run: str) -> dict[str, int] | None:
    """Match, write and commit an object type, portion after portion; not in a dry run."""
    from include.crmsync.pipeline import baseline

    return baseline.work(object_type, sync_run, dry=False)


def winner(object_type: str) -> Param:
    """Whose values stand in one object type."""
    return Param(
        default="rules",
        type="string",
        enum=list(WINNERS),
        title=f"Who wins: {object_type}",
        description=f"Whose values stand where {object_type} are linked for the first time.",
    )


@dag(
    schedule=None,
    is_paused_upon_creation=False,
    start_date=pendulum.datetime(2025, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=48),
    default_args={
        "owner": "crmsync",
        "retries": 2,
        "retry_delay": timedelta(minutes=1),
        "on_failure_callback": alert,
    },
    tags=["crm", "set-up", "on request"],
    description="Match both CRMs for the first time; a dry run unless told otherwise",
    doc_md=__doc__,
    params={
        "object_types": Param(
            default=None,
            type=["null", "array"],
            items={"type": "string", "enum": list(OBJECT_TYPES)},
            examples=list(OBJECT_TYPES),
            title="Object types",
            description="Only these; none chosen: all.",
        ),
        "match_by": Param(
            default=None,
            type=["null", "array"],
            items={"type": "string", "enum": list(MATCH_RULES)},
            examples=list(MATCH_RULES),
            title="Match by",
            description="By what records match, beside external keys; none: as the mappings say.",
        ),
        **{f"{name}_winner": winner(name) for name in OBJECT_TYPES},
        "dry_run": Param(
            default=True,
            type="boolean",
            title="Dry run",
            description="Read, match, plan and tell, but write nothing to either CRM.",
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
def crm_baseline() -> None:
    each = [
        one
        for name in OBJECT_TYPES
        for one in (
            look.override(task_id=f"look_{name}")(name, RUN),
            apply.override(task_id=f"apply_{name}")(name, RUN),
        )
    ]
    chain(check(RUN), *each)


crm_baseline()
