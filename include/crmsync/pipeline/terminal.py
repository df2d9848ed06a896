"""A run's summary in a terminal: the sums as a table, what is held as sentences."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from include.crmsync.errors.catalogue import Who
from include.crmsync.model.plan import Verb
from include.crmsync.model.record import System

WIDTH = 120
"""Columns where nobody's terminal says: a pipe, a log."""
COLUMNS = {
    "extracted": "read",
    "equal": "equal",
    "created": "created",
    "updated": "updated",
    "deleted": "deleted",
    "held": "held",
    "failed": "failed",
    "waiting": "waiting",
    "conflicts": "conflicts",
    "calls": "calls",
    "forecast": "foreseen",
}
NOW_AND_THEN = ("deleted", "forecast")
"""Columns that are left out where no row has a number: the table has to fit."""
STATES = {
    "done": "[green]done[/]",
    "nothing_to_do": "[green]nothing to do[/]",
    "planned": "[yellow]dry run: planned, nothing written[/]",
    "rejected": "[yellow]rejected: planned, nothing written[/]",
    "running": "[yellow]still running[/]",
    "waiting": "[yellow]waiting: the calls of the day are spent[/]",
    "failed": "[red]failed[/]",
}


def console() -> Console:
    """As wide as the terminal; wide enough for the table where there is none."""
    found = Console()
    return found if found.is_terminal else Console(width=WIDTH)


def show(told: Mapping[str, Any], out: Console) -> None:
    """Print the summary of one run."""
    out.print()
    out.print(
        f"[bold]{escape(told['sync_run'])}[/]  {STATES.get(told['state'], told['state'])}"
        f" in {told['seconds']} s",
        highlight=False,
    )
    out.print(_counts(told))
    for one in told["api_calls"]:
        _calls(one, out)
    for one in told["object_types"]:
        _linked_and_conflicts(one, out)
    issues = [
        (one["object_type"], row) for one in told["object_types"] for row in one["mapping_issues"]
    ]
    if issues:
        _issues(issues, out)
    refused = [(one["object_type"], row) for one in told["object_types"] for row in one["refusals"]]
    if refused:
        _refusals(refused, out)
    warned = [(one["object_type"], row) for one in told["object_types"] for row in one["warned"]]
    if warned:
        _warned(warned, out)
    held = [(one["object_type"], row) for one in told["object_types"] for row in one["held"]]
    if held:
        _held(held, out)


def _counts(told: Mapping[str, Any]) -> Table:
    written = {f"{verb}d": f"to {verb}" for verb in Verb} if told["state"] == "planned" else {}
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("", no_wrap=True)
    for heading in ("from", "to"):
        table.add_column(heading, no_wrap=True)
    columns = _columns(told)
    for name, heading in columns.items():
        table.add_column(written.get(name, heading), justify="right")
    table.add_column("seconds", justify="right")
    for one in told["object_types"]:
        for row, direction in enumerate(one["directions"]):
            table.add_row(
                f"[bold]{one['object_type']}[/]" if row == 0 else "",
                _label(direction["from"]),
                _label(direction["to"]),
                *(_number(direction[name], name) for name in columns),
                str(one["seconds"]) if row == 0 else "",
            )
    return table


def _columns(told: Mapping[str, Any]) -> dict[str, str]:
    """What the table shows; a forecast only of a plan, since a run that is over has its calls."""
    rows = [row for one in told["object_types"] for row in one["directions"]]
    shown = {name for name in NOW_AND_THEN if any(row[name] for row in rows)}
    if told["state"] != "planned":
        shown.discard("forecast")
    return {name: one for name, one in COLUMNS.items() if name not in NOW_AND_THEN or name in shown}


def _calls(one: Mapping[str, Any], out: Console) -> None:
    """One line of how the day's calls stand; none of a system that has said nothing."""
    if one["limit"] is None:
        return
    text = f"{one['ours']} calls of ours in 24 hours, {one['used']} of {one['limit']} used"
    if one["allocation"] is not None:
        text += f", {one['allocation']} are ours to use"
    text += f"; room for {one['room']}"
    if kept := one["room"] - one["room_scheduled"]:
        text += f", {kept} of it kept for what people ask for"
    if not one["repeats"]:
        text += "; what failed before is not repeated until there is more"
    out.print(f"[dim]{_label(one['system'])}: {text}[/]", highlight=False)


def _linked_and_conflicts(one: Mapping[str, Any], out: Console) -> None:
    parts = []
    if linked := one["directions"][0]["linked"]:
        parts.append(f"{linked} pairs found and linked")
    if one["conflicts"]:
        fields = ", ".join(f"{row['field']} {row['count']}" for row in one["conflicts"])
        parts.append(f"conflicts settled by rule: {fields}")
    if one["note"]:
        parts.append(escape(one["note"]))
    if parts:
        text = Text.from_markup(f"[bold]{one['object_type']}[/] {'; '.join(parts)}")
        out.print(text, highlight=False)


def _issues(issues: Sequence[tuple[str, Mapping[str, Any]]], out: Console) -> None:
    out.print("\n[bold]Mappings that a CRM does not bear out, and what follows[/]")
    for object_type, row in issues:
        effect = str(row["effect"]).replace("_", " ")
        out.print(f"      {object_type}  [cyan]{row['problem']}[/]  {effect}", highlight=False)
        out.print(Padding(Text(row["reason"]), (0, 0, 0, 6)))


def _refusals(refused: Sequence[tuple[str, Mapping[str, Any]]], out: Console) -> None:
    out.print("\n[bold]Refused in this run, and what to do[/]")
    for object_type, row in refused:
        out.print(
            f"{row['records']:>5} {object_type} by {_label(row['by'])}  [cyan]{row['category']}[/]"
            f"  {escape(row['code'])}  [dim]e.g. {escape(row['example'])}[/]",
            highlight=False,
        )
        out.print(Padding(Text(_advice(row)), (0, 0, 0, 6)))


def _held(held: Sequence[tuple[str, Mapping[str, Any]]], out: Console) -> None:
    out.print("\n[bold]Held at this moment, and why[/]")
    for object_type, row in held:
        out.print(
            f"{row['records']:>5} {object_type} in {_label(row['in'])}"
            f"  [cyan]{row['criterion']}[/]  [dim]e.g. {escape(row['example'])}[/]",
            highlight=False,
        )
        out.print(Padding(Text(row["reason"]), (0, 0, 0, 6)))
        if "remedy" in row:
            out.print(Padding(Text(_advice(row)), (0, 0, 0, 6)), style="dim")


def _advice(row: Mapping[str, Any]) -> str:
    """The catalogue's words for a refusal."""
    return f"{row['title']}. {row['remedy']} ({Who(row['who']).words})"


def _warned(warned: Sequence[tuple[str, Mapping[str, Any]]], out: Console) -> None:
    out.print("\n[bold]Warned of in this run; it went on[/]")
    for object_type, row in warned:
        out.print(
            f"{row['records']:>5} {object_type} in {_label(row['in'])}"
            f"  [cyan]{escape(row['criterion'])}[/]",
            highlight=False,
        )


def _number(count: int, name: str) -> str:
    if not count:
        return "[dim].[/]"
    return f"[red]{count}[/]" if name == "failed" else str(count)


def _label(system: str) -> str:
    return System(system).label
