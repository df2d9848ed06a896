"""Drift audits as they are remembered: counts of everything, samples of some of it.

An audit of a million links is written portion by portion, each in one transaction with the
place it has come to, so that a killed one goes on instead of starting over. Samples hold values
of records; they are few, and belong to the state store alone.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, Table, delete, select

from include.crmsync.model.drift import Audit, Cause, Difference, Tally
from include.crmsync.model.record import System
from include.crmsync.state import schema
from include.crmsync.state.transaction import chunks, insert, reading, upsert, writing

SAMPLES = 20
"""Pairs kept for each field and cause."""

AGAIN = "the drift audit found it differing from its counterpart"


class Audits:
    """What audits found."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, audit: Audit) -> Audit:
        """Begin an audit, or go on with one that was killed; one that had ended starts anew."""
        with writing(self._engine) as connection:
            known = _find(connection, audit.id, audit.object_type)
            if known is not None and known.finished_at is None:
                return known
            for table in (schema.drift_sample, schema.drift, schema.audit):
                connection.execute(delete(table).where(*_mine(table, audit)))
            insert(connection, schema.audit, [_row(audit)])
        return audit

    def add(self, audit: Audit, tally: Tally, at: datetime) -> Audit:
        """Add what one portion of links came to, all of it or nothing."""
        again = tally.again if audit.mend else {}
        grown = replace(
            audit,
            compared=audit.compared + tally.compared,
            equal=audit.equal + tally.equal,
            mended=audit.mended + sum(len(ids) for ids in again.values()),
            place=tally.place,
            calls={one: audit.calls.get(one, 0) + tally.calls.get(one, 0) for one in System},
        )
        with writing(self._engine) as connection:
            _store(connection, grown)
            _count(connection, audit, tally.differences)
            _read_again(connection, audit, again, at)
        return grown

    def finish(self, audit: Audit, at: datetime) -> Audit:
        """Say that every link was compared."""
        ended = replace(audit, finished_at=at)
        with writing(self._engine) as connection:
            _store(connection, ended)
        return ended

    def latest(self) -> str | None:
        """The id of the newest audit."""
        table = schema.audit.c
        query = select(table.id).order_by(table.started_at.desc(), table.id.desc()).limit(1)
        with reading(self._engine) as connection:
            return connection.execute(query).scalar_one_or_none()

    def audit(self, id_: str) -> list[Audit]:
        """One audit, by object type."""
        table = schema.audit
        query = select(table).where(table.c.id == id_).order_by(table.c.object_type)
        with reading(self._engine) as connection:
            return [_audit(row) for row in connection.execute(query).mappings()]

    def counts(self, id_: str, object_type: str) -> list[tuple[str, Cause, int]]:
        """Field, cause and pairs of all that differed, most first."""
        table = schema.drift.c
        query = (
            select(table.field, table.cause, table.pairs)
            .where(table.audit == id_, table.object_type == object_type)
            .order_by(table.pairs.desc(), table.field, table.cause)
        )
        with reading(self._engine) as connection:
            return [(name, Cause(cause), pairs) for name, cause, pairs in connection.execute(query)]

    def samples(self, id_: str, object_type: str) -> list[Difference]:
        """Some of what differed, values and all."""
        table = schema.drift_sample
        mine = table.c.audit == id_, table.c.object_type == object_type
        query = select(table).where(*mine).order_by(table.c.field, table.c.cause, table.c.link_id)
        with reading(self._engine) as connection:
            return [_difference(row) for row in connection.execute(query).mappings()]

    def held(
        self, object_type: str, system: System, ids: Collection[str]
    ) -> list[tuple[str, str, str | None]]:
        """Record, criterion and field of what is held of these records."""
        table = schema.held.c
        query = select(table.record_id, table.criterion, table.field).where(
            table.object_type == object_type, table.system == str(system)
        )
        with reading(self._engine) as connection:
            return [
                (record_id, criterion, name)
                for some in chunks(ids)
                for record_id, criterion, name in connection.execute(
                    query.where(table.record_id.in_(some))
                )
            ]


def _find(connection: Connection, id_: str, object_type: str) -> Audit | None:
    table = schema.audit
    query = select(table).where(table.c.id == id_, table.c.object_type == object_type)
    row = connection.execute(query).mappings().first()
    return None if row is None else _audit(row)


def _store(connection: Connection, audit: Audit) -> None:
    upsert(connection, schema.audit, [_row(audit)], keys=["id", "object_type"])


def _count(connection: Connection, audit: Audit, found: Sequence[Difference]) -> None:
    table, names = schema.drift, ("audit", "object_type", "field", "cause")
    query = select(table.c.field, table.c.cause, table.c.pairs).where(*_mine(table, audit))
    before = {(name, cause): pairs for name, cause, pairs in connection.execute(query)}
    more = Counter((one.field, str(one.cause)) for one in found)
    whose = {"audit": audit.id, "object_type": audit.object_type}
    rows = [
        whose | {"field": name, "cause": cause, "pairs": before.get((name, cause), 0) + pairs}
        for (name, cause), pairs in more.items()
    ]
    upsert(connection, table, rows, keys=names)
    kept = dict(before)
    samples = []
    for one in found:
        place = one.field, str(one.cause)
        kept[place] = kept.get(place, 0) + 1
        if kept[place] <= SAMPLES:
            samples.append(whose | _sample(one))
    upsert(connection, schema.drift_sample, samples, keys=(*names, "link_id"))


def _read_again(
    connection: Connection, audit: Audit, again: Mapping[System, Sequence[str]], at: datetime
) -> None:
    """Have the next run read these records; one that it reads anyway stays as it is."""
    table = schema.retry
    known = {
        (system, record_id)
        for system, record_id in connection.execute(
            select(table.c.system, table.c.record_id).where(
                table.c.object_type == audit.object_type
            )
        )
    }
    rows = [
        {
            "object_type": audit.object_type,
            "system": str(system),
            "record_id": record_id,
            "reason": AGAIN,
            "since": at,
            "times": 0,
            "sync_run": audit.id,
        }
        for system, ids in again.items()
        for record_id in ids
        if (str(system), record_id) not in known
    ]
    insert(connection, table, rows)


def _mine(table: Table, audit: Audit) -> list[Any]:
    name = "id" if table is schema.audit else "audit"
    return [table.c[name] == audit.id, table.c.object_type == audit.object_type]


def _row(audit: Audit) -> dict[str, Any]:
    values = {one.name: getattr(audit, one.name) for one in fields(audit)}
    return values | {"calls": {str(system): count for system, count in audit.calls.items()}}


def _audit(row: RowMapping) -> Audit:
    calls = {System(name): count for name, count in row["calls"].items()}
    return Audit(**{one.name: row[one.name] for one in fields(Audit)} | {"calls": calls})


def _sample(one: Difference) -> dict[str, Any]:
    return {part.name: getattr(one, part.name) for part in fields(one)} | {"cause": str(one.cause)}


def _difference(row: RowMapping) -> Difference:
    values = {part.name: row[part.name] for part in fields(Difference)}
    return Difference(**values | {"cause": Cause(row["cause"])})
