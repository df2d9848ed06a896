"""A run killed at every call and every write of state, and lost answers at every call."""

import pytest

from tests.simulation.crashes import points, stories
from tests.simulation.play import play

SOME = 7
"""Every so manieth crash is played here; `make simulate CRASHES=1` plays all of them."""


@pytest.mark.parametrize("name", stories())
def test_a_run_killed_anywhere_breaks_no_law(name: str) -> None:
    broken = list(points(stories()[name]))
    assert len(broken) > 50
    some = broken[sum(map(ord, name)) % SOME :: SOME]
    problems = [(str(one.steps[-1]), str(problem)) for one in some for problem in play(one)]
    assert problems == []
