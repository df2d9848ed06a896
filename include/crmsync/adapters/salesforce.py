"""Salesforce as a Gateway: one SOQL query per kind, writes in collections.

Changes are found by SystemModstamp, which every change moves. An object type may be several
Salesforce objects (a person is a Contact or a Lead); their records come merged, oldest
first. Reads by id use the collection resource, 2,000 ids a call; look-ups by value are SOQL
`IN` lists cut to fit an address.
"""

import heapq
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Self

from include.crmsync.adapters.batches import apart, chunks
from include.crmsync.adapters.gateway import Owner, Write, Written
from include.crmsync.adapters.http import TIMEOUT, Timeout, Wire
from include.crmsync.adapters.salesforce_api import VERSION, SalesforceApi
from include.crmsync.adapters.salesforce_auth import SalesforceCredentials
from include.crmsync.adapters.salesforce_records import (
    CHILDREN,
    LIVE,
    PREFIXES,
    fields_of,
    is_alive,
    is_id,
    to_record,
)
from include.crmsync.adapters.salesforce_schema import read_schema
from include.crmsync.adapters.salesforce_times import FieldHistory
from include.crmsync.adapters.salesforce_write import COLLECTION, write_batch
from include.crmsync.adapters.soql import STAMP, moment, portions, room_beside, select, within
from include.crmsync.errors import ConfigError
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import Record, System
from include.crmsync.model.schema import Schema

RETRIEVE = 2000
"""The most ids the collection resource reads in one call, given in the body."""


class Salesforce:
    """One Salesforce org."""

    system = System.SALESFORCE

    def __init__(self, api: SalesforceApi) -> None:
        self._api = api
        self._prefixes = dict(PREFIXES)
        self._history = FieldHistory()

    @classmethod
    def connect(
        cls,
        credentials: SalesforceCredentials,
        *,
        timeout: Timeout = TIMEOUT,
        version: str = VERSION,
        sleep: Callable[[float], None] = time.sleep,
    ) -> Self:
        """Log in and answer with a gateway; its session is kept and renewed when it ends."""
        return cls(SalesforceApi(credentials, Wire(timeout=timeout, sleep=sleep), version))

    @property
    def calls(self) -> int:
        return self._api.wire.calls

    @property
    def answered_at(self) -> datetime | None:
        return self._api.wire.answered_at

    @property
    def fingerprint(self) -> str:
        return self._api.fingerprint

    def account(self) -> str:
        [organization] = self._api.query(select(["Id"], "Organization"))
        return str(organization["Id"])

    def changed_since(self, mapping: ObjectMapping, since: datetime | None) -> Iterator[Record]:
        where = [] if since is None else [f"{STAMP} >= {moment(since)}"]
        kinds = [self._query(mapping, kind, where) for kind in mapping.salesforce]
        return heapq.merge(*kinds, key=lambda record: (record.modified_at, record.id))

    def read(self, mapping: ObjectMapping, ids: Sequence[str]) -> Iterator[Record]:
        asked = [id_ for id_ in dict.fromkeys(ids) if is_id(id_)]
        for kind in mapping.salesforce:
            fields = [*fields_of(mapping, kind), "IsDeleted"]
            own = (id_ for id_ in asked if self._kind_of(id_, mapping) == kind)
            for batch in chunks(own, RETRIEVE):
                found = self._api.retrieve(kind, batch, fields)
                yield from (to_record(mapping, kind, item) for item in found if is_alive(item))

    def find(self, mapping: ObjectMapping, values: Sequence[str]) -> Iterator[Record]:
        if mapping.match_on is None:
            return
        for kind in mapping.salesforce:
            if field := mapping.wire_name(mapping.match_on, self.system, kind):
                yield from self._holding(mapping, kind, field, values)

    def find_by_key(self, mapping: ObjectMapping, keys: Sequence[str]) -> Mapping[str, Record]:
        found: dict[str, Record] = {}
        for kind in mapping.salesforce:
            for record in self._holding(mapping, kind, mapping.salesforce_key, keys):
                found.setdefault(record.raw[mapping.salesforce_key], record)
        return found

    def write(self, mapping: ObjectMapping, writes: Sequence[Write]) -> Iterator[Sequence[Written]]:
        for _, alike in groupby(sorted(writes, key=_sort), key=_sort):
            for batch in apart(alike, COLLECTION):
                yield write_batch(self._api, mapping, batch)

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

    def _query(self, mapping: ObjectMapping, kind: str, where: Sequence[str]) -> Iterator[Record]:
        items = self._api.query(_soql(mapping, kind, where))
        return (to_record(mapping, kind, item) for item in items)

    def _holding(
        self, mapping: ObjectMapping, kind: str, field: str, values: Sequence[str]
    ) -> Iterator[Record]:
        room = room_beside(_soql(mapping, kind, [within(field, [])]))
        for portion in portions(values, room):
            yield from self._query(mapping, kind, [within(field, portion)])

    def _kind_of(self, record_id: str, mapping: ObjectMapping) -> str | None:
        """The object an id is of; an org's own objects are asked about once."""
        for kind in mapping.salesforce:
            if kind not in self._prefixes.values():
                self._prefixes[str(self._api.describe(kind).get("keyPrefix"))] = kind
        return self._prefixes.get(record_id[:3])


def _soql(mapping: ObjectMapping, kind: str, where: Sequence[str]) -> str:
    conditions = [*where, *LIVE.get(kind, ())]
    return select(fields_of(mapping, kind), kind, where=conditions, order_by=[STAMP, "Id"])


def _sort(write: Write) -> tuple[str, bool]:
    return write.kind, write.record_id is None
