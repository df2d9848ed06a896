"""Letting refused records go again, inside the caller's transaction.

They are to be read by the next run as if they had changed, and counted from nought; a field
that was refused is no longer stopped for being what it was. The held rows themselves stay until
the record is judged again: nothing is released before it has passed.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, update

from include.crmsync.model.plan import Held
from include.crmsync.state import schema
from include.crmsync.state.transaction import chunks, insert

REASON = "let go again: what the other system refused may pass by now"
SWEEP = "sweep"
"""What stands in place of a run's id."""


def let_go(connection: Connection, object_type: str, held: Sequence[Held], at: datetime) -> None:
    """Mark records to be read again."""
    for system in {one.system for one in held}:
        ids = sorted({one.record_id for one in held if one.system is system})
        for chunk in chunks(ids):
            _again(connection, object_type, str(system), chunk, at)


def _again(
    connection: Connection, object_type: str, system: str, ids: Sequence[str], at: datetime
) -> None:
    held, retry = schema.held, schema.retry
    stopped = held.c.object_type == object_type, held.c.system == system, held.c.record_id.in_(ids)
    connection.execute(update(held).where(*stopped, held.c.code.is_not(None)).values(sent=None))
    known = retry.c.object_type == object_type, retry.c.system == system
    connection.execute(delete(retry).where(*known, retry.c.record_id.in_(ids)))
    row = {"object_type": object_type, "system": system, "reason": REASON, "since": at}
    fresh = row | {"times": 0, "attempts": 0, "code": None, "waits": None, "sync_run": SWEEP}
    insert(connection, retry, [fresh | {"record_id": id_} for id_ in ids])
