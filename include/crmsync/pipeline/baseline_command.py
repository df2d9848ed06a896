"""The baseline from the command line: the same as the DAG `crm_baseline`, one object type after
the other. A run that was killed goes on when it is called by its id again.
"""

import argparse
from datetime import UTC, datetime
from typing import Any

from include.crmsync.pipeline import baseline
from include.crmsync.pipeline.once import OBJECT_TYPES
from include.crmsync.pipeline.survey import PORTION
from include.crmsync.pipeline.terminal import console
from include.crmsync.pipeline.workshop import Workshop


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "baseline", help="match both CRMs for the first time; writes nothing without --apply"
    )
    parser.add_argument("--object-type", action="append", choices=OBJECT_TYPES)
    parser.add_argument("--match-by", action="append", choices=baseline.EVERY_RULE)
    for name in OBJECT_TYPES:
        parser.add_argument(
            f"--{name}-winner", choices=tuple(baseline.WINNERS), default=baseline.BY_RULES
        )
    parser.add_argument("--apply", action="store_true", help="write; else it is a dry run")
    parser.add_argument("--allow-plan", default="", metavar="ID")
    parser.add_argument("--portion", type=int, default=PORTION, metavar="RECORDS")
    parser.add_argument("--run", metavar="ID", help="go on with this run, as it was asked for")


def run(asked: argparse.Namespace, workshop: Workshop) -> int:
    """Match, and print what became of the records."""
    sync_run = asked.run or f"cli__{datetime.now(UTC).isoformat(timespec='milliseconds')}"
    out = console()
    out.print(f"run {sync_run}", markup=False, highlight=False)
    told = {
        "object_types": asked.object_type,
        "match_by": asked.match_by,
        "dry_run": not asked.apply,
        "allow_plan": asked.allow_plan,
        "portion": asked.portion,
        **{f"{name}_winner": getattr(asked, f"{name}_winner") for name in OBJECT_TYPES},
    }
    short = baseline.understand(told, sync_run, workshop)
    for object_type in short["object_types"]:
        counts = baseline.work(object_type, sync_run, dry=short["dry_run"], workshop=workshop)
        for state, count in (counts or {}).items():
            out.print(f"{count:>8} {object_type}: {state}", markup=False, highlight=False)
    return 0
