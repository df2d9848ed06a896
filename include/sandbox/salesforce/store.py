# ruff: noqa: S608  names come from the schema, values are parameters
"""The org's records in SQLite: one table per object, one column per field.

Values are stored as the wire shows them (a datetime is its text, a checkbox 0 or 1), so
reading costs nothing and text order is time order. Text compares without case. Records in
the Recycle Bin stay in their table, marked. The store checks nothing: see writer.py.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from include.sandbox.database import Database
from include.sandbox.salesforce.ids import POD, number_of, numbered
from include.sandbox.salesforce.schema import ID_TYPES, NUMBER_TYPES, Field, Schema, SObject
from include.sandbox.soql.functions import register

Row = dict[str, Any]


class Store:
    """Reads and writes rows; every method works inside the caller's transaction, if any."""

    def __init__(self, database: Database, schema: Schema) -> None:
        self._database = database
        self._schema = schema
        self._last: dict[str, int] = {}
        with database.transaction() as connection:
            register(connection)
            for sobject in schema:
                for statement in _definition(sobject):
                    connection.execute(statement)

    def clear(self) -> None:
        """Forget every record."""
        self._last.clear()
        with self._database.transaction() as connection:
            for sobject in self._schema:
                connection.execute(f'DELETE FROM "{sobject.table}"')

    def next_id(self, sobject: SObject) -> str:
        """An id no record has, or had."""
        number = self._last.get(sobject.name)
        self._last[sobject.name] = (self._highest(sobject) if number is None else number) + 1
        return numbered(sobject.prefix, self._last[sobject.name])

    def get(self, sobject: SObject, record_id: str) -> Row | None:
        """A record, deleted or not."""
        rows = self.select(f'SELECT * FROM "{sobject.table}" WHERE "Id" = ?', [record_id])
        return dict(rows[0]) if rows else None

    def many(self, sobject: SObject, record_ids: Iterable[str]) -> dict[str, Row]:
        """Records by id, deleted or not."""
        wanted = list(record_ids)
        marks = ", ".join("?" * len(wanted))
        sql = f'SELECT * FROM "{sobject.table}" WHERE "Id" IN ({marks})'
        return {row["Id"]: dict(row) for row in self.select(sql, wanted)}

    def holding(self, sobject: SObject, field: str, value: Any) -> list[Row]:
        """Records that hold a value and are not deleted, oldest id first."""
        alive = ' AND "IsDeleted" = 0' if sobject.field("IsDeleted") else ""
        sql = f'SELECT * FROM "{sobject.table}" WHERE "{field}" = ?{alive} ORDER BY "Id"'
        return [dict(row) for row in self.select(sql, [value])]

    def ids_holding(self, sobject: SObject, field: str, value: Any) -> list[str]:
        """Ids of records that hold a value and are not deleted, oldest first."""
        alive = ' AND "IsDeleted" = 0' if sobject.field("IsDeleted") else ""
        sql = f'SELECT "Id" FROM "{sobject.table}" WHERE "{field}" = ?{alive} ORDER BY "Id"'
        return [row[0] for row in self.select(sql, [value])]

    def every(self, sobject: SObject) -> list[Row]:
        """All records of an object: for the small ones."""
        return [dict(row) for row in self.select(f'SELECT * FROM "{sobject.table}"', [])]

    def insert(self, sobject: SObject, row: Mapping[str, Any]) -> None:
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("?" * len(row))
        self._run(f'INSERT INTO "{sobject.table}" ({names}) VALUES ({marks})', [*row.values()])

    def insert_many(self, sobject: SObject, rows: Iterator[Mapping[str, Any]]) -> None:
        """Insert rows by the thousand; one with an id that is there replaces it."""
        names = [one.name for one in sobject.stored]
        columns = ", ".join(f'"{name}"' for name in names)
        marks = ", ".join("?" * len(names))
        sql = f'INSERT OR REPLACE INTO "{sobject.table}" ({columns}) VALUES ({marks})'
        with self._database.transaction() as connection:
            connection.executemany(sql, ([row.get(name) for name in names] for row in rows))

    def update(self, sobject: SObject, record_id: str, changes: Mapping[str, Any]) -> None:
        places = ", ".join(f'"{name}" = ?' for name in changes)
        sql = f'UPDATE "{sobject.table}" SET {places} WHERE "Id" = ?'
        self._run(sql, [*changes.values(), record_id])

    def count(self, sobject: SObject) -> int:
        """Records that are not deleted."""
        alive = ' WHERE "IsDeleted" = 0' if sobject.field("IsDeleted") else ""
        rows = self.select(f'SELECT COUNT(*) FROM "{sobject.table}"{alive}', [])
        return int(rows[0][0])

    def select(self, sql: str, params: list[Any]) -> list[sqlite3.Row]:
        with self._database.reading() as connection:
            return connection.execute(sql, params).fetchall()

    def _run(self, sql: str, params: list[Any]) -> None:
        with self._database.transaction() as connection:
            connection.execute(sql, params)

    def _highest(self, sobject: SObject) -> int:
        own = sobject.prefix + POD
        sql = f'SELECT MAX("Id") FROM "{sobject.table}" WHERE "Id" > ? AND "Id" < ?'
        found = self.select(sql, [own, own + "~"])[0][0]
        return number_of(found, sobject.prefix) if found else 0


def _definition(sobject: SObject) -> Iterator[str]:
    columns = ", ".join(_column(one) for one in sobject.stored)
    yield f'CREATE TABLE IF NOT EXISTS "{sobject.table}" ({columns})'
    yield _index(sobject, "SystemModstamp", '"SystemModstamp", "Id"')
    for one in sobject.stored:
        if one.name != "Id" and (one.id_lookup or one.external_id or one.children):
            yield _index(sobject, one.name, f'"{one.name}"')


def _column(field: Field) -> str:
    if field.type == "id":
        return f'"{field.name}" TEXT PRIMARY KEY NOT NULL'
    if field.type in ("boolean", "int"):
        default = f" DEFAULT {int(field.default)}" if field.type == "boolean" else ""
        return f'"{field.name}" INTEGER{default}'
    if field.type in NUMBER_TYPES:
        return f'"{field.name}" REAL'
    plain = field.type in ID_TYPES or field.type in ("date", "datetime")
    return f'"{field.name}" TEXT' + ("" if plain else " COLLATE NOCASE")


def _index(sobject: SObject, name: str, columns: str) -> str:
    index = f"{sobject.table}_by_{name}"
    return f'CREATE INDEX IF NOT EXISTS "{index}" ON "{sobject.table}" ({columns})'
