"""On request: take back what one sync run wrote, in both CRMs.

**Who should use it.** A data engineer who finds that a run did harm: a wrong mapping or rule, a
bad import that the sync carried on. Pause `crm_sync` and mend the cause first. To correct single
records, edit them: the sync carries that. Who only wants to see what a run did reads
`python -m include.crmsync summary`.

**What it does.** Every field that still holds what the run left there gets back the value from
before the run. Everything else is listed with its reason: edited since, gone, moved to another
link, not mapped any more, read-only now. Children come before their parents. **The edit that had
travelled stays** where somebody made it: both CRMs keep their own value, `crm_sync` leaves that
alone, and the next edit on either side travels as ever. Records that the run created are kept
unless `delete_created` is on.

**It writes nothing** as long as `dry_run` is on, which it is unless you turn it off: it reads both
CRMs, plans, and lists everything. The plan is kept as CSV and JSON.

**Examples of `conf`**, for the form, the command line or REST:

| You want | `conf` |
|---|---|
| to see what would come back | `{"sync_run": "scheduled__2026-11-24T09:15:00+00:00"}` |
| to take the run back | `{"sync_run": "scheduled__2026-11-24T09:15:00+00:00", "dry_run": false}` |
| only its contacts | `{"sync_run": "...", "object_types": ["contacts"], "dry_run": false}` |
| only some records, of either CRM | `{"sync_run": "...", "ids": ["2101"], "dry_run": false}` |
| what it created gone, too | `{"sync_run": "...", "delete_created": true, "dry_run": false}` |
| all of it again | `{"sync_run": "the id of the run of crm_undo", "dry_run": false}` |

**What can go wrong.** `check` fails with every problem of the request, before anything is read: an
unknown run, a dry one, one that wrote nothing or is still at work, an id that it did not write. A
plan that touches very many records is stopped by the guard, which names the id that lets it
through (`allow_plan`). Another run that is writing is waited for. Any task may be cleared and run
again: what is back already is left alone.
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
OBJECT_TYPES = ("deals", "contacts", "companies")
"""Children first."""
WORDS = ["null", "array", "string"]
ASKED_BY = os.environ.get("CRMSYNC_APPROVE", "").replace(",", " ").split()
ASKS = not {"always", "crm_undo"}.isdisjoint(ASKED_BY)
"""Whether a person is asked before a plan is written."""
HOURS = float(os.environ.get("CRMSYNC_APPROVE_HOURS", "4"))
"""How long an answer is waited for; after that the plan counts as rejected."""
IN_TIME = timedelta(hours=3)

if ASKS:
    from crm_approval import Approval


def alert(context: Mapping[str, Any]) -> None:
    """Tell people that a task has failed for good."""
    from include.crmsync.pipeline import notify

    notify.failed(context)


@task
def check(sync_run: str, params: Options | None = None) -> dict[str, Any]:
    """Hold the request against the journal, all of it, before anything is read."""
    from include.crmsync.pipeline.undo import steps

    return steps.understand(dict(params or {}), sync_run)


@task.short_circuit(ignore_downstream_trigger_rules=False, trigger_rule="none_failed")
def extract(object_type: str, sync_run: str) -> str | None:
    """Read the records that the run wrote, in the fields that it wrote."""
    from include.crmsync.pipeline.undo import extract

    return extract.run(object_type, sync_run)


@task.short_circuit(ignore_downstream_trigger_rules=False)
def plan(
    recalled: str, object_type: str, sync_run: str, params: Options | None = None
) -> str | None:
    """Decide field by field what comes back, and why the rest does not; a dry run ends here."""
    from include.crmsync.pipeline.undo import plan

    return plan.run(
        recalled,
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
    """Remember what each CRM holds now, and what is listed, in one transaction; no watermark."""
    from include.crmsync.pipeline.undo import commit

    commit.run(loaded, object_type=object_type, sync_run=sync_run)


@task(trigger_rule="none_failed")
def tell(sync_run: str) -> dict[str, Any]:
    """Say what is back and what is not: counts, ids, fields and reasons."""
    from include.crmsync.pipeline.undo import steps

    return steps.tell(sync_run)


@dag(
    schedule=None,
    is_paused_upon_creation=False,
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
    tags=["crm", "sync", "on request"],
    description="Take back what one sync run wrote",
    doc_md=__doc__,
    params={
        "sync_run": Param(
            default="",
            type="string",
            maxLength=250,
            title="Sync run",
            description="Id of the run to take back: the run id in Airflow, or one that begins"
            " with cli__.",
        ),
        "object_types": Param(
            default=None,
            type=["null", "array"],
            items={"type": "string", "enum": ["companies", "contacts", "deals"]},
            examples=["companies", "contacts", "deals"],
            title="Object types",
            description="Only these; all of the run's, where none is chosen.",
        ),
        "ids": Param(
            default=None,
            type=WORDS,
            title="Ids",
            description="Only what concerns these records, of either CRM, one in a line; at most"
            " 10,000.",
        ),
        "dry_run": Param(
            default=True,
            type="boolean",
            title="Dry run",
            description="Plan, journal and show, but write nothing to either CRM.",
        ),
        "delete_created": Param(
            default=False,
            type="boolean",
            title="Delete what it created",
            description="Delete the records that the run created, if nobody has edited them since"
            " and nothing belongs to them. Else they are kept.",
        ),
        "allow_plan": Param(
            default=None,
            type=["null", "string"],
            pattern="^([0-9a-f]{16})?$",
            title="Allow plan",
            description="Id of a plan that the guard stopped: let this very plan through.",
        ),
    },
)
def crm_undo() -> None:
    @task_group(tooltip="Extract, plan, load, commit one object type")
    def take_back(object_type: str) -> None:
        planned = plan(extract(object_type, RUN), object_type, RUN)
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

    groups = [take_back.override(group_id=name)(name) for name in OBJECT_TYPES]
    chain(check(RUN), *groups, tell(RUN))


crm_undo()
