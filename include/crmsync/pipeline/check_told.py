"""A check as a person reads it: a table of text for the log, and documents for a program.

What a CRM calls its fields and rules is hostile text: it stays on its line and holds no control
characters, so nothing in it can look like another line of the table.
"""

import logging
from collections.abc import Sequence

from include.crmsync.model.finding import Finding, Verdict

log = logging.getLogger("crmsync")

_ORDER = (Verdict.WRONG, Verdict.WARNING, Verdict.OK)
WIDEST = 52
"""Columns of the thing looked at."""


def wrong_ones(found: Sequence[Finding]) -> list[Finding]:
    """What has to be mended."""
    return [one for one in found if one.state is Verdict.WRONG]


def table(found: Sequence[Finding]) -> list[str]:
    """One line for each finding, the wrong ones first; a remedy stands below what it mends."""
    width = min(WIDEST, max((len(one.what) for one in found), default=0))
    lines: list[str] = []
    for state in _ORDER:
        for one in found:
            if one.state is state:
                lines.append(f"{state:<7}  {_line(one.what):<{width}}  {_line(one.told)}")
                if one.remedy:
                    lines.append(f"{'':<7}  {'':<{width}}  -> {_line(one.remedy)}")
    counts = ", ".join(f"{sum(one.state is state for one in found)} {state}" for state in _ORDER)
    return [*lines, f"{len(found)} things looked at: {counts}"]


def documents(found: Sequence[Finding]) -> list[dict[str, str]]:
    """The findings, for a program."""
    return [
        {"what": one.what, "state": str(one.state), "told": one.told, "remedy": one.remedy}
        for one in found
    ]


def log_table(found: Sequence[Finding]) -> None:
    """Write the table to the log, a line of it a record."""
    for line in table(found):
        log.info("%s", line)


def _line(text: str) -> str:
    return "".join(one if one.isprintable() else " " for one in " ".join(text.split()))
