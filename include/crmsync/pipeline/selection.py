"""Reading what was asked for, in place of what changed.

Records are read by id, or found by e-mail address or domain, changed or not; none of them counts
as an echo. What does not exist is named and stops nothing. Nothing is said of any other record: no
watermark moves, and nothing is looked at in turn.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from include.crmsync.adapters.gateway import Gateway
from include.crmsync.adapters.hubspot_records import mails
from include.crmsync.engine.canonical import Unreadable, canonical
from include.crmsync.model.host import hosts_of
from include.crmsync.model.landed import Landed
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.plan import Plan
from include.crmsync.model.record import Record, System
from include.crmsync.model.request import Chosen, Request
from include.crmsync.pipeline.documents import Extracted
from include.crmsync.pipeline.match_rules import by_domain, matched_by
from include.crmsync.pipeline.match_values import further_values
from include.crmsync.pipeline.payload import NAMED, listed
from include.crmsync.pipeline.people_of import PeopleOf
from include.crmsync.pipeline.reading import Reading
from include.crmsync.pipeline.request import request_of
from include.crmsync.pipeline.strangers import PEOPLE
from include.crmsync.pipeline.uncommitted import written_and_left
from include.crmsync.pipeline.waived import created_all_the_same
from include.crmsync.pipeline.workshop import Workshop


def read_chosen(mapping: ObjectMapping, request: Request, sync_run: str, shop: Workshop) -> Reading:
    """Read the records that a request names."""
    people, rules = shop.mappings[PEOPLE], request.match_by
    asked = people if rules is None else matched_by(people, rules)
    landed = written_and_left(mapping.object_type, sync_run, shop)
    reading = Reading(PeopleOf(mapping, shop, asked), chosen=Chosen(), landed=landed)
    unmatched: tuple[int, ...] = ()
    missing: dict[System, tuple[str, ...]] = {}
    for system in System:
        ids = request.ids.get(system, ())
        gateway = shop.gateways[system]
        found = {one.id: one for one in records_of(mapping, request, system, gateway)}
        missing[system] = tuple(id_ for id_ in ids if id_ not in found)
        if system is request.system and request.values:
            unmatched = _unmatched(mapping, request.values, found.values())
        reading.changed[system] = found
        reading.again[system] = {*found, *missing[system]}
        reading.answered_at |= {system: gateway.answered_at} if gateway.answered_at else {}
        _nothing_else(reading, system)
    reading.chosen = Chosen(
        {system: tuple(found) for system, found in reading.changed.items()}, missing, unmatched
    )
    return reading


def as_chosen(
    mapping: ObjectMapping,
    records: Mapping[System, Record],
    asked: Mapping[System, str],
    landed: tuple[Landed, ...],
    shop: Workshop,
) -> Reading:
    """A reading of single records that are at hand; one that is not is missed, as in a run."""
    reading = Reading(PeopleOf(mapping, shop), chosen=Chosen(), landed=landed)
    for system in System:
        one, id_ = records.get(system), asked.get(system)
        reading.changed[system] = {one.id: one} if one else {}
        reading.again[system] = {id_} if id_ else set()
        _nothing_else(reading, system)
    return reading


def told(chosen: Chosen, request: Request) -> str:
    """What of a request was not found, in words; ids are named, and of values their places."""
    parts = [
        f"not found in {system.label}, or not to be seen: {_named(ids)}"
        for system, ids in chosen.missing.items()
        if ids
    ]
    if chosen.unmatched:
        places = listed(map(str, chosen.unmatched[:NAMED]))
        more = len(chosen.unmatched) - NAMED
        rest = f" and {more} more" if more > 0 else ""
        parts.append(
            f"{len(chosen.unmatched)} of {len(request.values)} asked for by value are no"
            f" {request.object_type} of {request.system.label}: number {places}{rest}"
        )
    return "; ".join(parts)


def note_of(extracted: Extracted, plan: Plan, shop: Workshop) -> str:
    """What the journal says of a request's run; nothing of a run that read what changed."""
    request = request_of(extracted.object_type, extracted.sync_run, shop)
    if request is None or extracted.chosen is None:
        return ""
    parts = [told(extracted.chosen, request)]
    parts += [
        f"created by request, though {why}: {_named(ids)}"
        for why, ids in created_all_the_same(extracted.waived, plan).items()
    ]
    if behind := sum(bool(pair.behind) for pair in plan.pairs):
        parts.append(f"{behind} have something that goes the other way: the next run takes it")
    return "; ".join(part for part in parts if part)


def _named(ids: Sequence[str]) -> str:
    rest = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
    return f"{', '.join(ids[:NAMED])}{rest}"


def _nothing_else(reading: Reading, system: System) -> None:
    reading.seen[system] = {}
    reading.counterparts[system] = {}
    reading.echoes[system] = {}
    reading.put_off[system] = {}
    reading.whole[system] = False
    reading.told[system] = []


def records_of(
    mapping: ObjectMapping, request: Request, system: System, gateway: Gateway
) -> Iterator[Record]:
    """The records of one system that a request names, by id or by value."""
    if ids := request.ids.get(system):
        yield from gateway.read(mapping, ids)
    if request.values and system is request.system:
        if mapping.object_type == "companies":
            yield from gateway.find_by_domain(by_domain(mapping), request.values)
        else:
            yield from gateway.find(mapping, request.values)


def _unmatched(
    mapping: ObjectMapping, values: Sequence[str], records: Iterable[Record]
) -> tuple[int, ...]:
    held = {value for record in records for value in _held(mapping, record)}
    return tuple(place for place, value in enumerate(values, 1) if value not in held)


def _held(mapping: ObjectMapping, record: Record) -> Iterator[str]:
    """The values by which a record is found."""
    if mapping.object_type == "companies":
        yield from hosts_of(by_domain(mapping), record.system, record.raw)
        return
    field = mapping[mapping.match_on or ""]
    name = mapping.wire_name(field.name, record.system, record.kind) or ""
    yield from further_values(mapping, record)
    if record.system is System.HUBSPOT:
        yield from mails(record.raw)
    try:
        if value := canonical(record.raw.get(name), field, record.system):
            yield value
    except Unreadable:
        return
