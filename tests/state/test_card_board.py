"""What is remembered of one record, and its history."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from include.crmsync.model.link import Turn, What
from include.crmsync.model.outcome import Outcome, Refusal, Result
from include.crmsync.model.plan import Verb
from include.crmsync.model.record import System
from include.crmsync.model.run import RunState, SyncRun
from include.crmsync.state.card_board import CardBoard, Chapter
from include.crmsync.state.commit import Commit, Retry
from include.crmsync.state.journal import Journal
from include.crmsync.state.store import Store
from tests.builders import MORNING
from tests.state.values import (
    CONTACTS,
    HUBSPOT,
    SALESFORCE,
    action,
    change,
    conflict,
    ended,
    held,
    link,
    plan,
    stored,
    sync_run,
)

KEYS = [(HUBSPOT, "hs1"), (SALESFORCE, "sf1")]


@pytest.fixture
def board(engine: Engine) -> CardBoard:
    return CardBoard(engine)


def history(board: CardBoard, link_id: int | None = None, most: int = 50) -> list[Chapter]:
    return board.history(CONTACTS, KEYS, link_id, most)


def at(number: int) -> SyncRun:
    """A run so many quarters of an hour after the first."""
    return sync_run(f"run-{number}", started_at=MORNING + timedelta(minutes=15 * number))


def test_a_record_stands_with_its_link_and_what_both_records_wait_for(
    store: Store, board: CardBoard
) -> None:
    commit = Commit(
        ended(),
        [link()],
        held=[held(), held("sf1", system=SALESFORCE), held("hs2")],
        retries=[Retry(SALESFORCE, "sf1", "a locked row", failed=True)],
    )
    store.commit(commit)
    kept = board.kept(CONTACTS, SALESFORCE, "sf1")
    assert kept.stored is not None
    assert kept.stored.sync_run == "first"
    assert kept.stored.link.hubspot_id == "hs1"
    assert {row.held.record_id for row in kept.held} == {"hs1", "sf1"}
    assert [one.reason for one in kept.retries] == ["a locked row"]


def test_of_a_stranger_nothing_is_remembered(board: CardBoard) -> None:
    kept = board.kept(CONTACTS, HUBSPOT, "hs1")
    assert (kept.stored, kept.held, kept.retries, kept.moved) == (None, (), (), ())
    assert history(board) == []


def test_a_record_whose_link_moved_on_says_so(store: Store, board: CardBoard) -> None:
    [one] = stored(store, link())
    turn = Turn(one.id or 0, What.MOVED, "hs1", "sf1", "merged into hs7")
    moved = replace(one, hubspot_id="hs7")
    store.commit(Commit(ended("second"), [moved], turns=[turn]))
    assert [told.reason for told in board.kept(CONTACTS, HUBSPOT, "hs1").moved] == [
        "merged into hs7"
    ]
    assert board.kept(CONTACTS, HUBSPOT, "hs7").moved == ()


def test_what_runs_did_is_told_with_outcomes_changes_and_conflicts(
    store: Store, journal: Journal, board: CardBoard
) -> None:
    run = at(1)
    journal.start(run)
    mine = action("a1", change("phone"), change("title", "Chief"))
    others = action("a2", record_id="sf2", origin_id="hs2")
    journal.record_plan(run.id, plan(mine, others, conflicts=(conflict(),)))
    refusal = Refusal("title", "STRING_TOO_LONG", "too long")
    outcome = Outcome("a1", Result.APPLIED, "sf1", refused=(refusal,))
    journal.record(run.id, CONTACTS, [outcome], MORNING)
    store.commit(Commit(replace(run, state=RunState.DONE), conflicts=[conflict()], held=[held()]))
    [chapter] = history(board)
    [act] = chapter.acts
    assert [one.field for one in act.action.changes] == ["phone", "title"]
    assert act.outcome is not None
    assert act.outcome.refused == (refusal,)
    assert [one.field for one in chapter.conflicts] == ["phone"]
    assert [one.criterion for one in chapter.held] == ["has_email"]


def test_a_created_record_is_found_by_what_it_was_created_from(
    journal: Journal, board: CardBoard
) -> None:
    journal.start(at(1))
    created = action("a1", verb=Verb.CREATE, record_id=None, origin_id="hs1")
    journal.record_plan("run-1", plan(created))
    [chapter] = board.history(CONTACTS, [(System.HUBSPOT, "hs1")], None, 50)
    assert [one.action.verb for one in chapter.acts] == [Verb.CREATE]
    assert chapter.acts[0].outcome is None


def test_ids_of_the_other_system_are_not_mistaken(journal: Journal, board: CardBoard) -> None:
    journal.start(at(1))
    journal.record_plan("run-1", plan(action("a1", record_id="7", origin_id="8")))
    assert board.history(CONTACTS, [(HUBSPOT, "7"), (SALESFORCE, "8")], None, 50) == []


def test_history_goes_on_behind_the_last_run(journal: Journal, board: CardBoard) -> None:
    for number in range(7):
        journal.start(at(number))
        journal.record_plan(f"run-{number}", plan(action()))
    first = history(board, most=3)
    assert [one.run.id for one in first] == ["run-6", "run-5", "run-4"]
    rest = board.history(CONTACTS, KEYS, None, 50, first[-1].place)
    assert [one.run.id for one in rest] == ["run-3", "run-2", "run-1", "run-0"]


def test_runs_that_began_together_are_each_told_once(journal: Journal, board: CardBoard) -> None:
    for number in range(4):
        journal.start(sync_run(f"run-{number}"))
        journal.record_plan(f"run-{number}", plan(action()))
    first = history(board, most=2)
    rest = board.history(CONTACTS, KEYS, None, 50, first[-1].place)
    assert sorted(one.run.id for one in [*first, *rest]) == [f"run-{n}" for n in range(4)]


def test_turns_of_the_link_are_part_of_it(store: Store, board: CardBoard) -> None:
    [one] = stored(store, link())
    turn = Turn(one.id or 0, What.GONE, "hs1", "sf1", "deleted in Salesforce")
    store.commit(Commit(ended("second"), [one], turns=[turn]))
    told = [chapter.turns for chapter in history(board, one.id)]
    assert [each[0].reason for each in told if each] == ["deleted in Salesforce"]


def test_a_second_attempt_takes_the_place_of_the_first(journal: Journal, board: CardBoard) -> None:
    journal.start(at(1))
    journal.record_plan("run-1", plan(action("a1")))
    journal.start(at(1))
    journal.record_plan("run-1", plan(action("a2")))
    [chapter] = history(board)
    assert [one.action.id for one in chapter.acts] == ["a2"]
