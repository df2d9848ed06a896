"""That the simulator is no easier than the world: its parts against the real ones."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from include.crmsync.criteria.judge import examine, judge
from include.crmsync.criteria.suite import Suite
from include.crmsync.model.record import System
from include.crmsync.pipeline.workshop import Workshop
from include.crmsync.state.artifacts import Artifacts
from include.crmsync.state.connect import open_engine
from tests.simulation import mappings
from tests.simulation import play as playing
from tests.simulation.generate import history
from tests.simulation.judge import plain_judge
from tests.simulation.process import Process
from tests.simulation.shrink import shrunk
from tests.simulation.state import State
from tests.simulation.steps import History
from tests.simulation.world import World


def test_the_plain_judge_says_what_great_expectations_says(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[tuple[str, System], list[pd.DataFrame]] = {}
    asked: dict[tuple[str, System], Suite] = {}

    def noting(frame: pd.DataFrame, suite: Suite) -> object:
        seen.setdefault((suite.object_type, suite.system), []).append(frame)
        asked[suite.object_type, suite.system] = suite
        return plain_judge(frame, suite)

    monkeypatch.setattr("tests.simulation.world.plain_judge", noting)
    for seed in range(30):
        playing.play(history(seed))
    assert seen.keys() == mappings.suites().keys()
    assert any(one.derived for suite in asked.values() for one in suite.expectations)
    for key, frames in seen.items():
        whole = pd.concat([one for one in frames if not one.empty], ignore_index=True)
        whole["record_id"] = [f"{at}" for at in range(len(whole))]
        assert len(whole) > 5
        plain = plain_judge(whole, asked[key]).failures
        assert plain == judge(whole, asked[key])
        assert plain or key[0] == "companies" or key[1] != System.HUBSPOT


@pytest.mark.parametrize("seed", range(5))
def test_files_and_great_expectations_come_to_the_same(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same history on a store and artifacts in files, judged by Great Expectations."""
    alone = playing.Play(history(seed))
    assert alone.whole() == []

    def workshop(world: World, process: Process) -> Workshop:
        shop = plain(world, process)
        shop.judge = examine
        shop.artifacts = Artifacts(tmp_path / "artifacts")
        shop.__dict__["_engine"] = engine
        return shop

    plain, engine = World.workshop, open_engine(f"sqlite:///{tmp_path / 'state.db'}")

    def rows(_: State, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Who edits "the counterpart" looks for it in the store that this history uses."""
        with closing(sqlite3.connect(tmp_path / "state.db")) as connection:
            return connection.execute(query, values).fetchall()

    monkeypatch.setattr(State, "rows", rows)
    monkeypatch.setattr(World, "workshop", workshop)
    monkeypatch.setattr("tests.simulation.play.book.TASK", ())
    monkeypatch.setattr("tests.simulation.play.book.SENT", ())
    real = playing.Play(history(seed))
    for step in real.history.steps:
        real.act(step)
    real._settle()
    engine.dispose()
    assert _records(real) == _records(alone)


def _records(game: playing.Play) -> dict[str, object]:
    return {
        id_: (dict(record.raw), dict(record.parents))
        for crm in game.scene.world.crms.values()
        for id_, record in crm.records.items()
    }


def test_a_seed_gives_the_same_history_and_the_same_end_again() -> None:
    assert history(7) == history(7)
    ends = []
    for _ in range(2):
        game = playing.Play(history(7))
        game.whole()
        ends.append((_records(game), [*game.scene.world.state.dump()]))
    assert ends[0] == ends[1]


def test_a_failing_history_is_cut_down_to_what_it_needs() -> None:
    whole = history(3)
    # What happens inside another step needs that step too: only those that stand alone are few.
    alone = [number for number in whole.numbers if "." not in number]
    needed = {alone[1], alone[-1]}

    def breaks(one: History) -> bool:
        return needed <= set(one.numbers)

    assert set(shrunk(whole, breaks).numbers) == needed
