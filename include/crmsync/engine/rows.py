"""Which pairs have anything to say: found by whole columns before a single cell is judged.

Nearly every pair of a big run holds what its base says. Three versions of a field are three
columns; where they are equal row for row there is nothing to settle, write or remember,
whatever the sync rule. So columns are compared first, which costs a comparison of pointers
where the values are the same object, and only the rows that differ somewhere are merged.
"""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from include.crmsync.engine.merge_frames import Mask, Settled, settle_column
from include.crmsync.model.rule import SyncRule

Cells = NDArray[np.object_]
Rows = NDArray[np.intp]

Versions = tuple[Cells, Cells, Cells]
"""One field of every pair: base, HubSpot, Salesforce; one row per pair, in one order."""


def moved_rows(columns: Iterable[Versions], count: int) -> Rows:
    """Positions, ascending, of the pairs of which any field is not alike three times over."""
    moved: Mask = np.zeros(count, dtype=bool)
    for base, hubspot, salesforce in columns:
        moved |= np.asarray(base != hubspot, dtype=bool)
        moved |= np.asarray(base != salesforce, dtype=bool)
    return np.flatnonzero(moved)


def settle_frames(
    base: pd.DataFrame,
    hubspot: pd.DataFrame,
    salesforce: pd.DataFrame,
    rules: Mapping[str, SyncRule],
    salesforce_newest: Mask,
) -> tuple[Rows, dict[str, Settled]]:
    """Settle whole frames of canonical values, `base` giving the order of the pairs.

    The frames are indexed by one id per pair, each in its own order; `salesforce_newest` has
    the order of `base`. Answers with the rows of `base` that moved, and every field of those.
    """
    at_hubspot = hubspot.index.get_indexer(base.index)
    at_salesforce = salesforce.index.get_indexer(base.index)

    def versions() -> Iterator[Versions]:
        for name in rules:
            yield (
                _cells(base, name),
                _cells(hubspot, name).take(at_hubspot),
                _cells(salesforce, name).take(at_salesforce),
            )

    rows = moved_rows(versions(), len(base))
    return rows, {
        name: settle_column(
            _cells(base, name).take(rows),
            _cells(hubspot, name).take(at_hubspot[rows]),
            _cells(salesforce, name).take(at_salesforce[rows]),
            rule,
            salesforce_newest[rows],
        )
        for name, rule in rules.items()
    }


def _cells(frame: pd.DataFrame, name: str) -> Cells:
    return frame[name].to_numpy(dtype=object)
