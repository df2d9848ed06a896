"""Salesforce's records that are gone: in the Recycle Bin, merged into another, or converted.

`queryAll` shows them beside the living, so the very query that asks for what changed tells
what left, at no call more. It names a merge loser's master, which the `deleted` resource does
not, and it goes by the second, where that one goes by the minute. What the bin has lost again
has no tombstone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from include.crmsync.adapters.batches import apart
from include.crmsync.adapters.gateway import Write, Written
from include.crmsync.adapters.salesforce_api import SalesforceApi
from include.crmsync.adapters.salesforce_records import CONVERTED
from include.crmsync.adapters.salesforce_write import COLLECTION, written
from include.crmsync.adapters.soql import STAMP, portions, select, within
from include.crmsync.errors import Unavailable
from include.crmsync.model.departure import How, Tombstone
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record_id import is_id

DELETED, MASTER, CONTACT = "IsDeleted", "MasterRecordId", "ConvertedContactId"
MERGEABLE = frozenset({"Account", "Contact", "Lead"})
"""Objects that can be merged, and so have a master."""

ALREADY = "ENTITY_IS_DELETED"


def marks(kind: str) -> list[str]:
    """The fields that say whether a record of this kind is gone, and where it went."""
    fields = [DELETED, *([MASTER] if kind in MERGEABLE else [])]
    return [*fields, *([CONVERTED, CONTACT] if kind == "Lead" else [])]


def tombstone(item: Mapping[str, Any]) -> Tombstone | None:
    """What a row of `queryAll` says of a record that is gone; None: it lives."""
    id_, at = str(item["Id"]), datetime.fromisoformat(item[STAMP]).astimezone(UTC)
    deleted = _is_true(item.get(DELETED))
    if deleted and item.get(MASTER):
        return Tombstone(id_, How.MERGED, str(item[MASTER]), at)
    if deleted:
        return Tombstone(id_, How.DELETED, at=at)
    if _is_true(item.get(CONVERTED)):
        contact = item.get(CONTACT)
        return Tombstone(id_, How.CONVERTED, str(contact) if contact else None, at)
    return None


def _is_true(value: Any) -> bool:
    """A checkbox: JSON from a query, text from a bulk job."""
    return value is True or value == "true"


def living(
    items: Iterable[Mapping[str, Any]], kind: str, gone: list[Tombstone] | None
) -> Iterator[Mapping[str, Any]]:
    """Pass on rows that live, without the marks; note the others."""
    without = frozenset(marks(kind)) - {CONVERTED}
    for item in items:
        left = tombstone(item)
        if left is None:
            yield {name: value for name, value in item.items() if name not in without}
        elif gone is not None:
            gone.append(left)


def fates(api: SalesforceApi, kind: str, ids: Iterable[str]) -> Iterator[Tombstone]:
    """Tombstones of those of these records of one kind that have one."""
    for portion in portions([id_ for id_ in ids if is_id(id_)]):
        soql = select(["Id", STAMP, *marks(kind)], kind, where=[within("Id", portion)])
        for item in api.query(soql, include_deleted=True):
            if left := tombstone(item):
                yield left


def conversions(api: SalesforceApi, ids: Iterable[str]) -> dict[str, frozenset[str]]:
    """Account -> leads that were converted into it, and the contacts they became."""
    found: dict[str, frozenset[str]] = {}
    for portion in portions([id_ for id_ in ids if is_id(id_)]):
        where = [f"{CONVERTED} = true", within("ConvertedAccountId", portion)]
        for item in api.query(select(["Id", "ConvertedAccountId", CONTACT], "Lead", where=where)):
            people = {str(item["Id"]), str(item[CONTACT])}
            account = str(item["ConvertedAccountId"])
            found[account] = found.get(account, frozenset()) | people
    return found


def delete(
    api: SalesforceApi, mapping: ObjectMapping, writes: Sequence[Write]
) -> Iterator[Sequence[Written]]:
    """Move records to the Recycle Bin, 200 a call; one that lies there counts as moved."""
    for batch in apart(writes, COLLECTION):
        answers = api.delete([str(write.record_id) for write in batch])
        if len(answers) != len(batch):
            raise Unavailable("Salesforce did not say what became of each record to delete")
        pairs = zip(batch, answers, strict=True)
        yield [_answer(written(write, said, mapping.salesforce_key)) for write, said in pairs]


def _answer(one: Written) -> Written:
    return Written(one.key, one.record_id) if one.code == ALREADY else one
