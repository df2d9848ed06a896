"""The shortest history that still breaks the same law.

Delta debugging: leave out halves, then quarters, then single steps and incidents, as long as the
law stays broken. Numbers mean the same however much is left out.
"""

from collections.abc import Callable, Sequence

from tests.simulation.play import play
from tests.simulation.steps import History

Breaks = Callable[[History], bool]


def shortest(history: History, law: str) -> History:
    """Leave out whatever the law's breach does not need."""
    return shrunk(history, lambda one: any(problem.law == law for problem in play(one)))


def shrunk(history: History, breaks: Breaks) -> History:
    """Leave out whatever `breaks` does not need."""
    kept = list(history.numbers)
    parts = 2
    while len(kept) > 1:
        size = max(1, len(kept) // parts)
        found = _without_one_part(history, kept, size, breaks)
        if found is not None:
            kept, parts = found, max(2, parts - 1)
        elif size == 1:
            break
        else:
            parts = min(len(kept), parts * 2)
    return history.only(kept)


def _without_one_part(
    history: History, kept: Sequence[str], size: int, breaks: Breaks
) -> list[str] | None:
    for at in range(0, len(kept), size):
        rest = [*kept[:at], *kept[at + size :]]
        if rest and breaks(history.only(rest)):
            return rest
    return None
