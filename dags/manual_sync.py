"""On request: sync the contacts, companies or deals that somebody names, now.

One DAG for each object type, all alike: `check` understands the request, then each object type
takes the five steps of `crm_sync`, what the records belong to first, and `tell` says what became
of it.
"""

import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import Param, chain, dag, task, task_group

Options = Mapping[str, Any]
"""What the run was triggered with; Airflow fills `params` in."""
RUN = "{{ run_id }}"
"""The sync run goes by the name of the Airflow run."""
ASKED_BY = os.environ.get("CRMSYNC_APPROVE", "").replace(",", " ").split()
"""DAGs that ask a person before a plan is written."""
HOURS = float(os.environ.get("CRMSYNC_APPROVE_HOURS", "4"))
"""How long an answer is waited for; after that the plan counts as rejected."""
IN_TIME = timedelta(hours=3)
WORDS = ["null", "array", "string"]
FAMILY = {
    "contacts": ("companies", "contacts"),
    "companies": ("companies",),
    "deals": ("companies", "contacts", "deals"),
}
"""Object type -> what its request may concern, parents first."""
WITHOUT = {
    "contacts": {"domains"},
    "companies": {"emails", "follow_parents"},
    "deals": {"emails", "domains"},
}
"""Object type -> parameters that mean nothing to it."""

ABOUT = """On request: sync the {object_type} that you name, now.

**Who should use it.** Whoever waits for a record: sales operations after a correction, a data
engineer who mended what was held. Everything else travels every 15 minutes, through `crm_sync`.

**What it does.** The steps of `crm_sync`, for the {object_type} you name instead of those that
changed: they are compared with their counterparts, and what differs is written by the mapping's
rules; what is missing is created where the mapping allows it. {created}Criteria and the inclusion
list count as ever: who may not sync is held, and `tell` says why. No watermark moves.

**It writes**, unless `dry_run` is on: then it plans, journals and shows, and writes nothing.

**Examples of `conf`**, for the form, the command line or REST:

| You want | `conf` |
|---|---|
| two of HubSpot's | `{{"ids": ["101", "102"]}}` |
| one of Salesforce's | `{{"system": "salesforce", "ids": ["{example}"]}}` |
{rows}| to see first | `{{"ids": ["101"], "dry_run": true}}` |
| then to write what you saw | `{{"apply_plan": "THE PLAN'S ID"}}` |
| nothing written to HubSpot | `{{"ids": ["101"], "direction": "to_salesforce"}}` |

`{{"ids": ["101"], "direction": "to_salesforce", "force_fields": ["owner"]}}` lets HubSpot's value
of one field stand, whoever edited it last.

**What can go wrong.** `check` fails with every problem of the request, before anything is read. An
id that does not exist is named by `tell`, and stops nothing. More than 10,000 are refused: use
`manual_sync_list`. Another run that is writing {object_type} is waited for; the log says which, and
since when. A plan that looks like an accident is stopped by the guard, which names the id that
lets it through (`allow_plan`).
"""


ROWS = {
    "emails": '| by e-mail address | `{"emails": ["ada@example.com"]}` |',
    "domains": '| by domain | `{"domains": ["example.com"]}` |',
    "follow_parents": '| parents synced first | `{"ids": ["101"], "follow_parents": true}` |',
}
CREATED = "A company that is named here becomes an account whoever its people are. "
EXAMPLES = {
    "contacts": "003Ws00000AbCdeIAF",
    "companies": "001Ws00000AbCdeIAF",
    "deals": "006Ws00000AbCdeIAF",
}


def about(object_type: str) -> str:
    """The words for one object type."""
    rows = [row for name, row in ROWS.items() if name not in WITHOUT[object_type]]
    return ABOUT.format(
        object_type=object_type,
        created=CREATED if object_type == "companies" else "",
        example=EXAMPLES[object_type],
        rows="\n".join([*rows, ""]),
    )


def parameters(object_type: str) -> dict[str, Param]:
    """What a run may be told; `check` looks at it once more, and says all that is wrong."""
    told = {
        "system": Param(
            default="hubspot",
            type="string",
            enum=["hubspot", "salesforce"],
            title="System",
            description="The CRM in which the records are named.",
        ),
        "ids": Param(
            default=None,
            type=WORDS,
            title="Ids",
            description="Ids of the records in that system, one in a line; at most 10,000.",
        ),
        "emails": Param(
            default=None,
            type=WORDS,
            title="E-mail addresses",
            description="Instead of ids: e-mail addresses, one in a line.",
        ),
        "domains": Param(
            default=None,
            type=WORDS,
            title="Domains",
            description="Instead of ids: domains of companies (example.com), one in a line.",
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
            type=WORDS,
            title="Force fields",
            description="Fields, by the mapping's names and one in a line, that take the other"
            " CRM's value whatever base and rule say. Needs a direction of one way.",
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
            type=["null", "string"],
            pattern="^([0-9a-f]{16})?$",
            title="Allow plan",
            description="Id of a plan that the guard stopped: let this very plan through.",
        ),
        "apply_plan": Param(
            default=None,
            type=["null", "string"],
            pattern="^([0-9a-f]{16}([ ,]+[0-9a-f]{16})*)?$",
            title="Apply plan",
            description="Instead of records: the ids of plans that a dry run left, to be written"
            " as they stand.",
        ),
    }
    return {name: one for name, one in told.items() if name not in WITHOUT[object_type]}


def asks(asked_for: str) -> bool:
    """Whether a person is asked before a plan is written."""
    return not {"always", f"manual_sync_{asked_for}"}.isdisjoint(ASKED_BY)


if any(map(asks, FAMILY)):
    from crm_approval import Approval


def alert(context: Mapping[str, Any]) -> None:
    """Tell people that a task has failed for good."""
    from include.crmsync.pipeline import notify

    notify.failed(context)


@task
def check(object_type: str, sync_run: str, params: Options | None = None) -> dict[str, Any]:
    """Check what was asked for, all of it, before anything is read."""
    from include.crmsync.pipeline import asked

    return asked.understand(object_type, dict(params or {}), sync_run)


@task.short_circuit(ignore_downstream_trigger_rules=False, trigger_rule="none_failed")
def extract(object_type: str, asked_for: str, sync_run: str) -> str | None:
    """Read what was asked for of one object type, and what it takes to judge it."""
    from include.crmsync.pipeline import asked

    return asked.extract(object_type, asked_for, sync_run)


@task.short_circuit(ignore_downstream_trigger_rules=False)
def validate(extracted: str, object_type: str, sync_run: str) -> str | None:
    """Turn records canonical and judge them by the criteria: who may sync, who is held and why.

    Ends the object type where the calls of the day are spent.
    """
    from include.crmsync.pipeline import validate

    return validate.run(extracted, object_type=object_type, sync_run=sync_run)


@task.short_circuit(ignore_downstream_trigger_rules=False)
def plan(validated: str, object_type: str, sync_run: str) -> str | None:
    """Merge three versions of every field, match and decide; a dry run ends here."""
    from include.crmsync.pipeline import plan

    return plan.run(validated, object_type=object_type, sync_run=sync_run)


@task(retries=4, pool="crm_writes")
def load(planned: str, object_type: str, sync_run: str) -> str:
    """Write the plan to both CRMs, intent before each call and outcome after it."""
    from include.crmsync.pipeline import load

    return load.run(planned, object_type=object_type, sync_run=sync_run)


@task
def commit(loaded: str, object_type: str, sync_run: str) -> None:
    """Remember links, bases, held records and conflicts, in one transaction; no watermark."""
    from include.crmsync.pipeline import commit

    commit.run(loaded, object_type=object_type, sync_run=sync_run)


@task(trigger_rule="none_failed")
def tell(asked_for: str, sync_run: str) -> dict[str, Any]:
    """Say what became of what was asked for: counts, and who is held and why."""
    from include.crmsync.pipeline import asked

    return asked.tell(asked_for, sync_run)


@task_group(tooltip="Extract, validate, plan, load, commit one object type")
def sync(object_type: str, asked_for: str) -> None:
    """The five steps; a plan waits for approval between `plan` and `load`, where that is wanted."""
    extracted = extract(object_type, asked_for, RUN)
    planned = plan(validate(extracted, object_type, RUN), object_type, RUN)
    loaded = load(planned, object_type, RUN)
    if asks(asked_for):
        question = Approval(
            task_id="approve",
            planned=planned,
            object_type=object_type,
            sync_run=RUN,
            hours=HOURS,
        )
        chain(question, loaded)
    commit(loaded, object_type, RUN)


def manual_sync(asked_for: str) -> None:
    """Make the DAG of one object type."""

    @dag(
        dag_id=f"manual_sync_{asked_for}",
        schedule=None,
        is_paused_upon_creation=False,
        start_date=pendulum.datetime(2025, 1, 1, tz="UTC"),
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=IN_TIME + timedelta(hours=HOURS) * len(FAMILY[asked_for]) * asks(asked_for),
        default_args={
            "owner": "crmsync",
            "retries": 2,
            "retry_delay": timedelta(seconds=30),
            "on_failure_callback": alert,
        },
        tags=["crm", "sync", "on request"],
        description=f"Sync the {asked_for} that somebody names, now",
        doc_md=about(asked_for),
        params=parameters(asked_for),
    )
    def requested() -> None:
        groups = [sync.override(group_id=name)(name, asked_for) for name in FAMILY[asked_for]]
        chain(check(asked_for, RUN), *groups, tell(asked_for, RUN))

    requested()


for name in FAMILY:
    manual_sync(name)
