"""Storing what a commit holds, retries and has read up to, inside the caller's transaction.

Held records and retries of the judged records are replaced, those of all others stay: a
record that was judged and is in neither any more is released. What was held or retried before
keeps the moment it began. A watermark only ever moves forward.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from include.crmsync.model.link import Link
from include.crmsync.model.plan import Held
from include.crmsync.model.record import System
from include.crmsync.model.run import SyncRun
from include.crmsync.state import schema
from include.crmsync.state.commit import Commit, Retry
from include.crmsync.state.rows import held_row
from include.crmsync.state.statements import AMONG, found, removed
from include.crmsync.state.transaction import chunks, insert, upsert

STALE = "its link was changed by another sync run after the plan was made"

Key = tuple[System, str]
"""A record of the commit's object type."""


def store_held(connection: Connection, commit: Commit) -> None:
    """Replace what is held of the judged records."""
    columns = schema.held.c
    reheld = {(system, id_) for system, ids in commit.reheld.items() for id_ in ids}
    judged = _judged(commit, reheld.union((one.system, one.record_id) for one in commit.held))
    since: dict[tuple[Key, str, str | None], datetime] = {}
    gone: list[int] = []
    for id_, key, criterion, field, began in _held_before(connection, commit, judged):
        gone.append(id_)
        since[key, criterion, field] = began
    for chunk in chunks(gone):
        connection.execute(removed(schema.held, among=columns.id), {AMONG: chunk})
    rows = [
        held_row(one) | {"since": since.get(key, commit.at), "sync_run": commit.run.id}
        for key, one in _distinct(commit.held).items()
    ]
    insert(connection, schema.held, rows)


def _held_before(
    connection: Connection, commit: Commit, judged: Collection[Key]
) -> Iterator[tuple[int, Key, str, str | None, datetime]]:
    """The rows of the judged records, of all that is held: there may be very many others."""
    columns = schema.held.c
    named = columns.id, columns.record_id, columns.criterion, columns.field, columns.since
    query = found(named, columns.object_type, columns.system, among=columns.record_id)
    for system in System:
        values = {"object_type": commit.run.object_type, "system": str(system)}
        for chunk in chunks(id_ for owner, id_ in judged if owner is system):
            rows = connection.execute(query, {**values, AMONG: chunk})
            for id_, record_id, criterion, field, since in rows:
                yield id_, (system, record_id), criterion, field, since


def store_retries(connection: Connection, commit: Commit, stale: Sequence[Link]) -> None:
    """Replace the retries of the judged records; both records of a stale link are retried."""
    columns = schema.retry.c
    mine = {"object_type": commit.run.object_type}
    stale_ids = ((system, link.id_in(system)) for link in stale for system in System)
    wanted = {(system, id_): Retry(system, id_, STALE) for system, id_ in stale_ids}
    wanted |= {(one.system, one.record_id): one for one in commit.retries}
    named = (
        *(columns.system, columns.record_id, columns.since, columns.times, columns.attempts),
        columns.asked,
    )
    known = connection.execute(found(named, columns.object_type), mine)
    before = {
        (System(system), record_id): (since, times, attempts, asked)
        for system, record_id, since, times, attempts, asked in known
    }
    judged = _judged(commit, wanted)
    for system in System:
        gone = [id_ for owner, id_ in before if owner is system and (owner, id_) in judged]
        for chunk in chunks(gone):
            query = removed(
                schema.retry, columns.object_type, columns.system, among=columns.record_id
            )
            connection.execute(query, {**mine, "system": str(system), AMONG: chunk})
    rows = []
    for (system, record_id), one in wanted.items():
        since, times, attempts, asked = before.get((system, record_id), (commit.at, 0, 0, False))
        rows.append(
            {
                "object_type": commit.run.object_type,
                "system": str(system),
                "record_id": record_id,
                "reason": one.reason,
                "since": since,
                "times": times + 1,
                "code": one.code,
                "attempts": attempts + one.failed,
                "waits": one.waits,
                "asked": one.waits is not None and (one.asked or asked),
                "sync_run": commit.run.id,
            }
        )
    insert(connection, schema.retry, rows)


def store_watermarks(
    connection: Connection, run: SyncRun, watermarks: Mapping[System, datetime]
) -> None:
    """Move watermarks forward; one that is older than the stored changes nothing."""
    columns = schema.watermark.c
    stored = connection.execute(
        found((columns.system, columns.at), columns.object_type), {"object_type": run.object_type}
    )
    known = {System(system): at for system, at in stored}
    rows = [
        {"object_type": run.object_type, "system": str(system), "at": at, "sync_run": run.id}
        for system, at in watermarks.items()
        if system not in known or at > known[system]
    ]
    upsert(connection, schema.watermark, rows, keys=["object_type", "system"])


def store_places(connection: Connection, run: SyncRun, places: Mapping[str, str | None]) -> None:
    """Say where readings that take turns go on; None: from the start."""
    columns = schema.place.c
    for name in places:
        mine = {"object_type": run.object_type, "name": name}
        connection.execute(removed(schema.place, columns.object_type, columns.name), mine)
    rows = [
        {"object_type": run.object_type, "name": name, "place": place}
        for name, place in places.items()
        if place is not None
    ]
    insert(connection, schema.place, rows)


def _judged(commit: Commit, named: Iterable[Key]) -> set[Key]:
    """Records whose rows are replaced: the judged, and any that the commit names anew."""
    judged = {(system, id_) for system, ids in commit.judged.items() for id_ in ids}
    return judged.union(named)


def _distinct(held: Iterable[Held]) -> dict[tuple[Key, str, str | None], Held]:
    """One row per record, criterion and field: the first that says so."""
    distinct: dict[tuple[Key, str, str | None], Held] = {}
    for one in held:
        distinct.setdefault(((one.system, one.record_id), one.criterion, one.field), one)
    return distinct
