"""Many histories on many processes, a piece of the seeds at a time."""

import multiprocessing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.simulation.generate import history
from tests.simulation.play import play

PIECE = 25
"""Histories that one process plays before it tells."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What came of some seeds."""

    played: int
    failed: tuple[tuple[int, str], ...]
    """Seed and law."""


def play_many(seeds: Sequence[int], processes: int) -> Iterator[Piece]:
    """Yield what came of some of the seeds, as soon as it is known."""
    pieces = [seeds[at : at + PIECE] for at in range(0, len(seeds), PIECE)]
    if processes < 2:
        yield from map(_piece, pieces)
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap_unordered(_piece, pieces)
        pool.close()
        pool.join()


def _piece(seeds: Sequence[int]) -> Piece:
    played, failed = 0, list[tuple[int, str]]()
    for seed in seeds:
        problems = play(history(seed))
        played += 1
        if problems:
            failed.append((seed, problems[0].law))
    return Piece(played, tuple(failed))
