"""What extract reads of both systems, and in which order.

First what changed: modified since the watermark less an overlap, and not the very version
already judged; or remembered to be tried again; or held for a reason that has since gone away.
Then what is needed to judge it: the counterpart of a linked record that is no echo, the possible
matches of one that is not linked. Nothing is decided here.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain, islice

from include.crmsync.adapters.gateway import Gateway
from include.crmsync.engine import roles
from include.crmsync.engine.caught_up import caught_up
from include.crmsync.engine.directory import Directory
from include.crmsync.engine.echo import is_echo
from include.crmsync.engine.holds import WAITS_FOR_HOLDER
from include.crmsync.engine.transform import values_of
from include.crmsync.model.departure import Tombstone
from include.crmsync.model.landed import Landed
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import Record, System
from include.crmsync.model.request import Chosen
from include.crmsync.pipeline.again import again
from include.crmsync.pipeline.allocation import left_waiting, put_off
from include.crmsync.pipeline.associations import reassociated
from include.crmsync.pipeline.match_values import match_values
from include.crmsync.pipeline.named import told_ids
from include.crmsync.pipeline.older import as_they_are, is_new
from include.crmsync.pipeline.people_of import PeopleOf
from include.crmsync.pipeline.presume import presumed
from include.crmsync.pipeline.remedied import remedied
from include.crmsync.pipeline.shrunken import refuse_shrunken
from include.crmsync.pipeline.surroundings import directory_of
from include.crmsync.pipeline.uncommitted import written_and_left
from include.crmsync.pipeline.workshop import Workshop


@dataclass(frozen=True, slots=True)
class Unread:
    """What was set aside and is back: since when nobody has looked at it."""

    since: datetime | None = None
    everything: bool = False
    """It was never looked at."""
    records: frozenset[tuple[System, str]] = frozenset()
    """Records that were held for it alone."""

    def window(self, watermark: datetime | None) -> datetime | None:
        """From when to read, given the watermark; None: everything."""
        if watermark is None or self.everything:
            return None
        return min(watermark, self.since or watermark)


NOTHING_UNREAD = Unread()
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Reading:
    """What has been read so far, of both systems."""

    people: PeopleOf
    changed: dict[System, dict[str, Record]] = field(default_factory=dict)
    seen: dict[System, dict[str, Record]] = field(default_factory=dict)
    """Read again because of the overlap, but already judged: good as counterparts."""
    counterparts: dict[System, dict[str, Record]] = field(default_factory=dict)
    echoes: dict[System, dict[str, datetime]] = field(default_factory=dict)
    """Changed records that hold what their base says, and their stamps."""
    put_off: dict[System, dict[str, datetime]] = field(default_factory=dict)
    """Records that failed before and are left to a later run, and since when."""
    again: dict[System, set[str]] = field(default_factory=dict)
    """Records read because they are remembered, changed or not: none of them is an echo."""
    whole: dict[System, bool] = field(default_factory=dict)
    """Whether every record of the system was read."""
    watermarks: dict[System, datetime] = field(default_factory=dict)
    told: dict[System, list[Tombstone]] = field(default_factory=dict)
    """Tombstones that the reading of changes met."""
    gone: dict[System, dict[str, Tombstone]] = field(default_factory=dict)
    """Those that matter: of linked and held records, and of what took their places."""
    engaged: dict[str, bool] = field(default_factory=dict)
    """Salesforce contacts with a role in an opportunity -> whether one of those is won."""
    places: dict[str, str | None] = field(default_factory=dict)
    """Where readings that take turns go on next time."""
    answered_at: dict[System, datetime] = field(default_factory=dict)
    """By its own clock, when each system answered first, where no watermark says so."""
    landed: tuple[Landed, ...] = ()
    """What runs wrote that never committed; known before the first record is read."""
    left_waiting: set[tuple[System, str]] = field(default_factory=set)
    """Records that wait for room in the calls of the day, and had to be left unread."""
    chosen: Chosen | None = None
    """What a request came to; None: what changed was read."""

    @property
    def only_echoes(self) -> bool:
        """Whether nothing that changed has anything to say; true of nothing at all."""
        quiet = all(self.changed[one].keys() == self.echoes[one].keys() for one in System)
        return quiet and not any(self.gone.values())

    def known(self, system: System) -> dict[str, Record]:
        return self.counterparts[system] | self.changed[system]


def read(
    mapping: ObjectMapping, sync_run: str, shop: Workshop, unread: Unread = NOTHING_UNREAD
) -> Reading:
    """Read what changed, and tell the echoes among it."""
    landed = written_and_left(mapping.object_type, sync_run, shop)
    reading = Reading(PeopleOf(mapping, shop), landed=landed)
    remembered = shop.store.due(mapping.object_type)
    reading.left_waiting = left_waiting(remembered, shop)
    watermarks = shop.store.watermarks(mapping.object_type)
    reading.again = again(mapping, remembered, reading.people, shop)
    reading.again[System.HUBSPOT] |= reassociated(mapping, reading.places, shop)
    woken = remedied(mapping, reading.places, shop)
    for owner, record_id in (*unread.records, *woken):
        reading.again[owner].add(record_id)
    for one in reading.landed:
        reading.again[one.system].add(one.record_id)
    reading.put_off = put_off(remembered, shop)
    for system in System:
        since = watermarks.get(system)
        _read_changed(mapping, system, (since, unread.window(since)), reading, shop)
    for system in System:
        reading.echoes[system] = _echoes(mapping, system, sync_run, reading, shop)
        reading.left_waiting -= {(system, id_) for id_ in reading.changed[system]}
    return reading


def _read_changed(
    mapping: ObjectMapping,
    system: System,
    times: tuple[datetime | None, datetime | None],
    reading: Reading,
    shop: Workshop,
) -> None:
    """Read from the second of `times`, earlier than the watermark where a field has come back."""
    watermark, since = times
    wanted = reading.again[system]
    gateway = shop.gateways[system]
    window = since - shop.settings.overlap if since else None
    reading.told[system] = []
    records = gateway.changed_since(mapping, window, reading.told[system])
    first = list(islice(records, 1))
    # The time is taken at the first page: what is modified while we read is read next time.
    answered_at = gateway.answered_at
    found = {record.id: record for record in chain(first, records)}
    judged = shop.store.seen(mapping.object_type, system, found.keys())
    found = as_they_are(found, _with_landed(judged, system, reading), mapping, gateway)
    fresh = {
        id_: record
        for id_, record in found.items()
        if id_ in wanted or is_new(record, judged) or since != watermark
    }
    # What changed anew is no mere repeat of what failed before.
    late = reading.put_off[system]
    fresh = {id_: one for id_, one in fresh.items() if not one.modified_at <= late.get(id_, NEVER)}
    missing = sorted(wanted - found.keys())
    fresh |= {record.id: record for record in gateway.read(mapping, missing)}
    reading.changed[system] = fresh
    reading.seen[system] = {id_: one for id_, one in found.items() if id_ not in fresh}
    reading.counterparts[system] = {}
    # A filter leaves records unread that may yet be somebody's match.
    reading.whole[system] = since is None and not (system is System.SALESFORCE and mapping.where)
    reading.watermarks |= _watermark(system, found.values(), answered_at)


def _with_landed(
    judged: Mapping[str, datetime], system: System, reading: Reading
) -> dict[str, datetime]:
    """The stamps of the newest versions that are known, be it by what a run wrote."""
    stamps = dict(judged)
    for one in reading.landed:
        if one.system is system and one.modified_at is not None:
            stamps[one.record_id] = max(one.modified_at, stamps.get(one.record_id, NEVER))
    return stamps


def _watermark(
    system: System, records: Iterable[Record], answered_at: datetime | None
) -> dict[System, datetime]:
    """Where the watermark goes if this run ends well.

    All that was modified before the CRM first answered has been asked for; its own clock says
    when that was. Without it the newest stamp serves, and the quiet time since is read again.
    """
    newest = max((record.modified_at for record in records), default=None)
    at = answered_at or newest
    return {} if at is None else {system: at}


def _echoes(
    mapping: ObjectMapping, system: System, sync_run: str, reading: Reading, shop: Workshop
) -> dict[str, datetime]:
    records = reading.changed[system]
    links = shop.store.links(mapping.object_type, system, records.keys()) if records else {}
    if not links:
        return {}
    directory = directory_of(sync_run, mapping, shop)
    held = shop.store.held_of(mapping.object_type, system, links.keys())
    waiting = {one.record_id for one in held if one.criterion != WAITS_FOR_HOLDER}
    waiting |= reading.again[system]
    holders = {
        (one.record_id, one.field): one.value for one in held if one.criterion == WAITS_FOR_HOLDER
    }
    return {
        id_: records[id_].modified_at
        for id_, link in links.items()
        if id_ not in waiting
        and link.lives
        and _is_echo(records[id_], link, mapping, directory)
        and all(
            holders.get((id_, one.name)) == roles.waiting(records[id_], one, directory)
            for one in mapping.roles
        )
    }


def _is_echo(record: Record, link: Link, mapping: ObjectMapping, directory: Directory) -> bool:
    values = values_of(record, mapping, directory)
    return is_echo(values, link, mapping, record.system, directory)


def read_others(mapping: ObjectMapping, reading: Reading, sync_run: str, shop: Workshop) -> None:
    """Read the counterparts of changed records, and possible matches of unlinked ones."""
    for system in System:
        records = reading.changed[system]
        links = shop.store.links(mapping.object_type, system, records.keys())
        links = dict(zip(links, caught_up(links.values(), reading.landed), strict=True))
        asked = {
            link.id_in(system.other): link
            for id_, link in links.items()
            if id_ not in reading.echoes[system]
        }
        strangers = [record for id_, record in records.items() if id_ not in links]
        _add_counterparts(mapping, system.other, asked, reading, sync_run, shop)
        if not strangers:
            continue
        other = shop.gateways[system.other]
        if not reading.whole[system.other]:
            found = _timed(_candidates(mapping, strangers, system, shop), other, reading)
            _add(reading, system.other, found)
        # A reading of everything may lack whom the search shows late; by id they are there.
        elif unseen := _told(mapping, strangers, system) - reading.known(system.other).keys():
            _add(reading, system.other, _timed(other.read(mapping, sorted(unseen)), other, reading))


def _add_counterparts(
    mapping: ObjectMapping,
    system: System,
    asked: Mapping[str, Link],
    reading: Reading,
    sync_run: str,
    shop: Workshop,
) -> None:
    seen = reading.seen[system]
    missing = asked.keys() - reading.known(system).keys() - seen.keys()
    _add(reading, system, (seen[id_] for id_ in sorted(asked.keys() & seen.keys())))
    if len(missing) > shop.settings.read_counterparts and reading.chosen is None:
        waiting = _waiting(asked.values(), mapping, reading, shop)
        # Nothing is presumed of a record that is known to be gone: it holds nothing any more.
        there = sorted(missing - reading.gone[system].keys())
        links = [asked[id_] for id_ in there if not _named(asked[id_], waiting)]
        directory = directory_of(sync_run, mapping, shop)
        _add(reading, system, presumed(links, mapping, system, directory))
        missing -= reading.counterparts[system].keys()
    if not missing:
        return
    gateway = shop.gateways[system]
    found = list(_timed(gateway.read(mapping, sorted(missing)), gateway, reading))
    refuse_shrunken(found, missing, mapping, shop.gateways[system])
    _add(reading, system, found)


def _timed(records: Iterable[Record], gateway: Gateway, reading: Reading) -> Iterator[Record]:
    """The records; with the first of them it is known when the system was read."""
    for record in records:
        if gateway.answered_at is not None:
            reading.answered_at.setdefault(gateway.system, gateway.answered_at)
        yield record


def _waiting(
    links: Collection[Link], mapping: ObjectMapping, reading: Reading, shop: Workshop
) -> set[tuple[System, str]]:
    """Records of which there is more to know than their base: held, or to be tried again."""
    held = {
        (system, one.record_id)
        for system in System
        for one in shop.store.held_of(
            mapping.object_type, system, [link.id_in(system) for link in links]
        )
    }
    return held | {(system, id_) for system, ids in reading.again.items() for id_ in ids}


def _named(link: Link, waiting: set[tuple[System, str]]) -> bool:
    return any((system, link.id_in(system)) in waiting for system in System)


def _candidates(
    mapping: ObjectMapping, strangers: Sequence[Record], system: System, shop: Workshop
) -> Iterator[Record]:
    """Records of the other system that carry a stranger's id, that it names, or that match."""
    other = shop.gateways[system.other]
    yield from other.find_by_key(mapping, sorted(record.id for record in strangers)).values()
    yield from other.read(mapping, sorted(_told(mapping, strangers, system)))
    if mapping.match_on is not None:
        yield from other.find(mapping, sorted(match_values(mapping, strangers)))


def _told(mapping: ObjectMapping, strangers: Sequence[Record], system: System) -> set[str]:
    """Records of the other system that strangers carry the id of, or name."""
    key = mapping.hubspot_key if system is System.HUBSPOT else mapping.salesforce_key
    told = {str(one.raw[key]) for one in strangers if one.raw.get(key)}
    return told | {id_ for one in strangers for id_ in told_ids(mapping, one)}


def _add(reading: Reading, system: System, records: Iterable[Record]) -> None:
    for record in records:
        if record.id not in reading.changed[system]:
            reading.counterparts[system][record.id] = record


def keys(mapping: ObjectMapping, known: Mapping[System, Mapping[str, Record]]) -> dict[str, str]:
    """HubSpot id -> Salesforce id, as the unique external keys on either side say."""
    found = {
        id_: str(record.raw[mapping.hubspot_key])
        for id_, record in known[System.HUBSPOT].items()
        if record.raw.get(mapping.hubspot_key)
    }
    for id_, record in known[System.SALESFORCE].items():
        if record.raw.get(mapping.salesforce_key):
            found[str(record.raw[mapping.salesforce_key])] = id_
    return found
