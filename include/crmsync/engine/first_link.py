"""Whose values stand where two records are linked for the first time, by a baseline's request.

The system that wins keeps what it holds, and the other one fills its blanks: the two `prefer`
rules, for first links alone. Links that have a base go by their own rules, and so do fields whose
rule never lets one of the systems write.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from include.crmsync.engine.merge_frames import Settled, settle_column
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import FieldMapping, FieldType
from include.crmsync.model.record import System
from include.crmsync.model.rule import SyncRule

PREFERRED = {
    System.HUBSPOT: SyncRule.PREFER_HUBSPOT,
    System.SALESFORCE: SyncRule.PREFER_SALESFORCE,
}
Versions = tuple[NDArray[np.object_], NDArray[np.object_], NDArray[np.object_]]


def may_win(one: FieldMapping) -> bool:
    """Whether a request may say whose value of a field stands."""
    both = all(one.rule.writes_to(system) for system in System)
    return both and one.constant is None and one.type is not FieldType.ROLES


def won(settled: Settled, versions: Versions, links: Sequence[Link], winner: System) -> Settled:
    """The column with the winner's values wherever there is no base yet."""
    first = np.array([link.base is None for link in links], dtype=bool)
    newest = np.zeros(len(links), dtype=bool)  # a rule with an owner asks for no time
    ours = settle_column(*versions, PREFERRED[winner], newest)
    return Settled(
        values=np.where(first, ours.values, settled.values),
        differs={
            system: np.where(first, ours.differs[system], settled.differs[system])
            for system in System
        },
        conflict=np.where(first, ours.conflict, settled.conflict),
    )
