"""Step 1: read what changed in both systems, and what is needed to judge it.

Changed means: modified since the watermark less an overlap, and not the very version already
judged; or remembered to be tried again; or held for a reason that has since gone away. A changed
record that is linked and is no echo brings its counterpart; one that is not linked brings its
possible matches. Nothing is decided here. When nothing changed, the run ends early.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from include.crmsync.engine.canonical import canonical
from include.crmsync.engine.echo import is_echo
from include.crmsync.engine.transform import values_of
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import Record, System
from include.crmsync.model.run import Counts, RunState, SyncRun, Trigger
from include.crmsync.pipeline.again import again
from include.crmsync.pipeline.documents import Extracted
from include.crmsync.pipeline.step import step
from include.crmsync.pipeline.surroundings import directory_of, members
from include.crmsync.pipeline.workshop import Workshop


@dataclass(slots=True)
class _Reading:
    """What has been read so far, of both systems."""

    changed: dict[System, dict[str, Record]] = field(default_factory=dict)
    seen: dict[System, dict[str, Record]] = field(default_factory=dict)
    """Read again because of the overlap, but already judged: good as counterparts."""
    counterparts: dict[System, dict[str, Record]] = field(default_factory=dict)
    whole: dict[System, bool] = field(default_factory=dict)
    """Whether every record of the system was read."""
    watermarks: dict[System, datetime] = field(default_factory=dict)

    def known(self, system: System) -> dict[str, Record]:
        return self.counterparts[system] | self.changed[system]


def run(
    object_type: str,
    sync_run: str,
    *,
    trigger: Trigger | None = None,
    dry_run: bool = False,
    workshop: Workshop | None = None,
) -> str | None:
    """Read; return the artifact's reference, or None when there is nothing to do."""
    with step("extract", object_type, sync_run, workshop) as work:
        shop = work.workshop
        started = SyncRun(
            sync_run, object_type, trigger or _trigger(sync_run), shop.now(), dry_run=dry_run
        )
        shop.journal.start(started)
        mapping = shop.mappings[object_type]
        reading = _read(mapping, sync_run, shop)
        calls = {system: gateway.calls for system, gateway in shop.gateways.items()}
        if not any(reading.changed.values()):
            work.tell(nothing_to_do=True, **_told(reading, calls))
            shop.journal.finish(_nothing(started, calls, shop.now()))
            return None
        _read_others(mapping, sync_run, reading, shop)
        extracted = _document(mapping, started, reading, shop)
        reference = shop.artifacts.save(sync_run, object_type, "extract", extracted)
        work.tell(reference=reference, **_told(reading, extracted.calls))
        return reference


def _read(mapping: ObjectMapping, sync_run: str, shop: Workshop) -> _Reading:
    reading = _Reading()
    watermarks = shop.store.watermarks(mapping.object_type)
    wanted = again(mapping, lambda: members(sync_run, shop), shop)
    for system, gateway in shop.gateways.items():
        since = watermarks.get(system)
        window = since - shop.settings.overlap if since else None
        found = {record.id: record for record in gateway.changed_since(mapping, window)}
        judged = shop.store.seen(mapping.object_type, system, found.keys())
        missing = sorted(wanted[system] - found.keys())
        fresh = {
            id_: record
            for id_, record in found.items()
            if id_ in wanted[system] or id_ not in judged or record.modified_at > judged[id_]
        }
        fresh |= {record.id: record for record in gateway.read(mapping, missing)}
        reading.changed[system] = fresh
        reading.seen[system] = {id_: one for id_, one in found.items() if id_ not in fresh}
        reading.counterparts[system] = {}
        reading.whole[system] = since is None
        reading.watermarks |= _newest(system, found.values())
    return reading


def _read_others(mapping: ObjectMapping, sync_run: str, reading: _Reading, shop: Workshop) -> None:
    """Read the counterparts of changed records, and possible matches of unlinked ones."""
    directory = directory_of(sync_run, mapping, shop)
    for system in System:
        records = reading.changed[system]
        links = shop.store.links(mapping.object_type, system, records.keys())
        asked = {
            link.id_in(system.other)
            for id_, link in links.items()
            if not is_echo(values_of(records[id_], mapping, directory), link, mapping)
        }
        strangers = [record for id_, record in records.items() if id_ not in links]
        _add_counterparts(mapping, system.other, asked, reading, shop)
        if strangers and not reading.whole[system.other]:
            _add(reading, system.other, _candidates(mapping, strangers, system, shop))


def _add_counterparts(
    mapping: ObjectMapping, system: System, asked: set[str], reading: _Reading, shop: Workshop
) -> None:
    seen = reading.seen[system]
    missing = sorted(asked - reading.known(system).keys() - seen.keys())
    _add(reading, system, (seen[id_] for id_ in sorted(asked & seen.keys())))
    _add(reading, system, shop.gateways[system].read(mapping, missing))


def _candidates(
    mapping: ObjectMapping, strangers: list[Record], system: System, shop: Workshop
) -> Iterable[Record]:
    """Records of the other system that carry a stranger's id, or its match value."""
    other = shop.gateways[system.other]
    yield from other.find_by_key(mapping, sorted(record.id for record in strangers)).values()
    if mapping.match_on is None:
        return
    field = mapping[mapping.match_on]
    values = set()
    for record in strangers:
        name = mapping.wire_name(field.name, system, record.kind)
        value = canonical(record.raw.get(name or ""), field, system)
        if value is not None:
            values.add(value)
    yield from other.find(mapping, sorted(values))


def _add(reading: _Reading, system: System, records: Iterable[Record]) -> None:
    for record in records:
        if record.id not in reading.changed[system]:
            reading.counterparts[system][record.id] = record


def _document(
    mapping: ObjectMapping, started: SyncRun, reading: _Reading, shop: Workshop
) -> Extracted:
    known = {system: reading.known(system) for system in System}
    listed = members(started.id, shop)
    return Extracted(
        sync_run=started.id,
        object_type=mapping.object_type,
        started_at=started.started_at,
        changed={system: tuple(records.values()) for system, records in reading.changed.items()},
        counterparts={
            system: tuple(known[system][id_] for id_ in sorted(known[system]) if id_ not in changed)
            for system, changed in reading.changed.items()
        },
        keys=_keys(mapping, known),
        eligible_parents=_eligible(mapping, known[System.HUBSPOT], listed, shop),
        watermarks=reading.watermarks,
        calls={system: gateway.calls for system, gateway in shop.gateways.items()},
    )


def _keys(mapping: ObjectMapping, known: Mapping[System, Mapping[str, Record]]) -> dict[str, str]:
    keys = {
        id_: str(record.raw[mapping.hubspot_key])
        for id_, record in known[System.HUBSPOT].items()
        if record.raw.get(mapping.hubspot_key)
    }
    for id_, record in known[System.SALESFORCE].items():
        if record.raw.get(mapping.salesforce_key):
            keys[str(record.raw[mapping.salesforce_key])] = id_
    return keys


def _eligible(
    mapping: ObjectMapping,
    hubspot: Mapping[str, Record],
    listed: frozenset[str] | None,
    shop: Workshop,
) -> frozenset[str]:
    """HubSpot companies of which a contact may sync; only unlinked ones need to know."""
    if mapping.object_type != "companies":
        return frozenset()
    linked = shop.store.links(mapping.object_type, System.HUBSPOT, hubspot.keys())
    asked = sorted(hubspot.keys() - linked.keys())
    children = shop.gateways[System.HUBSPOT].children(mapping, asked, "contacts")
    return frozenset(
        id_ for id_, ids in children.items() if ids and (listed is None or ids & listed)
    )


def _newest(system: System, records: Iterable[Record]) -> dict[System, datetime]:
    newest = max((record.modified_at for record in records), default=None)
    return {} if newest is None else {system: newest}


def _nothing(started: SyncRun, calls: Mapping[System, int], now: datetime) -> SyncRun:
    return SyncRun(
        started.id,
        started.object_type,
        started.trigger,
        started.started_at,
        state=RunState.NOTHING_TO_DO,
        finished_at=now,
        dry_run=started.dry_run,
        counts={system: Counts(calls=count) for system, count in calls.items()},
        note="nothing changed in either system since the last run",
    )


def _trigger(sync_run: str) -> Trigger:
    """Airflow says in a run's id how it was started."""
    return Trigger.SCHEDULED if sync_run.startswith("scheduled__") else Trigger.MANUAL


def _told(reading: _Reading, calls: Mapping[System, int]) -> dict[str, object]:
    changed = {f"{system}_changed": len(reading.changed[system]) for system in System}
    return changed | {f"{system}_calls": calls[system] for system in System}
