"""The journal keeps every attempt, says what may have been written, and refuses to rewrite it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from include.crmsync.errors import StateError
from include.crmsync.model.outcome import Outcome, Refusal, Result
from include.crmsync.model.plan import Plan, Verb
from include.crmsync.model.run import RunState
from include.crmsync.state import schema
from include.crmsync.state.commit import Commit
from include.crmsync.state.journal import Journal
from include.crmsync.state.store import Store
from include.crmsync.state.transaction import reading
from tests.builders import MORNING
from tests.state.processes import process
from tests.state.values import (
    CONTACTS,
    HUBSPOT,
    LATER,
    action,
    change,
    conflict,
    ended,
    held,
    plan,
    sync_run,
)

APPLIED = Outcome("a1", Result.APPLIED, "sf1", stored={"phone": "2"}, modified_at=LATER)


@pytest.fixture
def started(journal: Journal) -> Journal:
    journal.start(sync_run())
    return journal


def test_a_run_comes_back_as_it_was_started_and_finished(journal: Journal) -> None:
    journal.start(sync_run(dry_run=True))
    assert journal.run("first") == [sync_run(dry_run=True)]
    failed = ended(state=RunState.FAILED, note="plan: too many \x00 clears")
    journal.finish(failed)
    assert journal.run("first") == [replace(failed, note="plan: too many \u2400 clears")]


def test_a_run_has_a_row_per_object_type(journal: Journal) -> None:
    for object_type in (CONTACTS, "companies"):
        journal.start(sync_run(object_type=object_type))
    assert [one.object_type for one in journal.run("first")] == ["companies", CONTACTS]
    assert journal.run("unknown") == []


def test_runs_are_listed_newest_first(journal: Journal) -> None:
    for number in range(3):
        at = MORNING + timedelta(minutes=number)
        journal.start(sync_run(f"r{number}", started_at=at))
    assert [one.id for one in journal.runs(2)] == ["r2", "r1"]


def test_starting_a_run_again_is_the_same_run(journal: Journal) -> None:
    journal.start(sync_run())
    journal.finish(ended())
    journal.start(sync_run())
    assert journal.run("first") == [sync_run()]


def test_actions_come_back_in_the_order_of_the_plan(started: Journal) -> None:
    create = action("a0", change("phone", None), verb=Verb.CREATE, record_id=None)
    both = action("b", change("phone"), change("email", "\ud83d"))
    started.record_plan("first", plan(both, create))
    readable = action("b", change("phone"), change("email", "\ufffd"))
    assert started.actions("first", CONTACTS) == [readable, create]
    assert started.actions("first", "deals") == []
    assert started.actions("unknown", CONTACTS) == []


def test_planning_again_replaces_what_was_not_written(started: Journal) -> None:
    first = plan(action("a1"), action("a2"), conflicts=(conflict("phone"),), held=(held(),))
    second = plan(action("a3"), action("a1", change(after="9")), conflicts=(conflict("email"),))
    started.record_plan("first", first)
    started.record_plan("first", second)
    assert tuple(started.actions("first", CONTACTS)) == second.actions
    assert started.conflicts("first") == [conflict("email")]


def test_planning_again_keeps_what_was_written(started: Journal) -> None:
    started.record_plan("first", plan(action("a1"), action("a2")))
    started.record("first", CONTACTS, [APPLIED], MORNING)
    started.record_plan("first", plan(action("a1")))
    assert started.actions("first", CONTACTS) == [action("a1")]
    assert started.outcomes("first", CONTACTS) == {"a1": APPLIED}


def test_planning_again_does_not_forget_an_intent(started: Journal) -> None:
    started.record_plan("first", plan(action("a1"), action("a2"), action("a3")))
    started.intend("first", CONTACTS, ["a1", "a2"], MORNING)
    started.record_plan("first", plan(action("a1", change(after="9"))))
    assert started.intended("first", CONTACTS) == {"a1", "a2"}
    assert started.actions("first", CONTACTS) == [action("a1", change(after="9")), action("a2")]


def test_an_outcome_never_speaks_for_other_changes(started: Journal) -> None:
    started.record_plan("first", plan(action("a1")))
    started.record("first", CONTACTS, [APPLIED], MORNING)
    with pytest.raises(StateError, match=r"action a1.*Clear the extract task"):
        started.record_plan("first", plan(action("a1", change(after="secret"))))
    assert started.actions("first", CONTACTS) == [action("a1")]


def test_a_run_that_was_started_again_may_plan_anything(started: Journal, engine: Engine) -> None:
    started.record_plan("first", plan(action("a1"), conflicts=(conflict(),)))
    started.intend("first", CONTACTS, ["a1"], MORNING)
    started.record("first", CONTACTS, [APPLIED], MORNING)
    started.start(sync_run())
    assert started.intended("first", CONTACTS) == set()
    assert started.outcomes("first", CONTACTS) == {}
    assert started.conflicts("first") == []
    started.record_plan("first", plan(action("a1", change(after="9"))))
    with reading(engine) as connection:
        journalled = connection.scalar(select(func.count()).select_from(schema.action))
    assert journalled == 2, "what the first attempt wrote stays in the journal"


def test_a_committed_run_is_not_planned_again(started: Journal, store: Store) -> None:
    started.record_plan("first", plan(action("a1")))
    store.commit(Commit(ended()))
    with pytest.raises(StateError, match="would undo newer values"):
        started.record_plan("first", plan())
    assert started.actions("first", CONTACTS) == [action("a1")]


def test_a_committed_run_stays_as_it_ended(started: Journal, store: Store) -> None:
    store.commit(Commit(ended()))
    started.finish(ended(state=RunState.FAILED, note="plan: cleared too late"))
    assert started.run("first") == [ended()]


def test_a_committed_run_that_is_started_again_commits_again(
    started: Journal, store: Store
) -> None:
    store.commit(Commit(ended(), watermarks={HUBSPOT: MORNING}))
    started.start(sync_run())
    store.commit(Commit(ended(), watermarks={HUBSPOT: LATER}))
    assert store.watermarks(CONTACTS) == {HUBSPOT: LATER}


def test_outcomes_come_back_as_they_were_recorded(started: Journal) -> None:
    refused = Outcome("a2", Result.REJECTED, None, code="STRING_TOO_LONG", message="too long")
    started.record_plan("first", plan(action("a1"), action("a2"), action("a3")))
    started.record("first", CONTACTS, [APPLIED, refused], MORNING)
    assert started.outcomes("first", CONTACTS) == {"a1": APPLIED, "a2": refused}


def test_the_last_outcome_stands(started: Journal) -> None:
    started.record_plan("first", plan(action("a1")))
    started.record("first", CONTACTS, [Outcome("a1", Result.RETRYABLE, message="503")], MORNING)
    started.record("first", CONTACTS, [APPLIED], LATER)
    assert started.outcomes("first", CONTACTS) == {"a1": APPLIED}


def test_the_first_intent_stands(started: Journal, engine: Engine) -> None:
    started.record_plan("first", plan(action("a1")))
    started.intend("first", CONTACTS, ["a1"], MORNING)
    started.intend("first", CONTACTS, ["a1"], LATER)
    with reading(engine) as connection:
        assert connection.scalar(select(schema.action.c.intended_at)) == MORNING


def test_a_run_killed_between_intent_and_outcome_leaves_the_intent(
    started: Journal, url: str
) -> None:
    started.record_plan("first", plan(action("a1"), action("a2"), action("a3")))
    with process("write", url) as writer:
        writer.kill()
        writer.wait()
    assert started.intended("first", CONTACTS) == {"a1", "a2"}
    assert started.outcomes("first", CONTACTS) == {"a1": Outcome("a1", Result.APPLIED, "sf1")}


def test_what_was_not_planned_can_be_neither_intended_nor_recorded(started: Journal) -> None:
    started.record_plan("first", plan(action("a1")))
    with pytest.raises(StateError, match="action a9 is not in the journalled plan"):
        started.intend("first", CONTACTS, ["a1", "a9"], MORNING)
    with pytest.raises(StateError, match="action a9 is not in the journalled plan"):
        started.record("first", CONTACTS, [replace(APPLIED, action_id="a9")], MORNING)
    assert started.intended("first", CONTACTS) == set()


def test_nothing_is_planned_for_a_run_that_was_never_started(journal: Journal) -> None:
    with pytest.raises(StateError, match="knows no sync run 'unknown'"):
        journal.record_plan("unknown", plan())


def test_recording_nothing_is_nothing(journal: Journal) -> None:
    journal.intend("unknown", CONTACTS, [], MORNING)
    journal.record("unknown", CONTACTS, [], MORNING)
    assert journal.intended("unknown", CONTACTS) == set()
    assert journal.outcomes("unknown", CONTACTS) == {}


def test_an_ended_run_that_was_never_started_is_journalled(journal: Journal) -> None:
    journal.finish(ended())
    assert journal.run("first") == [ended()]


def test_the_conflicts_of_a_run_are_those_of_all_its_object_types(journal: Journal) -> None:
    deal = replace(conflict(), object_type="deals")
    for object_type, one in ((CONTACTS, conflict()), ("deals", deal)):
        journal.start(sync_run(object_type=object_type))
        journal.record_plan("first", Plan(object_type, conflicts=(one,)))
    assert journal.conflicts("first") == [conflict(), deal]


def test_the_fields_a_write_leaves_out_are_known_to_whoever_goes_on(started: Journal) -> None:
    started.record_plan("first", plan(action("a1"), action("a2", origin_id="hs2")))
    left = (Refusal("phone", "STRING_TOO_LONG", "STRING_TOO_LONG on Phone"),)
    started.leave_out("first", CONTACTS, {"a1": left})
    assert started.left_out("first", CONTACTS) == {"a1": left}
    assert started.outcomes("first", CONTACTS) == {}
    started.record("first", CONTACTS, [Outcome("a1", Result.APPLIED, "sf1", refused=left)], MORNING)
    assert started.outcomes("first", CONTACTS)["a1"].refused == left


def test_what_a_given_up_run_left_open_is_known_until_somebody_says_what_became_of_it(
    started: Journal,
) -> None:
    create = action("a0", change("phone", None), verb=Verb.CREATE, record_id=None)
    update, unsent = action("a1", change("phone")), action("a2", change("phone"))
    started.record_plan("first", plan(create, update, unsent))
    started.intend("first", CONTACTS, ["a0", "a1"], MORNING)
    assert started.left_open(CONTACTS, "second", MORNING) == {"first": [update]}
    assert started.left_open(CONTACTS, "first", MORNING) == {}
    assert started.left_open("deals", "second", MORNING) == {}
    assert started.left_open(CONTACTS, "second", LATER) == {}
    started.record("first", CONTACTS, [APPLIED], LATER)
    assert started.left_open(CONTACTS, "second", MORNING) == {}


def test_of_a_record_that_another_run_has_written_since_nothing_is_left_open(
    started: Journal,
) -> None:
    update = action("a1", change("phone"))
    for run in ("first", "second"):
        started.start(sync_run(run))
        started.record_plan(run, plan(update))
        started.intend(run, CONTACTS, ["a1"], MORNING)
    started.record("second", CONTACTS, [APPLIED], LATER)
    assert started.left_open(CONTACTS, "third", MORNING) == {}
