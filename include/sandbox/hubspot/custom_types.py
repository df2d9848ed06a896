"""Which object types a portal has: HubSpot's own and the custom objects people defined.

A custom object gets the next number (`2-1`) and a full name with the portal's number in it.
Paths may name it by either, or by its short name. Reads come from memory.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from include.sandbox.database import Database
from include.sandbox.hubspot.declared import others
from include.sandbox.hubspot.failures import bad_request
from include.sandbox.hubspot.object_types import PIPELINE, TYPES, ObjectType

PORTAL_ID = 4242
_TABLE = """
CREATE TABLE IF NOT EXISTS hs_object_type (number INTEGER PRIMARY KEY, told TEXT NOT NULL)
"""
FIRST = 1_000_001


@dataclass(frozen=True, slots=True)
class Definition:
    """What people said about a custom object."""

    number: int
    name: str
    """The short one: cars."""
    singular: str
    plural: str
    primary: str
    secondary: tuple[str, ...]
    required: tuple[str, ...]
    searchable: tuple[str, ...]
    description: str
    created: int
    updated: int
    archived: bool = False

    @property
    def full_name(self) -> str:
        return f"p{PORTAL_ID}_{self.name}"

    @property
    def id(self) -> str:
        return f"2-{self.number}"

    def object_type(self) -> ObjectType:
        shown = dict.fromkeys((self.primary, *self.secondary))
        return ObjectType(
            self.full_name,
            self.full_name,
            self.id,
            defaults=tuple(name for name in shown if name),
            searched=self.searchable,
            required=tuple((name,) for name in self.required),
            pipeline=PIPELINE,
            custom=True,
        )


class ObjectTypes:
    """Finds object types by the many names they answer to."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.transaction() as sql:
            sql.execute(_TABLE)
        self.load()

    def reset(self) -> None:
        with self._database.transaction() as sql:
            sql.execute("DELETE FROM hs_object_type")
        self.load()

    def find(self, told: str) -> ObjectType | None:
        """The object type a path means, None if there is no such type."""
        return self._aliases.get(told.lower())

    def named(self, told: str) -> ObjectType:
        """The object type a path means; an unknown one is refused."""
        found = self.find(told)
        if found is None:
            raise bad_request(f"Unable to infer object type from: {told}")
        return found

    def of(self, name: str) -> ObjectType:
        """The object type of a name used inside."""
        return self._types[name]

    def all(self) -> list[ObjectType]:
        return list(self._types.values())

    def definitions(self) -> list[Definition]:
        """Every custom object, those archived too."""
        return [self._defined[number] for number in sorted(self._defined)]

    def defined(self, kind: ObjectType) -> Definition:
        """What people said about a custom object."""
        return self._defined[int(kind.id.removeprefix("2-"))]

    def next_number(self) -> int:
        return max([FIRST - 1, *self._defined]) + 1

    def put(self, definition: Definition) -> None:
        """Add a custom object, or change one."""
        told = json.dumps(asdict(definition))
        with self._database.transaction() as sql:
            sql.execute(
                "INSERT OR REPLACE INTO hs_object_type VALUES (?, ?)", (definition.number, told)
            )
        self._defined[definition.number] = definition
        self._index()

    def archive(self, definition: Definition) -> None:
        self.put(replace(definition, archived=True))

    def load(self) -> None:
        """Read what is stored: at the start, and after a change that was taken back."""
        with self._database.reading() as sql:
            rows = sql.execute("SELECT number, told FROM hs_object_type").fetchall()
        self._defined: dict[int, Definition] = {
            row["number"]: _read(json.loads(row["told"])) for row in rows
        }
        self._index()

    def _index(self) -> None:
        known = (*TYPES, *others.TYPES)
        self._types = {one.name: one for one in known}
        self._aliases = {name: one for one in known for name in (one.name, one.singular, one.id)}
        for definition in self._defined.values():
            if not definition.archived:
                self._add(definition)

    def _add(self, definition: Definition) -> None:
        kind = definition.object_type()
        self._types[kind.name] = kind
        for name in (kind.id, kind.name, f"p_{definition.name}", definition.name):
            self._aliases.setdefault(name.lower(), kind)


def _read(told: dict[str, Any]) -> Definition:
    listed = {key: tuple(told[key]) for key in ("secondary", "required", "searchable")}
    return Definition(**{**told, **listed})


def names_of(told: Any, key: str) -> tuple[str, ...]:
    """A list of names in a body; raises Failure when it is none."""
    if told is None:
        return ()
    if not isinstance(told, list) or not all(isinstance(one, str) for one in told):
        raise bad_request(f"Invalid input JSON: {key} is a list of names")
    return unique(told)


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """The names in their order, each once."""
    return tuple(dict.fromkeys(names))
