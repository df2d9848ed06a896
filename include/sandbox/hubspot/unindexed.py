"""The search index lags: for a while it shows a record as it was before the last writes.

When the lag is not zero, each write leaves behind what the record was, with the moment until
which the index still shows that. A search sees the oldest of those that have not run out,
or nothing where the record did not exist yet. With no lag nothing is kept.
"""

import json
from collections.abc import Callable

from include.sandbox.database import Database
from include.sandbox.hubspot.row import Row

_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS hs_unindexed (
        type TEXT NOT NULL,
        id INTEGER NOT NULL,
        until INTEGER NOT NULL,
        properties TEXT NOT NULL,
        created INTEGER NOT NULL,
        modified INTEGER NOT NULL,
        archived INTEGER,
        source TEXT NOT NULL,
        PRIMARY KEY (type, id, until)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX IF NOT EXISTS hs_unindexed_until ON hs_unindexed (until)",
)

INDEXED = "(SELECT * FROM hs_record WHERE type = :type AND archived IS NULL)"
LAGGING = """(
    SELECT type, id, properties, created, modified, archived, source FROM hs_record
    WHERE type = :type AND archived IS NULL
    AND id NOT IN (SELECT id FROM hs_unindexed WHERE type = :type AND until > :now)
    UNION ALL
    SELECT type, id, properties, created, modified, archived, source FROM (
        SELECT *, min(until) FROM hs_unindexed WHERE type = :type AND until > :now GROUP BY id
    ) WHERE archived IS NULL
)"""


class Unindexed:
    """What the index has not taken in yet."""

    def __init__(
        self, database: Database, now: Callable[[], int], lag: Callable[[], float]
    ) -> None:
        self._database = database
        self._now = now
        self._lag = lag
        with database.transaction() as sql:
            for statement in _TABLES:
                sql.execute(statement)

    def reset(self) -> None:
        with self._database.transaction() as sql:
            sql.execute("DELETE FROM hs_unindexed")

    def note(self, object_type: str, id_: int, before: Row | None) -> None:
        """A record is about to change; `before` is None for one that is new."""
        lag = int(self._lag() * 1000)
        now = self._now()
        with self._database.transaction() as sql:
            sql.execute("DELETE FROM hs_unindexed WHERE until <= ?", (now,))
            if not lag:
                return
            # A record the index must not show yet is kept as if it were archived.
            row = before or Row(id_, {}, now, now, archived=now)
            told = json.dumps(row.properties, ensure_ascii=False)
            stamps = (row.created, row.modified, row.archived, row.source)
            sql.execute(
                "INSERT OR IGNORE INTO hs_unindexed VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (object_type, id_, now + lag, told, *stamps),
            )

    def source(self, object_type: str) -> tuple[str, dict[str, str | int]]:
        """What a search selects from: SQL and its parameters."""
        now = self._now()
        query = "SELECT 1 FROM hs_unindexed WHERE type = ? AND until > ? LIMIT 1"
        with self._database.reading() as sql:
            lagging = sql.execute(query, (object_type, now)).fetchone()
        return (LAGGING if lagging else INDEXED), {"type": object_type, "now": now}
