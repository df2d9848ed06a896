"""I22: to the wire of either system and back is the same value, for every pair of types.

What is lossy is in `compatible.LOSSY` and has a test of exactly what it loses.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.crmsync.engine.canonical import canonical, wire
from include.crmsync.engine.compatible import COMPATIBLE, LOSSY
from include.crmsync.model.mapping import FieldMapping, FieldType
from include.crmsync.model.record import System
from include.crmsync.model.schema import FieldSchema
from tests.builders import field

H, S = System.HUBSPOT, System.SALESFORCE
ZONES = ["UTC", "US/Eastern", "Europe/Berlin", "Asia/Kolkata", "Pacific/Auckland", "Pacific/Apia"]
OPTIONS = {"red": "Red", "blue": "Blue", "dark green": "Dark Green"}
TEXTS = st.text().map(lambda one: one.replace("\r", "\n").strip()).filter(bool)
DAYS = st.dates(date(1971, 1, 2), date(2100, 1, 1)).map(date.isoformat)
MOMENTS = st.datetimes(datetime(1971, 1, 2), datetime(2100, 1, 1)).map(  # noqa: DTZ001  UTC, below
    lambda at: at.replace(microsecond=0).isoformat() + "Z"
)
NUMBERS = st.decimals(-(10**12), 10**12, places=2).map(
    lambda one: canonical(str(one), field("x", type=FieldType.NUMBER), H) or "0"
)
SEVERAL = st.sets(st.sampled_from(["Red", "Blue", "Dark Green"]), min_size=1).map(
    lambda some: ";".join(sorted(some))
)
VALUES: dict[FieldType, st.SearchStrategy[str]] = {
    FieldType.STRING: TEXTS,
    FieldType.TEXT: TEXTS,
    FieldType.PHONE: TEXTS,
    FieldType.EMAIL: st.emails().map(str.lower),
    FieldType.NUMBER: NUMBERS,
    FieldType.BOOLEAN: st.sampled_from(["true", "false"]),
    FieldType.DATE: DAYS,
    FieldType.DATETIME: MOMENTS,
    FieldType.PICKLIST: st.sampled_from(sorted(OPTIONS.values())),
    FieldType.MULTIPICKLIST: SEVERAL,
}
PAIRS = [
    (type_, ours, theirs)
    for type_ in VALUES
    for ours in sorted(COMPATIBLE[type_].hubspot)
    for theirs in sorted(COMPATIBLE[type_].salesforce)
]


def between(type_: FieldType, ours: str, theirs: str, zone: str = "", **more: Any) -> FieldMapping:
    schemas = {"contacts": FieldSchema(ours), "Contact": FieldSchema(theirs, **more)}
    values = OPTIONS if type_ in (FieldType.PICKLIST, FieldType.MULTIPICKLIST) else {}
    return field("x", type=type_, schemas=schemas, zone=zone, values=values)


@pytest.mark.parametrize(("type_", "ours", "theirs"), PAIRS)
@given(data=st.data(), zone=st.sampled_from(ZONES))
def test_a_value_crosses_over_and_comes_back_as_it_was(
    type_: FieldType, ours: str, theirs: str, data: st.DataObject, zone: str
) -> None:
    value = data.draw(VALUES[type_])
    one = between(type_, ours, theirs, zone)
    there = canonical(wire(value, one, S), one, S)
    assert there == value
    assert canonical(wire(there, one, H), one, H) == value


def test_owners_and_parents_are_ids_and_every_other_type_is_tested() -> None:
    others = {FieldType.OWNER, FieldType.PARENT, FieldType.ROLES, FieldType.STAGE}
    assert {*VALUES} | others == {*FieldType} == {*COMPATIBLE}
    assert {*LOSSY} <= {*VALUES}


# Days.


@pytest.mark.parametrize("zone", ZONES)
@given(day=st.dates(date(1971, 1, 2), date(2100, 1, 1)))
def test_a_day_is_stored_as_the_moment_at_which_it_begins_in_the_zone(zone: str, day: date) -> None:
    one = between(FieldType.DATE, "datetime/date", "date", zone)
    stored = datetime.fromisoformat(wire(day.isoformat(), one, H))
    assert stored.astimezone(ZoneInfo(zone)).date() == day


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("US/Eastern", "2026-02-01T04:59:59Z", "2026-01-31"),
        ("US/Eastern", "2026-02-01T05:00:00Z", "2026-02-01"),
        ("US/Eastern", "2026-07-01T03:59:59.999Z", "2026-06-30"),
        ("US/Eastern", "2026-02-01T00:00:00Z", "2026-02-01"),
        ("Europe/Berlin", "2026-01-31T23:00:00Z", "2026-02-01"),
        ("Europe/Berlin", "2026-01-31T22:59:59Z", "2026-01-31"),
        ("Pacific/Auckland", "2026-01-31T12:00:00.000Z", "2026-02-01"),
        ("", "2026-01-31T23:59:59Z", "2026-01-31"),
    ],
)
def test_hubspots_moment_is_the_day_that_its_people_see(zone: str, moment: str, day: str) -> None:
    one = between(FieldType.DATE, "datetime/date", "date", zone)
    assert canonical(moment, one, H) == day


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("raw", ["2026-01-31", "2026-01-31T00:00:00Z", "1769817600000"])
def test_hubspots_own_date_is_midnight_utc_in_every_zone(zone: str, raw: str) -> None:
    assert canonical(raw, between(FieldType.DATE, "date/date", "date", zone), H) == "2026-01-31"


def test_salesforces_midnight_is_a_moment_like_any_other() -> None:
    one = between(FieldType.DATE, "date/date", "datetime", "US/Eastern")
    assert canonical("2026-02-01T00:00:00.000+0000", one, S) == "2026-01-31"
    assert wire("2026-01-31", one, S) == "2026-01-31T05:00:00Z"
    assert wire("2026-01-31", one, H) == "2026-01-31T00:00:00Z"


@given(at=st.datetimes(datetime(2000, 1, 1), datetime(2050, 1, 1)))  # noqa: DTZ001  made aware
def test_of_a_moment_in_a_date_only_the_time_of_day_is_lost(at: datetime) -> None:
    one = between(FieldType.DATE, "date/date", "datetime", "US/Eastern")
    raw = at.replace(tzinfo=UTC).isoformat()
    day = date.fromisoformat(canonical(raw, one, S) or "")
    assert abs(datetime.combine(day, at.time(), UTC) - at.replace(tzinfo=UTC)) <= timedelta(days=1)


# Numbers.


@pytest.mark.parametrize(
    ("type_", "scale", "raw", "expected"),
    [
        ("currency", 2, "10.555", "10.56"),
        ("currency", 2, "-10.555", "-10.56"),
        ("currency", 0, "10.5", "11"),
        ("int", 0, "12.4", "12"),
        ("double", None, "10.555", "10.555"),
    ],
)
def test_digits_that_salesforce_does_not_keep_do_not_count(
    type_: str, scale: int | None, raw: str, expected: str
) -> None:
    one = between(FieldType.NUMBER, "number/number", type_, scale=scale)
    assert canonical(raw, one, H) == expected


def test_a_huge_number_keeps_every_digit() -> None:
    one = between(FieldType.NUMBER, "number/number", "double")
    assert canonical("123456789012345678901234567890.5", one, H) == (
        "123456789012345678901234567890.5"
    )


# Lists.


def test_a_multi_select_is_never_sent_with_the_mark_that_appends() -> None:
    one = between(FieldType.MULTIPICKLIST, "enumeration/checkbox", "multipicklist")
    assert wire("Blue;Dark Green", one, H) == "blue;dark green"
    assert canonical(";red;;blue", one, H) == "Blue;Red"
    assert wire(None, one, H) is None


def test_several_of_hubspots_values_may_be_one_of_salesforces() -> None:
    one = field(
        "x", type=FieldType.PICKLIST, values={"hot": "Open", "warm": "Open", "cold": "Closed"}
    )
    assert canonical("warm", one, H) == canonical("hot", one, H) == "Open"
    assert wire("Open", one, H) == "hot"


def test_several_of_salesforces_values_may_be_one_of_hubspots() -> None:
    one = field("x", type=FieldType.PICKLIST, values={"won": "Won"}, aliases={"Booked": "Won"})
    assert canonical("Booked", one, S) == canonical("Won", one, S) == "Won"
    assert wire("Won", one, H) == "won"


# Blank boxes, rich text.


def test_a_box_that_was_never_touched_is_unticked() -> None:
    one = between(FieldType.BOOLEAN, "bool/booleancheckbox", "boolean")
    assert canonical(None, one, H) == canonical(False, one, S) == "false"  # noqa: FBT003
    assert wire("false", one, S) is False
    assert wire("false", one, H) == "false"


def test_rich_text_is_taken_as_it_is() -> None:
    one = between(FieldType.TEXT, "string/html", "textarea")
    html = "<p>Ada &amp; co<br/>\n<b>x</b></p>"
    assert canonical(html, one, H) == html
    assert wire(html, one, S) == html
