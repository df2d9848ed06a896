"""How moments, lengths of time and numbers are written on the pages."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from include.crmsync.model.record import System

MINUTE, HOUR, DAY = 60, 3600, 86400


def moment(at: datetime | None) -> str:
    """A moment in UTC; a dash for none."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if at else "-"


def ago(at: datetime | None, now: datetime) -> str:
    """How long ago, or in how long, in the one unit that serves."""
    if at is None:
        return "never"
    seconds = (now - at).total_seconds()
    said = lasting(abs(seconds))
    return f"{said} ago" if seconds >= 0 else f"in {said}"


def lasting(seconds: float) -> str:
    """A length of time."""
    for size, unit in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"


def counted(number: int | None) -> str:
    """A number with its thousands apart; a dash for none."""
    return "-" if number is None else f"{number:,}"


def system_label(name: str) -> str:
    """A system's own spelling of its name."""
    return System(name).label


def plain(name: str) -> str:
    """A name of ours as words: nothing_to_do -> nothing to do."""
    return name.replace("_", " ")


FILTERS: Mapping[str, Callable[..., Any]] = {
    "moment": moment,
    "ago": ago,
    "lasting": lasting,
    "counted": counted,
    "plain": plain,
    "system": system_label,
}
