"""Which linked HubSpot records are associated otherwise than their base says.

A change of association moves no modified time in HubSpot, so no reading of changes shows it.
Each run therefore asks for the associations of some linked records in turn, a thousand in a
call, and compares them with the bases: whatever differs is read again in full and goes the way of
every change. So is a record that is held since its parent has no link, once it has another parent,
or none: some of those are asked about in the same call. Salesforce keeps a parent in a field of the
record, whose stamp moves with it.
"""

from collections.abc import Collection, Iterable, Mapping, MutableMapping

from include.crmsync.engine.apart import base_in, said
from include.crmsync.engine.directory import Directory
from include.crmsync.engine.roles import roles_of
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import FieldMapping, FieldType, ObjectMapping
from include.crmsync.model.plan import Held
from include.crmsync.model.record import Associations, System, Value
from include.crmsync.model.role import ROLE_OBJECTS
from include.crmsync.model.rule import SyncRule
from include.crmsync.pipeline.look import narrowed
from include.crmsync.pipeline.one_field import PARENT_LINKED, of_one_field
from include.crmsync.pipeline.workshop import Workshop

ASSOCIATIONS = "associations"
"""With a field's name, the place from which the next run goes on."""

IN_A_CALL = 1000
"""Records of which one call tells the associations."""

WAITING = 200
"""Of the records of a call, so many at most are those that wait for a parent."""

HeldRows = Mapping[str, list[Held]]
"""What is held of HubSpot's records, by id."""


def reassociated(
    mapping: ObjectMapping, places: MutableMapping[str, str | None], shop: Workshop
) -> set[str]:
    """HubSpot ids of those, among the records whose turn it is, that differ from their base."""
    calls = shop.settings.association_calls
    found: set[str] = set()
    for field in mapping.associated:
        if calls > 0 and field.rule is not SyncRule.DONT_SYNC:
            waiting = _waiting(mapping, field, places, shop)
            most = calls * IN_A_CALL - len(waiting)
            links = _turn(mapping, field, most, places, shop)
            found |= _differing(mapping, field, links, waiting, shop)
    return found


def _waiting(
    mapping: ObjectMapping,
    field: FieldMapping,
    places: MutableMapping[str, str | None],
    shop: Workshop,
) -> dict[str, Value]:
    """Records that wait for a parent and whose turn it is -> the parent, as `hubspot:id`."""
    if field.type is not FieldType.PARENT:
        return {}
    rows = shop.store.held_for(mapping.object_type, {PARENT_LINKED})
    held = {
        one.record_id: one.value
        for one in rows
        if one.system is System.HUBSPOT and one.field == field.name
    }
    name = f"{ASSOCIATIONS}_{field.name}_{PARENT_LINKED}"
    after = shop.store.place(mapping.object_type, name) or ""
    some = [id_ for id_ in sorted(held) if id_ > after][:WAITING]
    places[name] = some[-1] if len(some) == WAITING else None
    return {id_: held[id_] for id_ in some}


def _turn(
    mapping: ObjectMapping,
    field: FieldMapping,
    most: int,
    places: MutableMapping[str, str | None],
    shop: Workshop,
) -> list[Link]:
    """The linked records whose turn it is."""
    name = f"{ASSOCIATIONS}_{field.name}"
    after = shop.store.place(mapping.object_type, name) or "0"
    links = shop.store.in_turn(mapping.object_type, int(after), most, living=True)
    places[name] = str(links[-1].id) if len(links) == most else None
    return links


def _differing(
    mapping: ObjectMapping,
    field: FieldMapping,
    links: Iterable[Link],
    waiting: Mapping[str, Value],
    shop: Workshop,
) -> set[str]:
    asked = {
        link.hubspot_id: link
        for link in links
        if link.base is not None and (not link.kind or link.kind in field.salesforce)
    }
    if not asked and not waiting:
        return set()
    values = _values(mapping, field, {**asked, **waiting}, shop)
    apart = {
        id_
        for id_, link in asked.items()
        if values[id_]
        != said(base_in(link.base or {}, field, System.HUBSPOT), field, System.HUBSPOT)
    }
    held = _held(apart, mapping, shop)
    single = of_one_field(mapping.object_type, shop) if held else frozenset()
    found = {id_ for id_ in apart if not _waits(held.get(id_, ()), field, values[id_], single)}
    alone = waiting.keys() - asked.keys()
    return found | {id_ for id_ in alone if values[id_] != waiting[id_]}


def _values(
    mapping: ObjectMapping, field: FieldMapping, asked: Iterable[str], shop: Workshop
) -> dict[str, Value]:
    """The canonical value that the field of each record has now."""
    ids, other = list(asked), field.parent or ""
    told = shop.gateways[System.HUBSPOT].associations(narrowed(mapping, [field.name]), ids)
    found = {id_: told.get(id_, Associations()) for id_ in ids}
    if field.type is FieldType.ROLES:
        known = {role.record_id for one in found.values() for role in one.roles.get(other, ())}
        kinds = frozenset(ROLE_OBJECTS[name].kind for name in field.salesforce.values())
        directory = _directory(other, known, shop, kinds)
        return {
            id_: roles_of(one.roles.get(other, ()), field, directory) for id_, one in found.items()
        }
    known = {parent for one in found.values() if (parent := one.parents.get(other))}
    directory = _directory(other, known, shop)
    return {
        id_: directory.read(one.parents.get(other), field, System.HUBSPOT)
        for id_, one in found.items()
    }


def _directory(
    object_type: str, ids: Iterable[str], shop: Workshop, kinds: frozenset[str] | None = None
) -> Directory:
    """The links of these HubSpot records; of `kinds`, only those that live."""
    by_id = {
        one.hubspot_id: str(one.id)
        for one in shop.store.joined(object_type, System.HUBSPOT, sorted(ids))
        if kinds is None or (one.lives and one.kind in kinds)
    }
    return Directory(links={object_type: {System.HUBSPOT: by_id}})


def _held(ids: Collection[str], mapping: ObjectMapping, shop: Workshop) -> HeldRows:
    rows: dict[str, list[Held]] = {}
    for one in shop.store.held_of(mapping.object_type, System.HUBSPOT, ids):
        rows.setdefault(one.record_id, []).append(one)
    return rows


def _waits(
    held: Iterable[Held], field: FieldMapping, value: Value, single: Collection[str]
) -> bool:
    """Whether the difference is known, and waits for something else than another look.

    `single`: criteria that hold one field; any other holds the record.
    """
    return any(
        one.criterion not in single or (one.field == field.name and one.value == value)
        for one in held
    )
