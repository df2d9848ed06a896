"""A header read against an object, and rows read as records.

A column is a field, or a parent's external id: `Account.Key__c`, for a parent of several
kinds `Contact:Who.Email`. In a row an empty value leaves the field alone and `#N/A` clears it.
"""

from collections.abc import Callable
from typing import Any

from include.sandbox.salesforce.bodies import Draft
from include.sandbox.salesforce.bulk.sheet import Unreadable
from include.sandbox.salesforce.errors import refusal
from include.sandbox.salesforce.schema import TEXT_TYPES, Field, Schema, SObject
from include.sandbox.salesforce.values import WrongKind, stored

CLEARED = "#N/A"
_TRUTHS = {"yes": "true", "y": "true", "on": "true", "1": "true"}
_TRUTHS |= {"no": "false", "n": "false", "off": "false", "0": "false"}

Put = Callable[[Draft, str], None]
"""Puts a value of a column into a record."""


def columns(header: list[str], kind: SObject, schema: Schema) -> list[Put]:
    """What each column does to a record; raises Unreadable for one that is not known."""
    puts = [_put(name.strip(), kind, schema) for name in header]
    names = [name.strip().lower() for name in header]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise Unreadable(f"InvalidBatch : Duplicate field name : {twice}")
    return puts


def drafted(kind: SObject, puts: list[Put], row: list[str]) -> Draft:
    """A row as a record; raises Refusal for a value its field cannot hold."""
    made = Draft(kind)
    for put, text in zip(puts, row, strict=True):
        if text:
            put(made, text)
    return made


def _put(name: str, kind: SObject, schema: Schema) -> Put:
    if name.lower() == "id":
        return _put_id
    if column := kind.field(name):
        return _putting(column)
    if "." in name:
        return _putting_parent(name, kind, schema)
    raise _unknown(name)


def _put_id(draft: Draft, text: str) -> None:
    draft.record_id = text


def _putting(column: Field) -> Put:
    return _putting_text(column) if column.type in TEXT_TYPES else _putting_value(column)


def _putting_text(column: Field) -> Put:
    name = column.name

    def put(draft: Draft, text: str) -> None:
        draft.values[name] = None if text == CLEARED else text.strip() or None

    return put


def _putting_value(column: Field) -> Put:
    def put(draft: Draft, text: str) -> None:
        draft.values[column.name] = _value(column, text)

    return put


def _putting_parent(name: str, kind: SObject, schema: Schema) -> Put:
    way, _, key = name.partition(".")
    of_kind, _, relation = way.rpartition(":")
    reference = kind.relation(relation)
    if reference is None:
        raise _unknown(name)
    target = schema.sobject(of_kind or reference.to[0])
    column = target.field(key) if target and target.name in reference.to else None
    if target is None or column is None or not (column.external_id or column.id_lookup):
        raise _unknown(name)
    place, key_name, parent = reference.name, column.name, target.name

    def put(draft: Draft, text: str) -> None:
        given = None if text == CLEARED else text
        draft.parents[place] = (key_name, given, parent)

    return put


def _value(column: Field, text: str) -> Any:
    if text == CLEARED:
        return stored(column, None)
    if column.type == "boolean":
        text = _TRUTHS.get(text.lower(), text)
    try:
        return stored(column, text)
    except WrongKind:
        raise refusal(
            "INVALID_TYPE_ON_FIELD_IN_RECORD",
            f"{column.label}: value not of required type: {text}",
            [column.name],
        ) from None


def _unknown(name: str) -> Unreadable:
    return Unreadable(f"InvalidBatch : Field name not found : {name}")
