"""A kept plan as people read it: CSV and JSON with every value, and a table for logs without any.

One row per action and field: where, what, which record and its counterpart, before, after, why.
Files are made a row at a time, however large the plan. What a CRM holds is hostile text: a cell
that a spreadsheet would take for a formula begins with an apostrophe, and nothing in a log moves a
cursor.
The log's table has ids, fields and reasons; values are in the files alone.
"""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

from include.crmsync.model.kept_plan import About, KeptPlan, about
from include.crmsync.model.plan import Conflict, Plan
from include.crmsync.model.record import System, Value
from include.crmsync.state.cells import harmless

CHANGES = (
    *("system", "verb", "object", "record_id", "counterpart_id"),
    *("field", "before", "after", "reason"),
)
HELD = ("system", "record_id", "criterion", "field", "value", "reason", "code")
CONFLICTS = (
    *("hubspot_id", "salesforce_id", "field", "base", "hubspot", "salesforce"),
    *("winner", "written", "reason"),
)
LINES = 100
"""Rows of the table in a log."""
WIDEST, WIDEST_REASON = 40, 100

Row = Sequence[Value]


def files(kept: KeptPlan) -> dict[str, Iterator[str]]:
    """The files of a plan, by name, each a piece at a time."""
    return {
        "changes.csv": as_csv(CHANGES, changes(kept.plan)),
        "held.csv": as_csv(HELD, held(kept)),
        "conflicts.csv": as_csv(CONFLICTS, conflicts(kept.plan)),
        "plan.json": _json(kept),
    }


def changes(plan: Plan) -> Iterator[Row]:
    """Yield one row per action and field; one that changes no field has a row even so."""
    for one in plan.actions:
        whose = (one.system, one.verb, one.kind, one.record_id, one.origin_id)
        for change in one.changes:
            yield *whose, change.field, change.before, change.after, change.reason
        if not one.changes:
            yield *whose, None, None, None, None


def held(kept: KeptPlan) -> Iterator[Row]:
    """Yield one row per record and criterion that it fails."""
    for one in kept.held:
        yield (
            one.system,
            one.record_id,
            one.criterion,
            one.field,
            one.value,
            one.reason,
            one.code,
        )


def conflicts(plan: Plan) -> Iterator[Row]:
    """Yield one row per field that both systems changed."""
    told: Iterable[tuple[Conflict, str]] = chain(
        ((one, "yes") for one in plan.conflicts), ((one, "no") for one in plan.undecided)
    )
    for one, written in told:
        yield (
            one.hubspot_id,
            one.salesforce_id,
            one.field,
            one.base,
            one.hubspot,
            one.salesforce,
            one.winner,
            written,
            one.reason,
        )


class _Line:
    """What a CSV writer writes to: it keeps one row."""

    text = ""

    def write(self, text: str) -> None:
        self.text = text


def as_csv(headings: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """Yield the lines of a CSV file in which no cell is a formula."""
    line = _Line()
    writer = csv.writer(line)
    for row in chain([headings], rows):
        writer.writerow([harmless(value or "") for value in row])
        yield line.text


def _json(kept: KeptPlan) -> Iterator[str]:
    """Yield one JSON object, a row of its lists on each line."""
    head = json.dumps(facts(about(kept)))
    yield head[:-1]
    lists: dict[str, tuple[Sequence[str], Iterator[Row]]] = {
        "changes": (CHANGES, changes(kept.plan)),
        "held": (HELD, held(kept)),
        "conflicts": (CONFLICTS, conflicts(kept.plan)),
    }
    for name, (headings, rows) in lists.items():
        yield f",\n{json.dumps(name)}: ["
        for number, row in enumerate(rows):
            told = json.dumps(dict(zip(headings, row, strict=True)))
            yield f"{',' if number else ''}\n{told}"
        yield "]"
    yield "}\n"


def facts(told: About) -> dict[str, object]:
    """What is said of a plan without any value."""
    return {
        "plan": told.id,
        "object_type": told.object_type,
        "sync_run": told.sync_run,
        "made_at": told.made_at.isoformat(timespec="seconds"),
        "actions": {
            str(system): {str(verb): count for verb, count in verbs.items()}
            for system, verbs in told.actions.items()
        },
        "records_held": told.held,
        "conflicts_settled": told.conflicts,
        "calls_foreseen": {str(system): count for system, count in told.forecast.items()},
        "guard": told.doubts or None,
    }


def table(kept: KeptPlan, folder: str) -> Iterator[str]:
    """Yield the lines of a log: counts, ids, fields and reasons, and where the values are."""
    told = about(kept)
    yield in_words(told)
    if told.doubts:
        yield f"guard: {printable(told.doubts, 400)}"
    yield from _rows(kept)
    yield from _counted("held", Counter((one.system, one.criterion) for one in kept.held))
    settled = Counter((one.winner, one.field) for one in kept.plan.conflicts)
    yield from _counted("conflict won by", settled)
    yield (
        f"before and after of each field are in {folder};"
        f" python -m include.crmsync plan show {told.id} prints them"
    )


def in_words(told: About) -> str:
    """One line of counts."""
    actions = [
        f"{count} to {verb} in {system.label}"
        for system, verbs in told.actions.items()
        for verb, count in verbs.items()
    ]
    calls = [f"{count} of {one.label}" for one, count in told.forecast.items() if count]
    return (
        f"plan {told.id} of {told.object_type}: {', '.join(actions) or 'nothing to write'};"
        f" {told.held} records held, {told.conflicts} conflicts settled;"
        f" at most {' and '.join(calls) or 'no'} calls"
    )


def _rows(kept: KeptPlan) -> Iterator[str]:
    """Yield the table's rows in columns, and how many more there are."""
    places = [CHANGES.index(name) for name in CHANGES if name not in ("before", "after")]
    first = [
        [printable(row[place] or "-", _width(CHANGES[place])) for place in places]
        for row in islice(changes(kept.plan), LINES)
    ]
    if not first:
        return
    first.insert(0, [CHANGES[place].replace("_id", "") for place in places])
    widths = [max(len(row[column]) for row in first) for column in range(len(places))]
    for row in first:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
    rest = sum(max(1, len(one.changes)) for one in kept.plan.actions) - LINES
    if rest > 0:
        yield f"and {rest} more"


def _width(column: str) -> int:
    return WIDEST_REASON if column == "reason" else WIDEST


def _counted(what: str, counts: Mapping[tuple[System, str], int]) -> Iterator[str]:
    for (system, name), count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        yield f"{count:>6} {what} {system.label}: {printable(name)}"


def printable(text: str, most: int = WIDEST) -> str:
    """A text that stays on its line, cut to a width."""
    shown = "".join(one if one.isprintable() else "?" for one in text)
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"
