"""A population's HubSpot half, put into the tables as it is.

A seed's values are what the API would hold, so nothing is checked; moments are brought to the
one spelling they are kept in, and what HubSpot works out itself is worked out.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from include.sandbox.hubspot import moments
from include.sandbox.hubspot.derived import Derived
from include.sandbox.hubspot.history import Line
from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.property import Property
from include.sandbox.hubspot.records import Key
from include.sandbox.hubspot.row import CRM_UI, Row
from include.sandbox.hubspot.uniqueness import keys
from include.sandbox.population import HubSpotRecord, Population


def load(portal: Portal, population: Population) -> None:
    """Add the population, in one transaction."""
    with portal.database.transaction():
        portal.owners.load(population.owners)
        for name, records in groupby(population.hubspot, key=lambda record: record.object_type):
            _load_records(portal, portal.types.of(name), list(records))
        portal.associations.load(
            (one.from_type, int(one.from_id), one.to_type, int(one.to_id), number)
            for one in population.associations
            for number in one.type_ids
        )
        portal.lists.load(population.lists)


def _load_records(portal: Portal, kind: ObjectType, records: list[HubSpotRecord]) -> None:
    known = portal.schema.of(kind.name)
    moving = {name: one for name, one in known.items() if one.type in ("date", "datetime")}
    unique = portal.schema.unique(kind.name)
    rows = [_row(kind, record, moving, portal.derived) for record in records]
    portal.records.put(kind.name, rows)
    portal.records.claim(kind.name, _claims(kind, unique, rows))
    portal.history.load(_versions(kind, records, rows, moving))


def _row(
    kind: ObjectType, record: HubSpotRecord, moving: dict[str, Property], derived: Derived
) -> Row:
    properties = {name: value for name, value in record.properties.items() if value}
    for name in properties.keys() & moving.keys():
        properties[name] = kept(moving[name], properties[name])
    for name in kind.always:
        properties.pop(name, None)
    id_ = int(record.id)
    derived.settle(kind, id_, properties)
    created = moments.milliseconds(record.created_at)
    return Row(id_, properties, created, moments.milliseconds(record.modified_at), source=CRM_UI)


def kept(declared: Property, told: str) -> str:
    """A moment in the spelling it is kept in; what is none stays as it is."""
    stamp = moments.read(told)
    if stamp is None:
        return told
    return moments.stored(stamp) if declared.type == "datetime" else moments.stored(stamp)[:10]


def _claims(kind: ObjectType, unique: list[str], rows: Iterable[Row]) -> Iterator[tuple[Key, int]]:
    for row in rows:
        for key in keys(kind, unique, row.properties):
            yield key, row.id


def _versions(
    kind: ObjectType,
    records: Iterable[HubSpotRecord],
    rows: Iterable[Row],
    moving: dict[str, Property],
) -> Iterator[Line]:
    for record, row in zip(records, rows, strict=True):
        for name, versions in record.history.items():
            for value, at in versions:
                told = value or ""
                if name in moving and told:
                    told = kept(moving[name], told)
                yield kind.name, row.id, name, moments.milliseconds(at), told, CRM_UI
        if row.modified == row.created:
            continue
        # Without versions of its own a value was set when the record was last modified.
        for name in row.properties.keys() - record.history.keys():
            yield kind.name, row.id, name, row.modified, row.properties[name], CRM_UI
