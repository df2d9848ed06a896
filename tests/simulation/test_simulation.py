"""Random histories over both CRMs: a few hundred here, as many as you like by `make simulate`."""

import pytest

from tests.simulation.generate import history
from tests.simulation.play import play
from tests.simulation.report import told

SEEDS = range(120)
PIECES = [SEEDS[at : at + 20] for at in range(0, len(SEEDS), 20)]


@pytest.mark.parametrize("seeds", PIECES, ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")
def test_random_histories_break_no_law(seeds: range) -> None:
    for seed in seeds:
        whole = history(seed)
        problems = play(whole)
        if problems:
            pytest.fail(told(whole, problems[0]))
