"""Lists and who is on them.

Membership is data here. Through the API only that of manual lists and snapshots can be
changed; that of a dynamic list follows from its filters (see list_filters.py), or, where it
came from a seed without any, is what the seed or a test said.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from include.sandbox.database import Database
from include.sandbox.population import HubSpotList

_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS hs_list (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        object_type_id TEXT NOT NULL,
        processing_type TEXT NOT NULL,
        created INTEGER NOT NULL,
        updated INTEGER NOT NULL,
        deleted INTEGER,
        filters TEXT,
        filtered INTEGER NOT NULL DEFAULT 0,
        version INTEGER NOT NULL DEFAULT 1
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS hs_member (
        list_id INTEGER NOT NULL,
        record_id INTEGER NOT NULL,
        added INTEGER NOT NULL,
        PRIMARY KEY (list_id, record_id)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX IF NOT EXISTS hs_member_record ON hs_member (record_id)",
)
CONTACTS = "0-1"
_INSERT = (
    "INSERT OR IGNORE INTO hs_list "
    "(id, name, object_type_id, processing_type, created, updated, deleted)"
)


_OF_TYPE = "list_id IN (SELECT id FROM hs_list WHERE object_type_id = ?)"


@dataclass(frozen=True, slots=True)
class List:
    """One list."""

    id: int
    name: str
    object_type_id: str
    processing_type: str
    """MANUAL, DYNAMIC or SNAPSHOT."""
    created: int
    updated: int
    size: int
    deleted: int | None = None
    filters: Any = None
    """The filter branch as it was told; None: it has none."""
    filtered: int = 0
    """When the filters last changed."""
    version: int = 1

    @property
    def writable(self) -> bool:
        return self.processing_type != "DYNAMIC"


@dataclass(frozen=True, slots=True)
class Member:
    """A record on a list."""

    list_id: int
    record_id: int
    added: int


class Lists:
    """The table of lists."""

    def __init__(self, database: Database, now: Callable[[], int]) -> None:
        self._database = database
        self._now = now
        with database.transaction() as sql:
            for statement in _TABLES:
                sql.execute(statement)

    def reset(self) -> None:
        with self._database.transaction() as sql:
            sql.execute("DELETE FROM hs_list")
            sql.execute("DELETE FROM hs_member")

    def load(self, lists: Iterable[HubSpotList]) -> None:
        now = self._now()
        with self._database.transaction() as sql:
            for one in lists:
                row = (int(one.id), one.name, CONTACTS, one.processing_type, now, now, None)
                sql.execute(f"{_INSERT} VALUES (?, ?, ?, ?, ?, ?, ?)", row)
                members = ((int(one.id), int(member), now) for member in one.members)
                sql.executemany("INSERT OR IGNORE INTO hs_member VALUES (?, ?, ?)", members)

    def all(self, *, deleted: bool = False) -> list[List]:
        """Every list by id."""
        state = "NOT NULL" if deleted else "NULL"
        return self._selected(f"deleted IS {state}", ())

    def get(self, id_: int, *, deleted: bool = False) -> List | None:
        """The list of this id."""
        state = "NOT NULL" if deleted else "NULL"
        return next(iter(self._selected(f"id = ? AND deleted IS {state}", (id_,))), None)

    def called(self, object_type_id: str, name: str) -> List | None:
        """The list of this name, which is unique per object type, whatever the case."""
        where = "object_type_id = ? AND lower(name) = lower(?) AND deleted IS NULL"
        return next(iter(self._selected(where, (object_type_id, name))), None)

    def create(
        self, name: str, object_type_id: str, processing_type: str, filters: Any = None
    ) -> int:
        """Make a list; answers with its id."""
        now = self._now()
        told = None if filters is None else json.dumps(filters)
        with self._database.transaction() as sql:
            made = sql.execute(
                "INSERT INTO hs_list (name, object_type_id, processing_type, created, updated, "
                "filters, filtered) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (name, object_type_id, processing_type, now, now, told, now),
            )
            return int(made.lastrowid or 0)

    def refilter(self, id_: int, filters: Any) -> None:
        """Change a list's filters."""
        now = self._now()
        with self._database.transaction() as sql:
            sql.execute(
                "UPDATE hs_list SET filters = ?, filtered = ?, updated = ?, version = version + 1 "
                "WHERE id = ?",
                (json.dumps(filters), now, now, id_),
            )

    def rename(self, id_: int, name: str) -> None:
        with self._database.transaction() as sql:
            told = (name, self._now(), id_)
            sql.execute("UPDATE hs_list SET name = ?, updated = ? WHERE id = ?", told)

    def delete(self, id_: int) -> None:
        """Delete a list; it can be restored."""
        with self._database.transaction() as sql:
            sql.execute("UPDATE hs_list SET deleted = ? WHERE id = ?", (self._now(), id_))

    def restore(self, id_: int) -> None:
        with self._database.transaction() as sql:
            sql.execute("UPDATE hs_list SET deleted = NULL WHERE id = ?", (id_,))

    def change(
        self, id_: int, add: Iterable[int], remove: Iterable[int]
    ) -> tuple[list[int], list[int]]:
        """Put records on a list and take others off; answers with those it made a difference to."""
        now = self._now()
        with self._database.transaction() as sql:
            off = [
                one
                for one in remove
                if sql.execute(
                    "DELETE FROM hs_member WHERE list_id = ? AND record_id = ?", (id_, one)
                ).rowcount
            ]
            insert = "INSERT OR IGNORE INTO hs_member VALUES (?, ?, ?)"
            on = [one for one in add if sql.execute(insert, (id_, one, now)).rowcount]
        return on, off

    def clear(self, id_: int) -> None:
        """Take everyone off a list."""
        with self._database.transaction() as sql:
            sql.execute("DELETE FROM hs_member WHERE list_id = ?", (id_,))

    def drop(self, object_type_id: str, record_id: int) -> None:
        """Take a record off every list."""
        with self._database.transaction() as sql:
            told = (record_id, object_type_id)
            sql.execute(f"DELETE FROM hs_member WHERE record_id = ? AND {_OF_TYPE}", told)  # noqa: S608

    def move(self, object_type_id: str, before: int, after: int) -> None:
        """Put a record on the lists another one is on, and take that one off."""
        query = f"UPDATE OR IGNORE hs_member SET record_id = ? WHERE record_id = ? AND {_OF_TYPE}"  # noqa: S608
        with self._database.transaction() as sql:
            sql.execute(query, (after, before, object_type_id))
        self.drop(object_type_id, before)

    def members(self, id_: int, after: int, limit: int) -> list[Member]:
        """Who is on a list, by record id."""
        return self._members("list_id = ? AND record_id > ?", (id_, after), limit)

    def members_before(self, id_: int, before: int, limit: int) -> list[Member]:
        """Who is on a list and has a lower id, by descending id."""
        query = (
            "SELECT * FROM hs_member WHERE list_id = ? AND record_id < ? "
            "ORDER BY record_id DESC LIMIT ?"
        )
        with self._database.reading() as sql:
            return [Member(*row) for row in sql.execute(query, (id_, before, limit)).fetchall()]

    def joined(self, id_: int, after: tuple[int, int], limit: int) -> list[Member]:
        """Who is on a list, by when they came, from a moment and a record on."""
        query = (
            "SELECT * FROM hs_member WHERE list_id = ? AND (added, record_id) > (?, ?) "
            "ORDER BY added, record_id LIMIT ?"
        )
        with self._database.reading() as sql:
            return [Member(*row) for row in sql.execute(query, (id_, *after, limit)).fetchall()]

    def lately_joined(self, id_: int, before: tuple[int, int] | None, limit: int) -> list[Member]:
        """Who is on a list, those who came last first, from before a moment and a record on."""
        query = (
            "SELECT * FROM hs_member WHERE list_id = ? AND (added, record_id) < (?, ?) "
            "ORDER BY added DESC, record_id DESC LIMIT ?"
        )
        told = (id_, *(before or (2**62, 0)), limit)
        with self._database.reading() as sql:
            return [Member(*row) for row in sql.execute(query, told).fetchall()]

    def copy(self, source: int, target: int) -> None:
        """Put everyone who is on one list on another."""
        chosen = "SELECT ?, record_id, ? FROM hs_member WHERE list_id = ?"
        query = f"INSERT OR IGNORE INTO hs_member {chosen}"
        with self._database.transaction() as sql:
            sql.execute(query, (target, self._now(), source))

    def follow(self, id_: int, chosen: str, parameters: dict[str, Any]) -> None:
        """Let exactly those be on a list whose ids a query selects."""
        told = {**parameters, "list": id_, "added": self._now()}
        with self._database.transaction() as sql:
            sql.execute(
                "DELETE FROM hs_member WHERE list_id = :list "  # noqa: S608
                f"AND record_id NOT IN ({chosen})",
                told,
            )
            sql.execute(
                "INSERT OR IGNORE INTO hs_member SELECT :list, id, :added "  # noqa: S608
                f"FROM ({chosen}) WHERE 1",
                told,
            )

    def of(self, record_id: int, object_type_id: str) -> list[Member]:
        """The lists a record is on."""
        lists = "SELECT id FROM hs_list WHERE object_type_id = ? AND deleted IS NULL"
        return self._members(f"record_id = ? AND list_id IN ({lists})", (record_id, object_type_id))

    def _members(self, where: str, told: Sequence[int | str], limit: int = -1) -> list[Member]:
        query = f"SELECT * FROM hs_member WHERE {where} ORDER BY list_id, record_id LIMIT ?"  # noqa: S608
        with self._database.reading() as sql:
            return [Member(*row) for row in sql.execute(query, (*told, limit)).fetchall()]

    def _selected(self, where: str, told: Sequence[int | str]) -> list[List]:
        query = (
            "SELECT *, (SELECT count(*) FROM hs_member WHERE list_id = hs_list.id) AS size "  # noqa: S608
            f"FROM hs_list WHERE {where} ORDER BY id"
        )
        with self._database.reading() as sql:
            return [_list(row) for row in sql.execute(query, told).fetchall()]


def _list(row: sqlite3.Row) -> List:
    return List(
        row["id"],
        row["name"],
        row["object_type_id"],
        row["processing_type"],
        row["created"],
        row["updated"],
        row["size"],
        row["deleted"],
        None if row["filters"] is None else json.loads(row["filters"]),
        row["filtered"] or row["created"],
        row["version"],
    )
