"""Two-way sync of HubSpot and Salesforce, every 15 minutes.

Companies first, then contacts, then deals, so that a record's parent exists on both sides
before the record does. Each object type takes five steps: **extract** what changed,
**validate** it against the criteria, **plan** what to write, **load** it, **commit** what
both systems now agree on. Each step writes one artifact and hands on its reference.

An object type with nothing to do ends after `extract`; its other steps are skipped. One that is
stopped, by its mapping or by the guard, does not stop those after it: a record whose parent is
missing waits for it.

Any step may be cleared and re-run: it overwrites its own artifact, and `load` skips the
actions whose outcome is already recorded. What a run did, held and why is in the journal:
`python -m include.crmsync summary` prints it.

With `CRMSYNC_APPROVE`, a person is asked between `plan` and `load`: see the runbook.

Trigger it by hand with `{"dry_run": true}` to see what it would do, and with
`{"apply_plan": "THE ID"}` to write the plan that you have seen, and nothing else.
"""

import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import (  # type: ignore[attr-defined]  # the stub lacks deadlines
    DeadlineAlert,
    DeadlineReference,
    Param,
    SyncCallback,
    chain,
    dag,
    task,
    task_group,
)

Options = Mapping[str, Any]
"""What the run was triggered with; Airflow fills `params` in."""
OBJECT_TYPES = ("companies", "contacts", "deals")
LATE = timedelta(minutes=30)
"""A run that is not over by then is told of: what people edit no longer travels in time."""
RUN = "{{ run_id }}"
"""The sync run goes by the name of the Airflow run."""
ASKED_BY = os.environ.get("CRMSYNC_APPROVE", "").replace(",", " ").split()
ASKS = not {"always", "crm_sync"}.isdisjoint(ASKED_BY)
"""Whether a person is asked before a plan is written."""
HOURS = float(os.environ.get("CRMSYNC_APPROVE_HOURS", "4"))
"""How long an answer is waited for; after that the plan counts as rejected."""
IN_TIME = timedelta(minutes=45)

if ASKS:
    from crm_approval import Approval


def alert(context: Mapping[str, Any]) -> None:
    """Tell people that a task has failed for good."""
    from include.crmsync.pipeline import notify

    notify.failed(context)


@task.short_circuit(ignore_downstream_trigger_rules=False, trigger_rule="all_done")
def extract(object_type: str, sync_run: str, params: Options | None = None) -> str | None:
    """Read what changed in both CRMs since the watermark, and what it takes to judge it.

    Ends the object type here when nothing changed.
    """
    from include.crmsync.pipeline import extract

    told = params or {}
    return extract.run(
        object_type,
        sync_run,
        dry_run=bool(told.get("dry_run")),
        apply_plan=str(told.get("apply_plan") or ""),
    )


@task.short_circuit(ignore_downstream_trigger_rules=False)
def validate(extracted: str, object_type: str, sync_run: str) -> str | None:
    """Turn records canonical and judge them by the criteria: who may sync, who is held and why.

    Like the steps beside it, it ends the object type when the calls of the day are spent.
    """
    from include.crmsync.pipeline import validate

    return validate.run(extracted, object_type=object_type, sync_run=sync_run)


@task.short_circuit(ignore_downstream_trigger_rules=False)
def plan(
    validated: str, object_type: str, sync_run: str, params: Options | None = None
) -> str | None:
    """Merge three versions of every field, match and decide; nothing is written.

    A dry run ends here. The guard stops a plan that looks like an accident, and names its id.
    """
    from include.crmsync.pipeline import plan

    return plan.run(
        validated,
        object_type=object_type,
        sync_run=sync_run,
        allow_plan=str((params or {}).get("allow_plan") or ""),
    )


@task(retries=4, pool="crm_writes")
def load(planned: str, object_type: str, sync_run: str) -> str:
    """Write the plan to both CRMs, intent before each call and outcome after it."""
    from include.crmsync.pipeline import load

    return load.run(planned, object_type=object_type, sync_run=sync_run)


@task
def commit(loaded: str, object_type: str, sync_run: str) -> None:
    """Remember links, bases, held records, conflicts and watermarks, in one transaction."""
    from include.crmsync.pipeline import commit

    commit.run(loaded, object_type=object_type, sync_run=sync_run)


@dag(
    schedule="*/15 * * * *",
    start_date=pendulum.datetime(2025, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=IN_TIME + timedelta(hours=HOURS) * len(OBJECT_TYPES) * ASKS,
    default_args={
        "owner": "crmsync",
        "retries": 2,
        "retry_delay": timedelta(seconds=30),
        "on_failure_callback": alert,
    },
    deadline=DeadlineAlert(
        name="crm_sync is late",
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=LATE,
        callback=SyncCallback("crm_overdue.overdue", {"minutes": LATE.total_seconds() / 60}),
    ),
    tags=["crm", "sync"],
    description="Two-way sync of HubSpot and Salesforce",
    doc_md=__doc__,
    params={
        "dry_run": Param(
            default=False,
            type="boolean",
            description="Plan and journal, but write nothing to either CRM.",
        ),
        "allow_plan": Param(
            default="",
            type=["null", "string"],
            description="Id of a plan that the guard stopped: let this very plan through.",
        ),
        "apply_plan": Param(
            default="",
            type=["null", "string"],
            pattern="^([0-9a-f]{16}([ ,]+|$))*$",
            description="Id of a kept plan, of a dry run or stopped by the guard: write this plan"
            " as it stands, and make no other. Several ids, one of each object type, may be given.",
        ),
    },
)
def crm_sync() -> None:
    @task_group(tooltip="Extract, validate, plan, load, commit one object type")
    def sync(object_type: str) -> None:
        extracted = extract(object_type, RUN)
        planned = plan(validate(extracted, object_type, RUN), object_type, RUN)
        loaded = load(planned, object_type, RUN)
        if ASKS:
            asked = Approval(
                task_id="approve",
                planned=planned,
                object_type=object_type,
                sync_run=RUN,
                hours=HOURS,
            )
            chain(asked, loaded)
        commit(loaded, object_type, RUN)

    chain(*(sync.override(group_id=name)(name) for name in OBJECT_TYPES))


crm_sync()
