"""Types of custom fields: the metadata's word for each, and the schema's.

Metadata says `Text` or `Lookup` where a describe says string or reference. Both directions
are here, so that a field created by metadata reads back as it was told.
"""

from collections.abc import Mapping
from typing import Any

from include.sandbox.salesforce.errors import Refusal, refusal
from include.sandbox.salesforce.schema import Field

_TYPES = {
    "Text": "string",
    "TextArea": "textarea",
    "LongTextArea": "textarea",
    "Html": "textarea",
    "Number": "double",
    "Currency": "currency",
    "Percent": "percent",
    "Checkbox": "boolean",
    "Date": "date",
    "DateTime": "datetime",
    "Email": "email",
    "Phone": "phone",
    "Url": "url",
    "Picklist": "picklist",
    "MultiselectPicklist": "multipicklist",
    "Lookup": "reference",
    "MasterDetail": "reference",
}
_SHOWN = {schema: told for told, schema in reversed(_TYPES.items())} | {"int": "Number"}


def metadata_of(field: Field) -> dict[str, Any]:
    """A field as metadata."""
    kind = _SHOWN.get(field.type, "Text")
    told: dict[str, Any] = {
        "label": field.label,
        "type": "LongTextArea" if field.type == "textarea" and field.length > 255 else kind,
        "description": None,
        "inlineHelpText": field.help,
        "required": field.required,
        "externalId": field.external_id,
        "unique": field.unique,
        "caseSensitive": False,
        "trackHistory": None,
        "formula": field.formula,
        "referenceTo": field.to[0] if field.to else None,
        "relationshipName": (field.children or "").removesuffix("__r") or None,
        "defaultValue": _default(field),
        "valueSet": _value_set(field) if field.values else None,
    }
    if field.length and field.type not in ("reference", "email", "phone", "url", "picklist"):
        told["length"] = field.length
    if field.precision:
        told |= {"precision": field.precision, "scale": field.scale}
    return told


def declared_by(name: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """A field's declaration from its metadata; raises Refusal."""
    told = metadata.get("type")
    kind = _TYPES.get(told) if isinstance(told, str) else None
    if kind is None:
        raise bad(f"Field type {told} is not supported", "Metadata")
    made: dict[str, Any] = {"name": name, "type": kind}
    made["label"] = _text(metadata, "label") or name.removesuffix("__c").replace("_", " ")
    made |= {"help": _text(metadata, "inlineHelpText"), "formula": _text(metadata, "formula")}
    for theirs, ours in _FLAGS.items():
        made[ours] = metadata.get(theirs) is True
    made |= _size(kind, metadata)
    if kind == "reference":
        made |= _target(metadata, cascade=told == "MasterDetail")
    if kind in ("picklist", "multipicklist"):
        made |= _values(metadata)
    if kind == "boolean":
        made["default"] = str(metadata.get("defaultValue")).lower() == "true"
    return {key: value for key, value in made.items() if value is not None}


def bad(message: str, field: str) -> Refusal:
    """The metadata of a field does not hold."""
    return refusal("FIELD_INTEGRITY_EXCEPTION", message, [field])


_FLAGS = {"externalId": "external_id", "unique": "unique", "required": "required"}
_WITH_LENGTH = ("string", "textarea")


def _size(kind: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    names = ("length",) if kind in _WITH_LENGTH else ("precision", "scale")
    for name in names if kind in (*_WITH_LENGTH, "double", "currency", "percent") else ():
        value = metadata.get(name)
        if value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 131_072:
            raise bad(f"Invalid {name}: {value}", "Metadata")
        made[name] = value
    if kind == "string" and not metadata.get("formula") and "length" not in made:
        raise bad("Must specify 'length' for a CustomField of type Text", "Metadata")
    return made


def _target(metadata: Mapping[str, Any], *, cascade: bool) -> dict[str, Any]:
    target = _text(metadata, "referenceTo")
    if target is None:
        raise bad("Must specify 'referenceTo' for a CustomField of type Lookup", "Metadata")
    children = _text(metadata, "relationshipName")
    return {"to": [target], "children": children and f"{children}__r", "cascade": cascade}


def _values(metadata: Mapping[str, Any]) -> dict[str, Any]:
    value_set = metadata.get("valueSet")
    told = value_set if isinstance(value_set, dict) else {}
    definition = told.get("valueSetDefinition")
    listed = definition.get("value") if isinstance(definition, dict) else None
    values = [one for one in listed or () if isinstance(one, dict)] if listed else []
    names = [str(one.get("valueName") or one.get("fullName")) for one in values]
    default = next(
        (name for name, one in zip(names, values, strict=True) if one.get("default")), None
    )
    return {"values": names, "restricted": told.get("restricted") is True, "default": default}


def _value_set(field: Field) -> dict[str, Any]:
    values = [
        {"valueName": one, "label": one, "default": one == field.default} for one in field.values
    ]
    return {
        "restricted": field.restricted,
        "valueSetDefinition": {"sorted": False, "value": values},
    }


def _default(field: Field) -> str | None:
    return str(bool(field.default)).lower() if field.type == "boolean" else None


def _text(metadata: Mapping[str, Any], name: str) -> str | None:
    value = metadata.get(name)
    return value if isinstance(value, str) and value else None
