"""How many live records there are, in all and between two moments, without walking them.

Beside the records stands how many of them came to be, or last changed, in each hour. A span
of time is the sum of its whole hours, and of the few records at its two ends, which an index
counts. The numbers change in the transaction that changes the records, so they are never
behind.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from include.sandbox.database import Database

TABLES = (
    "CREATE TABLE IF NOT EXISTS hs_count (type TEXT PRIMARY KEY, live INTEGER NOT NULL)",
    """
    CREATE TABLE IF NOT EXISTS hs_tally (
        type TEXT NOT NULL,
        stamp TEXT NOT NULL,
        hour INTEGER NOT NULL,
        live INTEGER NOT NULL,
        PRIMARY KEY (type, stamp, hour)
    ) WITHOUT ROWID
    """,
)
CREATED, MODIFIED = "created", "modified"
HOUR = 3_600_000
"""Milliseconds."""
FEW = 1000
"""Records that are counted one by one without a thought."""

Stamps = tuple[int, int]
"""When a live record came to be, and when it last changed."""


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment to another, both included, of one of the two stamps."""

    stamp: str
    first: int
    last: int


class Tallies:
    """Counts live records."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.transaction() as sql:
            for statement in TABLES:
                sql.execute(statement)

    def reset(self) -> None:
        with self._database.transaction() as sql:
            sql.execute("DELETE FROM hs_count")
            sql.execute("DELETE FROM hs_tally")

    def moved(self, object_type: str, gone: Iterable[Stamps], come: Iterable[Stamps]) -> None:
        """Some records were live with these stamps, and are now with those."""
        hours: Counter[tuple[str, int]] = Counter()
        more = 0
        for stamps, step in ((gone, -1), (come, 1)):
            for created, modified in stamps:
                hours[CREATED, created // HOUR] += step
                hours[MODIFIED, modified // HOUR] += step
                more += step
        rows = [(object_type, *place, live) for place, live in hours.items() if live]
        with self._database.transaction() as sql:
            sql.executemany(
                "INSERT INTO hs_tally VALUES (?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET live = live + excluded.live",
                rows,
            )
            sql.execute(
                "INSERT INTO hs_count VALUES (?, ?) "
                "ON CONFLICT DO UPDATE SET live = live + excluded.live",
                (object_type, more),
            )

    def census(self) -> list[tuple[str, str, int]]:
        """How many live records there are of each object type."""
        query = "SELECT type, live FROM hs_count WHERE live > 0"
        with self._database.reading() as sql:
            return [("hubspot", name, count) for name, count in sql.execute(query)]

    def count(self, object_type: str) -> int:
        """How many live records there are of one object type."""
        query = "SELECT live FROM hs_count WHERE type = ?"
        with self._database.reading() as sql:
            found = sql.execute(query, (object_type,)).fetchone()
        return int(found[0]) if found else 0

    def within(self, object_type: str, span: Span) -> int:
        """How many live records of one object type have their stamp in a span."""
        if span.first > span.last:
            return 0
        begin, end = -(-span.first // HOUR), (span.last + 1) // HOUR
        if begin >= end:
            return self._counted(object_type, span.stamp, span.first, span.last)
        return (
            self._tail(object_type, span.stamp, span.first, begin)
            + self._summed(object_type, span.stamp, begin, end)
            + self._counted(object_type, span.stamp, end * HOUR, span.last)
        )

    def _tail(self, object_type: str, stamp: str, first: int, begin: int) -> int:
        """From a moment to the end of its hour.

        Very many records may share one moment, the one that is asked for: then those before
        it in the hour are few, and quicker to count.
        """
        start = (begin - 1) * HOUR
        before = self._counted(object_type, stamp, start, first - 1, FEW)
        if before < FEW:
            return self._summed(object_type, stamp, begin - 1, begin) - before
        return self._counted(object_type, stamp, first, begin * HOUR - 1)

    def _summed(self, object_type: str, stamp: str, begin: int, end: int) -> int:
        query = (
            "SELECT coalesce(sum(live), 0) FROM hs_tally "
            "WHERE type = ? AND stamp = ? AND hour >= ? AND hour < ?"
        )
        with self._database.reading() as sql:
            return int(sql.execute(query, (object_type, stamp, begin, end)).fetchone()[0])

    def _counted(self, object_type: str, stamp: str, first: int, last: int, most: int = -1) -> int:
        """One by one, and no further than `most`."""
        query = (
            "SELECT count(*) FROM (SELECT 1 FROM hs_record "  # noqa: S608  one of two words
            f"WHERE type = ? AND archived IS NULL AND {stamp} BETWEEN ? AND ? LIMIT ?)"
        )
        with self._database.reading() as sql:
            return int(sql.execute(query, (object_type, first, last, most)).fetchone()[0])
