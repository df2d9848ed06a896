"""Three-way merge of whole columns: what `merge.settle` says, for every pair at once.

The three versions of a field are three columns of canonical values. They are turned into
integer codes first, blank being -1, so that comparing is comparing integers: pandas
itself holds two blanks for different, and a loop over cells would cost seconds per
hundred thousand records. Shapes: every array is one row per pair, in one order.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from include.crmsync.model.record import System
from include.crmsync.model.rule import SyncRule

Codes = NDArray[np.int64]
Mask = NDArray[np.bool_]
BLANK = -1


@dataclass(frozen=True, slots=True)
class Settled:
    """One field of every pair, settled."""

    values: NDArray[np.object_]
    """The value both systems should hold."""
    differs: dict[System, Mask]
    """Where a system does not hold it yet."""
    conflict: Mask
    """Where both systems moved, apart."""


def settle_column(
    base: NDArray[np.object_],
    hubspot: NDArray[np.object_],
    salesforce: NDArray[np.object_],
    rule: SyncRule,
    salesforce_newest: Mask,
) -> Settled:
    """Settle one field of all pairs; `salesforce_newest` marks where Salesforce moved last."""
    versions, known = _codes(base, hubspot, salesforce)
    was, theirs = versions[0], {System.HUBSPOT: versions[1], System.SALESFORCE: versions[2]}
    at_hubspot, at_salesforce = versions[1], versions[2]
    apart = (at_hubspot != was) & (at_salesforce != was) & (at_hubspot != at_salesforce)
    if rule.owner is None:
        moved = np.where(at_hubspot == was, at_salesforce, at_hubspot)
        newest = np.where(salesforce_newest, at_salesforce, at_hubspot)
        chosen = np.where(apart, newest, moved)
    else:
        chosen = _owned(rule, was, theirs[rule.owner], theirs[rule.owner.other])
    return Settled(
        values=_values(chosen, known),
        differs={system: codes != chosen for system, codes in theirs.items()},
        conflict=apart,
    )


def _owned(rule: SyncRule, base: Codes, owner: Codes, other: Codes) -> Codes:
    if not rule.yields_when_blank:
        return owner
    may_fill = (owner == BLANK) & (base == BLANK)
    return np.where(may_fill, other, owner)


def _codes(*columns: NDArray[np.object_]) -> tuple[list[Codes], NDArray[np.object_]]:
    codes, known = pd.factorize(np.concatenate(columns))
    return list(np.split(codes.astype(np.int64), len(columns))), np.asarray(known, dtype=object)


def _values(codes: Codes, known: NDArray[np.object_]) -> NDArray[np.object_]:
    with_blank = np.empty(len(known) + 1, dtype=object)
    with_blank[:-1] = known
    chosen: NDArray[np.object_] = with_blank[codes]
    return chosen
