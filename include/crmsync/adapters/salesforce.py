"""Salesforce as a Gateway: one call asks for the changes of all kinds, writes in collections.

Changes are found by SystemModstamp, which every change moves. An object type may be several
Salesforce objects (a person is a Contact or a Lead); their records come merged, oldest
first. Reads by id use the collection resource, 2,000 ids a call; look-ups by value are SOQL
`IN` lists cut to fit an address.
"""

import heapq
import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any, Self

from include.crmsync.adapters import (
    salesforce_access,
    salesforce_engaged,
    salesforce_gone,
    salesforce_roles,
)
from include.crmsync.adapters.batches import apart, chunks
from include.crmsync.adapters.failures import Refused
from include.crmsync.adapters.gateway import Owner, Version, Write, Written
from include.crmsync.adapters.http import TIMEOUT, Timeout, Wire
from include.crmsync.adapters.salesforce_api import VERSION, SalesforceApi
from include.crmsync.adapters.salesforce_auth import SalesforceCredentials
from include.crmsync.adapters.salesforce_bulk import SalesforceBulk
from include.crmsync.adapters.salesforce_records import (
    CHILDREN,
    CONVERTED,
    LIVE,
    MODIFIED_BY,
    PREFIXES,
    by_whom,
    fields_of,
    is_alive,
    to_record,
)
from include.crmsync.adapters.salesforce_schema import read_schema
from include.crmsync.adapters.salesforce_times import FieldHistory
from include.crmsync.adapters.salesforce_write import COLLECTION, is_assigned, write_batch
from include.crmsync.adapters.scrub import scrub
from include.crmsync.adapters.soql import (
    STAMP,
    containing,
    either,
    moment,
    portions,
    room_beside,
    select,
    within,
)
from include.crmsync.errors import ConfigError, Rejected
from include.crmsync.model.departure import Tombstone
from include.crmsync.model.grant import Grant, KeyMade
from include.crmsync.model.host import hosts_of, spellings
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import Associations, Record, System
from include.crmsync.model.record_id import is_id
from include.crmsync.model.schema import Schema
from include.crmsync.model.use import Use

_LITERAL = re.compile(r"'(?:\\.|[^'\\])*'")
"""A SOQL string."""

RETRIEVE = 2000
"""The most ids the collection resource reads in one call, given in the body."""

MALFORMED = "MALFORMED_QUERY"

BULK_READ = 20_000
"""Records of a query from which a bulk job is cheaper than pages of 2,000."""


class Salesforce:
    """One Salesforce org."""

    system = System.SALESFORCE
    window = RETRIEVE
    batch = COLLECTION

    def __init__(
        self,
        api: SalesforceApi,
        *,
        bulk_read: int = BULK_READ,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._api = api
        self._prefixes = dict(PREFIXES)
        self._bulk_read = bulk_read
        self.bulk = SalesforceBulk(api, sleep)
        self._history = FieldHistory()

    @classmethod
    def connect(
        cls,
        credentials: SalesforceCredentials,
        *,
        timeout: Timeout = TIMEOUT,
        version: str = VERSION,
        sleep: Callable[[float], None] = time.sleep,
        bulk_read: int = BULK_READ,
    ) -> Self:
        """Log in and answer with a gateway; its session is kept and renewed when it ends."""
        wire = Wire(timeout=timeout, sleep=sleep)
        return cls(SalesforceApi(credentials, wire, version), bulk_read=bulk_read, sleep=sleep)

    @property
    def calls(self) -> int:
        return self._api.wire.calls

    @property
    def use(self) -> Use | None:
        return self._api.wire.allowance.use

    @property
    def room(self) -> int | None:
        return self._api.wire.allowance.room(self.calls)

    def limit_to(self, most: int | None, share: float) -> None:
        calls = None if most is None else self.calls + most
        self._api.wire.allowance.limit_to(calls, share)

    @property
    def answered_at(self) -> datetime | None:
        return self._api.wire.answered_at

    @property
    def fingerprint(self) -> str:
        return self._api.fingerprint

    def account(self) -> str:
        [organization] = self._api.query(select(["Id"], "Organization"))
        return str(organization["Id"])

    def changed_since(
        self,
        mapping: ObjectMapping,
        since: datetime | None,
        gone: list[Tombstone] | None = None,
    ) -> Iterator[Record]:
        # The first reading asks for the living; later ones note on the way what has left.
        deleted = since is not None
        queries = [
            _soql(mapping, kind, _scope(mapping, kind))
            if since is None
            else _soql_with_gone(mapping, kind, since)
            for kind in mapping.salesforce
        ]
        roles = [salesforce_roles.changed_soql(one, since) for one in mapping.roles]
        try:
            pages = self._api.first_pages([*queries, *roles], include_deleted=deleted)
        except Rejected as refused:
            if refused.code == MALFORMED and mapping.where:
                raise bad_filter(mapping, refused) from None
            raise
        found = []
        for kind, soql, page in zip(mapping.salesforce, queries, pages, strict=False):
            items = self._all(soql, page, include_deleted=deleted)
            alive = salesforce_gone.living(items, kind, gone) if deleted else items
            found.append(self._records(mapping, kind, alive))
        merged = heapq.merge(*found, key=lambda record: (record.modified_at, record.id))
        rows = [
            list(self._all(soql, page, include_deleted=deleted))
            for soql, page in zip(roles, pages[len(queries) :], strict=True)
        ]
        yield from self._with_changed_roles(mapping, merged, rows, whole=since is None)

    def _with_changed_roles(
        self,
        mapping: ObjectMapping,
        records: Iterable[Record],
        rows: Sequence[Sequence[Mapping[str, Any]]],
        *,
        whole: bool,
    ) -> Iterator[Record]:
        """Records with their roles, and then those of which only a role changed."""
        moved = {
            one.name: salesforce_roles.by_record(next(iter(one.salesforce.values())), some)
            for one, some in zip(mapping.roles, rows, strict=True)
        }
        if whole:
            yield from (salesforce_roles.completed(one, mapping, moved) for one in records)
            return
        seen: set[str] = set()
        for record in salesforce_roles.with_roles(self._api, mapping, records):
            seen.add(record.id)
            yield record
        rest = {id_ for some in moved.values() for id_ in some} - seen
        if rest:
            yield from self.read(mapping, sorted(rest))

    def archive(
        self,
        mapping: ObjectMapping,  # noqa: ARG002
        after: str | None,  # noqa: ARG002
        pages: int,  # noqa: ARG002
    ) -> tuple[Sequence[Tombstone], str | None]:
        return (), None

    def outside(self, mapping: ObjectMapping, ids: Sequence[str]) -> frozenset[str]:
        found: set[str] = set()
        for kind, condition in mapping.where.items():
            own = [id_ for id_ in ids if self._kind_of(id_, mapping) == kind]
            room = room_beside(select(["Id"], kind, where=[f"({condition})", within("Id", [])]))
            inside: set[str] = set()
            for portion in portions(own, room):
                soql = select(["Id"], kind, where=[f"({condition})", within("Id", portion)])
                inside |= {str(item["Id"]) for item in self._filtered(soql, mapping)}
            found |= set(own) - inside
        return frozenset(found)

    def _filtered(self, soql: str, mapping: ObjectMapping) -> Iterator[Mapping[str, Any]]:
        try:
            yield from self._api.query(soql)
        except Rejected as refused:
            raise bad_filter(mapping, refused) from None

    def fates(self, mapping: ObjectMapping, ids: Sequence[str]) -> Mapping[str, Tombstone]:
        found: dict[str, Tombstone] = {}
        for kind in mapping.salesforce:
            own = [id_ for id_ in ids if self._kind_of(id_, mapping) == kind]
            found |= {one.record_id: one for one in salesforce_gone.fates(self._api, kind, own)}
        return found

    def delete(
        self, mapping: ObjectMapping, writes: Sequence[Write]
    ) -> Iterator[Sequence[Written]]:
        return salesforce_gone.delete(self._api, mapping, writes)

    def merge_into(
        self,
        mapping: ObjectMapping,
        write: Write,  # noqa: ARG002
        into: str,  # noqa: ARG002
    ) -> Written:
        raise ConfigError(f"merges_in: Salesforce merges no {mapping.object_type} through REST")

    def conversions(
        self, mapping: ObjectMapping, ids: Sequence[str]
    ) -> Mapping[str, frozenset[str]]:
        accounts = ids if "Account" in mapping.salesforce else ()
        return salesforce_gone.conversions(self._api, accounts)

    def engaged(
        self, *, since: datetime | None = None, ids: Sequence[str] | None = None
    ) -> Mapping[str, bool]:
        return salesforce_engaged.engaged(self._api, since, ids)

    def read(self, mapping: ObjectMapping, ids: Sequence[str]) -> Iterator[Record]:
        asked = [id_ for id_ in dict.fromkeys(ids) if is_id(id_)]
        for kind in mapping.salesforce:
            fields = [*fields_of(mapping, kind), "IsDeleted", MODIFIED_BY]
            own = (id_ for id_ in asked if self._kind_of(id_, mapping) == kind)
            for batch in chunks(own, RETRIEVE):
                found = self._api.retrieve(kind, batch, fields)
                alive = (
                    by_whom(to_record(mapping, kind, item), self._api.user_id)
                    for item in found
                    if is_alive(item)
                )
                yield from salesforce_roles.with_roles(self._api, mapping, alive)

    def find(self, mapping: ObjectMapping, values: Sequence[str]) -> Iterator[Record]:
        if mapping.match_on is None:
            return
        for kind in mapping.salesforce:
            if field := mapping.wire_name(mapping.match_on, self.system, kind):
                yield from self._holding(mapping, kind, field, values)

    def find_by_domain(self, mapping: ObjectMapping, hosts: Sequence[str]) -> Iterator[Record]:
        if mapping.match_domain is None:
            return
        wanted = {*hosts}
        for kind in mapping.salesforce:
            for record in self._containing(mapping, kind, spellings(hosts)):
                if wanted & hosts_of(mapping, self.system, record.raw):
                    yield record

    def find_by_key(self, mapping: ObjectMapping, keys: Sequence[str]) -> Mapping[str, Record]:
        found: dict[str, Record] = {}
        for kind in mapping.salesforce:
            for record in self._holding(mapping, kind, mapping.salesforce_key, keys):
                found.setdefault(record.raw[mapping.salesforce_key], record)
        return found

    def write(self, mapping: ObjectMapping, writes: Sequence[Write]) -> Iterator[Sequence[Written]]:
        for _, alike in groupby(sorted(writes, key=_sort), key=_sort):
            for batch in apart(alike, COLLECTION):
                answers = write_batch(self._api, mapping, batch)
                yield salesforce_roles.write_roles(self._api, mapping, batch, answers)

    def owners(self) -> Sequence[Owner]:
        users = self._api.query(select(["Id", "Name", "Email", "IsActive"], "User"))
        queues = self._api.query(select(["Id", "Name"], "Group", where=["Type = 'Queue'"]))
        people = [
            Owner(user["Id"], (user["Email"] or "").lower(), user["Name"], user["IsActive"])
            for user in users
        ]
        return [*people, *(Owner(item["Id"], "", item["Name"], active=True) for item in queues)]

    def members(self, list_name: str) -> frozenset[str]:
        raise ConfigError(f"inclusion list {list_name!r}: Salesforce has no lists; name HubSpot's")

    def on_list(self, list_name: str, ids: Collection[str]) -> frozenset[str]:  # noqa: ARG002
        raise ConfigError(f"Salesforce has no lists, so none called {list_name!r}")

    def list_id(self, list_name: str) -> str:
        raise ConfigError(f"Salesforce has no lists, so none called {list_name!r}")

    def lists_of(self, record_id: str) -> frozenset[str]:  # noqa: ARG002
        return frozenset()

    def grants(
        self,
        mappings: Sequence[ObjectMapping],
        *,
        lists: bool,  # noqa: ARG002
        making: bool,  # noqa: ARG002
    ) -> Sequence[Grant]:
        return salesforce_access.grants(self._api, mappings)

    def make_key(self, mapping: ObjectMapping) -> Sequence[KeyMade]:
        return [salesforce_access.make_key(self._api, mapping, kind) for kind in mapping.salesforce]

    def listed(self, mapping: ObjectMapping, named: str) -> Iterator[str]:  # noqa: ARG002
        raise ConfigError("Salesforce has no lists: say by a SOQL condition which records it is")

    def matching(self, mapping: ObjectMapping, kind: str, condition: str) -> Iterator[str]:
        where = [f"({condition})", *_scope(mapping, kind), *LIVE.get(kind, ())]
        soql = select(["Id"], kind, where=where, order_by=["Id"])
        try:
            page = self._api.first_page(soql)
        except Rejected as refused:
            raise bad_condition(condition, refused) from None
        yield from (str(item["Id"]) for item in self._all(soql, page, include_deleted=False))

    def children(
        self, mapping: ObjectMapping, ids: Sequence[str], child: str
    ) -> Mapping[str, frozenset[str]]:
        if child not in CHILDREN or mapping.object_type != "companies":
            raise ConfigError(f"Salesforce: {child} are not children of {mapping.object_type}")
        kind, field = CHILDREN[child]
        found: dict[str, set[str]] = {id_: set() for id_ in ids}
        for portion in portions(ids):
            soql = select(["Id", field], kind, where=[within(field, portion)])
            for item in self._api.query(soql):
                found.setdefault(item[field], set()).add(item["Id"])
        return {id_: frozenset(children) for id_, children in found.items()}

    def associations(
        self,
        mapping: ObjectMapping,  # noqa: ARG002
        ids: Sequence[str],  # noqa: ARG002
    ) -> Mapping[str, Associations]:
        return {}

    def schema(self, mapping: ObjectMapping) -> Schema:
        return read_schema(self._api, mapping)

    def field_times(
        self, mapping: ObjectMapping, ids: Sequence[str], names: Sequence[str]
    ) -> Mapping[str, Mapping[str, datetime]]:
        kinds = {
            kind: [id_ for id_ in ids if self._kind_of(id_, mapping) == kind]
            for kind in mapping.salesforce
        }
        return self._history.read(self._api, mapping, kinds, names)

    def past(
        self,
        mapping: ObjectMapping,  # noqa: ARG002
        ids: Sequence[str],  # noqa: ARG002
        names: Sequence[str],  # noqa: ARG002
    ) -> Mapping[str, Mapping[str, Sequence[Version]]]:
        return {}

    def _all(
        self, soql: str, page: Mapping[str, Any], *, include_deleted: bool
    ) -> Iterator[Mapping[str, Any]]:
        """Every record of a query whose first page is here; very many come by a bulk job."""
        if not page.get("done") and int(page.get("totalSize") or 0) > self._bulk_read:
            return self.bulk.query(soql, include_deleted=include_deleted)
        return self._api.rest_of(page)

    def _records(
        self, mapping: ObjectMapping, kind: str, items: Iterable[Mapping[str, Any]]
    ) -> Iterator[Record]:
        return (to_record(mapping, kind, item) for item in items)

    def _query(self, mapping: ObjectMapping, kind: str, where: Sequence[str]) -> Iterator[Record]:
        found = self._records(mapping, kind, self._api.query(_soql(mapping, kind, where)))
        return salesforce_roles.with_roles(self._api, mapping, found)

    def _holding(
        self, mapping: ObjectMapping, kind: str, field: str, values: Sequence[str]
    ) -> Iterator[Record]:
        room = room_beside(_soql(mapping, kind, [within(field, [])]))
        for portion in portions(values, room):
            yield from self._query(mapping, kind, [within(field, portion)])

    def _containing(
        self, mapping: ObjectMapping, kind: str, texts: Sequence[str]
    ) -> Iterator[Record]:
        """Each record once whose domain field has one of the texts somewhere in it."""
        field = (mapping.match_domain or {})[self.system]
        like = partial(containing, field)
        seen: set[str] = set()
        for portion in portions(texts, room_beside(_soql(mapping, kind, ["()"])), like, " OR "):
            for record in self._query(mapping, kind, [either(map(like, portion))]):
                if record.id not in seen:
                    seen.add(record.id)
                    yield record

    def _kind_of(self, record_id: str, mapping: ObjectMapping) -> str | None:
        """The object an id is of; an org's own objects are asked about once."""
        for kind in mapping.salesforce:
            if kind not in self._prefixes.values():
                self._prefixes[str(self._api.describe(kind).get("keyPrefix"))] = kind
        return self._prefixes.get(record_id[:3])


def _soql(mapping: ObjectMapping, kind: str, where: Sequence[str]) -> str:
    conditions = [*where, *LIVE.get(kind, ())]
    return select(fields_of(mapping, kind), kind, where=conditions, order_by=[STAMP, "Id"])


def _soql_with_gone(mapping: ObjectMapping, kind: str, since: datetime) -> str:
    """What changed, with the marks by which the living are told from those that left."""
    fields = dict.fromkeys([*fields_of(mapping, kind), *salesforce_gone.marks(kind)])
    where = [f"{STAMP} >= {moment(since)}", *_scope(mapping, kind, gone=True)]
    return select(fields, kind, where=where, order_by=[STAMP, "Id"])


def _scope(mapping: ObjectMapping, kind: str, *, gone: bool = False) -> list[str]:
    """The mapping's own condition for a kind; what is gone is told whatever it says."""
    if kind not in mapping.where:
        return []
    left = [f"{salesforce_gone.DELETED} = true"] if gone else []
    left += [f"{CONVERTED} = true"] if gone and kind == "Lead" else []
    return [f"({' OR '.join([f'({mapping.where[kind]})', *left])})"]


def bad_filter(mapping: ObjectMapping, refused: Rejected) -> ConfigError:
    """What a person is told whose condition Salesforce does not take."""
    return ConfigError(
        f"Salesforce refuses a query with `salesforce.where` of mappings/{mapping.object_type}.yaml"
        f" ({refused.code}): try the condition in the developer console, then mend it there"
    )


def bad_condition(condition: str, refused: Rejected) -> ConfigError:
    """What Salesforce says of a condition that somebody asked for, without the values in it."""
    body = refused.body if isinstance(refused, Refused) else None
    said = body[0] if isinstance(body, list) and body else {}
    words = re.findall(r"[A-Za-z_][\w.]*", _LITERAL.sub("''", condition))
    literals = {str(place): one[1:-1] for place, one in enumerate(_LITERAL.findall(condition))}
    # The query itself stands before the line that says where it is wrong.
    text = str(said.get("message", "")).rpartition("ERROR at Row")[2].split("\n", 1)[-1]
    told = scrub(" ".join(text.split()), literals, words).rstrip(". ")
    return ConfigError(
        f"Salesforce refuses the condition ({refused.code}): {told or 'it does not say why'}. Try"
        " it in the developer console, behind WHERE"
    )


def _sort(write: Write) -> tuple[str, bool, bool]:
    return write.kind, write.record_id is None, is_assigned(write)
