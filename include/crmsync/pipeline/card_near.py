"""What the state knows near a few records: what holds them, and the links of their parents.

A run has every link of a parent's object type in memory, and all that is held, since it may need
any of it; a look at one record needs a handful, and a hundred thousand would keep a person waiting
for seconds.
"""

from collections.abc import Collection, Iterable, Iterator

from include.crmsync.engine.roles import understood
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import FieldMapping, FieldType, ObjectMapping
from include.crmsync.model.plan import Held
from include.crmsync.model.record import Record, System
from include.crmsync.state.card_board import Key, held_of
from include.crmsync.state.store import Store


class Near(Store):
    """A store that tells of whole object types only what is near some records."""

    def __init__(self, store: Store) -> None:
        super().__init__(store._engine)
        self._near: dict[str, dict[int, Link]] = {}
        self._ids: set[Key] = set()

    def about(self, ids: Iterable[Key]) -> None:
        """Say which records it is about; nothing is known of their links yet."""
        self._ids, self._near = set(ids), {}

    def settle(
        self, mapping: ObjectMapping, records: Collection[Record], links: Iterable[Link]
    ) -> None:
        """Say which records it is about, and which links they have."""
        known = list(links)
        self.about(self._ids.union((record.system, record.id) for record in records))
        for one in (*mapping.parents, *mapping.roles):
            object_type = one.parent or ""
            found = self._near.setdefault(object_type, {})
            for system in System:
                ids = {id_ for record in records for id_ in _named(record, one, system)}
                linked = self.links(object_type, system, sorted(ids)) if ids else {}
                found |= {link.id or 0: link for link in linked.values()}
            based = {id_ for link in known for id_ in _based(link, one)}
            found |= self.links_by_id(based) if based else {}

    def linked_ids(
        self, object_type: str, system: System, kinds: Collection[str] | None = None
    ) -> dict[str, int]:
        near = self._near.get(object_type, {}).items()
        return {
            link.id_in(system): id_
            for id_, link in near
            if kinds is None or (link.lives and link.kind in kinds)
        }

    def held(self, object_type: str) -> list[Held]:
        """What is held of these records."""
        return held_of(self._engine, object_type, sorted(self._ids))

    def tombstones(self, object_type: str) -> frozenset[int]:
        near = self._near.get(object_type, {}).items()
        return frozenset(id_ for id_, link in near if not link.lives)


def _named(record: Record, one: FieldMapping, system: System) -> Iterator[str]:
    """The records of a system that a record names in a field."""
    if record.system is not system:
        return
    if one.type is FieldType.ROLES:
        yield from (role.record_id for role in record.roles.get(one.parent or "", ()))
    elif parent := record.parents.get(one.parent or ""):
        yield parent


def _based(link: Link, one: FieldMapping) -> Iterator[int]:
    """The links that a base names in a field."""
    value = (link.base or {}).get(one.name)
    named = understood(value) if one.type is FieldType.ROLES else [value or ""]
    yield from (int(id_) for id_ in named if id_.isdigit())
