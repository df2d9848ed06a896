"""HubSpot as a Gateway: search for changes, lists for everything, batches for the rest.

Search is the cursor for what changed, and its index lags behind the records by seconds, so
look-ups by e-mail, key or id read the records themselves. Reading everything uses the plain
list, in HubSpot's own order, which has neither lag nor wall. Parents come from associations,
a thousand records a call.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, Self

from include.crmsync.adapters import hubspot_access, hubspot_gone, hubspot_lists
from include.crmsync.adapters.batches import apart, chunks
from include.crmsync.adapters.gateway import Owner, Version, Write, Written
from include.crmsync.adapters.http import TIMEOUT, Timeout, Wire
from include.crmsync.adapters.hubspot_api import ACCOUNT, BATCH, HubSpotApi
from include.crmsync.adapters.hubspot_associations import READ, associations_of, read_associations
from include.crmsync.adapters.hubspot_lookup import (
    everything,
    modified_since,
    with_hosts,
    with_ids,
    with_keys,
    with_values,
)
from include.crmsync.adapters.hubspot_records import to_record
from include.crmsync.adapters.hubspot_schema import read_schema
from include.crmsync.adapters.hubspot_search import PAGE_SIZE
from include.crmsync.adapters.hubspot_times import read_past, read_times
from include.crmsync.adapters.hubspot_versions import NUMBERED
from include.crmsync.adapters.hubspot_write import write_batch
from include.crmsync.adapters.pace import HubSpotPace
from include.crmsync.errors import ConfigError
from include.crmsync.model.departure import Tombstone
from include.crmsync.model.grant import Grant, KeyMade
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import Associations, Record, System
from include.crmsync.model.schema import Schema
from include.crmsync.model.use import Use


class HubSpot:
    """One HubSpot portal."""

    system = System.HUBSPOT
    window = BATCH
    batch = BATCH
    bulk = None

    def __init__(self, api: HubSpotApi, *, page_size: int = PAGE_SIZE) -> None:
        self._api = api
        self._page_size = page_size

    @classmethod
    def connect(
        cls,
        token: str,
        base_url: str = "https://api.hubapi.com",
        *,
        timeout: Timeout = TIMEOUT,
        sleep: Callable[[float], None] = time.sleep,
        page_size: int = PAGE_SIZE,
        version: str = NUMBERED,
    ) -> Self:
        """Answer with a gateway; nothing is asked of HubSpot yet."""
        wire = Wire(timeout=timeout, sleep=sleep)
        pace = HubSpotPace(time.monotonic, sleep)
        wire.pace, wire.heed = pace, pace.heed
        return cls(HubSpotApi(token, base_url, wire, version), page_size=page_size)

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
        return str(self._api.get(ACCOUNT)["portalId"])

    def changed_since(
        self,
        mapping: ObjectMapping,
        since: datetime | None,
        gone: list[Tombstone] | None = None,
    ) -> Iterator[Record]:
        if since is None:
            return self._records(mapping, everything(self._api, mapping))
        found = modified_since(self._api, mapping, since, self._page_size)
        return self._records(mapping, hubspot_gone.noting(found, gone))

    def archive(
        self, mapping: ObjectMapping, after: str | None, pages: int
    ) -> tuple[Sequence[Tombstone], str | None]:
        return hubspot_gone.archive(self._api, mapping, after, pages)

    def outside(
        self,
        mapping: ObjectMapping,  # noqa: ARG002
        ids: Sequence[str],  # noqa: ARG002
    ) -> frozenset[str]:
        return frozenset()

    def fates(self, mapping: ObjectMapping, ids: Sequence[str]) -> Mapping[str, Tombstone]:
        return hubspot_gone.fates(self._api, mapping, ids)

    def delete(
        self, mapping: ObjectMapping, writes: Sequence[Write]
    ) -> Iterator[Sequence[Written]]:
        return hubspot_gone.delete(self._api, mapping, writes)

    def merge_into(self, mapping: ObjectMapping, write: Write, into: str) -> Written:
        return hubspot_gone.merge(self._api, mapping, write, into)

    def conversions(
        self,
        mapping: ObjectMapping,  # noqa: ARG002
        ids: Sequence[str],  # noqa: ARG002
    ) -> Mapping[str, frozenset[str]]:
        return {}

    def engaged(
        self,
        *,
        since: datetime | None = None,  # noqa: ARG002
        ids: Sequence[str] | None = None,  # noqa: ARG002
    ) -> Mapping[str, bool]:
        return {}

    def read(self, mapping: ObjectMapping, ids: Sequence[str]) -> Iterator[Record]:
        return self._records(mapping, with_ids(self._api, mapping, ids))

    def find(self, mapping: ObjectMapping, values: Sequence[str]) -> Iterator[Record]:
        return self._records(mapping, with_values(self._api, mapping, values))

    def find_by_domain(self, mapping: ObjectMapping, hosts: Sequence[str]) -> Iterator[Record]:
        return self._records(mapping, with_hosts(self._api, mapping, hosts))

    def find_by_key(self, mapping: ObjectMapping, keys: Sequence[str]) -> Mapping[str, Record]:
        found = self._records(mapping, with_keys(self._api, mapping, keys))
        return {record.raw[mapping.hubspot_key]: record for record in found}

    def write(self, mapping: ObjectMapping, writes: Sequence[Write]) -> Iterator[Sequence[Written]]:
        creates = apart((write for write in writes if write.record_id is None), BATCH)
        updates = apart((write for write in writes if write.record_id is not None), BATCH)
        for batch in chain(updates, creates):
            yield write_batch(self._api, mapping, batch)

    def owners(self) -> Sequence[Owner]:
        return list(hubspot_lists.owners(self._api))

    def members(self, list_name: str) -> frozenset[str]:
        return hubspot_lists.members(self._api, list_name)

    def on_list(self, list_name: str, ids: Collection[str]) -> frozenset[str]:
        return hubspot_lists.on_list(self._api, list_name, ids)

    def list_id(self, list_name: str) -> str:
        return hubspot_lists.list_id(self._api, list_name)

    def lists_of(self, record_id: str) -> frozenset[str]:
        return hubspot_lists.lists_of(self._api, record_id)

    def grants(
        self, mappings: Sequence[ObjectMapping], *, lists: bool, making: bool
    ) -> Sequence[Grant]:
        return hubspot_access.grants(self._api, mappings, lists=lists, making=making)

    def make_key(self, mapping: ObjectMapping) -> Sequence[KeyMade]:
        return [hubspot_access.make_key(self._api, mapping)]

    def listed(self, mapping: ObjectMapping, named: str) -> Iterator[str]:
        return hubspot_lists.listed(self._api, mapping.hubspot, named)

    def matching(
        self,
        mapping: ObjectMapping,  # noqa: ARG002
        kind: str,  # noqa: ARG002
        condition: str,  # noqa: ARG002
    ) -> Iterator[str]:
        raise ConfigError("HubSpot takes no SOQL condition: name one of its lists")

    def children(
        self, mapping: ObjectMapping, ids: Sequence[str], child: str
    ) -> Mapping[str, frozenset[str]]:
        found = read_associations(self._api, mapping.hubspot, child, ids)
        return {id_: frozenset(str(to["toObjectId"]) for to in found.get(id_, ())) for id_ in ids}

    def associations(
        self, mapping: ObjectMapping, ids: Sequence[str]
    ) -> Mapping[str, Associations]:
        return associations_of(self._api, mapping, ids)

    def schema(self, mapping: ObjectMapping) -> Schema:
        return read_schema(self._api, mapping)

    def field_times(
        self, mapping: ObjectMapping, ids: Sequence[str], names: Sequence[str]
    ) -> Mapping[str, Mapping[str, datetime]]:
        return read_times(self._api, mapping, ids, names)

    def past(
        self, mapping: ObjectMapping, ids: Sequence[str], names: Sequence[str]
    ) -> Mapping[str, Mapping[str, Sequence[Version]]]:
        return read_past(self._api, mapping, ids, names)

    def _records(
        self, mapping: ObjectMapping, items: Iterable[Mapping[str, Any]]
    ) -> Iterator[Record]:
        for some in chunks(items, READ):
            ids = [str(item["id"]) for item in some]
            told = associations_of(self._api, mapping, ids)
            yield from (to_record(mapping, item, told[str(item["id"])]) for item in some)
