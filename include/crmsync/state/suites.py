"""The suites that were derived from live schemas: the one in force, and those before it.

A suite that says something new closes the one before it and is kept beside it, so that what a
change of a schema came to can be looked up. Nothing in them is a record's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, RowMapping, select, update

from include.crmsync.model.record import System
from include.crmsync.state import schema as tables
from include.crmsync.state.transaction import insert, reading, writing


@dataclass(frozen=True, slots=True)
class KeptSuite:
    """One suite as it was derived."""

    fingerprint: str
    content: Mapping[str, Any]
    since: datetime
    sync_run: str
    """The run that derived it."""


class Suites:
    """Derived suites by object type and by the system whose records they judge."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def latest(self, object_type: str, system: System, limit: int = 1) -> list[KeptSuite]:
        """The suite in force and those before it, the newest first."""
        table = tables.derived_suite.c
        query = (
            select(tables.derived_suite)
            .where(table.object_type == object_type, table.system == str(system))
            .order_by(table.id.desc())
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return [_kept(row) for row in connection.execute(query).mappings()]

    def keep(self, object_type: str, system: System, kept: KeptSuite) -> None:
        """Put a suite in force, in the place of the one before it."""
        table = tables.derived_suite.c
        row = {
            "object_type": object_type,
            "system": str(system),
            "fingerprint": kept.fingerprint,
            "content": kept.content,
            "since": kept.since,
            "until": None,
            "sync_run": kept.sync_run,
        }
        before = (
            update(tables.derived_suite)
            .where(
                table.object_type == object_type,
                table.system == str(system),
                table.until.is_(None),
            )
            .values(until=kept.since)
        )
        with writing(self._engine) as connection:
            connection.execute(before)
            insert(connection, tables.derived_suite, [row])


def _kept(row: RowMapping) -> KeptSuite:
    return KeptSuite(row["fingerprint"], row["content"], row["since"], row["sync_run"])
