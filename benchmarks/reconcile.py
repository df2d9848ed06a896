"""Three versions of a million records: the engine beside a plain pandas merge, in one run.

Both are given the same three frames, each in its own order, and say for every cell that
moved what both systems should hold. The plain way is what one would write first: merge the
frames on the id, then compare column by column. Values are drawn from a pool, as those of a
CRM's fields mostly are; one cell in a thousand changed on each side.
"""

import argparse
import gc
import json
import resource
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from include.crmsync.engine.rows import settle_frames
from include.crmsync.model.record import System
from include.crmsync.model.rule import SyncRule

POOL, BLANKS = 50_000, 5_000
ONE_IN = 1000
Cell = tuple[str, str, str | None]
"""Record id, field, what both systems should hold."""


def frames(count: int, fields: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Base, HubSpot and Salesforce; the latter two shuffled and edited."""
    random = np.random.default_rng(1)
    words = [f"value {number}" for number in range(POOL)] + [None] * BLANKS
    pool = np.array(words, dtype=object)
    names = [f"field_{number}" for number in range(fields)]
    base = {name: pool[random.integers(0, len(pool), count)] for name in names}
    ids = np.array([f"00300000{number:010d}" for number in range(count)], dtype=object)

    def edited() -> pd.DataFrame:
        order = random.permutation(count)
        columns = {}
        for name, cells in base.items():
            held = cells.copy()
            moved = random.integers(0, count, count // ONE_IN)
            held[moved] = pool[random.integers(0, len(pool), len(moved))]
            columns[name] = held[order]
        return _frame(columns, ids[order])

    return _frame(base, ids), edited(), edited()


def _frame(columns: dict[str, np.ndarray], ids: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(columns, index=pd.Index(ids, dtype=object, name="id"), dtype=object)


def by_engine(base: pd.DataFrame, hubspot: pd.DataFrame, salesforce: pd.DataFrame) -> list[Cell]:
    """What the engine says."""
    rules = dict.fromkeys(base.columns, SyncRule.TWO_WAY)
    newest = np.ones(len(base), dtype=bool)
    rows, settled = settle_frames(base, hubspot, salesforce, rules, newest)
    ids = base.index.to_numpy()[rows]
    found: list[Cell] = []
    for name, one in settled.items():
        moved = np.flatnonzero(one.differs[System.HUBSPOT] | one.differs[System.SALESFORCE])
        values = one.values[moved]
        found += zip(ids[moved], [name] * len(moved), values, strict=True)
    return found


def by_plain_pandas(
    base: pd.DataFrame, hubspot: pd.DataFrame, salesforce: pd.DataFrame
) -> list[Cell]:
    """What a plain merge of three frames says: Salesforce stands where both moved apart."""
    merged = base.merge(hubspot, on="id", suffixes=("", "_hubspot"))
    merged = merged.merge(salesforce, on="id", suffixes=("", "_salesforce"))
    found: list[Cell] = []
    for name in base.columns:
        was, ours, theirs = (merged[name + end] for end in ("", "_hubspot", "_salesforce"))
        we_moved = ~(ours.eq(was) | (ours.isna() & was.isna()))
        they_moved = ~(theirs.eq(was) | (theirs.isna() & was.isna()))
        chosen = theirs.where(they_moved, ours)
        apart = (we_moved | they_moved) & ~(ours.eq(theirs) | (ours.isna() & theirs.isna()))
        cells = chosen[apart]
        values = [None if pd.isna(value) else value for value in cells]
        found += zip(cells.index, [name] * len(cells), values, strict=True)
    return found


def main() -> int:
    """Measure one of the two, or both, and print what they took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--fields", type=int, default=30)
    parser.add_argument("--engine-only", action="store_true", help="to see the engine's own peak")
    options = parser.parse_args()
    three = frames(options.count, options.fields)
    told: dict[str, object] = {"count": options.count, "fields": options.fields}
    told["input_mb"] = _peak()
    took, ours = _timed(lambda: by_engine(*three))
    told |= {"engine_seconds": took, "engine_peak_mb": _peak(), "cells": len(ours)}
    if not options.engine_only:
        took, theirs = _timed(lambda: by_plain_pandas(*three))
        told |= {"pandas_seconds": took, "pandas_peak_mb": _peak()}
        told["same"] = sorted(ours, key=str) == sorted(theirs, key=str)
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


def _timed(work: Callable[[], list[Cell]]) -> tuple[float, list[Cell]]:
    """Seconds of processor time, so that what else the machine does counts for neither."""
    gc.collect()
    began = time.process_time()
    found = work()
    return round(time.process_time() - began, 2), found


def _peak() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    sys.exit(main())
