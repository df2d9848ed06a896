"""Which properties each object type has, and in which groups.

The declared ones and those made through the API. Reads come from memory; changes are stored
first. An archived property has left its object type: nothing can be written to it, and it is
only listed among the archived.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from include.sandbox.database import Database
from include.sandbox.hubspot.declared import DECLARED, custom
from include.sandbox.hubspot.property import Option, Property

_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS hs_property (
        type TEXT NOT NULL, name TEXT NOT NULL, told TEXT NOT NULL,
        PRIMARY KEY (type, name)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE IF NOT EXISTS hs_property_group (
        type TEXT NOT NULL, name TEXT NOT NULL, label TEXT NOT NULL, display_order INTEGER NOT NULL,
        PRIMARY KEY (type, name)
    ) WITHOUT ROWID
    """,
)


@dataclass(frozen=True, slots=True)
class Group:
    """A heading properties stand under."""

    name: str
    label: str
    display_order: int = -1

    def shown(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "label": self.label,
            "displayOrder": self.display_order,
            "archived": False,
        }


class Schema:
    """The portal's properties and their groups."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.transaction() as sql:
            for statement in _TABLES:
                sql.execute(statement)
        self.load()

    def reset(self) -> None:
        """Forget every property and group made through the API."""
        with self._database.transaction() as sql:
            sql.execute("DELETE FROM hs_property")
            sql.execute("DELETE FROM hs_property_group")
        self.load()

    def of(self, object_type: str) -> Mapping[str, Property]:
        """The properties of an object type by name."""
        return self._type(object_type)

    def archived(self, object_type: str) -> Mapping[str, Property]:
        """The properties that were archived, by name."""
        return self._archived.get(object_type, {})

    def unique(self, object_type: str) -> list[str]:
        """Names of the properties in which no two records hold one value."""
        return [one.name for one in self._type(object_type).values() if one.unique]

    def formulas(self, object_type: str) -> dict[str, str]:
        """The calculated properties of one's own: name -> formula."""
        return self._formulas.get(object_type, {})

    def put(self, object_type: str, declared: Property) -> None:
        """Add a property, or change one."""
        self._store(object_type, declared)
        self._type(object_type)[declared.name] = declared
        self._archived.get(object_type, {}).pop(declared.name, None)
        self._index(object_type)

    def archive(self, object_type: str, declared: Property, at: int) -> None:
        """Take a property away."""
        gone = replace(declared, archived=at)
        self._store(object_type, gone)
        self._type(object_type).pop(declared.name, None)
        self._archived.setdefault(object_type, {})[declared.name] = gone
        self._index(object_type)

    def forget(self, object_type: str) -> None:
        """Take everything of an object type away, which is gone itself."""
        with self._database.transaction() as sql:
            for table in ("hs_property", "hs_property_group"):
                sql.execute(f"DELETE FROM {table} WHERE type = ?", (object_type,))  # noqa: S608
        self.load()

    def groups(self, object_type: str) -> dict[str, Group]:
        """The groups of an object type by name: those made, and those its properties are in."""
        known = self._type(object_type).values()
        named = {one.group: Group(one.group, _label(one.group)) for one in known}
        return {**named, **self._groups.get(object_type, {})}

    def put_group(self, object_type: str, group: Group) -> None:
        row = (object_type, group.name, group.label, group.display_order)
        with self._database.transaction() as sql:
            sql.execute("INSERT OR REPLACE INTO hs_property_group VALUES (?, ?, ?, ?)", row)
        self._groups.setdefault(object_type, {})[group.name] = group

    def remove_group(self, object_type: str, name: str) -> None:
        with self._database.transaction() as sql:
            where = (object_type, name)
            sql.execute("DELETE FROM hs_property_group WHERE type = ? AND name = ?", where)
        self._groups.get(object_type, {}).pop(name, None)

    def _type(self, object_type: str) -> dict[str, Property]:
        if object_type not in self._types:
            self._types[object_type] = {one.name: one for one in custom.properties(object_type)}
        return self._types[object_type]

    def _store(self, object_type: str, declared: Property) -> None:
        told = json.dumps(asdict(declared))
        with self._database.transaction() as sql:
            row = (object_type, declared.name, told)
            sql.execute("INSERT OR REPLACE INTO hs_property VALUES (?, ?, ?)", row)

    def load(self) -> None:
        """Read what is stored: at the start, and after a change that was taken back."""
        self._types = {name: {one.name: one for one in rows} for name, rows in DECLARED.items()}
        self._archived: dict[str, dict[str, Property]] = {}
        self._groups: dict[str, dict[str, Group]] = {}
        self._formulas: dict[str, dict[str, str]] = {}
        for object_type, declared in self._stored():
            self._type(object_type).pop(declared.name, None)
            table = self._archived.setdefault(object_type, {}) if declared.archived else None
            (self._type(object_type) if table is None else table)[declared.name] = declared
            self._index(object_type)
        with self._database.reading() as sql:
            for row in sql.execute("SELECT * FROM hs_property_group"):
                group = Group(row["name"], row["label"], row["display_order"])
                self._groups.setdefault(row["type"], {})[group.name] = group

    def _index(self, object_type: str) -> None:
        known = self._type(object_type).values()
        self._formulas[object_type] = {one.name: one.formula for one in known if one.formula}

    def _stored(self) -> Iterator[tuple[str, Property]]:
        with self._database.reading() as sql:
            rows = sql.execute("SELECT type, told FROM hs_property").fetchall()
        for row in rows:
            told = json.loads(row["told"])
            options = tuple(Option(**option) for option in told.pop("options"))
            yield row["type"], Property(**told, options=options)


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()
