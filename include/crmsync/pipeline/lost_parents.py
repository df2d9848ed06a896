"""Whether records that have lost their HubSpot parent lost it because it is not there any more.

Only records without a parent whose base has one that lives are asked about: a call or two for a
hundred parents, and none in a run in which nobody lost any.
"""

from collections.abc import Sequence

from include.crmsync.engine.transform import Canonical, value_of
from include.crmsync.model.departure import How
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import FieldMapping, ObjectMapping
from include.crmsync.model.record import System
from include.crmsync.pipeline.workshop import Workshop


def lost_parents(
    links: Sequence[Link], mapping: ObjectMapping, hubspot: Canonical, shop: Workshop
) -> frozenset[str]:
    """The links of parents that are gone in HubSpot, though the store does not know it yet."""
    found: set[str] = set()
    for field in mapping.parents:
        parent = shop.mappings.get(field.parent or "")
        left = _left(field, links, hubspot)
        if parent is None or not left:
            continue
        joined = shop.store.joined(parent.object_type, None, left)
        living = {one.hubspot_id: str(one.id) for one in joined if one.lives}
        fates = shop.gateways[System.HUBSPOT].fates(parent, sorted(living)) if living else {}
        found |= {living[id_] for id_, one in fates.items() if one.how is not How.MERGED}
    return frozenset(found)


def _left(field: FieldMapping, links: Sequence[Link], hubspot: Canonical) -> list[int]:
    """Links of parents that records had, and have none now."""
    named = {
        base
        for link in links
        if link.lives
        and (base := (link.base or {}).get(field.name)) is not None
        and link.hubspot_id in hubspot.frame.index
        and value_of(hubspot.frame, link.hubspot_id, field.name) is None
    }
    return sorted(int(one) for one in named if one.isdecimal())
