"""What a client says about a property, checked: its type, its options, its formula."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from include.sandbox.hubspot import formulas
from include.sandbox.hubspot.declared.kinds import YES_OR_NO
from include.sandbox.hubspot.failures import bad_request
from include.sandbox.hubspot.property import Option, Property

FIELD_TYPES = {
    "string": {"text", "textarea", "html", "phonenumber", "file", "calculation_equation"},
    "number": {"number", "calculation_equation"},
    "date": {"date"},
    "datetime": {"date"},
    "bool": {"booleancheckbox", "calculation_equation"},
    "enumeration": {"select", "radio", "checkbox", "booleancheckbox", "calculation_equation"},
    "phone_number": {"phonenumber"},
    "object_coordinates": {"text"},
    "json": {"text"},
}
"""Type -> the field types it can have."""
CALCULATED = "calculation_equation"
MOST_OPTIONS = 5000
_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
_KEYS = {
    "label": ("label", str),
    "description": ("description", str),
    "groupName": ("group", str),
    "type": ("type", str),
    "fieldType": ("field_type", str),
    "displayOrder": ("display_order", int),
    "hidden": ("hidden", bool),
    "formField": ("form_field", bool),
    "calculationFormula": ("formula", str),
    "dataSensitivity": ("sensitivity", str),
    "showCurrencySymbol": ("currency", bool),
    "referencedObjectType": ("referenced", str),
}
"""What a property has: the API's word, ours, and its type."""

Told = Mapping[str, Any]


def declared_in(told: Any, now: int, group: str = "") -> Property:
    """A new property as a client tells it; `group` is the one it is in unless it says so."""
    if not isinstance(told, Mapping):
        raise bad_request("Invalid input JSON: a property is an object")
    name = told.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise bad_request(f"Invalid property name: {name}")
    told = {**({"groupName": group} if group else {}), **told}
    for key in ("label", "type", "fieldType", "groupName"):
        if not isinstance(told.get(key), str) or not told[key]:
            raise bad_request(f"A property needs {key}")
    blank = Property(name, "", "", "", "", own=False, created=now, updated=now)
    return changed(replace(blank, unique=told.get("hasUniqueValue") is True), told)


def changed(declared: Property, told: Told) -> Property:
    """A property after a change; raises Failure when it makes no sense."""
    after = replace(declared, **_changes(told))
    if told.get("options") is not None:
        after = replace(after, options=_options(told["options"]))
    if after.type == "bool" and not after.options:
        after = replace(after, options=YES_OR_NO)
    after = replace(after, calculated=bool(after.formula), read_only=bool(after.formula))
    _check(after)
    return after


def _check(declared: Property) -> None:
    allowed = FIELD_TYPES.get(declared.type)
    if allowed is None:
        raise bad_request(f"Invalid property type: {declared.type}")
    if declared.field_type not in allowed:
        raise bad_request(f"A {declared.type} property cannot be a {declared.field_type}")
    if declared.unique and declared.type not in ("string", "number"):
        raise bad_request(f"A {declared.type} property cannot have unique values")
    if declared.sensitivity not in ("non_sensitive", "sensitive", "highly_sensitive"):
        raise bad_request(f"Invalid dataSensitivity: {declared.sensitivity}")
    if (declared.field_type == CALCULATED) != bool(declared.formula):
        raise bad_request("A calculated property needs calculationFormula, and only such a one")
    _check_formula(declared)


def _check_formula(declared: Property) -> None:
    if not declared.formula:
        return
    if declared.type != "number":
        raise bad_request(f"A {declared.type} property cannot be calculated here")
    try:
        formulas.read(declared.formula)
    except formulas.BadFormula as error:
        raise bad_request(f"Invalid calculationFormula: {declared.formula} {error}") from error


def _changes(told: Told) -> dict[str, Any]:
    found = {}
    for key, (ours, kind) in _KEYS.items():
        value = told.get(key)
        if value is None:
            continue
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise bad_request(f"Invalid value for {key}: {value}")
        found[ours] = value
    return found


def _options(told: Any) -> tuple[Option, ...]:
    if not isinstance(told, list) or not all(isinstance(one, Mapping) for one in told):
        raise bad_request("Invalid input JSON: options is a list of objects")
    if len(told) > MOST_OPTIONS:
        raise bad_request(f"At most {MOST_OPTIONS} options are allowed")
    made = sorted((_option(one) for one in told), key=lambda one: one.order or 0)
    for what in ("value", "label"):
        if len({getattr(one, what) for one in made}) < len(made):
            raise bad_request(f"Property option {what}s must be unique")
    return tuple(made)


def _option(told: Told) -> Option:
    value, label = told.get("value"), told.get("label")
    order = told.get("displayOrder")
    if not isinstance(value, str) or not isinstance(label, str) or not value or not label:
        raise bad_request("Invalid input JSON: an option needs a label and a value")
    if ";" in value:
        raise bad_request("Property option values cannot have a semicolon")
    if order is not None and (not isinstance(order, int) or isinstance(order, bool)):
        raise bad_request("Invalid input JSON: displayOrder is a whole number")
    description = str(told.get("description") or "")
    return Option(value, label, told.get("hidden") is True, description, order)
