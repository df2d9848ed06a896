"""Forms and what people told them, in SQLite.

The portal has one form from the start; a seed or a person can add others.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from include.sandbox.database import Database

_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS hs_form (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, fields TEXT NOT NULL, created INTEGER NOT NULL
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS hs_submission (
        number INTEGER PRIMARY KEY, form TEXT NOT NULL, conversion TEXT NOT NULL,
        at INTEGER NOT NULL, told TEXT NOT NULL, page TEXT NOT NULL
    )
    """,
    "CREATE INDEX IF NOT EXISTS hs_submission_at ON hs_submission (form, at DESC, number DESC)",
    """
    CREATE INDEX IF NOT EXISTS hs_submission_mail
    ON hs_submission (lower(json_extract(told, '$.email')))
    """,
)
FIRST = "5c1f7a52-9d0b-4a8e-b1c3-0f2e6d7a4b10"
"""The form the portal has from the start."""
FIELDS = ("email", "firstname", "lastname")


@dataclass(frozen=True, slots=True)
class Form:
    """One form."""

    id: str
    name: str
    fields: tuple[str, ...]
    """The contact properties it asks for."""
    created: int


@dataclass(frozen=True, slots=True)
class Submission:
    """What somebody told a form."""

    form: str
    number: int
    conversion: str
    at: int
    values: Mapping[str, str]
    page: str


class Forms:
    """The table of forms."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.transaction() as sql:
            for statement in _TABLES:
                sql.execute(statement)
            if not sql.execute("SELECT 1 FROM hs_form").fetchone():
                self._found()

    def reset(self) -> None:
        with self._database.transaction() as sql:
            sql.execute("DELETE FROM hs_form")
            sql.execute("DELETE FROM hs_submission")
            self._found()

    def all(self) -> list[Form]:
        """Every form, by id."""
        with self._database.reading() as sql:
            rows = sql.execute("SELECT * FROM hs_form ORDER BY id").fetchall()
        return [_form(row) for row in rows]

    def get(self, id_: str) -> Form | None:
        """The form of this id."""
        with self._database.reading() as sql:
            row = sql.execute("SELECT * FROM hs_form WHERE id = ?", (id_.lower(),)).fetchone()
        return _form(row) if row else None

    def put(self, form: Form) -> None:
        row = (form.id.lower(), form.name, json.dumps(form.fields), form.created)
        with self._database.transaction() as sql:
            sql.execute("INSERT OR REPLACE INTO hs_form VALUES (?, ?, ?, ?)", row)

    def submit(
        self, form: str, conversion: str, at: int, values: Mapping[str, str], page: str
    ) -> None:
        """Keep what somebody told a form."""
        row = (form, conversion, at, json.dumps(values, ensure_ascii=False), page)
        insert = (
            "INSERT INTO hs_submission (form, conversion, at, told, page) VALUES (?, ?, ?, ?, ?)"
        )
        with self._database.transaction() as sql:
            sql.execute(insert, row)

    def submissions(self, form: str, after: tuple[int, int] | None, limit: int) -> list[Submission]:
        """What a form was told, newest first, from behind a moment and a number on."""
        where, told = "form = ?", list[str | int]([form])
        if after:
            where, told = "form = ? AND (at, number) < (?, ?)", [form, *after]
        return self._submitted(where, [*told, limit])

    def told_by(self, mail: str) -> list[Submission]:
        """What the person of an e-mail told any form, newest first."""
        return self._submitted("lower(json_extract(told, '$.email')) = ?", [mail.lower(), -1])

    def _submitted(self, where: str, told: Sequence[str | int]) -> list[Submission]:
        query = f"SELECT * FROM hs_submission WHERE {where} ORDER BY at DESC, number DESC LIMIT ?"  # noqa: S608
        with self._database.reading() as sql:
            return [_submission(row) for row in sql.execute(query, told).fetchall()]

    def _found(self) -> None:
        self.put(Form(FIRST, "Contact us", FIELDS, 1_672_531_200_000))


def _submission(row: sqlite3.Row) -> Submission:
    values = json.loads(row["told"])
    return Submission(row["form"], row["number"], row["conversion"], row["at"], values, row["page"])


def _form(row: sqlite3.Row) -> Form:
    return Form(row["id"], row["name"], tuple(json.loads(row["fields"])), row["created"])
