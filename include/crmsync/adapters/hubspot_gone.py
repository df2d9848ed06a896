"""HubSpot's records that are gone: archived, merged into another, or erased for good.

HubSpot tells none of it by time. A merge is read off the survivor, which lists the ids that
went into it; the plain list shows what is archived, by id and whenever it was; and an id asked
for directly is answered by the record itself, by the one it was merged into, by the archive, or
not at all. Not at all means that HubSpot holds nothing: a private token sees every record.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from include.crmsync.adapters.batches import apart, settle
from include.crmsync.adapters.failures import Refused
from include.crmsync.adapters.gateway import Write, Written
from include.crmsync.adapters.hubspot_api import (
    BATCH,
    OBJECTS,
    HubSpotApi,
    next_page,
    results,
)
from include.crmsync.adapters.hubspot_records import MERGED
from include.crmsync.adapters.hubspot_refusal import blame, word
from include.crmsync.model.departure import How, Tombstone
from include.crmsync.model.mapping import ObjectMapping

PAGE = 100
"""The most records one page of the archive may hold."""


def noting(
    items: Iterable[dict[str, Any]], gone: list[Tombstone] | None
) -> Iterator[dict[str, Any]]:
    """Pass on objects, and note what was merged into them."""
    for item in items:
        if gone is not None:
            gone += [Tombstone(id_, How.MERGED, str(item["id"])) for id_ in merged_into(item)]
        yield item


def merged_into(item: Mapping[str, Any]) -> list[str]:
    """Ids that live on in this object."""
    told = (item.get("properties") or {}).get(MERGED) or ""
    return [id_ for part in told.split(";") if (id_ := part.strip()) and id_ != str(item["id"])]


def archive(
    api: HubSpotApi, mapping: ObjectMapping, after: str | None, pages: int
) -> tuple[list[Tombstone], str | None]:
    """Some pages of the archive from a place on, and the place behind them; None at its end."""
    path, found = f"{OBJECTS}/{mapping.hubspot}", list[Tombstone]()
    for _ in range(pages):
        query = {"limit": PAGE, "archived": "true", "properties": "hs_object_id"}
        page = api.get(path, **query, **({"after": after} if after else {}))
        found += [_archived(item) for item in results(page)]
        after = next_page(page)
        if after is None:
            break
    return found, after


def fates(api: HubSpotApi, mapping: ObjectMapping, ids: Sequence[str]) -> dict[str, Tombstone]:
    """Tombstones of those of these objects that no longer live."""
    asked = [id_ for id_ in dict.fromkeys(ids) if id_.isascii() and id_.isdigit()]
    left, found = set(asked), dict[str, Tombstone]()
    for item in api.read_batch(mapping.hubspot, asked, [MERGED]):
        left.discard(str(item["id"]))
        merged = (id_ for id_ in merged_into(item) if id_ in left)
        found |= {id_: Tombstone(id_, How.MERGED, str(item["id"])) for id_ in merged}
    left -= found.keys()
    for item in api.read_batch(mapping.hubspot, sorted(left), [], archived=True):
        if item.get("archived") is True:
            found[str(item["id"])] = _archived(item)
    return found | {id_: Tombstone(id_, How.ERASED) for id_ in left - found.keys()}


def delete(
    api: HubSpotApi, mapping: ObjectMapping, writes: Sequence[Write]
) -> Iterator[Sequence[Written]]:
    """Archive objects, a hundred a call; one that is archived already counts as archived."""

    def send(batch: Sequence[Write]) -> Iterable[Written]:
        inputs = [{"id": write.record_id} for write in batch]
        api.post(f"{OBJECTS}/{mapping.hubspot}/batch/archive", {"inputs": inputs})
        return [Written(write.key, write.record_id) for write in batch]

    for batch in apart(writes, BATCH):
        yield settle(batch, send, blame, word)


def merge(api: HubSpotApi, mapping: ObjectMapping, write: Write, into: str) -> Written:
    """Merge one object into another; HubSpot may answer with a new one that replaces both.

    One that is part of the other already counts as merged: HubSpot refuses to do it again.
    """
    loser, path = write.record_id or "", f"{OBJECTS}/{mapping.hubspot}/merge"
    body = {"primaryObjectId": into, "objectIdToMerge": loser}

    def done() -> bool:
        return _are_one(api, mapping, loser, into)

    def send(batch: Sequence[Write]) -> Iterable[Written]:
        try:
            api.wire.once(lambda: api.post(path, body), done)
        except Refused:
            if not done():
                raise
        return [Written(one.key, one.record_id) for one in batch]

    return settle([write], send, blame, word)[0]


def _are_one(api: HubSpotApi, mapping: ObjectMapping, loser: str, into: str) -> bool:
    """Whether one object lives on in the other, or both of them in a new one."""
    left = fates(api, mapping, [loser, into])
    if loser not in left or left[loser].into is None:
        return False
    return left[loser].into == (left[into].into if into in left else into)


def _archived(item: Mapping[str, Any]) -> Tombstone:
    told = item.get("archivedAt")
    at = datetime.fromisoformat(told).astimezone(UTC) if told else None
    return Tombstone(str(item["id"]), How.DELETED, at=at)
