"""Derived suites: one in force for each object type and system, those before it beside it."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, select

from include.crmsync.model.record import System
from include.crmsync.state import schema as tables
from include.crmsync.state.suites import KeptSuite, Suites

H, S = System
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def kept(mark: str, hours: int = 0) -> KeptSuite:
    content = {"name": mark, "expectations": [{"type": "x", "kwargs": {"max_value": 3}}]}
    return KeptSuite(mark, content, NOON + timedelta(hours=hours), f"run-{hours}")


def test_the_newest_is_in_force_and_the_one_before_it_is_kept(engine: Engine) -> None:
    suites = Suites(engine)
    suites.keep("contacts", H, kept("a"))
    suites.keep("contacts", H, kept("b", 1))
    assert suites.latest("contacts", H) == [kept("b", 1)]
    assert suites.latest("contacts", H, limit=2) == [kept("b", 1), kept("a")]


def test_each_object_type_and_system_has_its_own(engine: Engine) -> None:
    suites = Suites(engine)
    suites.keep("contacts", H, kept("a"))
    suites.keep("contacts", S, kept("b", 1))
    suites.keep("deals", H, kept("c", 2))
    assert [one.fingerprint for one in suites.latest("contacts", H, limit=9)] == ["a"]
    with engine.connect() as connection:
        until = connection.execute(select(tables.derived_suite.c.until)).scalars().all()
    assert until == [None, None, None]


def test_what_is_out_of_force_says_since_when(engine: Engine) -> None:
    suites = Suites(engine)
    suites.keep("contacts", H, kept("a"))
    suites.keep("contacts", H, kept("b", 1))
    query = select(tables.derived_suite.c.until).order_by(tables.derived_suite.c.id)
    with engine.connect() as connection:
        first, second = connection.execute(query).scalars()
    assert first == NOON + timedelta(hours=1)
    assert second is None
