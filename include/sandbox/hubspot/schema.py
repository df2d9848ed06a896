"""Which properties each object type has: the declared ones and those made through the API."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from include.sandbox.database import Database
from include.sandbox.hubspot.declared import DECLARED
from include.sandbox.hubspot.property import Option, Property

_TABLE = """
CREATE TABLE IF NOT EXISTS hs_property (
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    told TEXT NOT NULL,
    PRIMARY KEY (type, name)
) WITHOUT ROWID
"""


class Schema:
    """The portal's properties. Reads come from memory; changes are stored first."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.transaction() as sql:
            sql.execute(_TABLE)
        self._types = self._loaded()

    def reset(self) -> None:
        """Forget every property made through the API."""
        with self._database.transaction() as sql:
            sql.execute("DELETE FROM hs_property")
        self._types = self._loaded()

    def of(self, object_type: str) -> Mapping[str, Property]:
        """The properties of an object type by name."""
        return self._types[object_type]

    def unique(self, object_type: str) -> list[str]:
        """Names of the properties in which no two records hold one value."""
        return [one.name for one in self._types[object_type].values() if one.unique]

    def put(self, object_type: str, declared: Property) -> None:
        """Add a property, or change one."""
        told = json.dumps(asdict(declared))
        with self._database.transaction() as sql:
            row = (object_type, declared.name, told)
            sql.execute("INSERT OR REPLACE INTO hs_property VALUES (?, ?, ?)", row)
        self._types[object_type][declared.name] = declared

    def remove(self, object_type: str, name: str) -> None:
        """Take a property away; it is remembered as gone, as the portal may declare it."""
        with self._database.transaction() as sql:
            row = (object_type, name, "null")
            sql.execute("INSERT OR REPLACE INTO hs_property VALUES (?, ?, ?)", row)
        self._types[object_type].pop(name, None)

    def _loaded(self) -> dict[str, dict[str, Property]]:
        types = {name: {one.name: one for one in rows} for name, rows in DECLARED.items()}
        for object_type, name, declared in self._stored():
            types[object_type].pop(name, None)
            if declared is not None:
                types[object_type][name] = declared
        return types

    def _stored(self) -> Iterator[tuple[str, str, Property | None]]:
        with self._database.reading() as sql:
            rows = sql.execute("SELECT type, name, told FROM hs_property").fetchall()
        for row in rows:
            yield row["type"], row["name"], _read(json.loads(row["told"]))


def _read(told: dict[str, Any] | None) -> Property | None:
    if told is None:
        return None
    options = tuple(Option(**option) for option in told.pop("options"))
    return Property(**told, options=options)
