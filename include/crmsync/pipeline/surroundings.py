"""What is the same for a whole run: both systems' owners, and who is on the inclusion list.

Each is read by the first step that needs it and kept as an artifact of the run, so that three
object types cost one reading and a quiet run does not read owners at all.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import TypeVar

from include.crmsync.engine.directory import Directory, Person, directory
from include.crmsync.errors import StateError
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import System
from include.crmsync.model.role import ROLE_OBJECTS
from include.crmsync.pipeline.documents import Members, People
from include.crmsync.pipeline.kin import Kin
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
    known = {
        field.parent or "": Kin(field.parent or "", workshop.store) for field in mapping.parents
    }
    for field in mapping.roles:
        kinds = frozenset(ROLE_OBJECTS[name].kind for name in field.salesforce.values())
        known[field.parent or ""] = Kin(field.parent or "", workshop.store, kinds)
    return replace(
        directory(owners, {}),
        links={object_type: kin.links() for object_type, kin in known.items()},
        parents={object_type: kin.records() for object_type, kin in known.items()},
        bereft={object_type: kin.bereft() for object_type, kin in known.items()},
    )


def people(sync_run: str, workshop: Workshop) -> Mapping[System, tuple[Person, ...]]:
    """Everyone who can own a record, in either system."""
    found = _once(sync_run, "people", People, lambda: _read_people(workshop), workshop)
    return found.by_system


def lend(sync_run: str, to: str, workshop: Workshop) -> None:
    """Let another run see what this one has read, so that it is not read again."""
    listed = Members(members(sync_run, workshop))
    workshop.artifacts.save(to, EVERY_TYPE, "members", listed)
    workshop.artifacts.save(to, EVERY_TYPE, "people", People(people(sync_run, workshop)))


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
