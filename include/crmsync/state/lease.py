"""Who writes an object type, since when, and by which token.

The lock keeps a second writer out; the lease is what it leaves to read. Each time the lock is
taken the token grows by one. Whoever journals an intent or an outcome, or commits, does so under
the newest token or not at all: a writer that lost its lock without noticing, and was followed by
another, is refused by the store itself. The lock dies with its holder, so a lease never has to be
given back.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, Select

from include.crmsync.errors import Busy, LeaseLost
from include.crmsync.state import lock, schema
from include.crmsync.state.statements import found
from include.crmsync.state.transaction import reading, upsert, writing

UNNAMED = "another sync run"


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write one object type."""

    object_type: str
    token: int
    """Higher than that of any earlier one."""
    holder: str
    """The sync run."""
    since: datetime | None = None


class Leases:
    """The leases of one workshop, and what the store knows of everybody's."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._mine: dict[str, Lease] = {}

    @contextmanager
    def hold(
        self, object_type: str, holder: str = UNNAMED, at: datetime | None = None
    ) -> Iterator[Lease]:
        """Hold the lease of an object type; raises Busy at once while somebody else does."""
        with ExitStack() as stack:
            try:
                stack.enter_context(lock.exclusive(self._engine, object_type))
            except Busy as busy:
                raise self._busy(object_type, busy) from None
            lease = self._take(object_type, holder, at)
            self._mine[object_type] = lease
            try:
                yield lease
            finally:
                del self._mine[object_type]

    def last(self, object_type: str) -> Lease | None:
        """The newest lease: its holder writes, if anybody does."""
        with reading(self._engine) as connection:
            return _newest(connection, object_type)

    def check(self, connection: Connection, object_type: str) -> None:
        """Raise LeaseLost where our lease is not the newest; in the transaction that writes.

        Where we hold none, nothing of it is at stake.
        """
        mine = self._mine.get(object_type)
        if mine is None:
            return
        newest = _newest(connection, object_type, lasting=True)
        if newest is None or newest.token != mine.token:
            raise LeaseLost(
                f"{mine.holder} has lost its lease on {object_type}"
                f"{f' to {newest.holder}' if newest else ''}, so nothing more of it is journalled"
                " or committed. Run the task again: it looks before it writes."
            )

    def _take(self, object_type: str, holder: str, at: datetime | None) -> Lease:
        with writing(self._engine) as connection:
            before = _newest(connection, object_type)
            lease = Lease(object_type, before.token + 1 if before else 1, holder, at)
            row = {
                "object_type": object_type,
                "token": lease.token,
                "holder": holder,
                "since": at,
            }
            upsert(connection, schema.lease, [row], keys=["object_type"])
            return lease

    def _busy(self, object_type: str, busy: Busy) -> Busy:
        last = self.last(object_type)
        if last is None:
            return busy
        since = f" since {last.since:%Y-%m-%d %H:%M:%S} UTC" if last.since else ""
        return Busy(
            f"{last.holder} is writing {object_type}{since}. Wait for it to end, then run this"
            " task again; nothing was written."
        )


def _newest(connection: Connection, object_type: str, *, lasting: bool = False) -> Lease | None:
    """The newest lease; `lasting`: and nobody takes another one before this transaction ends."""
    query = _lasting() if lasting else found(schema.lease, schema.lease.c.object_type)
    row = connection.execute(query, {"object_type": object_type}).mappings().first()
    if row is None:
        return None
    return Lease(object_type, row["token"], row["holder"], row["since"])


@cache
def _lasting() -> Select[Any]:
    query = found(schema.lease, schema.lease.c.object_type)
    return query.with_for_update(read=True)  # SQLite, which has one writer, ignores it
