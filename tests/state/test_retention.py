"""What is old goes, run by run, and what is known now stays: on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from include.crmsync.model.drift import Audit
from include.crmsync.model.outcome import Outcome, Result
from include.crmsync.state import schema
from include.crmsync.state.audits import Audits
from include.crmsync.state.commit import Commit, Retry
from include.crmsync.state.jobs import Job, Jobs
from include.crmsync.state.journal import Journal
from include.crmsync.state.retention import OF_A_RUN
from include.crmsync.state.store import Store
from include.crmsync.state.transaction import reading
from tests.builders import MORNING
from tests.state.test_audits import BEGUN, difference, portion
from tests.state.values import (
    CONTACTS,
    HUBSPOT,
    LATER,
    SALESFORCE,
    action,
    conflict,
    ended,
    held,
    link,
    plan,
    sync_run,
)

EVENING = MORNING + timedelta(hours=10)


@pytest.fixture
def two_runs(store: Store, journal: Journal, engine: Engine) -> Store:
    """One in the morning and one in the evening, each with a row in every table it can fill."""
    for name, at in (("first", MORNING), ("second", EVENING)):
        journal.start(sync_run(name, started_at=at))
        journal.record_plan(name, plan(action()))
        journal.record(name, CONTACTS, [Outcome("a1", Result.APPLIED, "sf1")], at)
        Jobs(engine).opened(Job(f"job of {name}", name, CONTACTS, SALESFORCE, ("a1",)), at)
        Jobs(engine).settled(f"job of {name}", at)
        whole = {
            "held": [held()],
            "conflicts": [conflict()],
            "retries": [Retry(HUBSPOT, "hs9", "")],
        }
        links = [link()] if name == "first" else []
        store.commit(Commit(ended(name, started_at=at), links=links, **whole))  # type: ignore[arg-type]
    return store


def rows(engine: Engine) -> dict[str, int]:
    with reading(engine) as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in schema.metadata.tables.items()
        }


def test_every_table_that_hangs_on_a_run_goes_with_it(two_runs: Store, engine: Engine) -> None:
    hanging = {
        table.name
        for table in schema.metadata.tables.values()
        if {"sync_run", "attempt"} <= set(table.columns.keys())
    }
    assert hanging == {table.name for table in OF_A_RUN}
    before = rows(engine)
    assert two_runs.forget_journal(MORNING + timedelta(hours=1)) == {"runs": 1, "audits": 0}
    after = rows(engine)
    for name in ("sync_run", "action", "change", "conflict", "held_history", "bulk_job"):
        assert (before[name], after[name]) == (2, 1), name


def test_what_is_known_now_stays(two_runs: Store) -> None:
    two_runs.forget_journal(MORNING + timedelta(hours=1))
    assert two_runs.links(CONTACTS, HUBSPOT, ["hs1"])
    assert [one.record_id for one in two_runs.held(CONTACTS)] == ["hs1"]
    assert two_runs.retries(CONTACTS) == {HUBSPOT: {"hs9"}}


def test_the_newest_run_stays_however_old(two_runs: Store, journal: Journal) -> None:
    assert two_runs.forget_journal(EVENING + timedelta(days=999)) == {"runs": 1, "audits": 0}
    assert [one.id for one in journal.runs(9)] == ["second"]


def test_a_run_with_a_bulk_job_that_nobody_has_heard_of_stays(
    two_runs: Store, engine: Engine
) -> None:
    Jobs(engine).opened(Job("750A", "first", CONTACTS, SALESFORCE, ()), LATER)
    assert two_runs.forget_journal(EVENING)["runs"] == 0
    Jobs(engine).settled("750A", LATER)
    assert two_runs.forget_journal(EVENING)["runs"] == 1


def test_old_audits_go_with_their_samples_but_for_the_newest(store: Store, engine: Engine) -> None:
    audits = Audits(engine)
    audits.add(audits.begin(BEGUN), portion(10, difference()), LATER)
    audits.begin(Audit("newest", CONTACTS, EVENING))
    assert store.forget_journal(EVENING + timedelta(days=9)) == {"runs": 0, "audits": 1}
    assert audits.samples("audit", CONTACTS) == []
    assert audits.latest() == "newest"


def test_a_second_time_there_is_nothing_left_to_do(two_runs: Store) -> None:
    two_runs.forget_journal(EVENING)
    assert two_runs.forget_journal(EVENING) == {"runs": 0, "audits": 0}
