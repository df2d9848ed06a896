"""What the org consists of: its objects and their fields.

Names are looked up without regard to case, as the real API does. Objects and fields are
values that know no storage and nothing about a record; the schema as a whole can be replaced
when an object or a field is declared while the sandbox runs.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from include.sandbox.salesforce.formula import inputs_of
from include.sandbox.salesforce.ids import canonical

TEXT_TYPES = frozenset(
    {"string", "textarea", "phone", "url", "email", "picklist", "multipicklist", "combobox"}
)
NUMBER_TYPES = frozenset({"int", "double", "currency", "percent"})
ID_TYPES = frozenset({"id", "reference"})
_UNSORTED = frozenset({"address", "multipicklist", "anyType", "complexvalue"})
_UNGROUPED = _UNSORTED | {"double", "currency", "percent", "datetime"}


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
    formula: str | None = None
    """What the value is worked out from whenever it is read."""
    feature: str | None = None
    """The switch of the org that the field is there with; see access.py."""
    help: str | None = None

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The names its formula uses: fields, or fields of parents."""
        return inputs_of(self.formula) if self.formula else ()

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
        return self.type != "address" and self.formula is None

    @property
    def sortable(self) -> bool:
        return self.filterable and self.type not in _UNSORTED

    @property
    def groupable(self) -> bool:
        return self.filterable and self.formula is None and self.type not in _UNGROUPED


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
    searchable: bool = True
    layoutable: bool = True
    audited: bool = True
    """Whether records carry who changed them last, and when."""
    history_of: str | None = None
    """The object whose changed fields these records tell of."""
    feature: str | None = None
    """The switch of the org that the object is there with; see access.py."""
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
    def masters(self) -> tuple[Field, ...]:
        """References whose record is locked while this one is written."""
        return tuple(one for one in self.fields if one.cascade or one.name == "AccountId")

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

    @cached_property
    def formulas(self) -> tuple[Field, ...]:
        return tuple(one for one in self.fields if one.formula)

    def parts_of(self, compound: str) -> tuple[Field, ...]:
        """The fields a compound field is made of."""
        return tuple(one for one in self.fields if one.compound == compound)


class Schema:
    """Every object of the org."""

    def __init__(self, sobjects: Iterable[SObject]) -> None:
        self.edition = 0
        """How often what it consists of was settled."""
        self.replace(sobjects)

    def replace(self, sobjects: Iterable[SObject]) -> None:
        """Consist of these objects from now on."""
        self.edition = self.edition + 1
        self._by_name = {one.name.lower(): one for one in sobjects}
        self._by_prefix = {one.prefix: one for one in self}
        self._histories = {one.history_of: one for one in self if one.history_of}

    def __iter__(self) -> Iterator[SObject]:
        return iter(self._by_name.values())

    def sobject(self, name: str) -> SObject | None:
        return self._by_name.get(name.lower())

    def named(self, name: str) -> SObject:
        """An object known to exist; raises KeyError."""
        return self._by_name[name.lower()]

    def history_of(self, sobject: SObject) -> SObject | None:
        """The object that keeps the history of another's fields."""
        return self._histories.get(sobject.name)

    def id_of(self, text: str) -> str | None:
        """The 18 characters of an id, None for what is none."""
        return canonical(text)

    def of_id(self, record_id: str) -> SObject | None:
        """The object a record id belongs to."""
        return self._by_prefix.get(record_id[:3])
