"""The portal's users who can own records; those who left are still listed as archived."""

import sqlite3
from collections.abc import Iterable
from typing import Any

from include.sandbox.database import Database
from include.sandbox.hubspot.call import Call, is_id
from include.sandbox.hubspot.failures import not_found
from include.sandbox.population import HubSpotOwner
from include.sandbox.router import Route
from include.sandbox.wire import Answer

_TABLE = """
CREATE TABLE IF NOT EXISTS hs_owner (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    archived INTEGER NOT NULL
)
"""
_SINCE = "2023-01-01T00:00:00Z"


class Owners:
    """Reads owners; nobody makes one through the API."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.transaction() as sql:
            sql.execute(_TABLE)
        self._ids: frozenset[str] | None = None

    def reset(self) -> None:
        with self._database.transaction() as sql:
            sql.execute("DELETE FROM hs_owner")
        self._ids = None

    def load(self, owners: Iterable[HubSpotOwner]) -> None:
        rows = [(int(o.id), o.email, o.first_name, o.last_name, o.archived) for o in owners]
        with self._database.transaction() as sql:
            sql.executemany("INSERT OR REPLACE INTO hs_owner VALUES (?, ?, ?, ?, ?)", rows)
        self._ids = None

    def ids(self) -> frozenset[str]:
        """Everyone a record may be given to; owners who left are still accepted."""
        if self._ids is None:
            with self._database.reading() as sql:
                found = sql.execute("SELECT id FROM hs_owner").fetchall()
            self._ids = frozenset(str(row[0]) for row in found)
        return self._ids

    def routes(self) -> list[Route]:
        """What serves owners."""
        return [
            Route("GET", "/crm/owners", self._list),
            Route("GET", "/crm/owners/{owner_id}", self._one),
        ]

    def _list(self, call: Call) -> Answer:
        limit = call.number("limit", 100, 500)
        after = call.request.get("after", "0")
        asked = (call.flag("archived"), int(after) if is_id(after) else 0)
        email = call.request.get("email").lower()
        query = "SELECT * FROM hs_owner WHERE archived = ? AND id > ?"
        if email:
            query += " AND lower(email) = ?"
        with self._database.reading() as sql:
            found = sql.execute(
                f"{query} ORDER BY id LIMIT ?", (*asked, *([email] if email else []), limit + 1)
            ).fetchall()
        after_this = found[limit - 1]["id"] if len(found) > limit else None
        results = [_shown(row) for row in found[:limit]]
        return Answer(200, {"results": results, **call.paging(after_this)})

    def _one(self, call: Call, owner_id: str) -> Answer:
        by_user = call.request.get("idProperty") == "userId"
        number = int(owner_id) - (_USER if by_user else 0) if is_id(owner_id) else -1
        with self._database.reading() as sql:
            row = sql.execute("SELECT * FROM hs_owner WHERE id = ?", (number,)).fetchone()
        if row is None or bool(row["archived"]) != call.flag("archived"):
            raise not_found()
        return Answer(200, _shown(row))


_USER = 9_000_000
"""A user's number is its owner's plus this: the two are different things to HubSpot."""


def _shown(row: sqlite3.Row) -> dict[str, Any]:
    user = row["id"] + _USER
    archived = bool(row["archived"])
    return {
        "id": str(row["id"]),
        "email": row["email"],
        "type": "PERSON",
        "firstName": row["first_name"],
        "lastName": row["last_name"],
        "userId": None if archived else user,
        "userIdIncludingInactive": user,
        "createdAt": _SINCE,
        "updatedAt": _SINCE,
        "archived": archived,
    }
