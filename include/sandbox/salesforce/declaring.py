"""Declarations read as a schema: one YAML file per object, and what is added to them.

Fields every object has (Id, the audit fields) are added here. An addition has the shape of a
file: with the name of an object that is there it adds fields to it, otherwise it is a custom
object. What is wrong with an addition is said in one sentence.
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import fields as attributes_of
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from include.sandbox.salesforce.schema import TEXT_TYPES, Child, Field, Schema, SObject

DECLARATIONS = Path(__file__).parent / "declarations"

Declared = dict[str, Any]


class BadDeclaration(ValueError):
    """A declaration that cannot be read."""


@cache
def shipped(folder: Path = DECLARATIONS) -> list[Declared]:
    """The declarations of a folder; whoever gets them leaves them as they are."""
    return [read(path)[0] for path in sorted(folder.glob("*.yaml"))]


def read(path: Path) -> list[Declared]:
    """A file of one declaration or a list of them; raises BadDeclaration."""
    try:
        told = yaml.load(path.read_text("utf-8"), _LOADER)  # noqa: S506  a safe loader
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise BadDeclaration(f"{path}: {error}") from None
    listed = told if isinstance(told, list) else [told]
    if not all(isinstance(one, dict) for one in listed):
        raise BadDeclaration(f"{path}: a declaration is an object, or a list of objects")
    return listed


def built(declared: Iterable[Declared]) -> list[SObject]:
    """The objects that declarations stand for, with the ways from parents to children."""
    listed = list(declared)
    children = list(_children(listed))
    return [
        _sobject(one, tuple(child for parent, child in children if parent == one["name"]))
        for one in listed
    ]


def load_schema(folder: Path = DECLARATIONS) -> Schema:
    """The schema of a folder of declarations."""
    return Schema(built(shipped(folder)))


def extended(declared: Iterable[Declared], additions: Iterable[Any]) -> list[Declared]:
    """Declarations with additions; raises BadDeclaration."""
    made = {str(one["name"]).lower(): dict(one) for one in declared}
    for addition in additions:
        _check(addition)
        name = str(addition["name"]).lower()
        if name in made:
            _add_fields(made[name], addition)
        else:
            made[name] = _custom_object(addition, {str(one["prefix"]) for one in made.values()})
    _check_targets(made)
    return list(made.values())


def _check(addition: Any) -> None:
    if not isinstance(addition, Mapping) or not isinstance(addition.get("name"), str):
        raise BadDeclaration("a declaration is an object with a name")
    known = {one.name for one in attributes_of(SObject)} - {"children"} | {"record_types"}
    if unknown := sorted(set(addition) - known):
        raise BadDeclaration(f"{addition['name']}: unknown {', '.join(map(str, unknown))}")
    listed = addition.get("fields", [])
    if not isinstance(listed, list):
        raise BadDeclaration(f"{addition['name']}: fields are a list")
    for one in listed:
        _check_field(str(addition["name"]), one)


def _is_custom(name: str) -> bool:
    return name.endswith("__c") and name.isascii() and name[:-3].isidentifier()


def _check_field(sobject: str, told: Any) -> None:
    if not isinstance(told, Mapping) or not isinstance(told.get("name"), str):
        raise BadDeclaration(f"{sobject}: a field is an object with a name")
    place = f"{sobject}.{told['name']}"
    if not _is_custom(told["name"]):
        raise BadDeclaration(f"{place}: the name of a custom field ends with __c")
    if told.get("type") not in TYPES:
        raise BadDeclaration(f"{place}: type is one of {', '.join(sorted(TYPES))}")
    if unknown := sorted(set(told) - {one.name for one in attributes_of(Field)}):
        raise BadDeclaration(f"{place}: unknown {', '.join(map(str, unknown))}")
    if told["type"] == "reference" and not isinstance(told.get("to"), list):
        raise BadDeclaration(f"{place}: a reference says in `to` which objects it may point at")


_PLAIN_TYPES = {"boolean", "currency", "date", "datetime", "double", "int", "percent", "reference"}
TYPES = frozenset(_PLAIN_TYPES | {*TEXT_TYPES} - {"combobox"})
"""Types a custom field may have."""


def _add_fields(into: Declared, addition: Mapping[str, Any]) -> None:
    names = {str(one["name"]).lower() for one in into["fields"]}
    added = [_custom_field(one) for one in addition.get("fields", ())]
    if twice := next((one["name"] for one in added if one["name"].lower() in names), None):
        raise BadDeclaration(f"{into['name']} already has a field {twice}")
    into["fields"] = [*into["fields"], *added]


def _custom_object(addition: Mapping[str, Any], taken: set[str]) -> Declared:
    name = str(addition["name"])
    if not _is_custom(name):
        raise BadDeclaration(f"{name}: the name of a custom object ends with __c")
    prefix = str(addition.get("prefix") or _free_prefix(taken))
    if prefix in taken or len(prefix) != 3 or not prefix.isalnum():
        raise BadDeclaration(f"{name}: the key prefix {prefix} is taken or not three characters")
    label = str(addition.get("label") or name[:-3].replace("_", " "))
    own = {"name": "Name", "label": f"{label} Name", "type": "string", "length": 80}
    owner = {"name": "OwnerId", "label": "Owner ID", "type": "reference"}
    fields = [
        {**own, "name_field": True, "id_lookup": True},
        {**owner, "to": ["Group", "User"], "relation": "Owner"},
        CURRENCY,
        *(_custom_field(one) for one in addition.get("fields", ())),
    ]
    rest = {key: value for key, value in addition.items() if key != "record_types"}
    plural = str(addition.get("plural") or f"{label}s")
    made = {**rest, "label": label, "plural": plural, "prefix": prefix, "fields": fields}
    return deepcopy(made)


def _free_prefix(taken: set[str]) -> str:
    return next(f"a{number:02}" for number in range(100) if f"a{number:02}" not in taken)


def _custom_field(told: Mapping[str, Any]) -> Declared:
    name, kind = str(told["name"]), told["type"]
    usual: Declared = {"label": name[:-3].replace("_", " ")}
    if kind in ("string", "picklist", "email", "phone", "url", "textarea", "multipicklist"):
        usual["length"] = _LENGTHS.get(kind, 255)
    if kind in ("double", "currency", "percent"):
        usual |= {"precision": 18, "scale": 2}
    if kind == "int":
        usual["digits"] = 9
    if kind == "reference":
        usual["relation"] = f"{name[:-1]}r"
    if told.get("formula"):
        usual["writable"] = "never"
    if told.get("external_id") or told.get("unique"):
        usual["id_lookup"] = True
    return {**usual, **told}


_LENGTHS = {"email": 80, "phone": 40, "multipicklist": 4099}

CURRENCY: Declared = {
    "name": "CurrencyIsoCode",
    "label": "Currency ISO Code",
    "type": "picklist",
    "length": 3,
    "restricted": True,
    "default": "USD",
    "values": ["USD", "EUR", "GBP"],
    "feature": "multi_currency",
}
"""The currency of a record; there only where the org has several."""


def _check_targets(made: Mapping[str, Declared]) -> None:
    for sobject in made.values():
        for one in sobject["fields"]:
            if lost := [name for name in one.get("to", ()) if str(name).lower() not in made]:
                raise BadDeclaration(f"{sobject['name']}.{one['name']}: no object {lost[0]}")


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The same safe loader, in C where PyYAML was built with it: ten times faster."""


def _sobject(declared: Mapping[str, Any], children: tuple[Child, ...]) -> SObject:
    flags = {key: value for key, value in declared.items() if key in _FLAGS}
    own = [_field(one) for one in declared["fields"]]
    identity = Field("Id", f"{declared['label']} ID", "id", 18, id_lookup=True, **_SYSTEM)
    names = {one.name for one in own}
    recyclable = declared.get("deletable", True)
    kept = declared.get("audited", True)
    audit = [
        one for one in AUDIT if one.name not in names and (kept or one.name in _ALWAYS_AUDITED)
    ]
    first = [one for one in audit if one.name == "IsDeleted" and recyclable]
    rest = [one for one in audit if one.name != "IsDeleted"]
    return SObject(**flags, fields=(identity, *first, *own, *rest), children=children)


def _field(declared: Mapping[str, Any]) -> Field:
    values: Declared = {
        key: tuple(value) if isinstance(value, list) else value for key, value in declared.items()
    }
    filled = values.get("required") or values["type"] == "boolean" or values["name"] == "OwnerId"
    usual: dict[str, Any] = {"nillable": not filled}
    if values["type"] == "reference":
        usual["length"] = 18
    if values["type"] == "boolean":
        usual["default"] = False
    return Field(**{**usual, **values})


def _children(declared: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Child]]:
    for sobject in declared:
        for one in sobject["fields"]:
            if name := one.get("children"):
                child = Child(name, sobject["name"], one["name"], bool(one.get("cascade")))
                yield from ((parent, child) for parent in one["to"])


_SYSTEM: dict[str, Any] = {"writable": "never", "nillable": False}
_BY: dict[str, Any] = {**_SYSTEM, "to": ("User",), "length": 18}

AUDIT = (
    Field("IsDeleted", "Deleted", "boolean", default=False, **_SYSTEM),
    Field("CreatedDate", "Created Date", "datetime", **_SYSTEM),
    Field("CreatedById", "Created By ID", "reference", relation="CreatedBy", **_BY),
    Field("LastModifiedDate", "Last Modified Date", "datetime", **_SYSTEM),
    Field("LastModifiedById", "Last Modified By ID", "reference", relation="LastModifiedBy", **_BY),
    Field("SystemModstamp", "System Modstamp", "datetime", **_SYSTEM),
)
"""What every record carries; IsDeleted, right after the Id, only where records can be deleted."""
_ALWAYS_AUDITED = ("IsDeleted", "CreatedDate", "CreatedById")
_FLAGS = frozenset(one.name for one in attributes_of(SObject)) - {"fields", "children"}
