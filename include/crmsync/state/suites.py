"""The suites that were derived from live schemas: the one in force, and those before it.

A suite that says something new closes the one before it and is kept beside it, so that what a
change of a schema came to can be looked up. Nothing in them is a record's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Engine, RowMapping, Select, Update, bindparam, update

from include.crmsync.model.record import System
from include.crmsync.state import schema as tables
from include.crmsync.state.statements import found
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
        values = {"object_type": object_type, "system": str(system), "most": limit}
        with reading(self._engine) as connection:
            return [_kept(row) for row in connection.execute(_latest(), values).mappings()]

    def keep(self, object_type: str, system: System, kept: KeptSuite) -> None:
        """Put a suite in force, in the place of the one before it."""
        row = {
            "object_type": object_type,
            "system": str(system),
            "fingerprint": kept.fingerprint,
            "content": kept.content,
            "since": kept.since,
            "until": None,
            "sync_run": kept.sync_run,
        }
        before = {"of_type": object_type, "whose": str(system), "until": kept.since}
        with writing(self._engine) as connection:
            connection.execute(_closed(), before)
            insert(connection, tables.derived_suite, [row])


@cache
def _latest() -> Select[Any]:
    table = tables.derived_suite.c
    query = found(tables.derived_suite, table.object_type, table.system)
    return query.order_by(table.id.desc()).limit(bindparam("most"))


@cache
def _closed() -> Update:
    """The suite in force, with the columns that are named beside the parameters."""
    table = tables.derived_suite.c
    mine = table.object_type == bindparam("of_type"), table.system == bindparam("whose")
    return update(tables.derived_suite).where(*mine, table.until.is_(None))


def _kept(row: RowMapping) -> KeptSuite:
    return KeptSuite(row["fingerprint"], row["content"], row["since"], row["sync_run"])
