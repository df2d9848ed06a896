"""A field that takes one system's value by request, whatever base and rule say.

A conflict stays one: where both systems moved, the value that is lost is recorded as ever. Blanks
travel too, but for owners: Salesforce has no record without one, so there the rules go on.
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
    """The column with the origin's values; `fills`: but for its blanks, which stay as settled."""
    theirs = held[origin]
    stays = pd.isna(theirs) if fills else np.zeros(len(theirs), dtype=bool)
    values = np.where(stays, settled.values, theirs)
    moved = {origin: np.zeros(len(theirs), dtype=bool)}
    moved[origin.other] = np.asarray(theirs != held[origin.other], bool)
    differs = {system: np.where(stays, settled.differs[system], moved[system]) for system in held}
    return Settled(values, differs, settled.conflict)
