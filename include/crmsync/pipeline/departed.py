"""Which linked records are gone, and which came back: read beside what changed.

Salesforce's query for changes tells its tombstones, HubSpot's survivors tell who was merged
into them, and neither costs a call. HubSpot tells deletions only by an archive without times,
so it is read, some pages a run, where the mapping lets a deletion in HubSpot do something. A
record that is missed when it is needed is asked after by id. Some linked and held HubSpot
contacts a run are asked after in turn, since nothing else shows that one was erased for
privacy. What merely cannot be read is never taken for gone.
"""

from collections.abc import Iterable, Sequence

from include.crmsync.adapters.gateway import Gateway
from include.crmsync.engine.departures import survivor
from include.crmsync.model.departure import How, Tombstone
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import Record, System
from include.crmsync.pipeline.reading import Reading
from include.crmsync.pipeline.workshop import Workshop

ARCHIVE, PROBE, HELD, GRAVES = "archive", "probe", "held", "graves"
"""Names of the places from which the next run goes on."""

CONTACTS = "contacts"
"""Whom HubSpot erases for privacy."""
_ROUNDS = 5
"""How often heirs of heirs are looked for."""
_PARTS = 4
"""One in so many of those asked after in turn is a held one, however many are linked."""


def look(mapping: ObjectMapping, reading: Reading, shop: Workshop) -> None:
    """Find what is gone among linked and held records, and what has come back."""
    for system in System:
        reading.gone[system] = {}
        told = [*reading.told[system], *_missed(mapping, system, reading, shop)]
        if reading.chosen is None:
            told += _archive(mapping, system, reading, shop)
            told += _probed(mapping, system, reading, shop)
        _note(mapping, system, told, reading, shop)
        _doubt(mapping, system, reading, shop)
        if reading.chosen is None:
            _visit(mapping, system, reading, shop)


def heirs(system: System, reading: Reading) -> set[str]:
    """Records that took the place of gone ones."""
    graves = reading.gone[system]
    found = {survivor(id_, graves) for id_, grave in graves.items() if grave.into}
    return {id_ for id_ in found if id_ is not None}


def follow(mapping: ObjectMapping, reading: Reading, shop: Workshop) -> None:
    """Read the counterparts and heirs of gone records; ask after what is missing."""
    for system in System:
        _counterparts(mapping, system, reading, shop)
    for system in System:
        _heirs(mapping, system, reading, shop)


def _counterparts(mapping: ObjectMapping, system: System, reading: Reading, shop: Workshop) -> None:
    """Of records that changed or are gone; one that should be there, and is not, is asked after."""
    gone = reading.gone[system].keys()
    fresh = reading.changed[system].keys() - reading.echoes[system].keys()
    links = shop.store.links(mapping.object_type, system, sorted(gone | fresh))
    living = {link.id_in(system.other): id_ for id_, link in links.items() if link.lives}
    other, gateway = system.other, shop.gateways[system.other]
    missing = living.keys() - reading.known(other).keys() - reading.gone[other].keys()
    seen = {id_: one for id_, one in reading.seen[other].items() if id_ in missing}
    asked = sorted(id_ for id_ in missing - seen.keys() if living[id_] in gone)
    found = _read(mapping, asked, gateway) if asked else {}
    reading.counterparts[other] |= found | seen
    unsure = sorted(missing - seen.keys() - found.keys())
    if unsure:
        reading.gone[other] |= gateway.fates(mapping, unsure)


def _heirs(mapping: ObjectMapping, system: System, reading: Reading, shop: Workshop) -> None:
    """The records that took the place of gone ones, and their heirs in turn."""
    gateway = shop.gateways[system]
    for _ in range(_ROUNDS):
        graves = reading.gone[system]
        named = {survivor(id_, graves) for id_, grave in graves.items() if grave.into}
        wanted = sorted({id_ for id_ in named if id_} - reading.known(system).keys())
        if not wanted:
            return
        seen = {id_: one for id_, one in reading.seen[system].items() if id_ in wanted}
        found = seen | _read(mapping, [id_ for id_ in wanted if id_ not in seen], gateway)
        reading.counterparts[system] |= found
        missing = [id_ for id_ in wanted if id_ not in found]
        further = gateway.fates(mapping, missing) if missing else {}
        reading.gone[system] |= further
        if len(found) + len(further) < len(wanted):
            return


def _archive(
    mapping: ObjectMapping, system: System, reading: Reading, shop: Workshop
) -> Iterable[Tombstone]:
    """The next pages of the archive, where a deletion in this system does something."""
    pages = shop.settings.archive_pages
    if reading.whole[system] or system.other not in mapping.deletes_in or pages < 1:
        return ()
    after = shop.store.place(mapping.object_type, f"{system}_{ARCHIVE}")
    found, place = shop.gateways[system].archive(mapping, after, pages)
    reading.places[f"{system}_{ARCHIVE}"] = place
    return found


def _missed(
    mapping: ObjectMapping, system: System, reading: Reading, shop: Workshop
) -> Iterable[Tombstone]:
    """Tombstones of linked records that were to be read again and are not there."""
    missing = reading.again[system] - reading.changed[system].keys() - reading.seen[system].keys()
    links = shop.store.links(mapping.object_type, system, sorted(missing)) if missing else {}
    living = sorted(id_ for id_, link in links.items() if link.lives)
    return shop.gateways[system].fates(mapping, living).values() if living else ()


def _probed(
    mapping: ObjectMapping, system: System, reading: Reading, shop: Workshop
) -> Iterable[Tombstone]:
    """Some HubSpot contacts in turn: that one was erased, or archived unlinked, shows nowhere else.

    Linked and held ones share what one call asks for, so that an idle run costs none more.
    """
    if system is not System.HUBSPOT or mapping.object_type != CONTACTS:
        return ()
    most = shop.settings.probes
    after = shop.store.place(mapping.object_type, HELD) or ""
    held = shop.store.held_in_turn(mapping.object_type, system, after, most)
    links = _turn(mapping, PROBE, reading, shop, most - min(len(held), most // _PARTS), living=True)
    taken = held[: most - len(links)]
    more = len(held) == most or len(taken) < len(held)
    reading.places[HELD] = taken[-1] if taken and more else None
    # A held one that is linked has its turn among the links, or is visited.
    linked = shop.store.links(mapping.object_type, system, taken).keys()
    wanted = [*(link.hubspot_id for link in links), *(id_ for id_ in taken if id_ not in linked)]
    known = reading.changed[system].keys() | reading.seen[system].keys()
    asked = [id_ for id_ in wanted if id_ not in known]
    return shop.gateways[system].fates(mapping, asked).values() if asked else ()


def _visit(mapping: ObjectMapping, system: System, reading: Reading, shop: Workshop) -> None:
    """Read HubSpot records of some tombstones in turn: one that is back may not look modified.

    And a contact may be erased long after it, or its counterpart, was deleted.
    """
    if system is not System.HUBSPOT:
        return
    contacts = mapping.object_type == CONTACTS
    links = _turn(mapping, GRAVES, reading, shop, shop.settings.probes, living=False)
    gone = {link.hubspot_id for link in links if link.gone_in is system}
    known = reading.changed[system].keys() | reading.seen[system].keys()
    asked = ({link.hubspot_id for link in links} if contacts else gone) - known
    if asked:
        back = _read(mapping, sorted(asked), shop.gateways[system])
        reading.changed[system] |= {id_: back[id_] for id_ in back.keys() & asked & gone}
        if contacts:
            _erased(mapping, sorted(asked - back.keys()), reading, shop)


def _erased(mapping: ObjectMapping, ids: Sequence[str], reading: Reading, shop: Workshop) -> None:
    """Those of which HubSpot knows nothing any more, to be forgotten; and the held that are gone.

    Who is held since the counterpart was deleted, and is deleted then, has nothing to wait for.
    """
    found = shop.gateways[System.HUBSPOT].fates(mapping, ids) if ids else {}
    rows = shop.store.held_of(mapping.object_type, System.HUBSPOT, found.keys())
    held = {one.record_id for one in rows}
    reading.gone[System.HUBSPOT] |= {
        id_: left for id_, left in found.items() if left.how is How.ERASED or id_ in held
    }


def _turn(
    mapping: ObjectMapping, name: str, reading: Reading, shop: Workshop, most: int, *, living: bool
) -> list[Link]:
    after = shop.store.place(mapping.object_type, name) or "0"
    links = shop.store.in_turn(mapping.object_type, int(after), most, living=living)
    reading.places[name] = str(links[-1].id) if len(links) == most and links else None
    return links


def _note(
    mapping: ObjectMapping,
    system: System,
    told: Iterable[Tombstone],
    reading: Reading,
    shop: Workshop,
) -> None:
    """Keep the tombstones of records that matter: linked ones, held ones, and their heirs."""
    graves = {one.record_id: one for one in told}
    links = shop.store.links(mapping.object_type, system, sorted(graves)) if graves else {}
    known = {id_ for id_, link in links.items() if link.lives or graves[id_].how is How.ERASED}
    held = shop.store.held_of(mapping.object_type, system, graves.keys())
    known |= {one.record_id for one in held}
    for id_ in sorted(known & graves.keys()):
        step: str | None = id_
        while step in graves and step not in reading.gone[system]:
            reading.gone[system][step] = graves[step]
            step = graves[step].into


def _doubt(mapping: ObjectMapping, system: System, reading: Reading, shop: Workshop) -> None:
    """Look twice at records that seem to be back: a late index shows what is gone already."""
    records = reading.changed[system]
    links = shop.store.links(mapping.object_type, system, sorted(records)) if records else {}
    doubtful = sorted(id_ for id_, link in links.items() if not link.lives)
    if not doubtful:
        return
    there = _read(mapping, doubtful, shop.gateways[system])
    for id_ in doubtful:
        if id_ in there:
            records[id_] = there[id_]
        else:
            del records[id_]


def _read(mapping: ObjectMapping, ids: Sequence[str], gateway: Gateway) -> dict[str, Record]:
    return {record.id: record for record in gateway.read(mapping, ids)}
