"""What asked-for records belong to, so that it can be synced before them.

A contact belongs to its company; a deal to its company, to the contacts that have a role in it,
and through them to theirs. They are read from the system in which the records were asked for, and
become requests of their own: as much chosen by hand as the records themselves.
"""

from collections.abc import Sequence
from dataclasses import replace

from include.crmsync.model.record import Record, System
from include.crmsync.model.request import Request
from include.crmsync.pipeline.selection import records_of
from include.crmsync.pipeline.workshop import Workshop

FAMILY = {
    "companies": ("companies",),
    "contacts": ("companies", "contacts"),
    "deals": ("companies", "contacts", "deals"),
}
"""Object type -> what a request for it may concern, parents first."""


def part_of(request: Request, object_type: str, shop: Workshop) -> Request | None:
    """What a request asks of one object type: the records themselves, or what they belong to."""
    if object_type == request.object_type:
        return request
    if request.apply_plan:
        return replace(request, object_type=object_type)
    if not request.follow_parents or object_type not in FAMILY[request.object_type]:
        return None
    found = {system: _relatives(request, object_type, system, shop) for system in System}
    ids = {system: some for system, some in found.items() if some}
    if not ids:
        return None
    return replace(request, object_type=object_type, ids=ids, values=(), force_fields=())


def _relatives(
    request: Request, object_type: str, system: System, shop: Workshop
) -> tuple[str, ...]:
    mapping = shop.mappings[request.object_type]
    records = list(records_of(mapping, request, system, shop.gateways[system]))
    found = _named(records, object_type)
    if request.object_type == "deals" and object_type == "companies":
        people = _named(records, "contacts")
        asked = shop.gateways[system].read(shop.mappings["contacts"], people) if people else ()
        found += _named(list(asked), object_type)
    return tuple(dict.fromkeys(found))


def _named(records: Sequence[Record], object_type: str) -> list[str]:
    """Ids of the records of another object type that these name as parents or role holders."""
    parents = [one.parents.get(object_type) for one in records]
    holders = [role.record_id for one in records for role in one.roles.get(object_type, ())]
    return [id_ for id_ in (*parents, *holders) if id_]
