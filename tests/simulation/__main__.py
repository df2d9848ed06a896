"""Play many histories, on every core: `make simulate N=2000`, or one again: SEED=.. KEEP=.."""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence

from tests.simulation.crashes import every_crash
from tests.simulation.generate import history
from tests.simulation.many import play_many
from tests.simulation.mutants import MUTANTS
from tests.simulation.play import play
from tests.simulation.report import told

EVERY = 10.0
"""Seconds between two lines."""
MOST = 20
"""Failures that are told in full."""


def main() -> int:
    """Play what the arguments say; 1 when a law was broken."""
    arguments = _arguments()
    if arguments.keep:
        return _one(arguments.seed, arguments.keep.split(","))
    if arguments.crashes:
        return _crashes()
    if arguments.mutants:
        return _mutants(range(arguments.seed, arguments.seed + arguments.histories))
    return _many(arguments.seed, arguments.histories, arguments.processes or os.cpu_count() or 1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("-n", "--histories", type=int, default=2000, help="how many")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--keep", default="", help="play one seed, with these steps only")
    parser.add_argument("--processes", type=int, default=0, help="0: one per core")
    parser.add_argument("--crashes", action="store_true", help="kill at every call and write")
    parser.add_argument("--mutants", action="store_true", help="plant bugs, and see them found")
    return parser.parse_args()


def _one(seed: int, numbers: Sequence[str]) -> int:
    whole = history(seed)
    chosen = whole if numbers == ["all"] else whole.only(numbers)
    for step in chosen.steps:
        _say(f"  {step}")
    problems = play(chosen)
    for problem in problems:
        _say(str(problem))
    _say(f"{len(problems)} problems" if problems else "every law holds")
    return 1 if problems else 0


def _many(first: int, count: int, processes: int) -> int:
    began, played, failed = time.monotonic(), 0, list[tuple[int, str]]()
    said = began
    for piece in play_many(range(first, first + count), processes):
        played, failed = played + piece.played, failed + list(piece.failed)
        for seed, law in piece.failed:
            _say(f"seed {seed} breaks {law}")
        if time.monotonic() - said >= EVERY:
            said = time.monotonic()
            _say(_progress(played, count, failed, said - began))
    _say(_progress(played, count, failed, time.monotonic() - began))
    _tell(failed)
    return 1 if failed else 0


def _tell(failed: Sequence[tuple[int, str]]) -> None:
    """The first failures in full, one of each law first."""
    firsts = {law: seed for seed, law in reversed(failed)}
    for law, count in Counter(law for _, law in failed).most_common():
        _say(f"{count} histories break {law}")
    for seed in list(firsts.values())[:MOST]:
        whole = history(seed)
        _say("\n" + told(whole, play(whole)[0]))


def _crashes() -> int:
    failed = 0
    for name, count, problems in every_crash():
        _say(f"{name}: {count} crashes, {len(problems)} failures")
        for problem in problems[:MOST]:
            _say(f"  {problem}")
        failed += len(problems)
    return 1 if failed else 0


def _mutants(seeds: Sequence[int]) -> int:
    """Each bug, and the first history that shows it."""
    survive = 0
    for name, mutant in MUTANTS.items():
        found = mutant.found(seeds)
        survive += found is None
        told = "no history shows it" if found is None else f"seed {found[0]}: {found[1]}"
        _say(f"{name} ({', '.join(sorted(mutant.laws))}): {told}")
    _say(f"{survive} of {len(MUTANTS)} bugs stay unseen in {len(seeds)} histories")
    return 1 if survive else 0


def _progress(played: int, count: int, failed: Sequence[object], seconds: float) -> str:
    rate = played / seconds * 60 if seconds else 0
    return (
        f"{time.strftime('%H:%M:%S')} {played} of {count} histories, {rate:.0f} a minute,"
        f" {len(failed)} failed"
    )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
