"""`sync-records` of the command line: the same request as a manual sync's, and the same check."""

import argparse
from typing import Any

from include.crmsync.model.record import System
from include.crmsync.model.request import Direction
from include.crmsync.pipeline import once
from include.crmsync.pipeline.request import manual
from include.crmsync.pipeline.workshop import Workshop


def add(commands: Any) -> None:
    """Make the command known."""
    records = commands.add_parser("sync-records", help="sync the records you name, now")
    records.add_argument("object_type", choices=once.OBJECT_TYPES)
    records.add_argument(
        "--system",
        choices=list(map(str, System)),
        default=str(System.HUBSPOT),
        help="the CRM in which they are named; default: hubspot",
    )
    records.add_argument("--id", action="append", metavar="ID", help="a record; may be repeated")
    records.add_argument("--email", action="append", help="contacts: an address instead of an id")
    records.add_argument("--domain", action="append", help="companies: a domain instead of an id")
    records.add_argument(
        "--direction",
        choices=list(map(str, Direction)),
        default=str(Direction.RULES),
        help="which CRM may be written; default: both, by the rules",
    )
    records.add_argument(
        "--force-field",
        action="append",
        metavar="FIELD",
        help="a field that takes the other CRM's value, with a direction of one way",
    )
    records.add_argument(
        "--follow-parents", action="store_true", help="sync what they belong to before them"
    )
    records.add_argument("--dry-run", action="store_true", help="plan and show, write nothing")
    records.add_argument("--allow-plan", metavar="ID", help="a plan that the guard stopped")
    records.add_argument("--apply-plan", metavar="ID", help="write a kept plan, and nothing else")
    records.add_argument("--json", action="store_true", help="print the summary as JSON")


def run(asked: argparse.Namespace, sync_run: str, workshop: Workshop) -> None:
    """Check what was asked for, and sync it; raises what a step raises."""
    told = {
        "system": asked.system,
        "ids": asked.id,
        "emails": asked.email,
        "domains": asked.domain,
        "direction": asked.direction,
        "force_fields": asked.force_field,
        "follow_parents": asked.follow_parents,
        "dry_run": asked.dry_run,
        "allow_plan": asked.allow_plan,
        "apply_plan": asked.apply_plan,
    }
    given = {name: value for name, value in told.items() if value}
    once.run_request(manual(asked.object_type, given, workshop), sync_run, workshop=workshop)
