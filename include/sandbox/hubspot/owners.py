"""The portal's users who can own records; those who left are still listed as archived."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from include.sandbox.database import Database
from include.sandbox.hubspot import moments
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
SINCE = 1_672_531_200_000
"""When everybody came, in milliseconds."""
_USER = 9_000_000
"""A user's number is its owner's plus this: the two are different things to HubSpot."""


@dataclass(frozen=True, slots=True)
class Owner:
    """One owner."""

    id: int
    email: str
    first_name: str
    last_name: str
    archived: bool

    @property
    def user(self) -> int:
        """The number of the user behind it."""
        return self.id + _USER


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

    def all(self) -> list[Owner]:
        """Everyone, those who left too, by id."""
        with self._database.reading() as sql:
            return [_owner(row) for row in sql.execute("SELECT * FROM hs_owner ORDER BY id")]

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


def _owner(row: sqlite3.Row) -> Owner:
    names = (row["email"], row["first_name"], row["last_name"])
    return Owner(row["id"], *names, bool(row["archived"]))


def _shown(row: sqlite3.Row) -> dict[str, Any]:
    one = _owner(row)
    return {
        "id": str(one.id),
        "email": one.email,
        "type": "PERSON",
        "firstName": one.first_name,
        "lastName": one.last_name,
        "userId": None if one.archived else one.user,
        "userIdIncludingInactive": one.user,
        "createdAt": moments.shown(SINCE),
        "updatedAt": moments.shown(SINCE),
        "archived": one.archived,
    }
