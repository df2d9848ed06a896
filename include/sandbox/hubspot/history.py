"""What properties held before: kept only for what has changed.

Most values were set once, when the record came to be. Those have no rows here; their one
version is made up from the record itself. The first change of a property writes down the
version before it as well.
"""

from collections.abc import Iterable, Mapping

from include.sandbox.database import Database
from include.sandbox.hubspot.row import Row, Version

_TABLE = """
CREATE TABLE IF NOT EXISTS hs_history (
    type TEXT NOT NULL,
    id INTEGER NOT NULL,
    property TEXT NOT NULL,
    at INTEGER NOT NULL,
    value TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (type, id, property, at)
) WITHOUT ROWID
"""
_INSERT = "INSERT OR REPLACE INTO hs_history VALUES (?, ?, ?, ?, ?, ?)"

Line = tuple[str, int, str, int, str, str]
"""Type, id, property, at, value, source."""


class History:
    """Versions of properties."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.transaction() as sql:
            sql.execute(_TABLE)

    def reset(self) -> None:
        with self._database.transaction() as sql:
            sql.execute("DELETE FROM hs_history")

    def load(self, lines: Iterable[Line]) -> None:
        """Add versions as they are."""
        with self._database.transaction() as sql:
            sql.executemany(_INSERT, lines)

    def note(self, object_type: str, before: Row, after: Row, names: Mapping[str, str]) -> None:
        """Write down that these properties changed with the last modification, and by what."""
        lines: list[Line] = []
        known = self.all_of(object_type, before.id)
        for name, source in sorted(names.items()):
            old = before.properties.get(name)
            if old is not None and name not in known:
                lines.append((object_type, before.id, name, before.created, old, before.source))
            new = after.properties.get(name, "")
            lines.append((object_type, after.id, name, after.modified, new, source))
        self.load(lines)

    def of(self, object_type: str, row: Row, name: str) -> list[Version]:
        """The versions of a property, newest first."""
        known = self.all_of(object_type, row.id).get(name)
        if known:
            return known
        value = row.properties.get(name)
        return [] if value is None else [Version(value, row.created, row.source)]

    def move(self, object_type: str, before: int, after: int) -> None:
        """Give a record's versions to the one it became."""
        query = "UPDATE OR REPLACE hs_history SET id = ? WHERE type = ? AND id = ?"
        with self._database.transaction() as sql:
            sql.execute(query, (after, object_type, before))

    def forget(self, object_type: str, id_: int) -> None:
        """Take a record's versions out for good."""
        with self._database.transaction() as sql:
            sql.execute("DELETE FROM hs_history WHERE type = ? AND id = ?", (object_type, id_))

    def all_of(self, object_type: str, id_: int) -> dict[str, list[Version]]:
        """The versions of every property that has changed, newest first."""
        query = (
            "SELECT property, value, at, source FROM hs_history "
            "WHERE type = ? AND id = ? ORDER BY property, at DESC"
        )
        found: dict[str, list[Version]] = {}
        with self._database.reading() as sql:
            for row in sql.execute(query, (object_type, id_)):
                version = Version(row["value"], row["at"], row["source"])
                found.setdefault(row["property"], []).append(version)
        return found
