"""Which pairs have anything to say: found by whole columns before a single cell is judged.

Nearly every pair of a big run holds what its base says. Three versions of a field are three
columns; where they are equal row for row there is nothing to settle, write or remember,
whatever the sync rule. So columns are compared first, and only the rows that differ somewhere
are merged. Comparing is cheapest where two cells are one object in memory: the same object is
the same value, and only the cells that are not are compared by what they hold.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from include.crmsync.engine.merge_frames import Mask, Settled, settle_column
from include.crmsync.model.rule import SyncRule

Cells = NDArray[np.object_]
Rows = NDArray[np.intp]

Versions = tuple[Cells, Cells, Cells]
"""One field of every pair: base, HubSpot, Salesforce."""


def moved_rows(columns: Iterable[Versions], at_hubspot: Rows, at_salesforce: Rows) -> Rows:
    """Positions, ascending, of the pairs of which any field is not alike three times over.

    `at_hubspot` and `at_salesforce` say where in its own columns each pair's record is.
    """
    moved: Mask = np.zeros(len(at_hubspot), dtype=bool)
    for base, hubspot, salesforce in columns:
        moved[_differing(base, hubspot, at_hubspot)] = True
        moved[_differing(base, salesforce, at_salesforce)] = True
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
    columns = {
        name: (_cells(base, name), _cells(hubspot, name), _cells(salesforce, name))
        for name in rules
    }
    rows = moved_rows(columns.values(), at_hubspot, at_salesforce)
    return rows, {
        name: settle_column(
            was.take(rows),
            ours.take(at_hubspot[rows]),
            theirs.take(at_salesforce[rows]),
            rules[name],
            salesforce_newest[rows],
        )
        for name, (was, ours, theirs) in columns.items()
    }


def _differing(base: Cells, held: Cells, at: Rows) -> Rows:
    """Rows of `base` whose value is not the one held at the place `at` says."""
    suspects = np.flatnonzero(_addresses(base) != _addresses(held).take(at))
    apart = base.take(suspects) != held.take(at[suspects])
    found: Rows = suspects[np.asarray(apart, dtype=bool)]
    return found


def _addresses(cells: Cells) -> NDArray[np.intp]:
    """Where in memory each cell's object is; good while the array lives."""
    whole = np.ascontiguousarray(cells)
    return np.ndarray(whole.shape, dtype=np.intp, buffer=whole)


def _cells(frame: pd.DataFrame, name: str) -> Cells:
    return frame[name].to_numpy(dtype=object)
