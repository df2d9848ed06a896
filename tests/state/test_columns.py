"""Moments and values keep their meaning on either database."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Engine, Integer, MetaData, Table, select
from sqlalchemy.exc import StatementError

from include.crmsync.state.columns import Json, Moment, Words, storable
from include.crmsync.state.transaction import insert, reading, writing
from tests.state.documents import text, value

probe = Table(
    "probe",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("moment", Moment),
    Column("words", Words),
    Column("json", Json),
)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
FIRST, LAST = datetime.fromisoformat("1900-01-02"), datetime.fromisoformat("2200-01-01")
moments = st.datetimes(FIRST, LAST, timezones=zones)
same_table = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def table(engine: Engine) -> Engine:
    probe.metadata.create_all(engine)
    return engine


def back(engine: Engine, **values: object) -> object:
    """What comes back of one value in one column."""
    [(column, one)] = values.items()
    with writing(engine) as connection:
        connection.execute(probe.delete())
        insert(connection, probe, [{column: one}])
    with reading(engine) as connection:
        return connection.execute(select(probe.c[column])).scalar_one()


@same_table
@given(moment=moments)
def test_a_moment_comes_back_in_utc_to_the_microsecond(table: Engine, moment: datetime) -> None:
    found = back(table, moment=moment)
    assert isinstance(found, datetime)
    assert found == moment
    assert found.tzinfo is UTC


@same_table
@given(first=moments, second=moments)
def test_moments_sort_in_the_database_as_they_do_in_time(
    table: Engine, first: datetime, second: datetime
) -> None:
    with writing(table) as connection:
        connection.execute(probe.delete())
        insert(connection, probe, [{"moment": first}, {"moment": second}])
        ordered = connection.scalars(select(probe.c.moment).order_by(probe.c.moment)).all()
        earlier = connection.scalars(select(probe.c.moment).where(probe.c.moment < second)).all()
    assert ordered == sorted([first, second])
    assert earlier == ([first] if first < second else [])


def test_a_moment_without_a_zone_is_refused(table: Engine) -> None:
    with pytest.raises(StatementError, match="without a time zone"):
        back(table, moment=datetime(2026, 1, 5))  # noqa: DTZ001  # that is the point


@same_table
@given(words=value)
def test_any_value_can_be_stored_and_ordinary_ones_come_back(
    table: Engine, words: str | None
) -> None:
    found = back(table, words=words)
    assert found == (None if words is None else storable(words))
    if words is not None and words.isprintable():
        assert found == words


@same_table
@given(values=st.dictionaries(text, value, max_size=3))
def test_a_mapping_comes_back_exactly(table: Engine, values: dict[str, str | None]) -> None:
    assert back(table, json=values) == values


def test_a_person_can_read_a_mapping(table: Engine) -> None:
    back(table, json={"name": "Zoë", "city": "北京"})
    with reading(table) as connection:
        raw = connection.exec_driver_sql("SELECT json FROM probe").scalar_one()
    assert raw == '{"city": "北京", "name": "Zoë"}'
