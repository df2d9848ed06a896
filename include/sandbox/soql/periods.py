"""Relative dates: what TODAY and LAST_N_DAYS:30 stand for, seen from a given day.

Every period is a half-open range of days. Weeks begin on Sunday; the fiscal year is the
calendar year. `LAST_N_DAYS` reaches up to and includes today, the other LAST periods end
before the current one begins.
"""

from collections.abc import Callable
from datetime import MAXYEAR, MINYEAR, date, timedelta

Span = tuple[date, date]
"""First day, and the day after the last."""
Step = Callable[[date, int], date]
"""The start of the unit a day lies in, moved by so many units."""


def _day(today: date, count: int) -> date:
    return today + timedelta(days=count)


def _week(today: date, count: int) -> date:
    return today - timedelta(days=today.isoweekday() % 7) + timedelta(weeks=count)


def _month(today: date, count: int) -> date:
    years, month = divmod(today.month - 1 + count, 12)
    return date(today.year + years, month + 1, 1)


def _quarter(today: date, count: int) -> date:
    return _month(today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1), 3 * count)


def _year(today: date, count: int) -> date:
    return date(today.year + count, 1, 1)


_UNITS: dict[str, Step] = {
    "WEEK": _week,
    "MONTH": _month,
    "QUARTER": _quarter,
    "YEAR": _year,
    "FISCAL_QUARTER": _quarter,
    "FISCAL_YEAR": _year,
}

PLAIN = frozenset(
    {"TODAY", "YESTERDAY", "TOMORROW", "LAST_90_DAYS", "NEXT_90_DAYS"}
    | {f"{when}_{unit}" for unit in _UNITS for when in ("LAST", "THIS", "NEXT")}
)
"""Periods that stand alone."""
COUNTED = frozenset(
    {"LAST_N_DAYS", "NEXT_N_DAYS", "N_DAYS_AGO"}
    | {f"{when}_N_{unit}S" for unit in _UNITS for when in ("LAST", "NEXT")}
    | {f"N_{unit}S_AGO" for unit in _UNITS}
)
"""Periods with a number behind a colon."""


def span(name: str, count: int | None, today: date) -> Span:
    """The days a period covers; far-off ones are cut to the calendar's ends."""
    try:
        return _span(name, count or 0, today)
    except (ValueError, OverflowError):
        far = date(MINYEAR, 1, 1) if "LAST" in name or "AGO" in name else date(MAXYEAR, 12, 31)
        return (far, today) if far < today else (today, far)


def _span(name: str, count: int, today: date) -> Span:
    named = {
        "TODAY": (0, 1),
        "YESTERDAY": (-1, 0),
        "TOMORROW": (1, 2),
        "LAST_90_DAYS": (-90, 1),
        "NEXT_90_DAYS": (1, 91),
        "LAST_N_DAYS": (-count, 1),
        "NEXT_N_DAYS": (1, count + 1),
        "N_DAYS_AGO": (-count, 1 - count),
    }
    if name in named:
        first, last = named[name]
        return _day(today, first), _day(today, last)
    return _unit_span(name, count, today)


def _unit_span(name: str, count: int, today: date) -> Span:
    words = name.split("_")
    if "N" in words:
        unit = "_".join(one for one in words if one not in ("LAST", "NEXT", "N", "AGO"))[:-1]
        first, last = {"LAST": (-count, 0), "NEXT": (1, count + 1), "N": (-count, 1 - count)}[
            words[0]
        ]
    else:
        unit = "_".join(words[1:])
        first, last = {"LAST": (-1, 0), "THIS": (0, 1), "NEXT": (1, 2)}[words[0]]
    step = _UNITS[unit]
    return step(today, first), step(today, last)
