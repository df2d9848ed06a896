# ruff: noqa: S608  names come from the schema, values are parameters
"""The org's records in SQLite: one table per object, one column per field.

Values are stored as the wire shows them (a datetime is its text, a checkbox 0 or 1), so
reading costs nothing and text order is time order. Text compares without case. Records in
the Recycle Bin stay in their table, marked. The store checks nothing: see writer.py.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache
from threading import get_ident
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
        self.before_change: list[Callable[[], None]] = []
        """Called before records change: the last moment to read them as they are."""
        self._holder = 0
        """The thread that is inside a transaction; it needs no lock for each of its statements."""
        with database.transaction() as connection:
            self._connection = connection
            register(connection)
        self.prepare()

    def prepare(self) -> None:
        """Make a place for every object and field of the schema that has none yet."""
        with self._database.transaction() as connection:
            for sobject in self._schema:
                for statement in _definition(sobject):
                    connection.execute(statement)
                here = {row[1] for row in connection.execute(_columns_of(sobject))}
                for one in sobject.stored:
                    if one.name not in here:
                        connection.execute(_addition(sobject, one))
                for statement in _indexes(sobject):
                    connection.execute(statement)

    def forget_field(self, sobject: SObject, field: str) -> None:
        """Drop what records hold in a field that is no more."""
        self._run(f'UPDATE "{sobject.table}" SET "{field}" = NULL', [])

    def clear(self) -> None:
        """Forget every record."""
        self._last.clear()
        with self._database.transaction() as connection:
            for sobject in self._schema:
                connection.execute(f'DELETE FROM "{sobject.table}"')

    def next_id(self, sobject: SObject) -> str:
        """An id no record has, or had."""
        number = self._last.get(sobject.prefix)
        if number is None:
            alike = (one for one in self._schema if one.prefix == sobject.prefix)
            number = max(map(self._highest, alike))
        self._last[sobject.prefix] = number + 1
        return numbered(sobject.prefix, number + 1)

    def get(self, sobject: SObject, record_id: str) -> Row | None:
        """A record, deleted or not."""
        rows = self.select(f'SELECT * FROM "{sobject.table}" WHERE "Id" = ?', [record_id])
        return _dict(rows[0]) if rows else None

    def standing(self, sobject: SObject, record_id: str) -> Row | None:
        """What matters of a record to those that point at it; deleted or not."""
        sql = f'SELECT {_standing(sobject)} FROM "{sobject.table}" WHERE "Id" = ?'
        rows = self.select(sql, [record_id])
        return _dict(rows[0]) if rows else None

    def many(self, sobject: SObject, record_ids: Iterable[str]) -> dict[str, Row]:
        """Records by id, deleted or not."""
        wanted = list(record_ids)
        marks = ", ".join("?" * len(wanted))
        sql = f'SELECT * FROM "{sobject.table}" WHERE "Id" IN ({marks})'
        return {row["Id"]: _dict(row) for row in self.select(sql, wanted)}

    def holding(self, sobject: SObject, field: str, value: Any) -> list[Row]:
        """Records that hold a value and are not deleted, oldest id first."""
        alive = ' AND "IsDeleted" = 0' if sobject.field("IsDeleted") else ""
        sql = f'SELECT * FROM "{sobject.table}" WHERE "{field}" = ?{alive} ORDER BY "Id"'
        return [_dict(row) for row in self.select(sql, [value])]

    def ids_holding(self, sobject: SObject, field: str, value: Any) -> list[str]:
        """Ids of records that hold a value and are not deleted, oldest first."""
        alive = ' AND "IsDeleted" = 0' if sobject.field("IsDeleted") else ""
        sql = f'SELECT "Id" FROM "{sobject.table}" WHERE "{field}" = ?{alive} ORDER BY "Id"'
        return [row[0] for row in self.select(sql, [value])]

    def every(self, sobject: SObject) -> list[Row]:
        """All records of an object: for the small ones."""
        return [_dict(row) for row in self.select(f'SELECT * FROM "{sobject.table}"', [])]

    def insert(self, sobject: SObject, row: Mapping[str, Any]) -> None:
        self._run(_insertion(sobject.table, tuple(row)), [*row.values()])

    def insert_many(self, sobject: SObject, rows: Iterator[Mapping[str, Any]]) -> None:
        """Insert rows by the thousand; one with an id that is there replaces it."""
        names = [one.name for one in sobject.stored]
        columns = ", ".join(f'"{name}"' for name in names)
        marks = ", ".join("?" * len(names))
        sql = f'INSERT OR REPLACE INTO "{sobject.table}" ({columns}) VALUES ({marks})'
        with self._database.transaction() as connection:
            self._tell()
            connection.executemany(sql, ([row.get(name) for name in names] for row in rows))

    def update(self, sobject: SObject, record_id: str, changes: Mapping[str, Any]) -> None:
        self._run(_change(sobject.table, tuple(changes)), [*changes.values(), record_id])

    def purge(self, sobject: SObject) -> int:
        """Empty an object's Recycle Bin; the answer is how many records went."""
        if sobject.field("IsDeleted") is None:
            return 0
        with self._database.reading() as connection:
            self._tell()
            done = connection.execute(f'DELETE FROM "{sobject.table}" WHERE "IsDeleted" = 1')
            return done.rowcount

    def count(self, sobject: SObject) -> int:
        """Records that are not deleted."""
        alive = ' WHERE "IsDeleted" = 0' if sobject.field("IsDeleted") else ""
        rows = self.select(f'SELECT COUNT(*) FROM "{sobject.table}"{alive}', [])
        return int(rows[0][0])

    def select(self, sql: str, params: list[Any]) -> list[sqlite3.Row]:
        with self._reading() as connection:
            return connection.execute(sql, params).fetchall()

    def joined(self) -> AbstractContextManager[None]:
        """A transaction, the one under way if there is one: a savepoint for each record of a
        hundred thousand costs as much as its row."""
        return nullcontext() if self._holder == get_ident() else self.transaction()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A transaction of its own, inside the one under way if there is one."""
        with self._database.transaction():
            before, self._holder = self._holder, get_ident()
            try:
                yield
            finally:
                self._holder = before

    def _reading(self) -> AbstractContextManager[sqlite3.Connection]:
        if self._holder == get_ident():
            return nullcontext(self._connection)
        return self._database.reading()

    def _run(self, sql: str, params: list[Any]) -> None:
        # One statement is all or nothing by itself, inside a transaction or not.
        with self._reading() as connection:
            self._tell()
            connection.execute(sql, params)

    def _tell(self) -> None:
        for listener in self.before_change:
            listener()

    def _highest(self, sobject: SObject) -> int:
        own = sobject.prefix + POD
        sql = f'SELECT MAX("Id") FROM "{sobject.table}" WHERE "Id" > ? AND "Id" < ?'
        found = self.select(sql, [own, own + "~"])[0][0]
        return number_of(found, sobject.prefix) if found else 0


def _dict(row: sqlite3.Row) -> Row:
    # Not dict(row): that looks every column up by its name, one after the other.
    return dict(zip(row.keys(), row, strict=True))


@lru_cache(maxsize=512)
def _insertion(table: str, names: tuple[str, ...]) -> str:
    columns = ", ".join(f'"{name}"' for name in names)
    return f'INSERT INTO "{table}" ({columns}) VALUES ({", ".join("?" * len(names))})'


@lru_cache(maxsize=512)
def _change(table: str, names: tuple[str, ...]) -> str:
    places = ", ".join(f'"{name}" = ?' for name in names)
    return f'UPDATE "{table}" SET {places} WHERE "Id" = ?'


@lru_cache(maxsize=256)
def _standing(sobject: SObject) -> str:
    names = ("Id", "IsDeleted", "IsActive", "Type", "SobjectType")
    return ", ".join(f'"{name}"' for name in names if sobject.field(name))


def _definition(sobject: SObject) -> Iterator[str]:
    columns = ", ".join(_column(one) for one in sobject.stored)
    yield f'CREATE TABLE IF NOT EXISTS "{sobject.table}" ({columns})'


def _columns_of(sobject: SObject) -> str:
    return f'PRAGMA table_info("{sobject.table}")'


def _addition(sobject: SObject, field: Field) -> str:
    return f'ALTER TABLE "{sobject.table}" ADD COLUMN {_column(field)}'


def _indexes(sobject: SObject) -> Iterator[str]:
    if sobject.field("SystemModstamp"):
        deleted = ', "IsDeleted"' if sobject.field("IsDeleted") else ""
        yield _index(sobject, "SystemModstamp", f'"SystemModstamp", "Id"{deleted}')
    if sobject.field("IsDeleted"):
        # Answers how many records there are, and which ones, without looking at any of them.
        alive = _index(sobject, "life", '"Id", "IsDeleted"')
        yield f'{alive} WHERE "IsDeleted" = 0'
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
    if field.type == "anyType":
        return f'"{field.name}"'
    plain = field.type in ID_TYPES or field.type in ("date", "datetime")
    default = f" DEFAULT '{field.default}'" if field.feature and field.default else ""
    return f'"{field.name}" TEXT{default}' + ("" if plain else " COLLATE NOCASE")


def _index(sobject: SObject, name: str, columns: str) -> str:
    index = f"{sobject.table}_by_{name}"
    return f'CREATE INDEX IF NOT EXISTS "{index}" ON "{sobject.table}" ({columns})'
