"""What is the same for a whole run: both systems' owners, and who is on the inclusion list.

Each is read by the first step that needs it and kept as an artifact of the run, so that three
object types cost one reading and a quiet run does not read owners at all.
"""

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from include.crmsync.engine.directory import Directory, Person, directory
from include.crmsync.errors import StateError
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import System
from include.crmsync.model.role import ROLE_OBJECTS
from include.crmsync.pipeline.documents import Members, People
from include.crmsync.pipeline.workshop import Workshop

EVERY_TYPE = "all"
Document = TypeVar("Document", People, Members)


def members(sync_run: str, workshop: Workshop) -> frozenset[str] | None:
    """HubSpot contact ids on the inclusion list; None when no list is set."""
    return _once(sync_run, "members", Members, lambda: _read_members(workshop), workshop).ids


def on_list(ids: Collection[str], workshop: Workshop) -> frozenset[str]:
    """Those of these HubSpot contacts that are on the inclusion list; all of them without one.

    For who asks about few before a run knows whether it needs the whole list.
    """
    named = workshop.settings.inclusion_list
    if named is None or not ids:
        return frozenset(ids)
    return workshop.gateways[System.HUBSPOT].on_list(named, ids)


def directory_of(sync_run: str, mapping: ObjectMapping, workshop: Workshop) -> Directory:
    """Owners by e-mail, and the links of the parents that this object type points to."""
    owners = people(sync_run, workshop)
    links: dict[str, Mapping[System, Mapping[str, str]]] = {}
    for field in mapping.parents:
        parent = field.parent or ""
        links[parent] = {system: _links(parent, system, workshop) for system in System}
    for field in mapping.roles:
        holder = field.parent or ""
        kinds = frozenset(ROLE_OBJECTS[name].kind for name in field.salesforce.values())
        links[holder] = {system: _links(holder, system, workshop, kinds) for system in System}
    gone = frozenset(
        str(id_)
        for field in mapping.parents
        for id_ in workshop.store.tombstones(field.parent or "")
    )
    return directory(owners, links, gone)


def people(sync_run: str, workshop: Workshop) -> Mapping[System, tuple[Person, ...]]:
    """Everyone who can own a record, in either system."""
    found = _once(sync_run, "people", People, lambda: _read_people(workshop), workshop)
    return found.by_system


def lend(sync_run: str, to: str, workshop: Workshop) -> None:
    """Let another run see what this one has read, so that it is not read again."""
    listed = Members(members(sync_run, workshop))
    workshop.artifacts.save(to, EVERY_TYPE, "members", listed)
    workshop.artifacts.save(to, EVERY_TYPE, "people", People(people(sync_run, workshop)))


def _links(
    parent: str, system: System, workshop: Workshop, kinds: frozenset[str] | None = None
) -> dict[str, str]:
    """Record id -> link id; of `kinds`, only links that live."""
    found = workshop.store.linked_ids(parent, system, kinds)
    return {record_id: str(link_id) for record_id, link_id in found.items()}


def _once(
    sync_run: str,
    name: str,
    type_: type[Document],
    read: Callable[[], Document],
    workshop: Workshop,
) -> Document:
    reference = workshop.artifacts.reference(sync_run, EVERY_TYPE, name)
    try:
        return workshop.artifacts.load(reference, type_)
    except StateError:
        found = read()
        workshop.artifacts.save(sync_run, EVERY_TYPE, name, found)
        return found


def _read_people(workshop: Workshop) -> People:
    return People(
        {
            system: tuple(
                Person(owner.id, owner.email, owner.name, owner.active)
                for owner in gateway.owners()
            )
            for system, gateway in workshop.gateways.items()
        }
    )


def _read_members(workshop: Workshop) -> Members:
    named = workshop.settings.inclusion_list
    return Members(workshop.gateways[System.HUBSPOT].members(named) if named else None)
