"""The state store read as anybody may read it: SQL over the tables that the documents describe."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Link:
    """A row of `link` that lives."""

    id: str
    hubspot_id: str
    salesforce_id: str
    kind: str
    base: dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Ledger:
    """One state store."""

    path: Path

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, timeout=30)
        connection.row_factory = sqlite3.Row
        try:
            yield connection
        finally:
            connection.close()

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        with self._open() as connection:
            return [dict(row) for row in connection.execute(sql, values)]

    def links(self, object_type: str) -> list[Link]:
        found = self.rows(
            "SELECT * FROM link WHERE object_type = ? AND gone_in IS NULL ORDER BY id", object_type
        )
        return [
            Link(
                str(one["id"]),
                one["hubspot_id"],
                one["salesforce_id"],
                one["kind"],
                json.loads(one["base"] or "{}"),
            )
            for one in found
        ]

    def buried(self, object_type: str) -> list[dict[str, Any]]:
        return self.rows(
            "SELECT * FROM link WHERE object_type = ? AND gone_in IS NOT NULL", object_type
        )

    def held(self, object_type: str) -> list[dict[str, Any]]:
        return self.rows("SELECT * FROM held WHERE object_type = ?", object_type)

    def waiting(self, object_type: str) -> list[dict[str, Any]]:
        return self.rows("SELECT * FROM retry WHERE object_type = ?", object_type)

    def issues(self, object_type: str) -> list[dict[str, Any]]:
        sql = "SELECT * FROM mapping_issue WHERE object_type = ? AND until IS NULL"
        return self.rows(sql, object_type)

    def changes(self, since: int) -> list[dict[str, Any]]:
        """Every field that runs wrote, or may have written, after so many actions."""
        return self.rows(
            "SELECT a.rowid AS at, a.object_type, a.system, a.verb, a.record_id, a.origin_id,"
            " a.outcome_record_id, a.result, c.field, c.before, c.after, c.reason"
            " FROM action a JOIN change c ON c.sync_run = a.sync_run"
            " AND c.object_type = a.object_type AND c.attempt = a.attempt AND c.action_id = a.id"
            " WHERE a.rowid > ? AND a.intended_at IS NOT NULL ORDER BY a.rowid",
            since,
        )

    def conflicts(self, since: int) -> list[dict[str, Any]]:
        return self.rows("SELECT * FROM conflict WHERE id > ?", since)

    def last(self, table: str) -> int:
        column = "rowid" if table == "action" else "id"
        [row] = self.rows(f"SELECT COALESCE(MAX({column}), 0) AS n FROM {table}")
        return int(row["n"])

    def refusals(self, since: int) -> list[dict[str, Any]]:
        return self.rows(
            "SELECT * FROM action WHERE rowid > ? AND result IN ('rejected', 'retryable')", since
        )

    def written(self, since: int) -> list[dict[str, Any]]:
        """Actions that were about to be sent after so many."""
        return self.rows("SELECT * FROM action WHERE rowid > ? AND intended_at IS NOT NULL", since)
