"""What the sync's calls came to: by step, and what the CRMs themselves said is used.

A row for each step and system that sent a call, also where the step failed: a failed step has
spent its calls all the same. Rows of more than a month ago are forgotten on the way.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, func, select

from include.crmsync.model.record import System
from include.crmsync.model.use import Use
from include.crmsync.state import schema
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
            connection.execute(delete(schema.api_use).where(schema.api_use.c.at < at - KEPT))

    def since(self, system: System, at: datetime) -> int:
        """How many calls of ours there were since a moment."""
        table = schema.api_use.c
        query = select(func.coalesce(func.sum(table.calls), 0)).where(
            table.system == str(system), table.at >= at
        )
        with reading(self._engine) as connection:
            return int(connection.execute(query).scalar_one())

    def latest(self, system: System) -> tuple[Use, datetime] | None:
        """What a system last said is used, and when."""
        table = schema.api_use.c
        query = (
            select(table.used, table.allowed, table.at)
            .where(table.system == str(system), table.used.is_not(None))
            .order_by(table.at.desc(), table.id.desc())
            .limit(1)
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else (Use(row[0], row[1]), row[2])
