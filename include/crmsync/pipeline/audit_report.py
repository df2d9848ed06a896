"""What an audit found, as plain data and in a terminal: counts and ids, never a value.

The values of its samples are in the state store, in `drift_sample`, and are read there.
"""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from include.crmsync.model.drift import Audit, Cause
from include.crmsync.pipeline.audit import counts
from include.crmsync.pipeline.once import OBJECT_TYPES
from include.crmsync.pipeline.workshop import Workshop

EXAMPLES = 3
"""Pairs named for each field and cause."""


def report(audit: str, shop: Workshop) -> dict[str, Any]:
    """One audit by object type, in the order they sync; empty when there was none of that id."""
    audits = sorted(shop.audits.audit(audit), key=lambda one: OBJECT_TYPES.index(one.object_type))
    return {"audit": audit, "object_types": [_entry(one, shop) for one in audits]}


def drifted(told: dict[str, Any]) -> int:
    """How many differences have no reason that is known."""
    return sum(
        row["pairs"]
        for one in told["object_types"]
        for row in one["differing"]
        if Cause(row["cause"]).mendable
    )


def show(told: dict[str, Any], out: Console) -> None:
    """Print one audit."""
    out.print(f"\n[bold]{escape(told['audit'])}[/]", highlight=False)
    for one in told["object_types"]:
        ended = "" if one["finished_at"] else "  [yellow]not finished[/]"
        out.print(
            f"[bold]{one['object_type']}[/] {one['counts']['compared']} linked pairs compared,"
            f" {one['counts']['equal']} alike, {one['counts']['mended']} to be read again{ended}",
            highlight=False,
        )
        if one["differing"]:
            out.print(_table(one["differing"]))


def _entry(audit: Audit, shop: Workshop) -> dict[str, Any]:
    found = shop.audits.samples(audit.id, audit.object_type)
    return {
        "object_type": audit.object_type,
        "started_at": audit.started_at.isoformat(timespec="seconds"),
        "finished_at": audit.finished_at and audit.finished_at.isoformat(timespec="seconds"),
        "mend": audit.mend,
        "counts": counts(audit, shop),
        "differing": [
            {
                "field": name,
                "cause": str(cause),
                "pairs": pairs,
                "examples": [
                    {"hubspot": one.hubspot_id, "salesforce": one.salesforce_id, "moved": one.moved}
                    for one in found
                    if (one.field, one.cause) == (name, cause)
                ][:EXAMPLES],
            }
            for name, cause, pairs in shop.audits.counts(audit.id, audit.object_type)
        ],
    }


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("field", "cause", "pairs", "e.g. HubSpot", "Salesforce", "who moved"):
        table.add_column(heading, justify="right" if heading == "pairs" else "left")
    for row in rows:
        first = (row["examples"] or [{"hubspot": "", "salesforce": "", "moved": ""}])[0]
        cause = f"[red]{row['cause']}[/]" if Cause(row["cause"]).mendable else row["cause"]
        ids = (escape(first["hubspot"]), escape(first["salesforce"]), first["moved"])
        table.add_row(row["field"] or "(the record)", cause, str(row["pairs"]), *ids)
    return table
