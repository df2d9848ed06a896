"""What a Gateway reads, on dicts: calls are counted, and what may not be seen is left out."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import ceil
from typing import Any, ClassVar

from include.crmsync.adapters.allowance import Allowance
from include.crmsync.adapters.gateway import Owner, Version
from include.crmsync.adapters.hubspot_records import mails
from include.crmsync.adapters.hubspot_times import WITH_HISTORY
from include.crmsync.adapters.memory_crm import MemoryCrm
from include.crmsync.errors import ConfigError, LimitReached, Rejected
from include.crmsync.model.departure import How, Tombstone
from include.crmsync.model.grant import Grant
from include.crmsync.model.host import hosts_of
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import Associations, Record, System
from include.crmsync.model.record_id import SHORT_ID
from include.crmsync.model.schema import FieldSchema, Rules, Schema
from include.crmsync.model.use import Use


@dataclass
class MemoryReads(MemoryCrm):
    """One CRM in memory, as it answers who reads."""

    window: ClassVar[int] = 200
    bulk: ClassVar[None] = None
    batch_size: int = 100
    name: str = "memory"
    """Which account it is."""
    conditions: dict[str, Callable[[Record], bool]] = field(default_factory=dict)
    """SOQL conditions it understands; it refuses every other one."""
    people: list[Owner] = field(default_factory=list)
    fields: dict[str, dict[str, FieldSchema]] = field(default_factory=dict)
    """Kind -> its live fields; a kind that is not here takes everything and promises nothing."""
    zone: str = ""
    rules: Rules | None = None
    """The validation rules it tells; it refuses nothing by them."""
    granted: tuple[Grant, ...] = ()
    """What it says our user may and may not do; it refuses nothing by that."""
    history: bool = True
    """Whether it tells when each field was last set."""
    calls: int = 0
    schema_calls: int = 0
    limit: int | None = None
    """Calls of the day, where it counts them."""
    used: int = 0
    """Calls of the day so far, also those of others."""
    _allowance: Allowance = field(default_factory=Allowance, repr=False)
    _before: int = 0

    @property
    def batch(self) -> int:
        return self.batch_size

    @property
    def use(self) -> Use | None:
        return self._allowance.use

    @property
    def room(self) -> int | None:
        return self._allowance.room(self.calls - self._before)

    def limit_to(self, most: int | None, share: float) -> None:
        # Each run connects anew; this object is the CRM itself, and stays.
        self._allowance, self._before = Allowance(), self.calls
        self._allowance.limit_to(most, share)

    def _call(self, times: int = 1) -> None:
        """Count a call; refuse it where the day's are spent."""
        for _ in range(times):
            self._allowance.spend(self.calls - self._before, "a call")
            self.calls += 1
            if self.limit is None:
                continue
            if self.used >= self.limit:
                self._allowance.use = Use(self.used, self.limit)
                raise LimitReached("REQUEST_LIMIT_EXCEEDED: the calls of the day are spent")
            self.used += 1
            self._allowance.use = Use(self.used, self.limit)

    @property
    def answered_at(self) -> datetime | None:
        return self.clock() if self.calls else None

    @property
    def fingerprint(self) -> str:
        return f"memory-{self.name}"

    def account(self) -> str:
        self._call()
        return self.name

    def changed_since(
        self,
        mapping: ObjectMapping,
        since: datetime | None,
        gone: list[Tombstone] | None = None,
    ) -> Iterator[Record]:
        self._call()
        self._refuse_unknown(mapping)
        found = [one for one in self._of(mapping) if since is None or one.modified_at >= since]
        found = [one for one in found if not self._is_outside(mapping, one)]
        if gone is not None and since is not None:
            gone += self._noticed(mapping, since, {record.id for record in found})
        yield from sorted(found, key=lambda record: (record.modified_at, record.id))

    def _noticed(
        self, mapping: ObjectMapping, since: datetime, changed: Collection[str]
    ) -> Iterator[Tombstone]:
        """What a reading of changes tells: all in Salesforce, survivors' merges in HubSpot."""
        for record, left in self.bin.values():
            if record.object_type != mapping.object_type or left.at is None:
                continue
            if (self.system is System.SALESFORCE and left.at >= since) or (
                self.system is System.HUBSPOT and left.into in changed
            ):
                yield left

    def archive(
        self, mapping: ObjectMapping, after: str | None, pages: int
    ) -> tuple[Sequence[Tombstone], str | None]:
        if self.system is System.SALESFORCE:
            return (), None
        self._call()
        binned = [
            left
            for id_, (record, left) in sorted(self.bin.items())
            if record.object_type == mapping.object_type
            and left.how is How.DELETED
            and id_ > (after or "")
        ]
        some = binned[: pages * self.batch_size]
        return some, some[-1].record_id if len(some) < len(binned) else None

    def outside(self, mapping: ObjectMapping, ids: Sequence[str]) -> frozenset[str]:
        if self.system is System.HUBSPOT or not mapping.where or not ids:
            return frozenset()
        self.calls += 1
        known = (self.records[id_] for id_ in ids if id_ in self.records)
        return frozenset(one.id for one in known if self._is_outside(mapping, one))

    def _is_outside(self, mapping: ObjectMapping, record: Record) -> bool:
        return record.kind in mapping.where and record.id in self.beyond

    def fates(
        self,
        mapping: ObjectMapping,  # noqa: ARG002
        ids: Sequence[str],
    ) -> Mapping[str, Tombstone]:
        self._call(1 if ids else 0)
        found = {id_: self.bin[id_][1] for id_ in ids if id_ in self.bin}
        if self.system is System.HUBSPOT:
            unknown = (id_ for id_ in ids if id_ not in self.bin and id_ not in self.records)
            found |= {id_: Tombstone(id_, How.ERASED) for id_ in unknown}
        return found

    def conversions(
        self,
        mapping: ObjectMapping,  # noqa: ARG002
        ids: Sequence[str],
    ) -> Mapping[str, frozenset[str]]:
        if self.system is System.HUBSPOT or not ids:
            return {}
        self._call()
        found: dict[str, frozenset[str]] = {}
        for id_, (_, left) in self.bin.items():
            contact = self.records.get(left.into or "") if left.how is How.CONVERTED else None
            account = contact.parents.get("companies") if contact else None
            if contact and account in ids:
                found[str(account)] = found.get(str(account), frozenset()) | {id_, contact.id}
        return found

    def engaged(
        self, *, since: datetime | None = None, ids: Sequence[str] | None = None
    ) -> Mapping[str, bool]:
        if self.system is System.HUBSPOT or ids == []:
            return {}
        self._call()
        found: dict[str, bool] = {}
        for (contact, opportunity), at in self.contact_roles.items():
            record = self.records.get(opportunity)
            if record is None or (ids is not None and contact not in ids):
                continue
            stage = str(record.raw.get("StageName") or "")
            late = since is None or ids is not None or max(at, record.modified_at) >= since
            won = stage == "Closed Won"
            if late and (won or "Closed" not in stage):
                found[contact] = won or found.get(contact, False)
        return found

    def read(self, mapping: ObjectMapping, ids: Sequence[str]) -> Iterator[Record]:
        self._call()
        asked = frozenset(ids)
        # Salesforce takes its ids without their last three characters, too.
        short = self.system is System.SALESFORCE
        for record in self._of(mapping):
            if record.id in asked or (short and record.id[:SHORT_ID] in asked):
                yield replace(record, modified_by_us=record.id in self.ours if short else None)

    def find(self, mapping: ObjectMapping, values: Sequence[str]) -> Iterator[Record]:
        if mapping.match_on is None:
            return
        self._call()
        wanted = {value.casefold() for value in values}
        for record in self._of(mapping):
            name = mapping.wire_name(mapping.match_on, self.system, record.kind)
            held = {str(record.raw.get(name or "") or "").casefold()}
            if name == "email" and self._unshared(mapping):
                held |= {*mails(record.raw)}
            if held & wanted - {""}:
                yield record

    def find_by_domain(self, mapping: ObjectMapping, hosts: Sequence[str]) -> Iterator[Record]:
        if mapping.match_domain is None or not hosts:
            return
        self.calls += 1
        wanted = {*hosts}
        for record in self._of(mapping):
            if wanted & hosts_of(mapping, self.system, record.raw):
                yield record

    def find_by_key(self, mapping: ObjectMapping, keys: Sequence[str]) -> Mapping[str, Record]:
        self._call()
        by_key = {record.raw.get(self._key(mapping)): record for record in self._of(mapping)}
        return {key: by_key[key] for key in keys if key in by_key}

    def owners(self) -> Sequence[Owner]:
        self._call()
        return list(self.people)

    def members(self, list_name: str) -> frozenset[str]:
        self._call()
        if self.system is System.SALESFORCE or list_name not in self.lists:
            raise ConfigError(f"{self.system.label} has no list {list_name!r}")
        return frozenset(self.lists[list_name])

    def on_list(self, list_name: str, ids: Collection[str]) -> frozenset[str]:
        self._call()  # for the list by its name
        return self.members(list_name) & frozenset(ids)

    def list_id(self, list_name: str) -> str:
        self._call()
        if self.system is System.SALESFORCE or list_name not in self.lists:
            raise ConfigError(f"{self.system.label} has no list {list_name!r}")
        return list_name

    def lists_of(self, record_id: str) -> frozenset[str]:
        if self.system is System.SALESFORCE:
            return frozenset()
        self._call()
        return frozenset(name for name, ids in self.lists.items() if record_id in ids)

    def grants(
        self,
        mappings: Sequence[ObjectMapping],  # noqa: ARG002
        *,
        lists: bool,  # noqa: ARG002
        making: bool,  # noqa: ARG002
    ) -> Sequence[Grant]:
        self._call()
        return self.granted

    def listed(self, mapping: ObjectMapping, named: str) -> Iterator[str]:
        self._call()
        if self.system is System.SALESFORCE or named not in self.lists:
            raise ConfigError(f"{self.system.label} has no list {named!r}")
        kinds = {one.id for one in self._of(mapping)}
        yield from sorted(self.lists[named] & kinds)

    def matching(self, mapping: ObjectMapping, kind: str, condition: str) -> Iterator[str]:
        self._call()
        if self.system is System.HUBSPOT or condition not in self.conditions:
            raise ConfigError(f"{self.system.label} does not take the condition")
        met = self.conditions[condition]
        found = (one for one in self._of(mapping) if one.kind == kind and met(one))
        yield from sorted(one.id for one in found if not self._is_outside(mapping, one))

    def children(
        self, mapping: ObjectMapping, ids: Sequence[str], child: str
    ) -> Mapping[str, frozenset[str]]:
        self._call()
        here = [record for record in self.records.values() if record.object_type == child]
        return {
            id_: frozenset(
                record.id for record in here if record.parents.get(mapping.object_type) == id_
            )
            for id_ in ids
        }

    def associations(
        self, mapping: ObjectMapping, ids: Sequence[str]
    ) -> Mapping[str, Associations]:
        if self.system is System.SALESFORCE or not ids or not mapping.associated:
            return {}
        self.calls += len(mapping.associated)
        nobody = self._associations(mapping, None)
        here = {record.id: self._associations(mapping, record) for record in self._of(mapping)}
        return {id_: here.get(id_, nobody) for id_ in ids}

    def schema(self, mapping: ObjectMapping) -> Schema:
        self._call()
        self.schema_calls += 1
        kinds = (mapping.hubspot, *mapping.salesforce)
        known = {k: dict(self.fields[k]) for k in kinds if k in self.fields}
        return Schema(known, self.zone, self._rules_of(kinds))

    def field_times(
        self, mapping: ObjectMapping, ids: Sequence[str], names: Sequence[str]
    ) -> Mapping[str, Mapping[str, datetime]]:
        if not self.history:
            return {}
        self._call()
        found: dict[str, dict[str, datetime]] = {}
        for id_ in (one for one in ids if one in self.records):
            wires = {n: mapping.wire_name(n, self.system, self.records[id_].kind) for n in names}
            told = self.set_at[id_]
            found[id_] = {name: told[wire] for name, wire in wires.items() if wire in told}
        return found

    def past(
        self, mapping: ObjectMapping, ids: Sequence[str], names: Sequence[str]
    ) -> Mapping[str, Mapping[str, Sequence[Version]]]:
        if self.system is System.SALESFORCE or not ids or not names:
            return {}
        self._call(ceil(len(ids) / WITH_HISTORY))
        found: dict[str, dict[str, Sequence[Version]]] = {}
        for id_ in (one for one in ids if one in self.records):
            told, kind = self.versions[id_], self.records[id_].kind
            wires = {name: mapping.wire_name(name, self.system, kind) for name in names}
            found[id_] = {
                name: tuple(reversed(told.get(wire, ()))) for name, wire in wires.items() if wire
            }
        return found

    def _rules_of(self, kinds: Collection[str]) -> Rules | None:
        if self.rules is None:
            return None
        active = tuple(one for one in self.rules.active if one.kind in kinds)
        return Rules(active, self.rules.refused)

    def _unknown(self, mapping: ObjectMapping, kind: str) -> set[str]:
        """Mapped fields that a kind of known fields does not have."""
        if kind not in self.fields:
            return set()
        return set(mapping.wire_fields(self.system, kind)) - self.fields[kind].keys()

    def _refuse_unknown(self, mapping: ObjectMapping) -> None:
        """Salesforce refuses a query that names an unknown field; HubSpot leaves it out."""
        if self.system is System.SALESFORCE and any(
            self._unknown(mapping, kind) for kind in mapping.salesforce
        ):
            raise Rejected("GET query was answered 400 INVALID_FIELD", "INVALID_FIELD")

    def _of(self, mapping: ObjectMapping) -> list[Record]:
        """The mapping's records, each with every mapped field and parent named, as asked for."""
        found = []
        for record in self.records.values():
            kinds = mapping.salesforce if self.system is System.SALESFORCE else (record.kind,)
            mine = record.object_type == mapping.object_type and record.kind in kinds
            if mine and record.id not in self.hidden:
                told = self._associations(mapping, record)
                raw = self._told(mapping, record)
                found.append(replace(record, raw=raw, parents=told.parents, roles=told.roles))
        return found

    def _associations(self, mapping: ObjectMapping, record: Record | None) -> Associations:
        """What the mapping names of a record's parents and roles; of no record: none."""
        parents, roles = (record.parents, record.roles) if record else ({}, {})
        named = [field.parent or "" for field in mapping.roles]
        return Associations(
            {**{field.parent or "": None for field in mapping.parents}, **parents},
            {name: roles.get(name, ()) for name in named},
        )

    def _told(self, mapping: ObjectMapping, record: Record) -> dict[str, Any]:
        told = {**dict.fromkeys(mapping.wire_fields(self.system, record.kind)), **record.raw}
        unknown = self._unknown(mapping, record.kind)
        return {name: value for name, value in told.items() if name not in unknown}

    def _key(self, mapping: ObjectMapping) -> str:
        hubspot = self.system is System.HUBSPOT
        return mapping.hubspot_key if hubspot else mapping.salesforce_key

    def _unshared(self, mapping: ObjectMapping) -> bool:
        """Whether no two of these records may have one e-mail address."""
        return self.system is System.HUBSPOT and mapping.hubspot == "contacts"
