"""Moments as HubSpot stores, takes and shows them.

Stored as milliseconds since 1970 for a record's own stamps, and as one fixed spelling for
properties, so that text compares as time does. Shown the way Java shows an instant: without
a fraction when it is zero. Taken as ISO 8601 or as milliseconds in a string.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH = EPOCH.replace(tzinfo=None)
_MILLISECOND = timedelta(milliseconds=1)
DAY = 86_400_000
"""Milliseconds."""
LATEST = 253_402_300_799_999
"""The last millisecond of the year 9999."""


def milliseconds(moment: datetime) -> int:
    """A moment as a number."""
    return (moment - EPOCH) // _MILLISECOND


@lru_cache(maxsize=4096)
def shown(stamp: int) -> str:
    """A stamp as answers show it."""
    return tidy(stored(stamp))


def stored(stamp: int) -> str:
    """A stamp as properties keep it: always with three digits of a second."""
    # A page of records shows hundreds of moments, and strftime takes four times as long.
    return f"{(_EPOCH + stamp * _MILLISECOND).isoformat(timespec='milliseconds')}Z"


def tidy(kept: str) -> str:
    """A kept moment as answers show it."""
    return kept.removesuffix(".000Z") + "Z" if kept.endswith(".000Z") else kept


def read(told: str) -> int | None:
    """The stamp a client means, None when it is no moment."""
    text = told.strip()
    digits = text.removeprefix("-")
    if digits.isascii() and digits.isdigit():
        return int(text) if len(digits) < 16 and 0 <= int(text) <= LATEST else None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return milliseconds(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
