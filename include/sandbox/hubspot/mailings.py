"""Marketing e-mails and what became of each: campaigns, and events in the order they happened.

A campaign comes to be with its first event and is known by its name. An unsubscription is an
event too, of a person and not of a campaign.
"""

import sqlite3
import uuid
from dataclasses import dataclass

from include.sandbox.database import Database

_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS hs_campaign (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, created INTEGER NOT NULL,
        updated INTEGER NOT NULL
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS hs_email_event (
        number INTEGER PRIMARY KEY, campaign INTEGER NOT NULL, type TEXT NOT NULL,
        recipient TEXT NOT NULL, at INTEGER NOT NULL
    )
    """,
    "CREATE INDEX IF NOT EXISTS hs_email_event_at ON hs_email_event (at, number)",
    "CREATE INDEX IF NOT EXISTS hs_email_event_campaign ON hs_email_event (campaign, type)",
    "CREATE INDEX IF NOT EXISTS hs_email_event_recipient ON hs_email_event (recipient)",
)
FIRST = 500_001
"""The id of the first campaign."""
LATEST = 2**62
SUBSCRIPTION_ID = 4242
SUBSCRIPTION = {"name": "Marketing Information", "description": "Marketing offers and updates."}
"""The one kind of marketing e-mail people can subscribe to."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """One marketing e-mail."""

    id: int
    name: str
    created: int
    updated: int


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to an e-mail at one recipient's."""

    number: int
    campaign: int
    type: str
    recipient: str
    at: int

    @property
    def id(self) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"email-event:{self.number}"))


@dataclass(frozen=True, slots=True)
class Asked:
    """Which events somebody wants; None: any."""

    start: int = 0
    end: int = LATEST
    recipient: str | None = None
    type: str | None = None
    campaign: int | None = None


class Mailings:
    """The tables of campaigns and events."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.transaction() as sql:
            for statement in _TABLES:
                sql.execute(statement)

    def reset(self) -> None:
        with self._database.transaction() as sql:
            sql.execute("DELETE FROM hs_campaign")
            sql.execute("DELETE FROM hs_email_event")

    def note(self, name: str, event: str, recipient: str, at: int) -> None:
        """Write down what happened to the e-mail of a name."""
        with self._database.transaction() as sql:
            last = sql.execute("SELECT max(id) FROM hs_campaign").fetchone()[0]
            sql.execute(
                "INSERT INTO hs_campaign VALUES (?, ?, ?, ?) "
                "ON CONFLICT (name) DO UPDATE SET updated = excluded.updated",
                (max(FIRST, (last or 0) + 1), name, at, at),
            )
            sql.execute(
                "INSERT INTO hs_email_event (campaign, type, recipient, at) "
                "SELECT id, ?, ?, ? FROM hs_campaign WHERE name = ?",
                (event, recipient.lower(), at, name),
            )

    def campaigns(self, after: int = 0, limit: int = -1) -> list[Campaign]:
        """Campaigns by id."""
        query = "SELECT * FROM hs_campaign WHERE id > ? ORDER BY id LIMIT ?"
        with self._database.reading() as sql:
            return [Campaign(*row) for row in sql.execute(query, (after, limit))]

    def campaign(self, id_: int) -> Campaign | None:
        """The campaign of this id."""
        return next((one for one in self.campaigns(id_ - 1, 1) if one.id == id_), None)

    def counters(self, campaign: int) -> dict[str, int]:
        """How often each thing happened to the e-mails of a campaign."""
        query = "SELECT type, count(*) FROM hs_email_event WHERE campaign = ? GROUP BY type"
        with self._database.reading() as sql:
            return {row[0]: int(row[1]) for row in sql.execute(query, (campaign,))}

    def events(self, asked: Asked, before: tuple[int, int], limit: int) -> list[Event]:
        """Events, newest first, from before a moment and a number on."""
        where = ["at >= ?", "at < ?", "(at, number) < (?, ?)"]
        told: list[int | str] = [asked.start, asked.end, *before]
        for name in ("recipient", "type", "campaign"):
            if (value := getattr(asked, name)) is not None:
                where.append(f"{name} = ?")
                told.append(value)
        query = (
            f"SELECT * FROM hs_email_event WHERE {' AND '.join(where)} "  # noqa: S608
            "ORDER BY at DESC, number DESC LIMIT ?"
        )
        with self._database.reading() as sql:
            return [_event(row) for row in sql.execute(query, (*told, limit))]


def _event(row: sqlite3.Row) -> Event:
    return Event(row["number"], row["campaign"], row["type"], row["recipient"], row["at"])
