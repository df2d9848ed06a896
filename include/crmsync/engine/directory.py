"""Who and what an id means in the other system: owners by e-mail, parents by their link.

An owner's canonical value is the lower-case e-mail of an active user; a parent's is the id
of its link. An id that means nothing on the other side keeps a canonical value of its own
kind (`hubspot:51`), equal to nothing there, so that it is seen, never sent.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from include.crmsync.model.mapping import FieldMapping, FieldType
from include.crmsync.model.record import System, Value


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who can own records in one system."""

    id: str
    email: str
    name: str
    active: bool


@dataclass(frozen=True, slots=True)
class Directory:
    """Both systems' owners and parents, each readable from either side."""

    emails: Mapping[System, Mapping[str, str]] = field(default_factory=dict)
    """Owner id -> e-mail, inactive owners included."""
    ids: Mapping[System, Mapping[str, str]] = field(default_factory=dict)
    """E-mail -> id of the active owner."""
    links: Mapping[str, Mapping[System, Mapping[str, str]]] = field(default_factory=dict)
    """Parent object type -> system -> parent id -> link id as text."""
    parents: Mapping[str, Mapping[System, Mapping[str, str]]] = field(default_factory=dict)
    """The same backwards: parent object type -> system -> link id as text -> parent id."""
    bereft: Mapping[str, Mapping[System, Mapping[str, str]]] = field(default_factory=dict)
    """Like `links`, of those whose link has lost a record."""

    def read(self, raw: Value, field: FieldMapping, system: System) -> Value:
        """The canonical value of an owner or parent id."""
        if raw is None:
            return None
        if field.type is FieldType.OWNER:
            found = self.emails.get(system, {}).get(raw)
        else:
            found = self.links.get(field.parent or "", {}).get(system, {}).get(raw)
        return found or f"{system}:{raw}"

    def write(self, value: Value, field: FieldMapping, system: System) -> str | None:
        """The id to store in `system`; None where the value means nothing there."""
        if value is None:
            return None
        if field.type is FieldType.OWNER:
            return self.ids.get(system, {}).get(value)
        return self.parents.get(field.parent or "", {}).get(system, {}).get(value)

    def knows(self, value: Value, field: FieldMapping, system: System) -> bool:
        """Whether the value can be stored in `system`; blank always can, but for an owner."""
        if value is None:
            return field.type is not FieldType.OWNER
        return self.write(value, field, system) is not None


def directory(
    people: Mapping[System, Iterable[Person]],
    links: Mapping[str, Mapping[System, Mapping[str, str]]],
    gone: Collection[str] = (),
) -> Directory:
    """Build the directory; of several active users with one e-mail the lowest id stands.

    HubSpot's owners reach Salesforce only where name and e-mail are those of an active user; in
    the other direction the e-mail is enough. Parents whose link is in `gone` are still recognised,
    and are nobody's parent any more.
    """
    known = {system: [one for one in owners if one.email] for system, owners in people.items()}
    names = _names(known.get(System.HUBSPOT, ()))
    emails: dict[System, dict[str, str]] = {}
    ids: dict[System, dict[str, str]] = {}
    for system, owners in known.items():
        emails[system] = {one.id: one.email for one in owners}
        ids[system] = {}
        for owner in sorted(owners, key=lambda person: person.id):
            if owner.active and (system is System.HUBSPOT or _is_named(owner, names)):
                ids[system].setdefault(owner.email, owner.id)
    parents = {
        object_type: {
            system: {link: parent for parent, link in by_id.items() if link not in gone}
            for system, by_id in by_system.items()
        }
        for object_type, by_system in links.items()
    }
    return Directory(emails, ids, links, parents)


def _names(people: Iterable[Person]) -> dict[str, set[str]]:
    """The names that go with each e-mail; none where somebody has no name."""
    names: dict[str, set[str]] = {}
    for one in people:
        names.setdefault(one.email, set()).add(_folded(one.name))
    return names


def _is_named(user: Person, names: Mapping[str, set[str]]) -> bool:
    """Whether a user has the name that goes with the e-mail, as far as both have a name."""
    known, name = names.get(user.email, set()), _folded(user.name)
    return not known or not name or "" in known or name in known


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
