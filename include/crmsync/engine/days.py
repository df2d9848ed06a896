"""A day where one system keeps a moment: in whose time zone the moment is a day.

HubSpot's close date is a moment, Salesforce's a day; a HubSpot date picker holds a day, the
Salesforce field beside it may hold a moment. The day is the one that the portal's people see:
in the portal's time zone. HubSpot also takes days, and stores one as midnight UTC: exactly that
is read as the day it names. What is written is midnight in the portal's zone, so that both
systems show the same day. The time of day is lost on the way, and that is declared.
"""

from datetime import UTC, date, datetime, time, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from include.crmsync.model.mapping import FieldMapping
from include.crmsync.model.record import System


def day_of(moment: datetime, field: FieldMapping, system: System) -> date:
    """The day of an aware moment."""
    midnight = moment.astimezone(UTC).timetz() == time(tzinfo=UTC)
    if not field.zone or (midnight and not (_holds_moment(field, system) and _strict(system))):
        return moment.astimezone(UTC).date()
    return moment.astimezone(_zone(field.zone)).date()


def start_of(day: date, field: FieldMapping, system: System) -> datetime | None:
    """The moment to store for a day, UTC; None where the system stores the day itself."""
    if not _holds_moment(field, system):
        return None
    zone = _zone(field.zone) if field.zone else UTC
    return datetime.combine(day, time(), zone).astimezone(UTC)


def known_zone(name: str) -> bool:
    """Whether a time zone's name means anything here."""
    return _zone(name) is not UTC or name == "UTC"


def _strict(system: System) -> bool:
    """Salesforce stores no day as midnight UTC: its midnight is a moment like any other."""
    return system is System.SALESFORCE


def _holds_moment(field: FieldMapping, system: System) -> bool:
    """HubSpot's words for types have a form behind a slash, Salesforce's have none."""
    word = "datetime/date" if system is System.HUBSPOT else "datetime"
    return any(one.type == word for one in field.schemas.values())


@cache
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
