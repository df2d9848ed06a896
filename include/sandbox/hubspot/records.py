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
    CREATE TABLE IF NOT EXISTS hs_merged (
        type TEXT NOT NULL, id INTEGER NOT NULL, winner INTEGER NOT NULL,
        PRIMARY KEY (type, id)
    ) WITHOUT ROWID
    """,
    "CREATE TABLE IF NOT EXISTS hs_last_id (type TEXT PRIMARY KEY, id INTEGER NOT NULL)",
)

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

    def reset(self) -> None:
        with self._database.transaction() as sql:
            for table in ("hs_record", "hs_unique", "hs_merged", "hs_last_id"):
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

    def census(self) -> list[tuple[str, str, int]]:
        """How many live records there are of each object type."""
        query = "SELECT type, count(*) FROM hs_record WHERE archived IS NULL GROUP BY type"
        with self._database.reading() as sql:
            return [("hubspot", name, count) for name, count in sql.execute(query)]

    def next_id(self, object_type: str) -> int:
        """An id no record of this type ever had."""
        with self._database.transaction() as sql:
            last = sql.execute(
                "SELECT max(id) FROM (SELECT id FROM hs_last_id WHERE type = :type "
                "UNION ALL SELECT max(id) FROM hs_record WHERE type = :type)",
                {"type": object_type},
            ).fetchone()[0]
            id_ = max(FIRST, (last or 0) + 1)
            sql.execute("INSERT OR REPLACE INTO hs_last_id VALUES (?, ?)", (object_type, id_))
        return id_

    def put(self, object_type: str, rows: Iterable[Row]) -> None:
        """Store rows, new or changed."""
        told = (
            (
                object_type,
                row.id,
                json.dumps(row.properties, ensure_ascii=False, separators=(",", ":")),
                row.created,
                row.modified,
                row.archived,
                row.source,
            )
            for row in rows
        )
        with self._database.transaction() as sql:
            sql.executemany("INSERT OR REPLACE INTO hs_record VALUES (?, ?, ?, ?, ?, ?, ?)", told)

    def remove(self, object_type: str, id_: int) -> None:
        """Take a row out for good."""
        with self._database.transaction() as sql:
            sql.execute("DELETE FROM hs_record WHERE type = ? AND id = ?", (object_type, id_))
        self.hold(object_type, id_, ())

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
