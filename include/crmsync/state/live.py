"""The live schemas as they were last read, and what of the mappings they do not bear out.

A schema is kept until it is too old, is asked for by another mapping, or a write is refused for
a reason that a newer one would explain. An issue stays as a row when it is mended, with the
moment of it: what changed while its field was set aside is read again first, so it is closed
only when that has been committed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Engine, RowMapping, Select, delete, update

from include.crmsync.model.record import System
from include.crmsync.model.schema import FieldSchema, Issue, Rules, Schema, ValidationRule
from include.crmsync.state import schema as tables
from include.crmsync.state.statements import found
from include.crmsync.state.transaction import insert, reading, upsert, writing


@dataclass(frozen=True, slots=True)
class Kept:
    """A schema as it was read."""

    schema: Schema
    asked: str
    """Fingerprint of the mapping it was read for."""
    read_at: datetime


@dataclass(frozen=True, slots=True)
class OpenIssue:
    """An issue that has not been closed."""

    id: int
    issue: Issue
    since: datetime
    unread_since: datetime | None
    """Changes of the field since then have not been looked at; None: none ever was."""


class Live:
    """What we know of both systems' fields."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def schema(self, object_type: str, system: System) -> Kept | None:
        """The schema last read, however old."""
        table = tables.live_schema.c
        query = found(tables.live_schema, table.object_type, table.system)
        values = {"object_type": object_type, "system": str(system)}
        with reading(self._engine) as connection:
            row = connection.execute(query, values).mappings().first()
        return None if row is None else _kept(row)

    def keep(self, object_type: str, system: System, kept: Kept) -> None:
        """Remember a schema."""
        row = {
            "object_type": object_type,
            "system": str(system),
            "asked": kept.asked,
            "content": _content(kept.schema),
            "read_at": kept.read_at,
        }
        with writing(self._engine) as connection:
            upsert(connection, tables.live_schema, [row], keys=["object_type", "system"])

    def forget(self, object_type: str) -> None:
        """Have the schemas of an object type read again by whoever needs them next."""
        mine = tables.live_schema.c.object_type == object_type
        with writing(self._engine) as connection:
            connection.execute(delete(tables.live_schema).where(mine))

    def issues(self, object_type: str) -> list[OpenIssue]:
        """Every issue that has not been closed, in the order they were found."""
        with reading(self._engine) as connection:
            rows = connection.execute(_issues(), {"object_type": object_type}).mappings()
            return [_open(row) for row in rows]

    def find(
        self, run: tuple[str, str], found: Sequence[Issue], at: datetime, unread: datetime | None
    ) -> list[OpenIssue]:
        """Remember what was found; answer with the open ones that were not found any more.

        `run`: object type and run id. `unread`: up to where the object type was read before.
        """
        object_type, sync_run = run
        known = {_key(one.issue): one for one in self.issues(object_type)}
        now = {_key(one): one for one in found}
        fresh = [
            asdict(one)
            | {
                "object_type": object_type,
                "since": at,
                "unread_since": unread,
                "until": None,
                "sync_run": sync_run,
            }
            for key, one in now.items()
            if key not in known
        ]
        moved = [
            (known[key].id, one)
            for key, one in now.items()
            if key in known and known[key].issue != one
        ]
        if fresh or moved:
            with writing(self._engine) as connection:
                insert(connection, tables.mapping_issue, fresh)
                for id_, one in moved:
                    row = tables.mapping_issue.c.id == id_
                    connection.execute(update(tables.mapping_issue).where(row).values(asdict(one)))
        return [one for key, one in known.items() if key not in now]

    def close(self, ids: Collection[int], at: datetime) -> None:
        """The issues are mended, and what they left unread has been read."""
        if ids:
            rows = tables.mapping_issue.c.id.in_(sorted(ids))
            with writing(self._engine) as connection:
                connection.execute(update(tables.mapping_issue).where(rows).values(until=at))


def _key(issue: Issue) -> tuple[str, str, str, str]:
    """The words may change from run to run, and the object with them; the issue is the same."""
    return issue.field, issue.system, issue.problem, issue.effect


@cache
def _issues() -> Select[Any]:
    table = tables.mapping_issue.c
    query = found(tables.mapping_issue, table.object_type)
    return query.where(table.until.is_(None)).order_by(table.id)


def _open(row: RowMapping) -> OpenIssue:
    issue = Issue(**{name: row[name] for name in Issue.__slots__})
    return OpenIssue(row["id"], issue, row["since"], row["unread_since"])


def _content(told: Schema) -> dict[str, Any]:
    kinds = {
        kind: {name: asdict(one) for name, one in fields.items()}
        for kind, fields in told.kinds.items()
    }
    return {"kinds": kinds, "zone": told.zone, "rules": told.rules and asdict(told.rules)}


def _field(told: Mapping[str, Any]) -> FieldSchema:
    """A field as JSON brought it back, which knows no tuples."""
    return FieldSchema(**{**told, "order": tuple(told.get("order") or ())})


def _kept(row: RowMapping) -> Kept:
    content = row["content"]
    kinds = {
        kind: {name: _field(one) for name, one in fields.items()}
        for kind, fields in content["kinds"].items()
    }
    schema = Schema(kinds, content["zone"], _rules(content.get("rules")))
    return Kept(schema, row["asked"], row["read_at"])


def _rules(told: Mapping[str, Any] | None) -> Rules | None:
    if told is None:
        return None
    return Rules(tuple(ValidationRule(**one) for one in told["active"]), told["refused"])
