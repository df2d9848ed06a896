"""Who writes is known, and whoever was followed by another writes no more."""

import signal

import pytest
from sqlalchemy import Engine, update

from include.crmsync.errors import Busy, LeaseLost
from include.crmsync.model.outcome import Outcome, Result
from include.crmsync.model.record import System
from include.crmsync.state import schema
from include.crmsync.state.commit import Commit
from include.crmsync.state.jobs import Job, Jobs
from include.crmsync.state.journal import Journal
from include.crmsync.state.lease import Leases
from include.crmsync.state.store import Store
from include.crmsync.state.transaction import writing
from tests.builders import MORNING
from tests.state.processes import process
from tests.state.test_lock import hold_at_last
from tests.state.values import CONTACTS, action, ended, plan, sync_run


def take_over(engine: Engine) -> None:
    """What a run does to the lease that got the lock when another one's session broke off."""
    table = schema.lease
    with writing(engine) as connection:
        connection.execute(
            update(table).values(token=table.c.token + 1, holder="the next", since=MORNING)
        )


def test_each_holder_has_a_higher_token(engine: Engine) -> None:
    leases = Leases(engine)
    with leases.hold("contacts", "first", MORNING) as first:
        pass
    with leases.hold("contacts", "second", MORNING) as second, leases.hold("deals") as other:
        assert leases.last("contacts") == second
    assert (first.token, second.token, other.token) == (1, 2, 1)


def test_whoever_comes_second_hears_who_writes_and_since_when(engine: Engine) -> None:
    with (
        Leases(engine).hold("contacts", "manual__1", MORNING),
        pytest.raises(Busy, match="manual__1 is writing contacts since 20") as caught,
        Leases(engine).hold("contacts", "scheduled__2", MORNING),
    ):
        pass
    assert caught.value.retry
    last = Leases(engine).last("contacts")
    assert last is not None
    assert last.holder == "manual__1"


def test_the_lease_of_a_killed_run_is_taken_over(url: str, store: Store) -> None:
    with process("hold", url) as holder:
        before = store.leases.last("contacts")
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    hold_at_last(store)
    after = store.leases.last("contacts")
    assert before is not None
    assert after is not None
    assert after.token == before.token + 1


@pytest.fixture
def leases(engine: Engine) -> Leases:
    return Leases(engine)


@pytest.fixture
def planned(engine: Engine, leases: Leases) -> Journal:
    journal = Journal(engine, leases)
    journal.start(sync_run())
    journal.record_plan("first", plan(action("a1")))
    return journal


def test_a_stale_writer_journals_no_intent(
    engine: Engine, leases: Leases, planned: Journal
) -> None:
    with leases.hold("contacts", "first", MORNING):
        take_over(engine)
        with pytest.raises(
            LeaseLost, match="first has lost its lease on contacts to the next"
        ) as it:
            planned.intend("first", CONTACTS, ["a1"], MORNING)
    assert it.value.retry
    assert planned.intended("first", CONTACTS) == set()


def test_a_stale_writer_journals_no_outcome(
    engine: Engine, leases: Leases, planned: Journal
) -> None:
    with leases.hold("contacts", "first", MORNING):
        planned.intend("first", CONTACTS, ["a1"], MORNING)
        take_over(engine)
        with pytest.raises(LeaseLost):
            planned.record("first", CONTACTS, [Outcome("a1", Result.APPLIED, "sf1")], MORNING)
    assert planned.outcomes("first", CONTACTS) == {}
    assert planned.intended("first", CONTACTS) == {"a1"}


def test_a_stale_writer_notes_no_bulk_job(engine: Engine, leases: Leases, planned: Journal) -> None:
    assert planned.intended("first", CONTACTS) == set()
    jobs = Jobs(engine, leases)
    with leases.hold("contacts", "first", MORNING):
        take_over(engine)
        with pytest.raises(LeaseLost):
            jobs.opened(Job("j1", "first", CONTACTS, System.SALESFORCE, ("a1",)), MORNING)
    assert jobs.unsettled(CONTACTS) == []


def test_a_stale_writer_commits_nothing(engine: Engine, leases: Leases) -> None:
    store = Store(engine, leases)
    moved = Commit(run=ended(), watermarks={System.HUBSPOT: MORNING})
    with leases.hold("contacts", "first", MORNING):
        take_over(engine)
        with pytest.raises(LeaseLost):
            store.commit(moved)
    assert store.watermarks("contacts") == {}


def test_another_object_types_lease_is_no_ones_business(engine: Engine, leases: Leases) -> None:
    store = Store(engine, leases)
    with leases.hold("deals", "first", MORNING):
        take_over(engine)
        store.commit(Commit(run=ended(), watermarks={System.HUBSPOT: MORNING}))
    assert store.watermarks("contacts") == {System.HUBSPOT: MORNING}


def test_run_again_the_one_that_was_followed_goes_on(
    engine: Engine, leases: Leases, planned: Journal
) -> None:
    with leases.hold("contacts", "first", MORNING):
        take_over(engine)
    with leases.hold("contacts", "first", MORNING):
        planned.intend("first", CONTACTS, ["a1"], MORNING)
    assert planned.intended("first", CONTACTS) == {"a1"}
