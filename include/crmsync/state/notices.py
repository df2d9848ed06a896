"""What people have been told, and when: so that one trouble is not told every quarter of an hour.

A notice is remembered under a key that says what it was about, never under its words.
"""

from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, select

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

    def is_due(self, key: str, at: datetime, pause: timedelta) -> bool:
        """Whether nobody was told of this within the pause."""
        before = self.told_at(key)
        return before is None or at - before >= pause

    def told(self, key: str, at: datetime) -> None:
        """Say that people were told."""
        with writing(self._engine) as connection:
            upsert(connection, schema.notice, [{"about": key, "told_at": at}], keys=["about"])

    def forget_before(self, at: datetime) -> None:
        """Let go of what was told long ago."""
        table = schema.notice
        with writing(self._engine) as connection:
            connection.execute(delete(table).where(table.c.told_at < at))
