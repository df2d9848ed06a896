"""The golden sheet, scenario by scenario: what people did, and what both systems hold after it."""

from collections.abc import Iterator
from typing import Any

import pytest

from include.crmsync.pipeline import once
from tests.conftest import Sandbox
from tests.end_to_end.driver.crms import Crms
from tests.end_to_end.driver.history import workshop
from tests.end_to_end.driver.ledger import Ledger
from tests.end_to_end.golden.sheet import Life, as_text, scenarios, steps

pytestmark = pytest.mark.sandbox
NAMES = [one["name"] for one in scenarios()]


@pytest.fixture(scope="module")
def ends(
    sandbox_server: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, dict[str, Any]]]:
    """Every scenario lived through: name -> what became of it."""
    sandbox_server.reset("empty")
    folder = tmp_path_factory.mktemp("golden")
    crms, ledger = Crms(sandbox_server.url), Ledger(folder / "crmsync.db")
    lives = [Life(told, number) for number, told in enumerate(scenarios())]
    for life in lives:
        life.start(crms)
    for part in ("then", "later", "never"):
        for number in range(2):
            crms.control("POST", "clock", {"advance_seconds": 700})
            shop = workshop(sandbox_server.url, folder)
            once.run(f"{part}-{number}", workshop=shop)
            shop.close()
            for life in lives:
                life.meet(ledger, crms)
        mark = ledger.last("action")
        for several in steps(lives, part):
            crms.control("POST", "clock", {"advance_seconds": 60})
            for life, step in several:
                life.act(step, crms)
    shop = workshop(sandbox_server.url, folder)
    once.run("idle", workshop=shop)
    shop.close()
    found = {life.told["name"]: life.ended(crms, ledger) for life in lives}
    found["idle"] = {"wrote": ledger.written(mark)}
    yield found
    sandbox_server.reset("empty")


@pytest.mark.parametrize("told", scenarios(), ids=NAMES)
def test_golden(ends: dict[str, dict[str, Any]], told: dict[str, Any]) -> None:
    found = ends[told["name"]]
    said = as_text(found)
    assert found["ends"] == told.get("ends", {}), said
    assert found["held"] == sorted(told.get("held", [])), said
    assert found["conflicts"] == told.get("conflicts", {}), said
    assert "gone" not in told or found["gone"] == told["gone"], said
    if "journal" in told:
        assert set(told["journal"]) <= set(found["journal"]), said
        assert told["journal"] or found["journal"] == [], said


def test_no_two_scenarios_have_one_name() -> None:
    assert len(NAMES) == len(set(NAMES)) >= 25


def test_when_all_is_settled_an_idle_run_writes_nothing(ends: dict[str, dict[str, Any]]) -> None:
    assert ends["idle"]["wrote"] == []
