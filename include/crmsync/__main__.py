"""The command line: run the sync without Airflow, and look at what runs did.

`run` goes through the very same steps as the DAG, in this process. Exit status: 0 the run
came to its end, 1 it did not, 2 the command was wrong.
"""

import argparse
import json
import logging
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from include.crmsync.errors import SyncError
from include.crmsync.errors.catalogue import Category
from include.crmsync.model.record import System
from include.crmsync.pipeline import baseline_command, once, records_command, retry, sweep
from include.crmsync.pipeline.audit import run as run_audit
from include.crmsync.pipeline.audit_report import report
from include.crmsync.pipeline.audit_report import show as show_audit
from include.crmsync.pipeline.check import findings
from include.crmsync.pipeline.check_told import documents, table, wrong_ones
from include.crmsync.pipeline.criteria_told import in_force, last_changes
from include.crmsync.pipeline.forget import Person, forget
from include.crmsync.pipeline.plan_terminal import list_plans, show_plan
from include.crmsync.pipeline.summary import succeeded, summary
from include.crmsync.pipeline.terminal import console, show
from include.crmsync.pipeline.undo.command import add_undo, undo
from include.crmsync.pipeline.wiring import real_workshop
from include.crmsync.pipeline.workshop import Workshop


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status."""
    asked = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    logging.getLogger("crmsync").setLevel(logging.INFO)
    workshop = real_workshop()
    try:
        return _COMMANDS[asked.command](asked, workshop)
    except SyncError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    finally:
        workshop.close()


def _run(asked: argparse.Namespace, workshop: Workshop) -> int:
    def go(sync_run: str) -> None:
        once.run(
            sync_run,
            asked.object_type or once.OBJECT_TYPES,
            dry_run=asked.dry_run,
            allow_plan=asked.allow_plan,
            apply_plan=asked.apply_plan,
            workshop=workshop,
        )

    return _sync(asked, go, workshop)


def _sync_records(asked: argparse.Namespace, workshop: Workshop) -> int:
    """Sync named records; what is wrong with the request is said before anything is read."""
    return _sync(asked, lambda sync_run: records_command.run(asked, sync_run, workshop), workshop)


def _sync(asked: argparse.Namespace, go: Callable[[str], None], workshop: Workshop) -> int:
    """Make a sync run, and print what it came to; of a dry run the plan, too."""
    sync_run = f"cli__{datetime.now(UTC).isoformat(timespec='milliseconds')}"
    try:
        go(sync_run)
    finally:
        told = summary(sync_run, workshop)
        if told["object_types"]:
            _print(told, as_json=asked.json)
    if asked.dry_run and not asked.json:
        for one in workshop.plans.all():
            if one.sync_run == sync_run:
                show_plan(one.id, workshop, sys.stdout)
    return 0 if succeeded(told) else 1


def _summary(asked: argparse.Namespace, workshop: Workshop) -> int:
    runs = workshop.journal.runs(limit=1)
    sync_run = asked.run or (runs[0].id if runs else None)
    if sync_run is None:
        print("no sync run is in the journal yet: start one with `run`", file=sys.stderr)
        return 1
    told = summary(sync_run, workshop)
    if not told["object_types"]:
        print(f"the journal knows no sync run {sync_run}", file=sys.stderr)
        return 1
    _print(told, as_json=asked.json)
    return 0 if succeeded(told) else 1


def _forget(asked: argparse.Namespace, workshop: Workshop) -> int:
    known = forget(
        workshop,
        Person(asked.hubspot_id or "", asked.salesforce_id or "", asked.email or ""),
    )
    if not known:
        print(
            "no contact is remembered by this id or e-mail, and no artifact or kept plan names one",
            file=sys.stderr,
        )
        return 1
    print(f"forgotten: {known} records; only hashes of their ids are kept")
    return 0


def _audit(asked: argparse.Namespace, workshop: Workshop) -> int:
    """Print an audit, or make one and print it; nothing is written to either CRM."""
    audit = asked.audit or workshop.audits.latest()
    if asked.now:
        audit = f"audit__cli__{datetime.now(UTC).isoformat(timespec='milliseconds')}"
        for object_type in asked.object_type or once.OBJECT_TYPES:
            run_audit(object_type, audit, mend=asked.mend, workshop=workshop)
    told = report(audit, workshop) if audit else {"object_types": []}
    if not told["object_types"]:
        print("there is no such audit: make one with `audit --now`", file=sys.stderr)
        return 1
    if asked.json:
        print(json.dumps(told, indent=2))
    else:
        show_audit(told, console())
    return 0


def _retry(asked: argparse.Namespace, workshop: Workshop) -> int:
    """Have refused records read again by the next run; or, `--now`, sync them at once."""
    if asked.now:
        return _retry_now(asked, workshop)
    told = {
        "code": " ".join(asked.code or ()),
        "category": asked.category,
        "record": " ".join(asked.record or ()),
        "everything": asked.everything,
    }
    found = sweep.run(sweep.chosen(told), workshop)
    for object_type, count in found.items():
        print(f"{count:>5} {object_type} go again in the next run")
    return 0


def _retry_now(asked: argparse.Namespace, workshop: Workshop) -> int:
    told = {
        "category": asked.category,
        "code": asked.code,
        "ids": asked.record,
        "everything": asked.everything,
        "dry_run": asked.dry_run,
    }
    sync_run = f"cli__{datetime.now(UTC).isoformat(timespec='milliseconds')}"
    found = retry.run(told, sync_run, workshop)["object_types"]
    for object_type, one in found.items():
        for became, count in one["counts"].items():
            print(f"{count:>5} {object_type}: {became}")
        for row in one["records"]:
            print(f"      {row['system']} {row['id']}: {row['became']} {row['reason']}".rstrip())
    return 0


def _criteria(asked: argparse.Namespace, workshop: Workshop) -> int:
    told = last_changes if asked.changes else in_force
    for object_type in asked.object_type or once.OBJECT_TYPES:
        for system in System:
            print("\n".join(told(object_type, system, workshop)), end="\n\n")
    return 0


def _check(asked: argparse.Namespace, workshop: Workshop) -> int:
    """Print what is in place and what is not; no record is read or written."""
    found = findings(workshop, create_missing=asked.create_missing)
    if asked.json:
        print(json.dumps(documents(found), indent=2))
    else:
        print("\n".join(table(found)))
    return 1 if wrong_ones(found) else 0


def _plan(asked: argparse.Namespace, workshop: Workshop) -> int:
    """Show a kept plan, before and after of every field, or list those that are kept."""
    if asked.what == "list":
        list_plans(workshop, sys.stdout, as_json=asked.json)
    else:
        show_plan(asked.plan, workshop, sys.stdout, as_json=asked.json)
    return 0


_COMMANDS = {
    "baseline": baseline_command.run,
    "check": _check,
    "run": _run,
    "plan": _plan,
    "sync-records": _sync_records,
    "summary": _summary,
    "criteria": _criteria,
    "audit": _audit,
    "retry": _retry,
    "forget": _forget,
    "undo": undo,
}


def _print(told: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(told, indent=2))
    else:
        show(told, console())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m include.crmsync", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="sync once, without Airflow")
    run.add_argument(
        "--object-type",
        action="append",
        choices=once.OBJECT_TYPES,
        help="only this object type; may be repeated; default: all, parents first",
    )
    run.add_argument("--dry-run", action="store_true", help="plan and show, write nothing")
    run.add_argument(
        "--allow-plan",
        default="",
        metavar="ID",
        help="let through the plan with this id, which the guard stopped",
    )
    run.add_argument(
        "--apply-plan", default="", metavar="ID", help="apply the kept plan with this id as it is"
    )
    run.add_argument("--json", action="store_true", help="print the summary as JSON")
    records_command.add(commands)
    told = commands.add_parser("summary", help="what a run did, held and why")
    told.add_argument("--run", help="id of the sync run; default: the latest")
    told.add_argument("--json", action="store_true", help="print it as JSON")
    criteria = commands.add_parser("criteria", help="what is asked of records, and what changed")
    criteria.add_argument("--object-type", action="append", choices=once.OBJECT_TYPES)
    criteria.add_argument(
        "--changes",
        action="store_true",
        help="what the latest change of a schema or mapping did to the derived ones",
    )
    forgotten = commands.add_parser("forget", help="erase a contact from what the sync remembers")
    forgotten.add_argument("--hubspot-id", help="id of the HubSpot contact")
    forgotten.add_argument("--salesforce-id", help="id of the Salesforce contact or lead")
    forgotten.add_argument("--email", help="its e-mail, as last synced")
    audit = commands.add_parser("audit", help="compare all linked records, or show what that found")
    audit.add_argument("--audit", metavar="ID", help="which audit to show; default: the latest")
    audit.add_argument("--now", action="store_true", help="make one first")
    audit.add_argument(
        "--mend", action="store_true", help="with --now: have the next run mend what drifted"
    )
    audit.add_argument("--object-type", action="append", choices=once.OBJECT_TYPES)
    audit.add_argument("--json", action="store_true", help="print it as JSON")
    _add_retry(commands)
    baseline_command.add(commands)
    check = commands.add_parser("check", help="whether everything is in place, and how to mend it")
    check.add_argument(
        "--create-missing", action="store_true", help="make missing key fields in both CRMs"
    )
    check.add_argument("--json", action="store_true", help="print it as JSON")
    _add_plan(commands)
    add_undo(commands)
    return parser


def _add_retry(commands: Any) -> None:
    """The command that lets refused records go again."""
    again = commands.add_parser("retry", help="let refused records go again in the next run")
    again.add_argument("--now", action="store_true", help="sync them at once, held ones as well")
    again.add_argument("--dry-run", action="store_true", help="with --now: plan, write nothing")
    again.add_argument("--code", action="append", help="refused with this code; may be repeated")
    again.add_argument("--category", choices=list(map(str, Category)), help="of this category")
    again.add_argument("--record", action="append", metavar="ID", help="this record")
    again.add_argument("--everything", action="store_true", help="whatever was refused")


def _add_plan(commands: Any) -> None:
    """The commands that look at kept plans."""
    plan = commands.add_parser("plan", help="look at plans of dry runs, or that the guard stopped")
    what = plan.add_subparsers(dest="what", required=True)
    shown = what.add_parser("show", help="print a plan: before and after of every field")
    shown.add_argument("plan", metavar="ID", help="as the log of the plan task says it")
    listed = what.add_parser("list", help="the plans that are kept, the newest first")
    for one in (shown, listed):
        one.add_argument("--json", action="store_true", help="print it as JSON")


if __name__ == "__main__":
    sys.exit(main())
