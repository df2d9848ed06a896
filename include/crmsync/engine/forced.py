"""A field that takes one system's value by request, whatever base and rule say.

A conflict stays one: where both systems moved, the value that is lost is recorded as ever. Blanks
travel too, but for owners: Salesforce has no record without one.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from include.crmsync.engine.merge_frames import Settled
from include.crmsync.model.record import System

BY_REQUEST = "stands by request"
"""What a change or conflict says of a forced value."""


def forced(
    settled: Settled, held: Mapping[System, NDArray[np.object_]], origin: System, *, fills: bool
) -> Settled:
    """The column with the origin's values; `fills`: but not its blanks."""
    values = held[origin]
    if fills:
        values = np.where(pd.isna(values), held[origin.other], values)
    differs = {system: np.asarray(values != column, bool) for system, column in held.items()}
    differs[origin] = np.zeros(len(values), dtype=bool)
    return Settled(values, differs, settled.conflict)
