"""On request: what failed or is held, again and now.

**Who should use it:** whoever mended what stood in the way of records: granted a permission,
loosened a rule, filled in what was missing, freed a duplicate. What changed goes again by itself
within 15 minutes, and `crm_retry_sweep` lets the rest go every night; this does it at once.

**What it does.** `choose` picks, from what the state store remembers, the records that are held or
failed for the reason you name; each object type then takes the five steps of `crm_sync`, with
these records instead of those that changed. `tell` says of each record what became of it:
through, held (and why), to be tried again by the next run, or not found. No watermark moves.

**It writes**, unless `dry_run` is on: then it plans, journals and tells what would go through.

**Examples of `conf`:**

| You want | `conf` |
|---|---|
| one kind of trouble | `{"category": "permissions"}` |
| one code of a CRM's | `{"code": ["DUPLICATES_DETECTED"]}` |
| one criterion of ours | `{"code": ["has_email"]}` |
| these records | `{"ids": ["2101", "003Ws00000AbCdeIAF"]}` |
| deals alone | `{"object_types": ["deals"], "category": "property_values"}` |
| all there is | `{"everything": true}` |
| to see first | `{"everything": true, "dry_run": true}` |

What you name narrows: a category *and* a code means both. Codes and categories are in the catalogue
of refusals (docs/errors.md); criteria are in docs/criteria.md.

**What can go wrong.** `choose` fails with every problem of the request, before anything is read:
nothing named, a category that does not exist, an id of which nothing is held. At most `limit`
records of an object type go at once, those that failed lately first; run it again for the rest.
A plan that looks like an accident is stopped by the guard. What a CRM refuses once more is held
once more. If the run dies, the next `crm_sync` takes over what a CRM had refused.
"""

import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import Param, chain, dag, task, task_group

Options = Mapping[str, Any]
"""What the run was triggered with; Airflow fills `params` in."""
OBJECT_TYPES = ("companies", "contacts", "deals")
RUN = "{{ run_id }}"
"""The sync run goes by the name of the Airflow run."""
WORDS = ["null", "array", "string"]
ASKED_BY = os.environ.get("CRMSYNC_APPROVE", "").replace(",", " ").split()
ASKS = not {"always", "crm_retry"}.isdisjoint(ASKED_BY)
"""Whether a person is asked before a plan is written."""
HOURS = float(os.environ.get("CRMSYNC_APPROVE_HOURS", "4"))
"""How long an answer is waited for; after that the plan counts as rejected."""
IN_TIME = timedelta(hours=3)

if ASKS:
    from crm_approval import Approval
CATEGORIES = (
    "associations",
    "custom_code",
    "duplicates",
    "permissions",
    "property_values",
    "deleted_or_converted",
    "limits",
    "other",
)
CODES = (
    "DUPLICATES_DETECTED",
    "DUPLICATE_VALUE",
    "FIELD_CUSTOM_VALIDATION_EXCEPTION",
    "INSUFFICIENT_ACCESS_OR_READONLY",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
    "REQUIRED_FIELD_MISSING",
    "STRING_TOO_LONG",
    "UNABLE_TO_LOCK_ROW",
    "VALIDATION_ERROR",
)
"""Those that people meet most; any other of the catalogue may be given as well."""


def alert(context: Mapping[str, Any]) -> None:
    """Tell people that a task has failed for good."""
    from include.crmsync.pipeline import notify

    notify.failed(context)


@task
def choose(sync_run: str, params: Options | None = None) -> dict[str, Any]:
    """Check what was asked for, all of it, and choose among what failed or is held."""
    from include.crmsync.pipeline import retry

    return retry.understand(dict(params or {}), sync_run)


@task.short_circuit(ignore_downstream_trigger_rules=False, trigger_rule="none_failed")
def extract(object_type: str, sync_run: str) -> str | None:
    """Read the chosen records of one object type, and what it takes to judge them."""
    from include.crmsync.pipeline import retry

    return retry.extract(object_type, sync_run)


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
def tell(sync_run: str) -> dict[str, Any]:
    """Say of each record what became of it, and why if it is still held."""
    from include.crmsync.pipeline import retry

    return retry.tell(sync_run)


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
    description="Sync again, now, what failed or is held",
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
        "category": Param(
            default=None,
            type=["null", "string"],
            enum=[None, "", *CATEGORIES],
            title="Category",
            description="Only what a CRM refused for this kind of reason.",
        ),
        "code": Param(
            default=None,
            type=WORDS,
            examples=list(CODES),
            title="Codes",
            description="Only refusals with these codes, or records held by these criteria.",
        ),
        "ids": Param(
            default=None,
            type=WORDS,
            title="Ids",
            description="Only these records, HubSpot's or Salesforce's, one in a line.",
        ),
        "everything": Param(
            default=False,
            type="boolean",
            title="Everything",
            description="Whatever failed or is held.",
        ),
        "limit": Param(
            default=10000,
            type="integer",
            minimum=1,
            maximum=10000,
            title="Limit",
            description="So many records of each object type at most.",
        ),
        "dry_run": Param(
            default=False,
            type="boolean",
            title="Dry run",
            description="Plan, journal and tell, but write nothing to either CRM.",
        ),
    },
)
def crm_retry() -> None:
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

    groups = [sync.override(group_id=name)(name) for name in OBJECT_TYPES]
    chain(choose(RUN), *groups, tell(RUN))


crm_retry()
