"""The properties API: what there is, and making, changing and removing properties of one's own."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from include.sandbox.hubspot.call import Call
from include.sandbox.hubspot.failures import CONFLICT, Failure, bad_request, not_found
from include.sandbox.hubspot.object_types import ObjectType, object_type
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.property import Option, Property
from include.sandbox.router import Route
from include.sandbox.wire import Answer

BASE = "/crm/properties/{kind}"
MOST_UNIQUE = 10
FIELD_TYPES = {
    "string": {"text", "textarea", "html", "phonenumber", "file"},
    "number": {"number"},
    "date": {"date"},
    "datetime": {"date"},
    "bool": {"booleancheckbox"},
    "enumeration": {"select", "radio", "checkbox", "booleancheckbox"},
    "phone_number": {"phonenumber"},
}
"""Type -> the field types it can have."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
_KEYS = {
    "label": ("label", str),
    "description": ("description", str),
    "groupName": ("group", str),
    "fieldType": ("field_type", str),
    "displayOrder": ("display_order", int),
    "hidden": ("hidden", bool),
    "formField": ("form_field", bool),
}
"""What may be changed later: the API's word, ours, and its type."""


class PropertyCalls:
    """Serves properties and their groups."""

    def __init__(self, portal: Portal) -> None:
        self._schema = portal.schema
        self._portal = portal

    def routes(self) -> list[Route]:
        one = f"{BASE}/{{name}}"
        return [
            Route("GET", BASE, self._list),
            Route("POST", BASE, self._create, writes=True),
            Route("GET", f"{BASE}/groups", self._groups),
            Route("POST", f"{BASE}/batch/read", self._read_batch),
            Route("POST", f"{BASE}/batch/create", self._create_batch, writes=True),
            Route("POST", f"{BASE}/batch/archive", self._archive_batch, writes=True),
            Route("GET", one, self._read),
            Route("PATCH", one, self._update, writes=True),
            Route("DELETE", one, self._archive, writes=True),
        ]

    def _list(self, call: Call, kind: str) -> Answer:
        known = self._schema.of(object_type(kind).name)
        rows = [] if call.flag("archived") else [known[name] for name in sorted(known)]
        return Answer(200, {"results": [self._shown(kind, one) for one in rows]})

    def _read(self, _: Call, kind: str, name: str) -> Answer:
        return Answer(200, self._shown(kind, self._found(kind, name)))

    def _create(self, call: Call, kind: str) -> Answer:
        return Answer(201, self._made(kind, call.fields()))

    def _update(self, call: Call, kind: str, name: str) -> Answer:
        declared, told = self._own(kind, name), call.fields()
        changed = replace(declared, **_changes(told))
        if "options" in told:
            changed = replace(changed, options=_options(told["options"]))
        _check_kind(changed)
        self._schema.put(object_type(kind).name, changed)
        return Answer(200, self._shown(kind, changed))

    def _archive(self, _: Call, kind: str, name: str) -> Answer:
        self._schema.remove(object_type(kind).name, self._own(kind, name).name)
        return Answer(204)

    def _groups(self, _: Call, kind: str) -> Answer:
        known = self._schema.of(object_type(kind).name).values()
        results = [
            {"name": name, "label": name.replace("_", " ").capitalize(), "archived": False}
            for name in sorted({one.group for one in known})
        ]
        return Answer(200, {"results": results})

    def _read_batch(self, call: Call, kind: str) -> Answer:
        names = [str(one.get("name")) for one in call.inputs(100)]
        known = self._schema.of(object_type(kind).name)
        results = [self._shown(kind, known[name]) for name in names if name in known]
        return Answer(200, {"status": "COMPLETE", "results": results})

    def _create_batch(self, call: Call, kind: str) -> Answer:
        with self._portal.database.transaction():
            results = [self._made(kind, one) for one in call.inputs(100)]
        return Answer(201, {"status": "COMPLETE", "results": results})

    def _archive_batch(self, call: Call, kind: str) -> Answer:
        for one in call.inputs(100):
            name = str(one.get("name"))
            self._schema.remove(object_type(kind).name, self._own(kind, name).name)
        return Answer(204)

    def _made(self, kind: str, told: Mapping[str, Any]) -> dict[str, Any]:
        what, declared = object_type(kind), _declared(told)
        if declared.name in self._schema.of(what.name):
            raise Failure(409, CONFLICT, f"A property named '{declared.name}' already exists.")
        if declared.unique and len(self._schema.unique(what.name)) >= MOST_UNIQUE:
            raise bad_request(f"At most {MOST_UNIQUE} properties of a type can have unique values")
        self._schema.put(what.name, declared)
        return self._shown(kind, declared)

    def _found(self, kind: str, name: str) -> Property:
        found = self._schema.of(object_type(kind).name).get(name)
        if found is None:
            raise not_found(f"Property {name} does not exist")
        return found

    def _own(self, kind: str, name: str) -> Property:
        found = self._found(kind, name)
        if found.own:
            raise bad_request(f"{name} is HubSpot's own property and cannot be changed")
        return found

    def _shown(self, kind: str, declared: Property) -> dict[str, Any]:
        what: ObjectType = object_type(kind)
        if not declared.external:
            return declared.shown()
        options = self._portal.values.options(what.name, declared)
        filled = tuple(Option(value, label or value) for value, label in options.items())
        return replace(declared, options=filled).shown()


def _declared(told: Mapping[str, Any]) -> Property:
    name = told.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise bad_request(f"Invalid property name: {name}")
    for key in ("label", "type", "fieldType", "groupName"):
        if not isinstance(told.get(key), str) or not told[key]:
            raise bad_request(f"A property needs {key}")
    made = Property(
        name,
        told["label"],
        told["type"],
        told["fieldType"],
        told["groupName"],
        _options(told.get("options")),
        unique=told.get("hasUniqueValue") is True,
        own=False,
    )
    made = replace(made, **_changes(told))
    _check_kind(made)
    return made


def _check_kind(declared: Property) -> None:
    allowed = FIELD_TYPES.get(declared.type)
    if allowed is None:
        raise bad_request(f"Invalid property type: {declared.type}")
    if declared.field_type not in allowed:
        raise bad_request(f"A {declared.type} property cannot be a {declared.field_type}")
    if declared.unique and declared.type not in ("string", "number"):
        raise bad_request(f"A {declared.type} property cannot have unique values")


def _changes(told: Mapping[str, Any]) -> dict[str, Any]:
    for key, (_, kind) in _KEYS.items():
        if key in told and not isinstance(told[key], kind):
            raise bad_request(f"Invalid value for {key}: {told[key]}")
    return {ours: told[key] for key, (ours, _) in _KEYS.items() if key in told}


def _options(told: Any) -> tuple[Option, ...]:
    if told is None:
        return ()
    if not isinstance(told, list) or not all(isinstance(one, Mapping) for one in told):
        raise bad_request("Invalid input JSON: options is a list of objects")
    if not all(isinstance(one.get("displayOrder") or 0, int) for one in told):
        raise bad_request("Invalid input JSON: displayOrder is a whole number")
    ordered = sorted(told, key=lambda one: one.get("displayOrder") or 0)
    made = tuple(
        Option(str(one.get("value")), str(one.get("label")), one.get("hidden") is True)
        for one in ordered
    )
    if len({one.value for one in made}) < len(made):
        raise bad_request("Two options have one value")
    return made
