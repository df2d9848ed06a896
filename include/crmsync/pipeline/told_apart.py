"""Companies held for a domain that they share, of which it may say more now.

When one pair of them is linked, or one is gone, nothing about the others changes. So the held ones
are counted by domain before each run: where one company and one account are left, or one system's
alone, they are read again. It costs no call while none of that is so.
"""

from collections.abc import Iterable

from include.crmsync.engine.same_domain import doubtful
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.plan import Held
from include.crmsync.model.record import System
from include.crmsync.pipeline.workshop import Workshop

CRITERION = "unique_domain"


def told_apart(
    held: Iterable[Held], mapping: ObjectMapping, shop: Workshop
) -> set[tuple[System, str]]:
    """Held for a domain that they share, of which domains may say more now."""
    waiting = {
        (one.system, one.record_id): one.value or "" for one in held if one.criterion == CRITERION
    }
    if mapping.match_domain is None or not waiting:
        return {*waiting}
    groups: dict[str, set[tuple[System, str]]] = {}
    for system in System:
        ids = sorted(id_ for owner, id_ in waiting if owner is system)
        linked = shop.store.links(mapping.object_type, system, ids) if ids else {}
        for id_ in (one for one in ids if one not in linked):
            groups.setdefault(waiting[system, id_], set()).add((system, id_))
    return {node for group in groups.values() if not doubtful(group) for node in group}
