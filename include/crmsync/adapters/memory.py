"""A Gateway on dicts: the reference that says what a CRM does, for tests of the pipeline.

It behaves like either system where the two agree: writes stamp records from the clock it is
given, creates are upserts on the mapping's unique key, None clears. How values are spelled
is the caller's: what is put in comes out. `fail_next` and `before_next_write` make it
misbehave the ways real ones do: refuse a record, lose an answer before or after the write
happened, or let somebody edit a record in between.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from math import ceil
from typing import Any, ClassVar, Literal

from include.crmsync.adapters import memory_mails
from include.crmsync.adapters.allowance import Allowance
from include.crmsync.adapters.batches import apart
from include.crmsync.adapters.gateway import Blamed, Owner, Version, Write, Written
from include.crmsync.adapters.hubspot_records import MORE_MAILS, mails
from include.crmsync.adapters.hubspot_times import WITH_HISTORY
from include.crmsync.errors import ConfigError, LimitReached, Rejected, Unavailable
from include.crmsync.model.departure import How, Tombstone
from include.crmsync.model.grant import Grant, KeyMade
from include.crmsync.model.host import hosts_of
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import Associations, Record, System
from include.crmsync.model.record_id import SHORT_ID
from include.crmsync.model.role import Role, RoleWrite
from include.crmsync.model.schema import FieldSchema, Rules, Schema
from include.crmsync.model.use import Use

OBJECT_TYPES = {
    "Account": "companies",
    "Contact": "contacts",
    "Lead": "contacts",
    "Opportunity": "deals",
}
"""Object type by Salesforce kind; HubSpot's kinds are named like object types."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One way a write will go wrong."""

    code: str | None = None
    record: str | None = None
    lost: Literal["before", "after"] | None = None
    retryable: bool = False
    fields: tuple[str, ...] = ()
    """The fields it names; while they are not all among the values, it does not strike."""

    def refuses(self, write: Write) -> bool:
        named = self.record in (None, write.record_id, write.external_key)
        sent = write.values.keys() | write.parents.keys()
        return self.lost is None and named and sent >= set(self.fields)


def _refused(write: Write, refusal: Failure) -> Written:
    code = refusal.code or ""
    text = f"{code}: refused by request of the test"
    blamed = tuple(Blamed(name, code, text) for name in refusal.fields)
    return Written(write.key, write.record_id, code, text, refusal.retryable, blamed=blamed)


def _taken(write: Write, holder: str) -> Written:
    text = f"CONFLICT: Contact already exists. Existing ID: {holder}"
    blamed = (Blamed("email", "CONFLICT", text),) if write.record_id else ()
    return Written(write.key, write.record_id, "CONFLICT", text, blamed=blamed)


@dataclass
class Memory:
    """One CRM in memory."""

    window: ClassVar[int] = 200
    bulk: ClassVar[None] = None

    system: System
    clock: Callable[[], datetime]
    batch_size: int = 100
    name: str = "memory"
    """Which account it is."""
    records: dict[str, Record] = field(default_factory=dict)
    """By id. Ids are unique over all kinds, unlike HubSpot's."""
    bin: dict[str, tuple[Record, Tombstone]] = field(default_factory=dict)
    """What was deleted, merged or converted, by id, and what the CRM says of it."""
    beyond: set[str] = field(default_factory=set)
    """Records that no condition of a mapping's `where` fits."""
    hidden: set[str] = field(default_factory=set)
    """Records the integration user may not see: they are there, and answered by nothing."""
    lists: dict[str, set[str]] = field(default_factory=dict)
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
    calls: int = 0
    schema_calls: int = 0
    limit: int | None = None
    """Calls of the day, where it counts them."""
    used: int = 0
    """Calls of the day so far, also those of others."""
    writes: int = 0
    """Records written so far, refused ones not counted."""
    _allowance: Allowance = field(default_factory=Allowance, repr=False)
    _before: int = 0
    _ids: Iterator[int] = field(default_factory=lambda: count(1), repr=False)
    _failures: deque[Failure] = field(default_factory=deque, repr=False)
    _interruptions: deque[Callable[[], None]] = field(default_factory=deque, repr=False)

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

    # What somebody in the CRM does.

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

    # How it may go wrong.

    def fail_next(
        self,
        code: str | None = None,
        *,
        record: str | None = None,
        lost: Literal["before", "after"] | None = None,
        retryable: bool = False,
        fields: tuple[str, ...] = (),
        times: int = 1,
    ) -> None:
        """Make writes go wrong `times` times.

        With `code`, the next record is refused, or the one with id or external key `record`; with
        `fields`, the refusal names them, and strikes only a write that has them.
        With `lost`, the next batch raises `Unavailable` before or after it was applied.
        """
        self._failures.extend([Failure(code, record, lost, retryable, fields)] * times)

    def before_next_write(self, do: Callable[[], None]) -> None:
        """Call `do` once, just before the next batch is written."""
        self._interruptions.append(do)

    # The gateway.

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

    def delete(
        self,
        mapping: ObjectMapping,  # noqa: ARG002
        writes: Sequence[Write],
    ) -> Iterator[Sequence[Written]]:
        for batch in apart(writes, self.batch_size):
            yield self._landing(batch, self._delete_one)

    def merge_into(self, mapping: ObjectMapping, write: Write, into: str) -> Written:
        if self.system is System.SALESFORCE:
            raise ConfigError(f"merges_in: Salesforce merges no {mapping.object_type} through REST")
        [answer] = self._landing([write], lambda one: self._merge_one(one, into))
        return answer

    def _merge_one(self, write: Write, into: str) -> Written:
        if write.record_id not in self.records or into not in self.records:
            return Written(write.key, write.record_id, "NOT_FOUND", "NOT_FOUND: no such record")
        self.merge(into, write.record_id)
        self.writes += 1
        return Written(write.key, write.record_id)

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

    def write(self, mapping: ObjectMapping, writes: Sequence[Write]) -> Iterator[Sequence[Written]]:
        for batch in apart(writes, self.batch_size):
            yield self._landing(batch, lambda write: self._write_one(mapping, write))

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

    def make_key(self, mapping: ObjectMapping) -> Sequence[KeyMade]:
        self._call()
        name, made = self._key(mapping), []
        here = (mapping.hubspot,) if self.system is System.HUBSPOT else mapping.salesforce
        for kind in (one for one in here if one in self.fields):
            told = "was there" if name in self.fields[kind] else "made"
            key = FieldSchema("string", unique=True, external_id=True)
            self.fields[kind] = {name: key, **self.fields[kind]}
            made.append(KeyMade(kind, name, told))
        return made

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

    def _landing(self, batch: Sequence[Write], do: Callable[[Write], Written]) -> Sequence[Written]:
        """One call that writes a batch, with whatever is to go wrong."""
        self._call()
        while self._interruptions:
            self._interruptions.popleft()()
        lost = self._take(lambda failure: failure.lost is not None)
        if lost and lost.lost == "before":
            raise Unavailable("the request was lost before it arrived")
        answers = [do(write) for write in batch]
        if lost:
            raise Unavailable("the answer was lost")
        return answers

    def _delete_one(self, write: Write) -> Written:
        refusal = self._take(
            lambda failure: failure.lost is None and failure.record in (None, write.record_id)
        )
        if refusal:
            text = f"{refusal.code}: refused by request of the test"
            return Written(write.key, write.record_id, refusal.code, text, refusal.retryable)
        if write.record_id in self.records:
            self.remove(write.record_id)
            self.writes += 1
        return Written(write.key, write.record_id)

    def _write_one(self, mapping: ObjectMapping, write: Write) -> Written:
        refusal = self._take(lambda failure: failure.refuses(write))
        if refusal:
            return _refused(write, refusal)
        if self._unshared(mapping):
            own = write.record_id or self._keyed(mapping, write)
            taken = memory_mails.holder(write.values.get("email"), self.records.values(), own)
            if taken:
                return _taken(write, taken)
        record_id = write.record_id or self._created(mapping, write)
        if record_id not in self.records:
            return Written(write.key, record_id, "NOT_FOUND", "the record does not exist")
        if write.values or write.parents or not write.roles:
            self._change(record_id, write.values, write.parents)
        for holders, roles in write.roles.items():
            if not self.records.keys() >= roles.given.keys():
                return Written(write.key, record_id, "NOT_FOUND", "who has the role does not exist")
            self._cast(record_id, roles, holders)
        self.writes += 1
        self.ours.add(record_id)
        return Written(write.key, record_id, raw=self._answered(record_id, write))

    def _answered(self, record_id: str, write: Write) -> Mapping[str, Any]:
        """What the answer to a write tells: in HubSpot the properties that it set."""
        if self.system is System.SALESFORCE:
            return {}
        raw = self.records[record_id].raw
        return {name: raw.get(name) for name in write.values}

    def _created(self, mapping: ObjectMapping, write: Write) -> str:
        """The record that holds the external key, new or made before."""
        made: dict[str, Any] = {self._key(mapping): write.external_key}
        if self.system is System.SALESFORCE and self.owner_of_new:
            made["OwnerId"] = self.owner_of_new
        return self._keyed(mapping, write) or self.put(write.kind, made)

    def _keyed(self, mapping: ObjectMapping, write: Write) -> str | None:
        key = self._key(mapping)
        for record in self.records.values():
            if record.kind == write.kind and record.raw.get(key) == write.external_key:
                return record.id
        return None

    def _unshared(self, mapping: ObjectMapping) -> bool:
        """Whether no two of these records may have one e-mail address."""
        return self.system is System.HUBSPOT and mapping.hubspot == "contacts"

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

    def _take(self, fits: Callable[[Failure], bool]) -> Failure | None:
        """The first pending failure that fits, used up."""
        for failure in self._failures:
            if fits(failure):
                self._failures.remove(failure)
                return failure
        return None
