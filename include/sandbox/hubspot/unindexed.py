"""The search index lags: for a while it shows a record as it was before the last writes.

When the lag is not zero, each write leaves behind what the record was, with the moment until
which the index still shows that. A search sees the oldest of those that have not run out,
or nothing where the record did not exist yet. With no lag nothing is kept. Every write can
have a lag of its own: the jitter adds to it what a seeded dice says.
"""

import json
from collections.abc import Callable
from random import Random
from typing import Any

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
        self, database: Database, now: Callable[[], int], setting: Callable[[str], Any]
    ) -> None:
        self._database = database
        self._now = now
        self._setting = setting
        self._dice = Random(0)  # noqa: S311  a play of chance, not a secret
        self._seed: int | None = None
        with database.transaction() as sql:
            for statement in _TABLES:
                sql.execute(statement)

    def reset(self) -> None:
        self._seed = None
        with self._database.transaction() as sql:
            sql.execute("DELETE FROM hs_unindexed")

    def note(self, object_type: str, id_: int, before: Row | None) -> None:
        """A record is about to change; `before` is None for one that is new."""
        lag = self._lag()
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

    def _lag(self) -> int:
        """How long the index takes for one write, in milliseconds."""
        jitter = float(self._setting("index_lag_jitter_seconds"))
        if (seed := int(self._setting("index_lag_seed"))) != self._seed:
            self._seed, self._dice = seed, Random(seed)  # noqa: S311
        extra = self._dice.uniform(0, jitter) if jitter else 0.0
        return int((float(self._setting("index_lag_seconds")) + extra) * 1000)

    def source(self, object_type: str) -> tuple[str, dict[str, str | int]]:
        """What a search selects from: SQL and its parameters."""
        now = self._now()
        query = "SELECT 1 FROM hs_unindexed WHERE type = ? AND until > ? LIMIT 1"
        with self._database.reading() as sql:
            lagging = sql.execute(query, (object_type, now)).fetchone()
        return (LAGGING if lagging else INDEXED), {"type": object_type, "now": now}
