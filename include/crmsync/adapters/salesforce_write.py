"""Writing to Salesforce in collections, with one answer per record.

A collection answers for each record, in order, so one bad record costs the others nothing.
The exception is JSON that does not fit a field's type: then the whole collection is refused
and is cut until the bad record stands alone. Any other refusal of a whole collection is
about the mapping (a field or key that does not exist) and leaves as `Rejected`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from include.crmsync.adapters.batches import settle
from include.crmsync.adapters.failures import Refused, one_word
from include.crmsync.adapters.gateway import Write, Written
from include.crmsync.adapters.refused_record import Told, leading, refused
from include.crmsync.adapters.salesforce_api import SalesforceApi
from include.crmsync.adapters.salesforce_duplicates import alike
from include.crmsync.adapters.scrub import one_line, scrub
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import System

COLLECTION = 200
"""The most records one collection may hold."""

BROKEN_RULE = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
"""Salesforce's word for a record that one of the org's validation rules refuses."""

_ROW_CODES = frozenset({"JSON_PARSER_ERROR", "MALFORMED_ID"})
"""Refusals of a whole collection that one record is to blame for."""


def write_batch(api: SalesforceApi, mapping: ObjectMapping, rows: Sequence[Write]) -> list[Written]:
    """Write one batch of one kind: all creates, all updates, or all leads to be assigned."""

    def send(batch: Sequence[Write]) -> Iterable[Written]:
        kind, key = batch[0].kind, mapping.salesforce_key
        records = [to_body(mapping, write) for write in batch]
        creates = batch[0].record_id is None
        if creates:
            answers = api.upsert(kind, key, records, assign=is_assigned(batch[0]))
        else:
            answers = api.update(records)
        answered = zip(batch, answers, strict=False)
        return [
            written(write, said, key, mapping.orgs_words)
            for write, said in answered
            if isinstance(said, Mapping)
        ]

    # Where only roles change there is nothing to send: it would stamp the record all the same.
    idle = [row for row in rows if row.roles and row.record_id and not (row.values or row.parents)]
    busy = [row for row in rows if row not in idle]
    answers = settle(busy, send, _blame, _refused) if busy else []
    return [*answers, *(Written(row.key, row.record_id) for row in idle)]


def is_assigned(write: Write) -> bool:
    """Whether the org's assignment rule chooses the owner: of a new lead that brings none."""
    return write.kind == "Lead" and write.record_id is None and not write.values.get("OwnerId")


def to_body(mapping: ObjectMapping, write: Write) -> dict[str, Any]:
    """One record of a collection; parents go into their lookup fields."""
    body: dict[str, Any] = {"attributes": {"type": write.kind}, **write.values}
    for field in mapping.parents:
        if field.parent and field.parent in write.parents and write.kind in field.salesforce:
            body[field.salesforce[write.kind]] = write.parents[field.parent]
    if write.record_id is not None:
        return {**body, "id": write.record_id}
    return {**body, mapping.salesforce_key: write.external_key}


def written(
    write: Write, answer: Mapping[str, Any], key: str, orgs: Collection[str] = ()
) -> Written:
    """What Salesforce said to one record; `key` is the external key's field, `orgs` its rules'."""
    if answer.get("success"):
        return Written(write.key, record_id=answer.get("id") or write.record_id)
    told = [_told(write, error, orgs) for error in answer.get("errors") or [{}]]
    code, message, _ = leading(told)
    # Two upserts of one new key met, ours and its own repeat; next time there is one to find.
    raced = write.record_id is None and code == "DUPLICATE_VALUE" and key in message
    return refused(write, told, System.SALESFORCE, passes=raced)


def _told(write: Write, error: Mapping[str, Any], orgs: Collection[str]) -> Told:
    """Code, sentence and fields of one of the things that are wrong with a record."""
    code = one_word(error.get("statusCode")) or "UNKNOWN"
    fields = [str(name) for name in error.get("fields") or ()]
    message = _message(write, code, str(error.get("message") or ""), fields, orgs)
    return code, f"{message}{alike(error)}", fields


def _message(
    write: Write, code: str, text: str, fields: Iterable[str], orgs: Collection[str] = ()
) -> str:
    named = [str(field) for field in fields]
    about = f" on {', '.join(named)}" if named else ""
    # What a validation rule says to everybody gives no record away, though it may equal a value.
    own = code == BROKEN_RULE and (plain := one_line(text)) in orgs
    return f"{code}{about}: {plain if own else scrub(text, write.values, named)}"


def _blame(refusal: Refused, _rows: Sequence[Write]) -> Sequence[Write]:
    """Nobody: Salesforce names a column of our JSON, not a record. Others leave."""
    if refusal.code not in _ROW_CODES:
        raise refusal
    return ()


def _refused(refusal: Refused, row: Write) -> Written:
    if refusal.code not in _ROW_CODES:
        raise refusal
    said = refusal.body[0] if isinstance(refusal.body, list) and refusal.body else {}
    message = _message(row, refusal.code, str(said.get("message") or ""), ())
    return Written(row.key, row.record_id, refusal.code, message)
