"""A JSON body read as records: which object, which fields, which values.

Whatever is wrong here is wrong with the request as a whole: no such object, no such field,
JSON of the wrong kind. A parent may be named by an external id of its own
(`"Account": {"Key__c": "7"}`); that is kept apart, to be looked up with the record.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from include.sandbox.salesforce.errors import Refusal, refusal
from include.sandbox.salesforce.schema import Field, Schema, SObject
from include.sandbox.salesforce.values import WrongKind, kind_of, stored
from include.sandbox.wire import NotJson, Request

KEY_WORDS = ("attributes", "id")


@dataclass(slots=True)
class Draft:
    """One record as a request gives it."""

    sobject: SObject
    values: dict[str, Any] = field(default_factory=dict)
    """By API name, in the columns' own spelling; lengths and references are not checked."""
    parents: dict[str, tuple[str, Any, str]] = field(default_factory=dict)
    """Reference field -> external id field of the parent, its value, and the parent's object."""
    record_id: str | None = None
    """As it was given."""
    free: str | None = None
    """An external id field whose value is known to be nobody else's."""


def json_body(request: Request) -> Any:
    """The body as JSON; raises Refusal."""
    kind = request.headers.get("content-type", "application/json").split(";")[0].strip().lower()
    if request.body and kind not in ("application/json", "text/json", ""):
        raise refusal(
            "UNSUPPORTED_MEDIA_TYPE", f"Content type '{kind}' is not supported", status=415
        )
    try:
        return request.json()
    except NotJson as error:
        raise refusal("JSON_PARSER_ERROR", str(error)) from None


def json_object(request: Request) -> dict[str, Any]:
    """The body as a JSON object; raises Refusal."""
    body = json_body(request)
    if not isinstance(body, dict):
        raise refusal(
            "JSON_PARSER_ERROR",
            f"Cannot deserialize request body from {kind_of(body)} at [line:1, column:1]",
        )
    return body


def draft(sobject: SObject, body: Mapping[str, Any], schema: Schema, text: bytes = b"") -> Draft:
    """A record of a known object; raises Refusal. `text` is the body, for positions."""
    made = Draft(sobject)
    for name, value in body.items():
        if name.lower() == "id":
            made.record_id = _id_text(value)
        elif column := sobject.field(name):
            made.values[column.name] = _stored(column, value, text)
        elif name.lower() not in KEY_WORDS:
            reference, key = _parent(sobject, name, value, schema)
            made.parents[reference] = key
    return made


def draft_of_any(body: Any, schema: Schema, text: bytes = b"") -> Draft:
    """A record that names its own object in `attributes.type`; raises Refusal."""
    attributes = body.get("attributes") if isinstance(body, dict) else None
    name = attributes.get("type") if isinstance(attributes, dict) else None
    if not isinstance(name, str):
        raise refusal("INVALID_FIELD", "sObject type is required in attributes of each record")
    return draft(_named(name, schema), body, schema, text)


def _named(name: str, schema: Schema) -> SObject:
    if found := schema.sobject(name):
        return found
    raise not_supported(name)


def not_supported(name: str) -> Refusal:
    """The org has no such object, as far as the user can see."""
    return refusal("INVALID_TYPE", f"sObject type '{name}' is not supported.")


def no_column(name: str, sobject: SObject) -> Refusal:
    """The object has no such field."""
    return refusal("INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject.name}")


def _id_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    raise refusal("MALFORMED_ID", f"malformed id {value}")


def _stored(column: Field, value: Any, text: bytes) -> Any:
    try:
        return stored(column, value)
    except WrongKind:
        named = {"currency": "double", "percent": "double", "reference": "string"}
        kind = named.get(column.type, column.type)
        wanted = kind if kind in _JSON_KINDS else "string"
        raise refusal(
            "JSON_PARSER_ERROR",
            f"Cannot deserialize instance of {wanted} from {kind_of(value)} or request may be"
            f" missing a required field at {_position(column.name, text)}",
        ) from None


_JSON_KINDS = ("boolean", "int", "double", "date", "datetime")


def _position(name: str, text: bytes) -> str:
    """Where a field's value begins, as JSON readers say it."""
    spelled = f'"{name}"'.encode()
    at = text.find(spelled)
    before = text[: at + len(spelled) + 1] if at >= 0 else b""
    line = before.count(b"\n") + 1
    column = len(before) - (before.rfind(b"\n") + 1) + 1
    return f"[line:{line}, column:{column}]"


def _parent(
    sobject: SObject, name: str, value: Any, schema: Schema
) -> tuple[str, tuple[str, Any, str]]:
    reference = sobject.relation(name)
    if reference is None:
        raise no_column(name, sobject)
    told = value if isinstance(value, dict) else {}
    keys = {key: one for key, one in told.items() if key != "attributes"}
    if len(keys) != 1:
        raise refusal(
            "INVALID_FIELD", f"{name} must name its record by exactly one external ID field"
        )
    parent = _parent_object(reference, told.get("attributes"), schema)
    [(key, given)] = keys.items()
    column = parent.field(key)
    if column is None or not (column.external_id or column.id_lookup):
        raise refusal(
            "INVALID_FIELD", f"{key} is not an External ID or indexed field for {parent.name}"
        )
    return reference.name, (column.name, given, parent.name)


def _parent_object(reference: Field, attributes: Any, schema: Schema) -> SObject:
    """Which of the objects a reference may point at is meant; the first unless it is said."""
    told = attributes.get("type") if isinstance(attributes, dict) else None
    named = {one.lower(): one for one in reference.to}
    return schema.named(named.get(str(told).lower(), reference.to[0]))
