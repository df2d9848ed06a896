"""E-mail addresses of people who asked never to be stored again.

A privacy delete by an e-mail no contact has puts it here; from then on no contact takes it.
"""

from collections.abc import Iterable

from include.sandbox.database import Database


class Blocked:
    """The block list."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.transaction() as sql:
            sql.execute("CREATE TABLE IF NOT EXISTS hs_blocked (email TEXT PRIMARY KEY)")
        self.load()

    def reset(self) -> None:
        with self._database.transaction() as sql:
            sql.execute("DELETE FROM hs_blocked")
        self.load()

    def add(self, email: str) -> None:
        folded = email.strip().lower()
        with self._database.transaction() as sql:
            sql.execute("INSERT OR IGNORE INTO hs_blocked VALUES (?)", (folded,))
        self._emails.add(folded)

    def first(self, emails: Iterable[str]) -> str | None:
        """The first of these that is blocked."""
        return next((one for one in emails if one in self._emails), None)

    def load(self) -> None:
        """Read what is stored: at the start, and after a change that was taken back."""
        with self._database.reading() as sql:
            rows = sql.execute("SELECT email FROM hs_blocked").fetchall()
        self._emails = {row[0] for row in rows}
