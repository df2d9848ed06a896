"""A few histories of the driver, always the same ones; `make drive` plays as many as you like."""

from pathlib import Path

import pytest

from tests.conftest import Sandbox
from tests.end_to_end.driver.history import History

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]


@pytest.mark.parametrize(("seed", "richer"), [(12, True), (2, False)])
def test_both_crms_end_as_the_drivers_own_reading_of_the_rules_says(
    sandbox_server: Sandbox, tmp_path: Path, seed: int, *, richer: bool
) -> None:
    history = History(seed, sandbox_server.url, tmp_path, richer=richer)
    found = history.play(rounds=2, edits=70)
    assert found == [], "\n".join([*history.log, *found])
