"""A run's summary as tables in a terminal."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from include.crmsync.model.record import System

COLUMNS = {
    "extracted": "read",
    "equal": "equal",
    "created": "created",
    "updated": "updated",
    "linked": "linked",
    "held": "held",
    "failed": "failed",
    "conflicts": "conflicts won",
    "calls": "calls",
}
STATES = {
    "done": "[green]done[/]",
    "nothing_to_do": "[green]nothing to do[/]",
    "planned": "[yellow]dry run: planned, nothing written[/]",
    "running": "[yellow]still running[/]",
    "failed": "[red]failed[/]",
}


def show(told: Mapping[str, Any], console: Console) -> None:
    """Print the summary of one run."""
    console.print()
    state = STATES.get(told["state"], told["state"])
    console.print(f"[bold]{escape(told['sync_run'])}[/]: {state} in {told['seconds']} s")
    console.print(_counts(told))
    held = [(one["object_type"], row) for one in told["object_types"] for row in one["held"]]
    if held:
        console.print(_held(held))
    for one in told["object_types"]:
        _notes(one, console)


def _counts(told: Mapping[str, Any]) -> Table:
    table = Table(title="What was synced", title_justify="left", title_style="bold")
    table.add_column("object type")
    table.add_column("direction")
    for heading in COLUMNS.values():
        table.add_column(heading, justify="right")
    table.add_column("seconds", justify="right")
    for one in told["object_types"]:
        for row, direction in enumerate(one["directions"]):
            table.add_row(
                one["object_type"] if row == 0 else "",
                f"{_label(direction['from'])} -> {_label(direction['to'])}",
                *(_number(direction[name]) for name in COLUMNS),
                str(one["seconds"]) if row == 0 else "",
                end_section=row == len(one["directions"]) - 1,
            )
    return table


def _held(held: list[tuple[str, Mapping[str, Any]]]) -> Table:
    table = Table(title="What is held, and why", title_justify="left", title_style="bold")
    for heading in ("object type", "in", "records", "criterion", "why, and what to do", "e.g. id"):
        table.add_column(heading, justify="right" if heading == "records" else "left")
    for object_type, row in held:
        table.add_row(
            object_type,
            _label(row["in"]),
            str(row["records"]),
            row["criterion"],
            escape(row["reason"]),
            escape(row["example"]),
        )
    return table


def _notes(one: Mapping[str, Any], console: Console) -> None:
    if one["note"]:
        console.print(f"{one['object_type']}: {escape(one['note'])}")
    if one["conflicts"]:
        fields = ", ".join(f"{row['field']} {row['count']}" for row in one["conflicts"])
        console.print(f"{one['object_type']}: conflicts settled by rule: {fields}")


def _number(count: int) -> str:
    return str(count) if count else "[dim].[/]"


def _label(system: str) -> str:
    return System(system).label
