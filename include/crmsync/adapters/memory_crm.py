"""A CRM in memory: its records, and what somebody who works in it does to them.

Every change stamps the record from the clock it is given, except those that the real system does
not stamp. How values are spelled is the caller's: what is put in comes out.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any

from include.crmsync.adapters import memory_mails
from include.crmsync.adapters.gateway import Version
from include.crmsync.adapters.hubspot_records import MORE_MAILS
from include.crmsync.model.departure import How, Tombstone
from include.crmsync.model.record import Record, System
from include.crmsync.model.role import Role, RoleWrite

OBJECT_TYPES = {
    "Account": "companies",
    "Contact": "contacts",
    "Lead": "contacts",
    "Opportunity": "deals",
}
"""Object type by Salesforce kind; HubSpot's kinds are named like object types."""


@dataclass
class MemoryCrm:
    """One CRM's records."""

    system: System
    clock: Callable[[], datetime]
    records: dict[str, Record] = field(default_factory=dict)
    """By id. Ids are unique over all kinds, unlike HubSpot's."""
    bin: dict[str, tuple[Record, Tombstone]] = field(default_factory=dict)
    """What was deleted, merged or converted, by id, and what the CRM says of it."""
    beyond: set[str] = field(default_factory=set)
    """Records that no condition of a mapping's `where` fits."""
    hidden: set[str] = field(default_factory=set)
    """Records the integration user may not see: they are there, and answered by nothing."""
    lists: dict[str, set[str]] = field(default_factory=dict)
    set_at: dict[str, dict[str, datetime]] = field(default_factory=dict)
    """Record id -> the system's field -> when it was last set."""
    versions: dict[str, dict[str, list[Version]]] = field(default_factory=dict)
    """Record id -> the system's field -> what it held, the newest last; told by HubSpot."""
    contact_roles: dict[tuple[str, str], datetime] = field(default_factory=dict)
    """Salesforce contact and opportunity -> when the role was given."""
    owner_of_new: str | None = None
    """Who owns a new record in Salesforce that comes without an owner."""
    ours: set[str] = field(default_factory=set)
    """Records that the sync was the last to modify; only Salesforce tells."""
    _ids: Iterator[int] = field(default_factory=lambda: count(1), repr=False)

    def put(
        self,
        kind: str,
        values: Mapping[str, Any],
        *,
        id: str | None = None,  # noqa: A002 -- reads as the thing it is
        parents: Mapping[str, str | None] | None = None,
    ) -> str:
        """Create a record; its id."""
        id_ = id or f"{self.system.value}-{next(self._ids)}"
        self.records[id_] = Record(
            system=self.system,
            object_type=OBJECT_TYPES.get(kind, kind),
            id=id_,
            kind=kind,
            modified_at=self.clock(),
            raw=dict(values),
            parents=dict(parents or {}),
        )
        self.set_at[id_] = dict.fromkeys(values, self.clock())
        self.versions[id_] = {name: [Version(v, self.clock())] for name, v in values.items()}
        return id_

    def edit(self, record_id: str, /, **raw: Any) -> None:
        """Change some fields of a record."""
        self._change(record_id, raw, {})

    def put_below(self, record_id: str, /, **parents: str | None) -> None:
        """Give a record other parents, or none; only Salesforce stamps it."""
        self._change(record_id, {}, parents)

    def enrol(self, record_id: str, holder: str, name: str = "") -> None:
        """Give another record a role in one, or another name for its role."""
        self._cast(record_id, RoleWrite({holder: name}), self.records[holder].object_type)

    def dismiss(self, record_id: str, holder: str) -> None:
        """Take another record's role in one away."""
        self._cast(
            record_id, RoleWrite(taken=frozenset({holder})), self.records[holder].object_type
        )

    def _cast(self, record_id: str, roles: RoleWrite, holders: str) -> None:
        """Only Salesforce stamps a record for its roles."""
        record = self.records[record_id]
        names = {one.record_id: one.name for one in record.roles.get(holders, ())}
        given = {who: names.get(who, "") if n is None else n for who, n in roles.given.items()}
        left = {who: n for who, n in {**names, **given}.items() if who not in roles.taken}
        told = {**record.roles, holders: tuple(Role(who, name) for who, name in left.items())}
        stamp = self.clock() if self.system is System.SALESFORCE else record.modified_at
        self.records[record_id] = replace(record, roles=told, modified_at=stamp)

    def remove(self, record_id: str) -> None:
        """Delete a record; it is gone from lists too."""
        self._leave(record_id, How.DELETED)

    def erase(self, record_id: str) -> None:
        """Delete a record for good: nothing is known of it any more, nor of what went into it."""
        if record_id in self.records:
            self.remove(record_id)
        del self.bin[record_id]
        for id_ in [one for one, (_, left) in self.bin.items() if left.into == record_id]:
            self.erase(id_)

    def restore(self, record_id: str) -> None:
        """Take a record out of the bin, with a fresh stamp."""
        record, _ = self.bin.pop(record_id)
        self.records[record_id] = replace(record, modified_at=self.clock())

    def merge(self, winner: str, loser: str) -> None:
        """Let one record take the other's place, and what the winner lacks from it."""
        record = self.records[loser]
        kept = {name: value for name, value in self.records[winner].raw.items() if value}
        more = memory_mails.merged(self.records[winner].raw, record.raw)
        self._leave(loser, How.MERGED, winner)
        self._change(winner, {**record.raw, **kept}, {})
        if self.system is System.HUBSPOT and record.kind == "contacts" and more:
            self._change(winner, {MORE_MAILS: more}, {})

    def convert(self, lead: str, contact: str) -> None:
        """Turn a lead into a contact, which is there already."""
        self._leave(lead, How.CONVERTED, contact)

    def _leave(self, record_id: str, how: How, into: str | None = None) -> None:
        record = self.records.pop(record_id)
        self.bin[record_id] = record, Tombstone(record_id, how, into, self.clock())
        for members in self.lists.values():
            members.discard(record_id)
        for one in list(self.records.values()):
            roles = one.roles.get(record.object_type, ())
            if record_id in {role.record_id for role in roles}:
                heir = {into: ""} if into and how is How.MERGED else {}
                self._cast(one.id, RoleWrite(heir, frozenset({record_id})), record.object_type)

    def _change(
        self, record_id: str, raw: Mapping[str, Any], parents: Mapping[str, str | None]
    ) -> None:
        record = self.records[record_id]
        self.ours.discard(record_id)
        stamped = bool(raw) or self.system is System.SALESFORCE
        self.records[record_id] = replace(
            record,
            raw=self._exchanged(record, {**record.raw, **raw}),
            parents={**record.parents, **parents},
            modified_at=self.clock() if stamped else record.modified_at,
        )
        changed = {name for name, value in raw.items() if record.raw.get(name) != value}
        self.set_at[record_id].update(dict.fromkeys(changed, self.clock()))
        for name in changed:
            told = self.versions[record_id].setdefault(name, [])
            told.append(Version(raw[name], self.clock()))

    def _exchanged(self, record: Record, raw: dict[str, Any]) -> dict[str, Any]:
        people = self.system is System.HUBSPOT and record.kind == "contacts"
        return memory_mails.exchanged(record.raw, raw) if people else raw
