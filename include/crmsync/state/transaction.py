"""Transactions that say beforehand whether they write, and what big statements need.

A SQLite transaction that reads first and writes later can fail half-way, when somebody else
wrote in between; one that says so at its beginning waits for its turn instead. PostgreSQL
needs none of this and is not troubled by it.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite

from include.crmsync.state.statements import inserted

WRITES = "crmsync_writes"
"""Execution option of a connection whose transactions write."""

CHUNK = 5000
"""Values in one IN list; SQLite takes 32,766 parameters."""

Item = TypeVar("Item")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection to read with."""
    with engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes: on disk when the block ends, undone when it raises."""
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        yield connection


def chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Cut items to the length of an IN list."""
    rest = iter(items)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def insert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert many rows, or none."""
    if rows:
        connection.execute(inserted(table), rows)


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[dict[str, Any]],
    *,
    keys: Collection[str],
    keep: Collection[str] = (),
) -> None:
    """Insert rows, or overwrite those with the same keys in all columns but `keep`."""
    if not rows:
        return
    overwrite = tuple(name for name in rows[0] if name not in keys and name not in keep)
    postgres = connection.dialect.name == "postgresql"
    connection.execute(_upserted(table, tuple(keys), overwrite, postgres=postgres), rows)


@cache
def _upserted(
    table: Table, keys: tuple[str, ...], overwrite: tuple[str, ...], *, postgres: bool
) -> Executable:
    statement = (postgresql.insert if postgres else sqlite.insert)(table)
    excluded = {name: statement.excluded[name] for name in overwrite}
    whole = statement.on_conflict_do_update(index_elements=list(keys), set_=excluded)
    if postgres:  # what returns something is sent many rows at a time, else one by one
        return whole.returning(*(table.c[name] for name in keys))
    return whole
