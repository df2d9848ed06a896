"""The measured numbers as docs/benchmarks.md."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.floors import Floor

HEAD = """# What a run costs

Written by `make bench`, which measures on the machine it runs on, against the bundled sandbox
with HubSpot's real limits switched on. Measured: {machine}.

A case is one run over contacts of which so many changed in HubSpot and as many others in
Salesforce since the last run. All of them are linked, and every change travels. The floor is the
fewest calls with which the APIs' page and batch sizes let it be done. "Safe" adds the look at
each record just before it is written, without which an edit made in between would be overwritten.
Calls that no number of records changes (owners, the account's id at first contact, a sign-in, and
what fields and rules there are, which is read once a day) are counted apart, and so are the calls
that read associations, one in a thousand contacts that changed. An idle run asks once after some
linked contacts: nothing else shows that one was erased for privacy.
"""

OTHERS = ("owners", "account-info", "oauth2", "/properties/", "/describe", "/tooling/")
"""What is in the address of a call that no number of records changes."""


def document(
    cases: Sequence[tuple[Floor, Mapping[str, Any]]],
    reconciled: Mapping[str, Any],
    in_airflow: Mapping[str, Any] | None,
    machine: str,
) -> str:
    """The whole document."""
    lines = [HEAD.format(machine=machine), "## Runs\n"]
    lines += [
        "| Changed each way | Floor | Safe floor | Calls | of the safe floor | Associations |"
        " Others | Refused for speed | Seconds | Peak memory |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [_row(*case) for case in cases]
    lines += [
        "",
        "Seconds by step:",
        "",
        "| Changed each way | extract | validate | plan | load | commit |",
    ]
    lines += ["|---|---|---|---|---|---|", *(_steps(*case) for case in cases)]
    lines += ["", "## Reconciling in memory", "", _reconciled(reconciled)]
    if in_airflow is not None:
        lines += ["", "## An idle run in Airflow", "", _in_airflow(in_airflow)]
    return "\n".join(lines) + "\n"


def sorted_out(told: Mapping[str, Any]) -> tuple[int, int, int]:
    """Calls for records, calls for associations, and the calls that do not grow."""
    records = associations = others = 0
    for system in ("hubspot", "salesforce"):
        for endpoint, count in told["calls"][system]["by_endpoint"].items():
            if "/associations/" in endpoint:
                associations += count
            elif any(word in endpoint for word in OTHERS):
                others += count
            else:
                records += count
    # Owners and the account are plain queries in Salesforce.
    plain = told["plain_queries"]
    return records - plain, associations, others + plain


def _row(least: Floor, told: Mapping[str, Any]) -> str:
    records, associations, others = sorted_out(told)
    took = sum(seconds for name, seconds in told["took"].items() if not name.endswith("_peak"))
    changed = f"{least.changed:,}" if least.changed else "idle"
    cells = [
        changed,
        f"{least.least:,}",
        f"{least.safe:,}",
        f"{records:,}",
        f"{records / least.safe:.2f}",
        str(associations),
        str(others),
        str(told["refused"]),
        f"{took:.1f}",
        f"{told['peak']:,.0f} MB",
    ]
    return f"| {' | '.join(cells)} |"


def _steps(least: Floor, told: Mapping[str, Any]) -> str:
    steps = ("extract", "validate", "plan", "load", "commit")
    cells = [f"{told['took'][name]:.1f}" if name in told["took"] else "" for name in steps]
    return f"| {f'{least.changed:,}' if least.changed else 'idle'} | {' | '.join(cells)} |"


def _reconciled(told: Mapping[str, Any]) -> str:
    ratio = told["pandas_seconds"] / told["engine_seconds"]
    return (
        f"{told['count']:,} records of {told['fields']} fields, three versions, one cell"
        f" in a thousand changed on each side;"
        f" {told['cells']:,} cells come out, the same from both:\n\n"
        "| | Processor seconds | Peak memory, input included |\n|---|---|---|\n"
        f"| the engine | {told['engine_seconds']} | {told['engine_peak_mb']:,} MB |\n"
        f"| a plain pandas merge of three frames | {told['pandas_seconds']} |"
        f" {told['pandas_peak_mb']:,} MB |\n\nThe engine is {ratio:.1f} times faster."
    )


def _in_airflow(told: Mapping[str, Any]) -> str:
    return (
        f"From the start of the run to its end {told['seconds']} seconds, most of it"
        f" Airflow's start of the tasks; {told['calls']} calls to the two CRMs."
    )
