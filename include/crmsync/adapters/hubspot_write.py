"""Writing to HubSpot in batches of a hundred, with one answer per record.

Creates are upserts on the property that holds the Salesforce id, so a repeated one finds the
first. HubSpot may refuse a hundred records for one; `batches.settle` then finds that one and
every other record is still written once. Associations follow in the same call, because the
objects API cannot carry a parent in a batch update; a record whose parent was refused says so.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from include.crmsync.adapters.batches import settle
from include.crmsync.adapters.failures import Refused
from include.crmsync.adapters.gateway import Write, Written
from include.crmsync.adapters.hubspot_api import OBJECTS, HubSpotApi, results
from include.crmsync.adapters.hubspot_parents import write_parents
from include.crmsync.adapters.hubspot_refusal import (
    TRACE,
    blame,
    errors_in,
    explain,
    named_rows,
    refused_property,
    word,
)
from include.crmsync.adapters.hubspot_roles import write_roles
from include.crmsync.model.mapping import ObjectMapping


def write_batch(api: HubSpotApi, mapping: ObjectMapping, rows: Sequence[Write]) -> list[Written]:
    """Write one batch, either all creates or all updates, and then its parents and roles."""

    def send(batch: Sequence[Write]) -> Iterable[Written]:
        try:
            return _send(api, mapping, batch)
        except Refused as refusal:
            return _without_property(refusal, batch)

    # Where only associations change there is nothing to send: HubSpot refuses an empty update.
    idle = [row for row in rows if row.record_id is not None and not row.values]
    busy = [row for row in rows if row not in idle]
    answers = [Written(row.key, row.record_id) for row in idle]
    if busy:
        answers += settle(busy, send, blame, word)
    return write_roles(api, mapping, rows, write_parents(api, mapping, rows, answers))


def to_input(mapping: ObjectMapping, write: Write, number: int) -> dict[str, Any]:
    """One input of a batch. HubSpot clears a property that is given an empty string."""
    properties = {name: "" if value is None else value for name, value in write.values.items()}
    common = {TRACE: str(number), "properties": properties}
    if write.record_id is not None:
        return {"id": write.record_id, **common}
    return {"id": write.external_key, "idProperty": mapping.hubspot_key, **common}


def _send(api: HubSpotApi, mapping: ObjectMapping, batch: Sequence[Write]) -> list[Written]:
    verb = "upsert" if batch[0].record_id is None else "update"
    inputs = [to_input(mapping, write, number) for number, write in enumerate(batch)]
    answer = api.post(f"{OBJECTS}/{mapping.hubspot}/batch/{verb}", {"inputs": inputs})
    found = results(answer)
    landed = {row.key: str(item["id"]) for item in found if (row := _row_of(mapping, item, batch))}
    if verb == "upsert" and len(landed) < len(found):
        # Only what this answer holds: a row it refused may be there from an earlier create.
        ids = {str(item["id"]) for item in found}
        looked_up = _looked_up(api, mapping, batch)
        landed |= {key: id_ for key, id_ in looked_up.items() if id_ in ids}
    told = {str(item["id"]): item.get("properties") or {} for item in found}
    written = [
        Written(key, record_id, raw=told.get(record_id, {})) for key, record_id in landed.items()
    ]
    return written + list(_refused_in(answer, batch, landed))


def _row_of(
    mapping: ObjectMapping, item: Mapping[str, Any], batch: Sequence[Write]
) -> Write | None:
    """The row a result answers. HubSpot promises no order, so position proves nothing."""
    trace = item.get(TRACE)
    if trace is not None and str(trace).isdigit() and int(trace) < len(batch):
        return batch[int(trace)]
    key = (item.get("properties") or {}).get(mapping.hubspot_key)
    for row in batch:
        if row.record_id is not None and row.record_id == str(item["id"]):
            return row
        if row.record_id is None and key and row.external_key == key:
            return row
    return None


def _looked_up(api: HubSpotApi, mapping: ObjectMapping, batch: Sequence[Write]) -> dict[str, str]:
    """The ids that creates were given, asked for by key: a guess could link strangers."""
    keys = {row.external_key: row.key for row in batch if row.external_key}
    found = api.read_batch(mapping.hubspot, list(keys), [mapping.hubspot_key], mapping.hubspot_key)
    return {keys[item["properties"][mapping.hubspot_key]]: str(item["id"]) for item in found}


def _refused_in(
    answer: Mapping[str, Any], batch: Sequence[Write], landed: Mapping[str, str]
) -> Iterator[Written]:
    told = set(landed)
    for error in errors_in(answer):
        for row in named_rows(error, batch):
            if row.key not in told:
                told.add(row.key)
                yield explain(error, row)


def _without_property(refusal: Refused, batch: Sequence[Write]) -> list[Written]:
    """Answer the rows that carry a refused property, all at once; else pass the refusal on."""
    for error in (*errors_in(refusal.body), refusal.body):
        name = refused_property(error)
        carrying = [row for row in batch if name in row.values]
        if carrying:
            return [explain(error, row) for row in carrying]
    raise refusal
