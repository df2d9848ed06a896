"""Exports: what was asked for, and the file it came to."""

import json
import sqlite3
import zlib
from dataclasses import dataclass
from typing import Any

from include.sandbox.database import Database

_TABLE = """
CREATE TABLE IF NOT EXISTS hs_export (
    id INTEGER PRIMARY KEY, asked TEXT NOT NULL, created INTEGER NOT NULL,
    records INTEGER NOT NULL, file BLOB NOT NULL
)
"""
FIRST = 800_001


@dataclass(frozen=True, slots=True)
class Export:
    """One export."""

    id: int
    asked: dict[str, Any]
    created: int
    records: int
    file: bytes


class Exports:
    """The table of exports."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.transaction() as sql:
            sql.execute(_TABLE)

    def reset(self) -> None:
        with self._database.transaction() as sql:
            sql.execute("DELETE FROM hs_export")

    def put(self, asked: dict[str, Any], created: int, records: int, file: bytes) -> int:
        """Keep an export; answers with its id."""
        with self._database.transaction() as sql:
            last = sql.execute("SELECT max(id) FROM hs_export").fetchone()[0]
            id_ = max(FIRST, (last or 0) + 1)
            row = (id_, json.dumps(asked), created, records, zlib.compress(file, 1))
            sql.execute("INSERT INTO hs_export VALUES (?, ?, ?, ?, ?)", row)
        return id_

    def get(self, id_: int) -> Export | None:
        """The export of this id."""
        with self._database.reading() as sql:
            row = sql.execute("SELECT * FROM hs_export WHERE id = ?", (id_,)).fetchone()
        return _export(row) if row else None


def _export(row: sqlite3.Row) -> Export:
    asked = json.loads(row["asked"])
    return Export(row["id"], asked, row["created"], row["records"], zlib.decompress(row["file"]))
