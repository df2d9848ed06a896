"""The single-writer lock: one run at a time writes an object type.

It dies with its holder. PostgreSQL drops a session's advisory lock when the session ends, the
operating system drops a file's when the process does; so a killed run never has to be cleaned
up after. The lock never waits: who finds it taken is told so, and comes again later.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from include.crmsync.errors import Busy, StateError
from include.crmsync.state.naming import file_name


@contextmanager
def exclusive(engine: Engine, object_type: str) -> Iterator[None]:
    """Hold the lock of one object type; raises Busy when another run holds it."""
    if engine.dialect.name == "postgresql":
        with _advisory_lock(engine, object_type):
            yield
    else:
        with file_lock(lock_path(engine, object_type), wait=False, what=object_type):
            yield


@contextmanager
def file_lock(path: Path, *, wait: bool, what: str = "") -> Iterator[None]:
    """Hold a lock file. It is never removed: a second one under its name would lock nothing."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise _busy(what) from None
        yield
    finally:
        os.close(descriptor)


def take_turn(connection: Connection, object_type: str) -> None:
    """Wait until no other transaction commits this object type; on SQLite none can anyway."""
    if connection.dialect.name == "postgresql":
        key = {"key": advisory_key(f"commit {object_type}")}
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), key)


def lock_path(engine: Engine, name: str) -> Path:
    """Where the lock of a SQLite store lies: beside its file."""
    return Path(f"{engine.url.database}.{file_name(name)}.lock")


def advisory_key(name: str) -> int:
    """A PostgreSQL advisory lock's number; other programs in the database have their own."""
    return int.from_bytes(sha256(f"crmsync {name}".encode()).digest()[:8], "big", signed=True)


@contextmanager
def _advisory_lock(engine: Engine, object_type: str) -> Iterator[None]:
    key = {"key": advisory_key(f"write {object_type}")}
    # No transaction stays open while the CRMs are written, for the server may end an idle one.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()  # closed for good at the end, whatever happens: so the lock goes
        if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), key):
            raise _busy(object_type)
        yield
        if not connection.scalar(text("SELECT pg_advisory_unlock(:key)"), key):
            raise StateError(
                f"the lock on {object_type} was lost while they were written; another run may"
                " have written too. Run the task again: it looks before it writes."
            )


def _busy(object_type: str) -> Busy:
    return Busy(
        f"another sync run is writing {object_type} right now. Wait for it to end, then run this"
        " task again; nothing was written."
    )
