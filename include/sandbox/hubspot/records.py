"""Records in SQLite: a row each with their properties as JSON, and what finds them quickly.

Stamps are columns, because lists, searches and syncs ask for them; a value that has to be
unique has a row of its own in `hs_unique`, which also finds the record (a contact has one
for each of its e-mails). Everything here is one record type's rows as they are: no rule of
HubSpot's is known.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from include.sandbox.database import Database
from include.sandbox.hubspot.row import Row
from include.sandbox.hubspot.tallies import Stamps, Tallies

_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS hs_record (
        type TEXT NOT NULL,
        id INTEGER NOT NULL,
        properties TEXT NOT NULL,
        created INTEGER NOT NULL,
        modified INTEGER NOT NULL,
        archived INTEGER,
        source TEXT NOT NULL,
        PRIMARY KEY (type, id)
    ) WITHOUT ROWID
    """,
    """
    CREATE INDEX IF NOT EXISTS hs_record_modified ON hs_record (type, modified, id, archived)
    WHERE archived IS NULL
    """,
    """
    CREATE INDEX IF NOT EXISTS hs_record_created ON hs_record (type, created, id, archived)
    WHERE archived IS NULL
    """,
    """
    CREATE INDEX IF NOT EXISTS hs_record_live ON hs_record (type, archived, id)
    WHERE archived IS NULL
    """,
    """
    CREATE TABLE IF NOT EXISTS hs_unique (
        type TEXT NOT NULL,
        property TEXT NOT NULL,
        value TEXT NOT NULL,
        id INTEGER NOT NULL,
        PRIMARY KEY (type, property, value)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX IF NOT EXISTS hs_unique_holder ON hs_unique (type, id)",
    """
    CREATE INDEX IF NOT EXISTS hs_unique_folded
    ON hs_unique (type, property, value COLLATE NOCASE) WHERE property <> 'email'
    """,
    """
    CREATE TABLE IF NOT EXISTS hs_merged (
        type TEXT NOT NULL, id INTEGER NOT NULL, winner INTEGER NOT NULL,
        PRIMARY KEY (type, id)
    ) WITHOUT ROWID
    """,
    "CREATE TABLE IF NOT EXISTS hs_last_id (type TEXT PRIMARY KEY, id INTEGER NOT NULL)",
)

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

FIRST = 100_001
"""The id of the first record that is created in an empty portal."""
_PORTION = 500
"""How many ids one query names."""

Value = TypeVar("Value")
Key = tuple[str, str]
"""A property and the value only one record may hold."""


class Records:
    """The table of records."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.transaction() as sql:
            for statement in _TABLES:
                sql.execute(statement)
        self.tallies = Tallies(database)
        self._generations: dict[str, int] = {}

    def reset(self) -> None:
        self._moved_on(*self._generations)
        with self._database.transaction() as sql:
            for table in (
                "hs_record",
                "hs_unique",
                "hs_merged",
                "hs_last_id",
                "hs_count",
                "hs_tally",
            ):
                sql.execute(f"DELETE FROM {table}")  # noqa: S608

    def find(self, object_type: str, ids: Iterable[int]) -> dict[int, Row]:
        """The rows with these ids, archived ones too."""
        found: dict[int, Row] = {}
        for query, some in _portions(
            "SELECT * FROM hs_record WHERE type = ? AND id IN ({})", list(ids)
        ):
            with self._database.reading() as sql:
                rows = sql.execute(query, (object_type, *some)).fetchall()
            found.update((row["id"], read_row(row)) for row in rows)
        return found

    def holders(self, object_type: str, name: str, values: Sequence[str]) -> dict[str, int]:
        """Which record holds each of these unique values."""
        found: dict[str, int] = {}
        for query, some in _portions(
            "SELECT value, id FROM hs_unique WHERE type = ? AND property = ? AND value IN ({})",
            values,
        ):
            with self._database.reading() as sql:
                found.update(sql.execute(query, (object_type, name, *some)).fetchall())
        return found

    def winners(self, object_type: str, ids: Sequence[int]) -> dict[int, int]:
        """For ids that were merged away: the record each one went into."""
        found: dict[int, int] = {}
        for query, some in _portions(
            "SELECT id, winner FROM hs_merged WHERE type = ? AND id IN ({})", ids
        ):
            with self._database.reading() as sql:
                found.update(sql.execute(query, (object_type, *some)).fetchall())
        return found

    def page(self, object_type: str, after: int, limit: int, *, archived: bool) -> list[Row]:
        """Rows by ascending id."""
        state = "NOT NULL" if archived else "NULL"
        query = (
            "SELECT * FROM hs_record "  # noqa: S608  one of two words
            f"WHERE type = ? AND id > ? AND archived IS {state} ORDER BY id LIMIT ?"
        )
        with self._database.reading() as sql:
            return [read_row(row) for row in sql.execute(query, (object_type, after, limit))]

    def used(
        self, object_type: str, name: str, values: Sequence[str], holder: str, holder_name: str
    ) -> list[str]:
        """Which values of a property live records hold, among those of one holder."""
        query = (
            "SELECT DISTINCT json_extract(properties, ?) AS value FROM hs_record "
            "WHERE type = ? AND archived IS NULL AND json_extract(properties, ?) = ?"
        )
        told = (f'$."{name}"', object_type, f'$."{holder_name}"', holder)
        with self._database.reading() as sql:
            found = {row["value"] for row in sql.execute(query, told)}
        return [one for one in values if one in found]

    def all(self, object_type: str, size: int = 2000) -> Iterator[list[Row]]:
        """Every live row, some at a time."""
        after = 0
        while rows := self.page(object_type, after, size, archived=False):
            yield rows
            after = rows[-1].id

    def generation(self, object_type: str) -> int:
        """A number that changes whenever a record of this type does."""
        return self._generations.get(object_type, 0)

    def next_id(self, object_types: Sequence[str]) -> int:
        """An id no record of these types, which share their numbers, ever had."""
        query = (
            "SELECT max(id) FROM (SELECT id FROM hs_last_id WHERE type = :type "
            "UNION ALL SELECT max(id) FROM hs_record WHERE type = :type)"
        )
        with self._database.transaction() as sql:
            known = (sql.execute(query, {"type": one}).fetchone()[0] for one in object_types)
            id_ = max(FIRST, *((last or 0) + 1 for last in known))
            sql.execute("INSERT OR REPLACE INTO hs_last_id VALUES (?, ?)", (object_types[0], id_))
        return id_

    def put(self, object_type: str, rows: Iterable[Row]) -> None:
        """Store rows, new or changed."""
        known = {row.id: row for row in rows}
        if not known:
            return
        told = [_row_values(object_type, row) for row in known.values()]
        with self._database.transaction() as sql:
            gone = self._live(object_type, list(known))
            sql.executemany("INSERT OR REPLACE INTO hs_record VALUES (?, ?, ?, ?, ?, ?, ?)", told)
            come = [(row.created, row.modified) for row in known.values() if row.archived is None]
            self.tallies.moved(object_type, gone, come)
        self._moved_on(object_type)

    def remove(self, object_type: str, id_: int) -> None:
        """Take a row out for good."""
        with self._database.transaction() as sql:
            self.tallies.moved(object_type, self._live(object_type, [id_]), ())
            sql.execute("DELETE FROM hs_record WHERE type = ? AND id = ?", (object_type, id_))
        self.hold(object_type, id_, ())
        self._moved_on(object_type)

    def hold(self, object_type: str, id_: int, keys: Iterable[Key]) -> None:
        """Say which unique values a record holds from now on, instead of those before."""
        with self._database.transaction() as sql:
            sql.execute("DELETE FROM hs_unique WHERE type = ? AND id = ?", (object_type, id_))
        self.claim(object_type, ((key, id_) for key in keys))

    def claim(self, object_type: str, keys: Iterable[tuple[Key, int]]) -> None:
        """Add unique values; one that is taken already stays with its holder."""
        rows = ((object_type, name, value, id_) for (name, value), id_ in keys)
        with self._database.transaction() as sql:
            sql.executemany("INSERT OR IGNORE INTO hs_unique VALUES (?, ?, ?, ?)", rows)

    def merged(self, object_type: str, loser: int, winner: int) -> None:
        """Remember where a record went; those that went into it before follow."""
        with self._database.transaction() as sql:
            sql.execute(
                "UPDATE hs_merged SET winner = ? WHERE type = ? AND winner = ?",
                (winner, object_type, loser),
            )
            sql.execute("INSERT INTO hs_merged VALUES (?, ?, ?)", (object_type, loser, winner))

    def _live(self, object_type: str, ids: Sequence[int]) -> list[Stamps]:
        """The stamps of those of some records that are live."""
        found: list[Stamps] = []
        for query, some in _portions(
            "SELECT created, modified FROM hs_record "
            "WHERE type = ? AND archived IS NULL AND id IN ({})",
            ids,
        ):
            with self._database.reading() as sql:
                rows = sql.execute(query, (object_type, *some)).fetchall()
            found.extend((created, modified) for created, modified in rows)
        return found

    def _moved_on(self, *object_types: str) -> None:
        for name in object_types:
            self._generations[name] = self._generations.get(name, 0) + 1


def _row_values(object_type: str, row: Row) -> tuple[str, int, str, int, int, int | None, str]:
    told = _ENCODER.encode(row.properties)
    return object_type, row.id, told, row.created, row.modified, row.archived, row.source


def read_row(row: sqlite3.Row) -> Row:
    """A row of the table as a value."""
    return Row(
        row["id"],
        json.loads(row["properties"]),
        row["created"],
        row["modified"],
        row["archived"],
        row["source"],
    )


def _portions(query: str, values: Sequence[Value]) -> Iterator[tuple[str, Sequence[Value]]]:
    for start in range(0, len(values), _PORTION):
        some = values[start : start + _PORTION]
        yield query.format(",".join("?" * len(some))), some
