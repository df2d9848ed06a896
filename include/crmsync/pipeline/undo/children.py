"""Links to whose records others belong, by what the bases of these say.

An account takes its contacts along when it is deleted, whoever they are. So one that the run
created is deleted only where no living link of another object type names it as its parent.
"""

from collections.abc import Iterator

from include.crmsync.engine.apart import base_in
from include.crmsync.model.link import Link
from include.crmsync.model.record import System
from include.crmsync.pipeline.workshop import Workshop

PAGE = 2000
"""Links that are read at a time."""


def with_children(object_type: str, shop: Workshop) -> frozenset[int]:
    """Ids of the links of an object type that are somebody's parent."""
    found: set[int] = set()
    for mapping in shop.mappings.values():
        fields = [one for one in mapping.parents if one.parent == object_type]
        for link in _living(mapping.object_type, shop) if fields else ():
            named = (base_in(link.base or {}, one, system) for one in fields for system in System)
            found.update(int(value) for value in named if value and value.isdigit())
    return frozenset(found)


def _living(object_type: str, shop: Workshop) -> Iterator[Link]:
    after = 0
    while some := shop.store.in_turn(object_type, after, PAGE, living=True):
        yield from some
        after = some[-1].id or 0
