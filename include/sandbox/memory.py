"""What a database in a file remembers besides records: settings, the clock, its own format.

A sandbox that is started again on the same file goes on where it stopped. Faults and counted
calls are not kept: they belong to an experiment, not to the data. A file made by a sandbox
with other tables is refused, never converted and never written to.
"""

import hashlib
import json
import sqlite3
from pathlib import Path
from typing import Any

from include.sandbox.database import Database

FORMAT = 1
"""To be raised when what stands in the tables changes and the tables do not."""
_TABLE = "CREATE TABLE IF NOT EXISTS sandbox_memory (name TEXT PRIMARY KEY, value TEXT NOT NULL)"


class Unusable(ValueError):
    """A database file that this sandbox cannot go on with."""


def remember(database: Database, name: str, value: Any) -> None:
    """Keep a JSON-able value under a name."""
    with database.transaction() as sql:
        sql.execute(_TABLE)
        row = (name, json.dumps(value))
        sql.execute("INSERT OR REPLACE INTO sandbox_memory VALUES (?, ?)", row)


def recall(database: Database, name: str) -> Any:
    """What was kept under a name, None if nothing was."""
    with database.transaction() as sql:
        sql.execute(_TABLE)
        row = sql.execute("SELECT value FROM sandbox_memory WHERE name = ?", (name,)).fetchone()
    return json.loads(row[0]) if row else None


def format_of(database: Database) -> str:
    """A name for the tables of a database that holds nothing else yet."""
    with database.reading() as sql:
        rows = sql.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()
    told = "\n".join([str(FORMAT), *(str(row[0]) for row in rows)])
    return hashlib.sha256(told.encode()).hexdigest()


def open_file(path: Path, wanted: str) -> Database:
    """A new database file of this format, or one that is there; raises Unusable."""
    new = not path.exists() or path.stat().st_size == 0
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        database = Database(str(path))
    except sqlite3.Error as error:
        raise Unusable(f"cannot use {path}: {error}") from error
    if new:
        remember(database, "format", wanted)
    if _format_in(database) == wanted:
        return database
    database.close()
    raise Unusable(
        f"{path} was made by another version of the sandbox; delete it or name another file"
    )


def _format_in(database: Database) -> str | None:
    with database.reading() as sql:
        known = "SELECT 1 FROM sqlite_master WHERE name = 'sandbox_memory'"
        if sql.execute(known).fetchone() is None:
            return None
        row = sql.execute("SELECT value FROM sandbox_memory WHERE name = 'format'").fetchone()
    return json.loads(row[0]) if row else None
