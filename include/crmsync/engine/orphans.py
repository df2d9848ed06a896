"""Children of a parent that is gone: that they have none any more is nobody's edit.

HubSpot takes an archived company away from its contacts and deals, and no stamp tells that from
somebody who did so. Whether children follow is asked of the deletion's policy, and that keeps or
deletes the parent's counterpart as a whole: it does not empty a field of a hundred records. So the
two are known to be apart, until somebody gives either of them another parent.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from include.crmsync.engine.apart import is_apart, moved_in
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import FieldMapping
from include.crmsync.model.record import System, Value


def orphaned(
    one: FieldMapping,
    links: Sequence[Link],
    held: Mapping[System, NDArray[np.object_]],
    gone: Callable[[str], bool],
) -> dict[int, dict[str, Value]]:
    """Rows of which one system's record has lost a parent that is gone -> what the base becomes.

    `gone` tells it of the id of a parent's link.
    """
    found: dict[int, dict[str, Value]] = {}
    for row, link in enumerate(links):
        base = link.base or {}
        parent = base.get(one.name)
        if parent is None or not parent.isdecimal() or is_apart(base, one.name):
            continue
        blank = [system for system in System if held[system][row] is None]
        if len(blank) == 1 and gone(parent):
            found[row] = moved_in(blank[0], one.name, None, base)
    return found
