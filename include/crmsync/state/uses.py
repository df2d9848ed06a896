"""What the sync's calls came to: by step, and what the CRMs themselves said is used.

A row for each step and system that sent a call, also where the step failed: a failed step has
spent its calls all the same. Rows of more than a month ago are forgotten on the way.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Delete, Engine, Select, bindparam, delete, func, select

from include.crmsync.model.record import System
from include.crmsync.model.use import Use
from include.crmsync.state import schema
from include.crmsync.state.statements import found
from include.crmsync.state.transaction import insert, reading, writing

KEPT = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Spent:
    """The calls of one step."""

    sync_run: str
    object_type: str
    step: str
    calls: Mapping[System, int]
    uses: Mapping[System, Use]
    """As the latest answers told them, where they did."""


class Uses:
    """The calls of the past month."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def note(self, spent: Spent, at: datetime) -> None:
        """Remember what a step spent; nothing of one that sent no call."""
        rows = [
            {
                "system": str(system),
                "sync_run": spent.sync_run,
                "object_type": spent.object_type,
                "step": spent.step,
                "calls": calls,
                "used": use.used if (use := spent.uses.get(system)) else None,
                "allowed": use.limit if use else None,
                "at": at,
            }
            for system, calls in spent.calls.items()
            if calls
        ]
        if not rows:
            return
        with writing(self._engine) as connection:
            insert(connection, schema.api_use, rows)
            connection.execute(_outdated(), {"before": at - KEPT})

    def since(self, system: System, at: datetime) -> int:
        """How many calls of ours there were since a moment."""
        values = {"system": str(system), "since": at}
        with reading(self._engine) as connection:
            return int(connection.execute(_sum(), values).scalar_one())

    def latest(self, system: System) -> tuple[Use, datetime] | None:
        """What a system last said is used, and when."""
        with reading(self._engine) as connection:
            row = connection.execute(_latest(), {"system": str(system)}).first()
        return None if row is None else (Use(row[0], row[1]), row[2])


@cache
def _outdated() -> Delete:
    at = schema.api_use.c.at
    return delete(schema.api_use).where(at < bindparam("before", type_=at.type))


@cache
def _sum() -> Select[Any]:
    table = schema.api_use.c
    since = table.at >= bindparam("since", type_=table.at.type)
    total = select(func.coalesce(func.sum(table.calls), 0))
    return total.where(table.system == bindparam("system"), since)


@cache
def _latest() -> Select[Any]:
    table = schema.api_use.c
    told = found((table.used, table.allowed, table.at), table.system, filled=table.used)
    return told.order_by(table.at.desc(), table.id.desc()).limit(1)
