"""Who took the place of the Salesforce record that an earlier integration had named.

That integration may have been off for a while: a lead has been converted since, or a contact
merged, and HubSpot still holds the old id. The heir is the one that is meant. Asked after only
where none of the records that are named lives, so a portal whose ids are good pays nothing.
"""

from collections.abc import Mapping

from include.crmsync.engine.departures import survivor
from include.crmsync.model.departure import Tombstone
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import System
from include.crmsync.model.record_id import is_id, whole_id
from include.crmsync.pipeline.named import named, told_ids
from include.crmsync.pipeline.reading import Reading
from include.crmsync.pipeline.workshop import Workshop

_ROUNDS = 5
"""How often heirs of heirs are looked for."""


def named_heirs(mapping: ObjectMapping, reading: Reading, shop: Workshop) -> dict[str, str]:
    """HubSpot id -> the heir of the record it names; reads the heirs, too."""
    asked = _unanswered(mapping, reading, shop)
    ids = sorted({id_ for some in asked.values() for id_ in some})
    graves = _graves(mapping, ids, shop) if ids else {}
    heirs: dict[str, str] = {}
    for ours, some in asked.items():
        found = (survivor(id_, graves) for id_ in some if id_ in graves)
        heirs |= {ours: heir} if (heir := next(filter(None, found), None)) else {}
    missing = sorted(set(heirs.values()) - reading.known(System.SALESFORCE).keys())
    if missing:
        for record in shop.gateways[System.SALESFORCE].read(mapping, missing):
            reading.counterparts[System.SALESFORCE][record.id] = record
    living = reading.known(System.SALESFORCE)
    return {ours: heir for ours, heir in heirs.items() if heir in living}


def _unanswered(
    mapping: ObjectMapping, reading: Reading, shop: Workshop
) -> Mapping[str, list[str]]:
    """HubSpot records without a link -> the ids that they name, where none of those lives."""
    if not mapping.linked_by:
        return {}
    told = {id_: told_ids(mapping, one) for id_, one in reading.changed[System.HUBSPOT].items()}
    naming = {id_: list(map(_whole, some)) for id_, some in told.items() if some}
    if not naming:
        return {}
    linked = shop.store.links(mapping.object_type, System.HUBSPOT, sorted(naming))
    answered = named(mapping, {system: reading.known(system) for system in System})
    return {id_: some for id_, some in naming.items() if id_ not in linked and id_ not in answered}


def _whole(id_: str) -> str:
    """As tombstones spell it; what is no id stays as it is, and has none."""
    return whole_id(id_) if is_id(id_) else id_


def _graves(mapping: ObjectMapping, ids: list[str], shop: Workshop) -> dict[str, Tombstone]:
    """The tombstones of these records, and of those that took their places."""
    graves: dict[str, Tombstone] = {}
    for _ in range(_ROUNDS):
        found = shop.gateways[System.SALESFORCE].fates(mapping, ids)
        graves |= found
        heirs = {one.into for one in found.values() if one.into is not None}
        ids = sorted(heirs - graves.keys())
        if not ids:
            break
    return graves
