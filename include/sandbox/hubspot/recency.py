"""Records by when they came to be or last changed, newest or oldest first.

The APIs before version 3 page by time and put several object types in one line; nothing later
does. Archived records are left out, as they are there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from include.sandbox.database import Database
from include.sandbox.hubspot.records import read_row
from include.sandbox.hubspot.row import Row

CREATED, MODIFIED = "created", "modified"
Place = tuple[int, int]
"""A moment and a record's id."""


@dataclass(frozen=True, slots=True)
class Found:
    """A record and its object type."""

    object_type: str
    row: Row


class Recency:
    """Reads the table of records in the order of time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(
        self,
        object_types: Sequence[str],
        by: str,
        since: int,
        limit: int,
        *,
        offset: int = 0,
        before: Place | None = None,
    ) -> list[Found]:
        """Newest first, not older than `since`, from a position or from before a place on."""
        where, told = f"{by} >= ?", [since]
        if before:
            where, told = f"{where} AND ({by}, id) < (?, ?)", [since, *before]
        order = f"ORDER BY {by} DESC, id DESC LIMIT ? OFFSET ?"
        return self._select(object_types, where, [*told, limit, offset], order)

    def oldest(self, object_types: Sequence[str], by: str, after: Place, limit: int) -> list[Found]:
        """Oldest first, from behind a place on."""
        order = f"ORDER BY {by}, id LIMIT ?"
        return self._select(object_types, f"({by}, id) > (?, ?)", [*after, limit], order)

    def by_id(self, object_types: Sequence[str], after: int, limit: int) -> list[Found]:
        """By ascending id, across the object types."""
        return self._select(object_types, "id > ?", [after, limit], "ORDER BY id, type LIMIT ?")

    def count(self, object_types: Sequence[str], by: str, since: int) -> int:
        """How many there are that are not older than `since`."""
        query = f"SELECT count(*) FROM hs_record WHERE {_live(object_types)} AND {by} >= ?"  # noqa: S608
        with self._database.reading() as sql:
            return int(sql.execute(query, (*object_types, since)).fetchone()[0])

    def _select(
        self, object_types: Sequence[str], where: str, told: Sequence[int], order: str
    ) -> list[Found]:
        query = f"SELECT * FROM hs_record WHERE {_live(object_types)} AND {where} {order}"  # noqa: S608
        with self._database.reading() as sql:
            rows = sql.execute(query, (*object_types, *told)).fetchall()
        return [Found(row["type"], read_row(row)) for row in rows]


def _live(object_types: Sequence[str]) -> str:
    return f"archived IS NULL AND type IN ({', '.join('?' * len(object_types))})"
