"""The command that takes a run back; dry unless told to apply."""

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from include.crmsync.pipeline.once import OBJECT_TYPES
from include.crmsync.pipeline.terminal import console
from include.crmsync.pipeline.undo.asked import asked
from include.crmsync.pipeline.undo.once import run
from include.crmsync.pipeline.undo.report import lines, report
from include.crmsync.pipeline.workshop import Workshop


def add_undo(commands: Any) -> None:
    """Add the command to a parser's."""
    undo = commands.add_parser("undo", help="take a run back, where nobody has changed it since")
    undo.add_argument("--run", required=True, metavar="ID", help="id of the sync run to take back")
    undo.add_argument("--object-type", action="append", choices=OBJECT_TYPES)
    undo.add_argument(
        "--id", action="append", metavar="ID", help="only this record; may be repeated"
    )
    undo.add_argument(
        "--delete-created", action="store_true", help="delete the records that the run created"
    )
    how = undo.add_mutually_exclusive_group()
    how.add_argument("--dry-run", action="store_true", help="plan and show; this is the default")
    how.add_argument("--apply", action="store_true", help="write")
    undo.add_argument("--allow-plan", default="", metavar="ID", help="let a guarded plan through")
    undo.add_argument("--json", action="store_true", help="print the report as JSON")


def undo(arguments: argparse.Namespace, workshop: Workshop) -> int:
    """Take a run back; the exit status."""
    told = {
        "sync_run": arguments.run,
        "object_types": arguments.object_type or [],
        "ids": arguments.id or [],
        "dry_run": not arguments.apply,
        "delete_created": arguments.delete_created,
    }
    request = asked(told, workshop)
    sync_run = f"cli__{datetime.now(UTC).isoformat(timespec='milliseconds')}"
    try:
        run(request, sync_run, allow_plan=arguments.allow_plan, workshop=workshop)
    finally:
        found = report(sync_run, workshop)
        if found["object_types"]:
            _print(found, sync_run, workshop, as_json=arguments.json)
    return 0


def _print(found: dict[str, Any], sync_run: str, workshop: Workshop, *, as_json: bool) -> None:
    told = [json.dumps(found, indent=2)] if as_json else list(_told(found, sync_run, workshop))
    out = console()
    for line in told:
        out.print(line, markup=False, highlight=False, soft_wrap=True)


def _told(found: dict[str, Any], sync_run: str, workshop: Workshop) -> Iterator[str]:
    for entry in found["object_types"] if found["dry_run"] else ():
        for action in workshop.journal.actions(sync_run, entry["object_type"]):
            yield f"{action.verb} {action.kind} {action.record_id} in {action.system.label}"
            for one in action.changes:
                yield f"  {one.field}: {one.before!r} -> {one.after!r}"
    yield from lines(found)
    if found["dry_run"]:
        yield "nothing was written: add --apply to write"
    else:
        yield f"to take this back: undo --run {sync_run}"
