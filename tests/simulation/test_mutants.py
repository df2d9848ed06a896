"""Every law finds the bug that was planted for it, in a history that breaks none otherwise."""

import pytest

from tests.simulation.generate import history
from tests.simulation.mutants import MUTANTS
from tests.simulation.play import play


@pytest.mark.parametrize("name", MUTANTS)
def test_a_planted_bug_is_found(name: str) -> None:
    mutant = MUTANTS[name]
    assert not play(history(mutant.seed))
    assert mutant.found([mutant.seed]), f"find another seed: make simulate MUTANTS=1 ({name})"
