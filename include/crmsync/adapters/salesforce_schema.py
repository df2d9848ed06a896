"""What Salesforce says about its objects and fields: one describe per object.

A field that the integration user may not see is not in the answer; one that it may not edit is not
updateable. `If-Modified-Since` would save the answer, not the call, so it is not sent.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from include.crmsync.adapters.salesforce_api import SalesforceApi
from include.crmsync.adapters.salesforce_rules import read_rules
from include.crmsync.errors import ConfigError, Rejected
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.pipeline import MASTER, RECORD_TYPE
from include.crmsync.model.schema import FieldSchema, Schema

_TEXT = frozenset({"string", "textarea", "email", "phone", "url", "encryptedstring", "combobox"})
_LISTS = frozenset({"picklist", "multipicklist"})
_NUMBERS = frozenset({"double", "currency", "percent", "int", "long"})


def read_schema(api: SalesforceApi, mapping: ObjectMapping) -> Schema:
    """Every field of the mapping's objects, a call per object; then their validation rules."""
    kinds = {kind: _fields(api, kind, mapping) for kind in mapping.salesforce}
    return Schema(kinds, rules=read_rules(api, mapping))


def _fields(api: SalesforceApi, kind: str, mapping: ObjectMapping) -> dict[str, FieldSchema]:
    try:
        told = api.describe(kind)
    except Rejected as refused:
        raise ConfigError(
            f"Salesforce has no object {kind}, or hides it from the integration user"
            f" ({refused.code}). Mend `salesforce.objects` in mappings/{mapping.object_type}.yaml,"
            " or grant access."
        ) from None
    fields = {str(one["name"]): to_field(one) for one in told.get("fields") or ()}
    if RECORD_TYPE in fields:
        types = {
            str(one.get("recordTypeId")): str(one.get("developerName") or MASTER)
            for one in told.get("recordTypeInfos") or ()
            if one.get("active")
        }
        fields[RECORD_TYPE] = replace(fields[RECORD_TYPE], options=types)
    return fields


def to_field(told: Mapping[str, Any]) -> FieldSchema:
    """One field."""
    type_ = str(told.get("type"))
    created, updated = bool(told.get("createable")), bool(told.get("updateable"))
    # A reference that is fixed at creation still carries a new record's parent.
    writable = updated or (created and type_ == "reference")
    return FieldSchema(
        type=type_,
        label=str(told.get("label") or ""),
        length=int(told["length"]) if type_ in _TEXT and told.get("length") else None,
        precision=_precision(told, type_),
        scale=_scale(told, type_),
        options=_options(told) if type_ in _LISTS else None,
        restricted=bool(told.get("restrictedPicklist")),
        writable=writable,
        calculated=bool(told.get("calculated") or told.get("autoNumber")),
        required=created and not told.get("nillable") and not _filled(told, type_),
        unique=bool(told.get("unique")),
        external_id=bool(told.get("externalId")),
    )


def _options(told: Mapping[str, Any]) -> dict[str, str]:
    return {
        str(one.get("value")): str(one.get("label") or one.get("value"))
        for one in told.get("picklistValues") or ()
        if one.get("active")
    }


def _filled(told: Mapping[str, Any], type_: str) -> bool:
    """Whether Salesforce fills the field itself where a new record says nothing."""
    return bool(told.get("defaultedOnCreate")) or type_ == "boolean"


def _precision(told: Mapping[str, Any], type_: str) -> int | None:
    if type_ not in _NUMBERS:
        return None
    return int(told.get("digits" if type_ == "int" else "precision") or 0) or None


def _scale(told: Mapping[str, Any], type_: str) -> int | None:
    if type_ not in _NUMBERS or not _precision(told, type_):
        return None
    return 0 if type_ == "int" else int(told.get("scale") or 0)
