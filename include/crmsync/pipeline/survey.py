"""Which records there are of an object type, in portions that are synced one after the other.

A baseline, an import and a back-fill take any number of records, a portion at a time: of the
records themselves nothing is kept here but their ids. Both systems are read in their own order;
Salesforce records that share the value by which they match stay together, so that what becomes of
them does not depend on where a portion ends. When each system first answered is remembered: what
is modified later is for the next `crm_sync` to read.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, islice

from include.crmsync.engine.canonical import Unreadable, canonical
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import Record, System
from include.crmsync.pipeline.workshop import Workshop

PORTION = 2000
"""Records of one portion: as many as Salesforce reads by one call."""

Ids = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Portion:
    """Records of one system that are read, planned and written together."""

    system: System
    ids: Ids


@dataclass(frozen=True, slots=True)
class Survey:
    """Every record of one object type, HubSpot's before Salesforce's."""

    portions: tuple[Portion, ...]
    watermarks: Mapping[System, datetime] = field(default_factory=dict)
    """When each system first answered, by its own clock."""

    def size(self, system: System) -> int:
        """How many records of a system there are."""
        return sum(len(one.ids) for one in self.portions if one.system is system)


def survey(
    mapping: ObjectMapping,
    shop: Workshop,
    *,
    systems: Sequence[System] = tuple(System),
    size: int = PORTION,
) -> Survey:
    """Read the ids of every record that takes part; nothing is decided."""
    portions: list[Portion] = []
    watermarks: dict[System, datetime] = {}
    slim = _slim(mapping)
    for system in systems:
        gateway = shop.gateways[system]
        records = gateway.changed_since(slim, None)
        first = list(islice(records, 1))
        # Taken at the first page: what is modified while we read is read by the next run.
        if gateway.answered_at is not None:
            watermarks[system] = gateway.answered_at
        keyed = ((_group(one, slim), one.id) for one in chain(first, records))
        listed = sorted(keyed) if system is System.SALESFORCE else keyed
        portions += [Portion(system, ids) for ids in portioned(listed, size)]
    return Survey(tuple(portions), watermarks)


def survey_of(
    mapping: ObjectMapping, system: System, ids: Iterable[str], shop: Workshop, size: int = PORTION
) -> Survey:
    """A survey of these records alone."""
    slim = _slim(mapping)
    records = shop.gateways[system].read(slim, list(ids))
    listed = sorted((_group(one, slim), one.id) for one in records)
    return Survey(tuple(Portion(system, some) for some in portioned(listed, size)))


def portioned(keyed: Iterable[tuple[bytes, str]], size: int) -> Iterator[Ids]:
    """Cut ids into portions; those that follow each other with one key stay together."""
    portion: list[str] = []
    last = b""
    for key, id_ in keyed:
        if len(portion) >= size and key != last:
            yield tuple(portion)
            portion = []
        portion.append(id_)
        last = key
    if portion:
        yield tuple(portion)


def _slim(mapping: ObjectMapping) -> ObjectMapping:
    """The mapping with the field that records match by alone: reading by it asks for no other."""
    wanted = tuple(one for one in mapping.fields if one.name == mapping.match_on)
    return replace(mapping, fields=wanted, linked_by=(), match_further=None)


def _group(record: Record, mapping: ObjectMapping) -> bytes:
    """Equal for records that share the match value; short, and nobody's personal data."""
    value: str | None = None
    if mapping.match_on is not None and mapping.fields:
        one = mapping[mapping.match_on]
        name = mapping.wire_name(one.name, record.system, record.kind)
        try:
            value = canonical(record.raw.get(name or ""), one, record.system)
        except Unreadable:
            value = None
    text = f"#{record.id}" if value is None else value
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
