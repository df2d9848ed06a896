"""What the org consists of: its objects and their fields, as declared in data files.

One YAML file per object lies in `declarations/`; fields every object has (Id, the audit
fields) are added here. Names are looked up without regard to case, as the real API does.
The schema is a value: it knows no storage, and nothing about a record.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from include.sandbox.salesforce.ids import canonical

DECLARATIONS = Path(__file__).parent / "declarations"

TEXT_TYPES = frozenset(
    {"string", "textarea", "phone", "url", "email", "picklist", "multipicklist", "combobox"}
)
NUMBER_TYPES = frozenset({"int", "double", "currency", "percent"})
ID_TYPES = frozenset({"id", "reference"})


@dataclass(frozen=True, eq=False)
class Field:
    """One field of an object."""

    name: str
    label: str
    type: str
    length: int = 0
    precision: int = 0
    scale: int = 0
    digits: int = 0
    to: tuple[str, ...] = ()
    """The objects a reference may point at."""
    relation: str | None = None
    """How SOQL names the way to the parent."""
    children: str | None = None
    """How SOQL names the way from the parent to these records."""
    cascade: bool = False
    """Whether the record goes to the Recycle Bin with its parent."""
    writable: str = "always"
    """always, once (at creation), later (by update only) or never."""
    required: bool = False
    nillable: bool = True
    default: Any = None
    compound: str | None = None
    name_field: bool = False
    external_id: bool = False
    unique: bool = False
    id_lookup: bool = False
    restricted: bool = False
    filterable: bool = True
    values: tuple[str, ...] = ()

    @property
    def createable(self) -> bool:
        return self.writable in ("always", "once")

    @property
    def updateable(self) -> bool:
        return self.writable in ("always", "later")

    @property
    def custom(self) -> bool:
        return self.name.endswith("__c")

    @property
    def polymorphic(self) -> bool:
        return len(self.to) > 1

    @property
    def stored(self) -> bool:
        """Whether the field has a column of its own; a compound one is made of others."""
        return self.type != "address"

    @property
    def sortable(self) -> bool:
        return self.filterable and self.type not in ("address", "multipicklist")

    @property
    def groupable(self) -> bool:
        ungrouped = ("address", "double", "currency", "percent", "datetime", "multipicklist")
        return self.filterable and self.type not in ungrouped


@dataclass(frozen=True)
class Child:
    """A way from a parent to its children."""

    name: str
    sobject: str
    field: str
    cascade: bool


@dataclass(frozen=True, eq=False)
class SObject:
    """One object of the org."""

    name: str
    label: str
    plural: str
    prefix: str
    fields: tuple[Field, ...]
    createable: bool = True
    updateable: bool = True
    deletable: bool = True
    undeletable: bool = True
    mergeable: bool = False
    children: tuple[Child, ...] = field(default=())

    @cached_property
    def _by_name(self) -> dict[str, Field]:
        """By the name as declared, which most callers use, and in lower case."""
        exact = {one.name: one for one in self.fields}
        return exact | {name.lower(): one for name, one in exact.items()}

    @cached_property
    def _by_relation(self) -> dict[str, Field]:
        return {one.relation.lower(): one for one in self.fields if one.relation}

    @cached_property
    def stored(self) -> tuple[Field, ...]:
        return tuple(one for one in self.fields if one.stored)

    @cached_property
    def unique(self) -> tuple[Field, ...]:
        return tuple(one for one in self.fields if one.unique)

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """What a new record holds unless told otherwise, as it is stored."""
        return {
            one.name: int(one.default) if one.type == "boolean" else one.default
            for one in self.stored
            if one.default is not None
        }

    @cached_property
    def required(self) -> tuple[Field, ...]:
        """What a record cannot be without, and a request may give."""
        return tuple(
            one for one in self.fields if one.createable and (one.required or one.name == "OwnerId")
        )

    @property
    def custom(self) -> bool:
        return self.name.endswith("__c")

    @property
    def table(self) -> str:
        return f"sf_{self.name}"

    def field(self, name: str) -> Field | None:
        return self._by_name.get(name) or self._by_name.get(name.lower())

    def relation(self, name: str) -> Field | None:
        """The reference field that leads to the parent of this name."""
        return self._by_relation.get(name.lower())

    def child(self, name: str) -> Child | None:
        """The relation to children of this name."""
        return next((one for one in self.children if one.name.lower() == name.lower()), None)

    def parts_of(self, compound: str) -> tuple[Field, ...]:
        """The fields a compound field is made of."""
        return tuple(one for one in self.fields if one.compound == compound)


class Schema:
    """Every object of the org."""

    def __init__(self, sobjects: Iterable[SObject]) -> None:
        self._by_name = {one.name.lower(): one for one in sobjects}
        self._by_prefix = {one.prefix: one for one in self}

    def __iter__(self) -> Iterator[SObject]:
        return iter(self._by_name.values())

    def sobject(self, name: str) -> SObject | None:
        return self._by_name.get(name.lower())

    def named(self, name: str) -> SObject:
        """An object known to exist; raises KeyError."""
        return self._by_name[name.lower()]

    def id_of(self, text: str) -> str | None:
        """The 18 characters of an id, None for what is none."""
        return canonical(text)

    def of_id(self, record_id: str) -> SObject | None:
        """The object a record id belongs to."""
        return self._by_prefix.get(record_id[:3])


def load_schema(folder: Path = DECLARATIONS) -> Schema:
    """Read every declaration in a folder."""
    paths = sorted(folder.glob("*.yaml"))
    declared = [yaml.load(path.read_text("utf-8"), _LOADER) for path in paths]  # noqa: S506
    children = list(_children(declared))
    return Schema(
        _sobject(one, tuple(child for parent, child in children if parent == one["name"]))
        for one in declared
    )


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The same safe loader, in C where PyYAML was built with it: ten times faster."""


def _sobject(declared: Mapping[str, Any], children: tuple[Child, ...]) -> SObject:
    flags = {key: value for key, value in declared.items() if key != "fields"}
    own = [_field(one) for one in declared["fields"]]
    identity = Field("Id", f"{declared['label']} ID", "id", 18, id_lookup=True, **_SYSTEM)
    names = {one.name for one in own}
    recyclable = declared.get("deletable", True)
    audit = [one for one in AUDIT if one.name not in names]
    first = [one for one in audit if one.name == "IsDeleted" and recyclable]
    rest = [one for one in audit if one.name != "IsDeleted"]
    return SObject(**flags, fields=(identity, *first, *own, *rest), children=children)


def _field(declared: Mapping[str, Any]) -> Field:
    values = {
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
