"""Whether records that have lost their HubSpot parent lost it because it is not there any more.

Only records without a parent whose base has one that lives are asked about: a call or two for a
hundred parents, and none in a run in which nobody lost any.
"""

from include.crmsync.model.departure import How
from include.crmsync.model.mapping import FieldMapping, ObjectMapping
from include.crmsync.model.record import System
from include.crmsync.pipeline.reading import Reading
from include.crmsync.pipeline.workshop import Workshop


def lost_parents(mapping: ObjectMapping, reading: Reading, shop: Workshop) -> frozenset[str]:
    """The links of parents that are gone in HubSpot, though the store does not know it yet."""
    found: set[str] = set()
    for field in mapping.parents:
        parent = shop.mappings.get(field.parent or "")
        left = _left(field, mapping, reading, shop)
        if parent is None or not left:
            continue
        joined = shop.store.joined(parent.object_type, None, left)
        living = {one.hubspot_id: str(one.id) for one in joined if one.lives}
        fates = shop.gateways[System.HUBSPOT].fates(parent, sorted(living)) if living else {}
        found |= {living[id_] for id_, one in fates.items() if one.how is not How.MERGED}
    return frozenset(found)


def _left(
    field: FieldMapping, mapping: ObjectMapping, reading: Reading, shop: Workshop
) -> list[int]:
    """Links of parents that records had, and have none now."""
    known = reading.known(System.HUBSPOT)
    alone = [
        id_
        for id_, record in known.items()
        if id_ not in reading.echoes.get(System.HUBSPOT, {})
        and not record.parents.get(field.parent or "")
    ]
    if not alone:
        return []
    links = shop.store.links(mapping.object_type, System.HUBSPOT, alone)
    named = {(link.base or {}).get(field.name) for link in links.values() if link.lives}
    return sorted({int(one) for one in named if one is not None and one.isdecimal()})
