"""Erasing a person from the state: what is left is a hash of the ids.

Links with their bases, what was held or to be retried, conflicts and journalled values of the
two records all go; actions stay, so that a run's sums still close, under hashed ids. The hash
keeps a later edit of the record that still lives from creating the erased one anew. A hash of
an id can be found out by trying ids: it is a pseudonym, no more.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, Text, cast, delete, or_, select, update

from include.crmsync.model.link import Link
from include.crmsync.model.record import System
from include.crmsync.state import schema
from include.crmsync.state.statements import found
from include.crmsync.state.transaction import chunks, upsert


def digest(object_type: str, system: System, record_id: str) -> str:
    """What is kept of an id."""
    text = f"{object_type}:{system}:{record_id}"
    return "forgotten-" + hashlib.sha256(text.encode()).hexdigest()[:32]


def forget(
    connection: Connection,
    object_type: str,
    links: Sequence[Link],
    at: datetime,
    strays: Iterable[tuple[System, str]] = (),
) -> frozenset[str]:
    """Erase what is remembered of these links' records, and of strays without one; the ids."""
    if connection.dialect.name == "sqlite":  # else erased values stay legible in the file
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    ids = {(system, link.id_in(system)) for link in links for system in System} | set(strays)
    rows = [
        {
            "object_type": object_type,
            "system": str(system),
            "digest": digest(object_type, system, id_),
            "at": at,
        }
        for system, id_ in sorted(ids)
    ]
    upsert(connection, schema.forgotten, rows, keys=["object_type", "system", "digest"])
    for system, id_ in sorted(ids):
        _forget_record(connection, object_type, system, id_)
    for link in links:
        _forget_link(connection, link)
    return frozenset(id_ for _, id_ in ids)


def earlier_records(
    connection: Connection, object_type: str, links: Sequence[Link]
) -> frozenset[tuple[System, str]]:
    """Records that these links had before, merged or converted since, and no other link has now.

    They were the same person.
    """
    turn, found = schema.turn.c, set[tuple[System, str]]()
    for some in chunks([link.id for link in links if link.id is not None]):
        query = select(turn.hubspot_id, turn.salesforce_id).where(turn.link_id.in_(some))
        for ids in connection.execute(query):
            found |= set(zip(System, ids, strict=True))
    return frozenset(
        (system, id_)
        for system, id_ in found
        if not _is_linked(connection, object_type, system, id_)
    )


def _is_linked(connection: Connection, object_type: str, system: System, record_id: str) -> bool:
    column = schema.link.c[f"{system}_id"]
    query = select(column).where(schema.link.c.object_type == object_type, column == record_id)
    return connection.execute(query).first() is not None


def forgotten_among(
    connection: Connection, object_type: str, system: System, ids: Iterable[str]
) -> frozenset[str]:
    """Of these ids, the forgotten ones."""
    table = schema.forgotten.c
    query = found((table.digest,), table.object_type, table.system)
    values = {"object_type": object_type, "system": str(system)}
    known = frozenset(connection.scalars(query, values))
    return frozenset(id_ for id_ in ids if known and digest(object_type, system, id_) in known)


def _forget_link(connection: Connection, link: Link) -> None:
    hidden = {
        f"{system}_id": digest(link.object_type, system, link.id_in(system)) for system in System
    }
    turns = schema.turn
    connection.execute(
        update(turns).where(turns.c.link_id == link.id).values(**hidden, reason="erased")
    )
    for table, link_id in (
        (schema.drift_sample, schema.drift_sample.c.link_id),
        (schema.link, schema.link.c.id),
    ):
        connection.execute(delete(table).where(link_id == link.id))


def _forget_record(
    connection: Connection, object_type: str, system: System, record_id: str
) -> None:
    mine = {"object_type": object_type, "system": str(system), "record_id": record_id}
    for table in (schema.held, schema.retry):
        connection.execute(delete(table).where(*_same(table, mine)))
    history, hidden = schema.held_history, digest(object_type, system, record_id)
    connection.execute(
        update(history)
        .where(*_same(history, mine))
        .values(record_id=hidden, value=None, reason="erased")
    )
    conflict = schema.conflict
    connection.execute(
        update(conflict)
        .where(conflict.c.object_type == object_type, conflict.c[f"{system}_id"] == record_id)
        .values({f"{system}_id": hidden, "base": None, "hubspot": None, "salesforce": None})
    )
    _forget_actions(connection, object_type, system, record_id, hidden)


def _forget_actions(
    connection: Connection, object_type: str, system: System, record_id: str, hidden: str
) -> None:
    """Actions on the record, and those it caused in the other system."""
    action, change = schema.action, schema.change
    theirs = (action.c.system == str(system)) & (
        (action.c.record_id == record_id) | (action.c.outcome_record_id == record_id)
    )
    caused = (action.c.system != str(system)) & (action.c.origin_id == record_id)
    mine = action.c.object_type == object_type, or_(theirs, caused)
    keys = ("sync_run", "object_type", "attempt", "id")
    found = connection.execute(select(*(action.c[name] for name in keys)).where(*mine)).all()
    for sync_run, _, attempt, id_ in found:
        one = change.c.sync_run == sync_run, change.c.attempt == attempt, change.c.action_id == id_
        connection.execute(delete(change).where(change.c.object_type == object_type, *one))
        place = action.c.sync_run == sync_run, action.c.attempt == attempt, action.c.id == id_
        connection.execute(
            update(action)
            .where(action.c.object_type == object_type, *place)
            .values(id=_hidden(id_, record_id, hidden), stored={}, message=None)
        )
    _forget_in_jobs(connection, object_type, record_id, hidden)
    for name in ("record_id", "outcome_record_id", "origin_id"):
        here = (
            action.c.system != str(system)
            if name == "origin_id"
            else (action.c.system == str(system))
        )
        wanted = action.c.object_type == object_type, here, action.c[name] == record_id
        connection.execute(update(action).where(*wanted).values({name: hidden}))


def _forget_in_jobs(connection: Connection, object_type: str, record_id: str, hidden: str) -> None:
    """Bulk jobs name the actions they carried."""
    job = schema.bulk_job
    named = job.c.object_type == object_type, cast(job.c.actions, Text).contains(record_id)
    for id_, actions in connection.execute(select(job.c.id, job.c.actions).where(*named)).all():
        kept = [_hidden(one, record_id, hidden) for one in actions]
        connection.execute(update(job).where(job.c.id == id_).values(actions=kept))


def _hidden(action_id: str, record_id: str, hidden: str) -> str:
    """An action's id ends in the record's."""
    end = f":{record_id}"
    return f"{action_id.removesuffix(end)}:{hidden}" if action_id.endswith(end) else action_id


def _same(table: Table, values: dict[str, str]) -> list[ColumnElement[bool]]:
    return [table.c[name] == value for name, value in values.items()]
