"""What people have been told, and when: so that one trouble is not told every quarter of an hour.

A notice is remembered under a key that says what it was about, never under its words.
"""

from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from include.crmsync.state import schema
from include.crmsync.state.transaction import reading, upsert, writing


class Notices:
    """Which alerts and digests went out."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def told_at(self, key: str) -> datetime | None:
        """When this was told last; None: never."""
        table = schema.notice.c
        with reading(self._engine) as connection:
            query = select(table.told_at).where(table.about == key)
            return connection.execute(query).scalar_one_or_none()

    def claim(self, key: str, at: datetime, pause: timedelta) -> bool:
        """Whether it is the caller's to tell: nobody else was told, or claimed it, within a pause.

        One statement, so that of two failures at the same moment one is told.
        """
        table = schema.notice
        with writing(self._engine) as connection:
            postgres = connection.dialect.name == "postgresql"
            fresh = (postgresql.insert if postgres else sqlite.insert)(table)
            claimed = fresh.values(about=key, told_at=at).on_conflict_do_update(
                index_elements=["about"],
                set_={"told_at": at},
                where=table.c.told_at <= at - pause,
            )
            return bool(connection.execute(claimed.returning(table.c.about)).first())

    def release(self, key: str) -> None:
        """Nobody could be told after all: whoever comes next tries again."""
        table = schema.notice
        with writing(self._engine) as connection:
            connection.execute(delete(table).where(table.c.about == key))

    def told(self, key: str, at: datetime) -> None:
        """Say that people were told."""
        with writing(self._engine) as connection:
            upsert(connection, schema.notice, [{"about": key, "told_at": at}], keys=["about"])

    def forget_before(self, at: datetime) -> None:
        """Let go of what was told long ago."""
        table = schema.notice
        with writing(self._engine) as connection:
            connection.execute(delete(table).where(table.c.told_at < at))
