"""Counting for a digest: what is held, refused, failed and waiting, and how much of it is new.

Counts by criterion and code, with one id each; never a value.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, case, func, select

from include.crmsync.state import schema
from include.crmsync.state.transaction import reading

Refused = tuple[str, str, str]
"""Object type, system, code."""


@dataclass(frozen=True, slots=True)
class HeldTally:
    """Records held for one criterion."""

    object_type: str
    system: str
    criterion: str
    records: int
    new: int
    """Of them, those held since the last digest."""
    example: str


@dataclass(frozen=True, slots=True)
class RefusalTally:
    """Writes that a system refused with one code since the last digest."""

    object_type: str
    system: str
    code: str
    records: int
    """Refused as a whole."""
    partly: int = 0
    """Written, but for some field."""


class Tallies:
    """Counts of what stands in the way."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def held(self, since: datetime) -> list[HeldTally]:
        """Everything held now, most first."""
        table = schema.held.c
        fresh = case((table.since > since, table.record_id))
        query = (
            select(
                table.object_type,
                table.system,
                table.criterion,
                func.count(table.record_id.distinct()).label("records"),
                func.count(fresh.distinct()),
                func.min(table.record_id),
            )
            .group_by(table.object_type, table.system, table.criterion)
            .order_by(func.count(table.record_id.distinct()).desc(), table.criterion)
        )
        with reading(self._engine) as connection:
            return [HeldTally(*row) for row in connection.execute(query)]

    def refused(self, since: datetime) -> list[RefusalTally]:
        """What was refused since a moment, whole records and single fields, by code, most first."""
        whole, partly = self._whole(since), self._partly(since)
        found = [
            RefusalTally(*key, whole[key], len(partly.get(key, ())))
            for key in dict.fromkeys((*whole, *partly))
        ]
        return sorted(found, key=lambda one: (-one.records - one.partly, one.code))

    def _whole(self, since: datetime) -> Counter[Refused]:
        table = schema.action.c
        query = (
            select(
                table.object_type,
                table.system,
                func.coalesce(table.code, ""),
                func.count(table.origin_id.distinct()),
            )
            .where(table.result == "rejected", table.outcome_at > since)
            .group_by(table.object_type, table.system, table.code)
        )
        with reading(self._engine) as connection:
            return Counter({(a, b, c): count for a, b, c, count in connection.execute(query)})

    def _partly(self, since: datetime) -> dict[Refused, set[str]]:
        """Records of which fields were left out; those of which all were are refused as a whole."""
        table = schema.action.c
        query = select(table.object_type, table.system, table.origin_id, table.refused).where(
            table.result == "applied", table.outcome_at > since, table.refused.is_not(None)
        )
        found: dict[Refused, set[str]] = {}
        with reading(self._engine) as connection:
            for object_type, system, origin_id, refused in connection.execute(query):
                for one in refused or ():
                    found.setdefault((object_type, system, one["code"]), set()).add(origin_id)
        return found

    def waiting(self, times: int) -> dict[str, int]:
        """Object type -> records that have been tried in vain at least so many runs in a row."""
        table = schema.retry.c
        query = select(table.object_type, func.count()).where(table.times >= times)
        with reading(self._engine) as connection:
            return _by_name(connection.execute(query.group_by(table.object_type)).all())

    def failed(self, since: datetime) -> dict[str, int]:
        """Object type -> runs that failed since a moment."""
        table = schema.sync_run.c
        query = select(table.object_type, func.count()).where(
            table.state == "failed", table.started_at > since
        )
        with reading(self._engine) as connection:
            return _by_name(connection.execute(query.group_by(table.object_type)).all())

    def conflicts(self, since: datetime) -> dict[str, int]:
        """Object type -> conflicts that were settled since a moment."""
        table, run = schema.conflict.c, schema.sync_run.c
        mine = (run.id == table.sync_run) & (run.object_type == table.object_type)
        query = (
            select(table.object_type, func.count())
            .join(schema.sync_run, mine)
            .where(table.committed, run.started_at > since)
        )
        with reading(self._engine) as connection:
            return _by_name(connection.execute(query.group_by(table.object_type)).all())


def _by_name(rows: Iterable[Any]) -> dict[str, int]:
    return {str(name): int(count) for name, count in rows}
