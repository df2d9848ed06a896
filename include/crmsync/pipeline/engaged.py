"""Who has a role in an opportunity: asked only where the mapping moves lifecycle stages by it.

Neither a role nor its opportunity changes the contact's own time, so roles are asked about by
theirs: those that changed, or whose opportunity did, since they were last asked about. One query of
a run, and a call for each hundred HubSpot contacts that it names. People who are linked only now,
or are back on the inclusion list, are asked about by id. The first time, everybody is.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from include.crmsync.engine.lifecycle import onward, stages
from include.crmsync.model.mapping import STAGE, ObjectMapping
from include.crmsync.model.record import System
from include.crmsync.pipeline.look import narrowed
from include.crmsync.pipeline.reading import Reading
from include.crmsync.pipeline.workshop import Workshop

ROLES = "roles"
"""Name of the place that tells when roles were last asked about."""


def look(mapping: ObjectMapping, reading: Reading, shop: Workshop) -> None:
    """Find whose roles changed, and read those of them whose stage is behind."""
    if not stages(mapping) or reading.chosen is not None:
        return
    gateway = shop.gateways[System.SALESFORCE]
    asked_at = shop.store.place(mapping.object_type, ROLES)
    since = datetime.fromisoformat(asked_at) - shop.settings.overlap if asked_at else None
    reading.engaged = dict(gateway.engaged(since=since))
    if gateway.answered_at is not None:
        reading.places[ROLES] = gateway.answered_at.isoformat()
    known, echoes = reading.changed[System.SALESFORCE], reading.echoes[System.SALESFORCE]
    fresh = known.keys() - echoes.keys()
    behind = _behind(mapping, sorted(reading.engaged.keys() - fresh), reading, shop)
    for id_ in behind & echoes.keys():  # it has something to say after all
        del echoes[id_]
    missing = sorted(behind - known.keys())
    if missing:
        known |= {one.id: one for one in gateway.read(mapping, missing)}


def follow(mapping: ObjectMapping, reading: Reading, shop: Workshop) -> None:
    """Ask about people who were not, or could not be, moved when their roles changed."""
    if not stages(mapping):
        return
    known = reading.known(System.SALESFORCE)
    links = shop.store.links(mapping.object_type, System.SALESFORCE, sorted(known))
    again = shop.store.links(
        mapping.object_type, System.HUBSPOT, sorted(reading.again[System.HUBSPOT])
    )
    asked = known.keys() - links.keys() | {one.salesforce_id for one in again.values()}
    asked |= reading.again[System.SALESFORCE] & known.keys()
    if asked:
        found = shop.gateways[System.SALESFORCE].engaged(ids=sorted(asked))
        reading.engaged = joined(reading.engaged, found)


def joined(*told: Mapping[str, bool]) -> dict[str, bool]:
    """What several answers tell; a won opportunity outweighs an open one."""
    found: dict[str, bool] = {}
    for one in told:
        for id_, won in one.items():
            found[id_] = won or found.get(id_, False)
    return found


def _behind(
    mapping: ObjectMapping, ids: Iterable[str], reading: Reading, shop: Workshop
) -> set[str]:
    """Of these Salesforce contacts, the linked ones whose HubSpot stage is behind."""
    links = shop.store.links(mapping.object_type, System.SALESFORCE, list(ids))
    living = {link.hubspot_id: id_ for id_, link in links.items() if link.lives}
    if not living:
        return set()
    asked = narrowed(mapping, [STAGE])
    name = asked[STAGE].hubspot
    return {
        living[one.id]
        for one in shop.gateways[System.HUBSPOT].read(asked, sorted(living))
        if onward(mapping, one.raw.get(name) or None, won=reading.engaged[living[one.id]])
    }
