"""The real state store, in memory, new for every history in no time.

One engine serves a whole process: SQLAlchemy's compiled statements are kept, and only the database
behind it is replaced, by a copy of one that was migrated. Every transaction that writes tells the
process at work, before and after it is on disk. The connection is never closed, so that a killed
process loses what it had in its transaction and no more.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from include.crmsync.state.artifacts import PLANS
from include.crmsync.state.connect import open_engine
from include.crmsync.state.transaction import WRITES

Passing = Callable[[], AbstractContextManager[None]]


class _Kept(sqlite3.Connection):
    """A connection that is closed by nobody."""

    def close(self) -> None:
        if self.in_transaction:
            self.rollback()


class State:
    """The state store of the history at work."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._connection = sqlite3.connect(":memory:", isolation_level=None, factory=_Kept)
        self.passing: Passing = nullcontext
        self._writes = self._will_write = False
        self.folder = folder
        self.engine = self._engine(folder)

    def reset(self) -> None:
        """Forget everything."""
        self.close()
        shutil.rmtree(self.folder / PLANS, ignore_errors=True)
        self._connection.deserialize(template())
        self._connection.execute("PRAGMA foreign_keys = ON")
        self.passing = nullcontext

    def close(self) -> None:
        """What is left of a process that ended: nothing but what it had committed."""
        self._connection.close()
        self.engine.dispose()

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Whatever happens inside is forgotten afterwards."""
        before = self._connection.serialize()
        try:
            yield
        finally:
            self.close()
            self._connection.deserialize(before)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Look into the tables, past the code that is under test."""
        return self._connection.execute(query, values).fetchall()

    def dump(self) -> Iterator[str]:
        """Everything that is stored, as text."""
        return self._connection.iterdump()

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction

    def _engine(self, folder: Path) -> Engine:
        engine = create_engine(
            f"sqlite:///{folder / 'state.db'}",  # only the locks lie there
            creator=lambda: self._connection,
            poolclass=StaticPool,
        )
        # Listeners would slow every statement, so the dialect and the engine are wrapped instead.
        commits, dialect = engine.dialect.do_commit, engine.dialect

        def execution_options(**options: Any) -> Engine:
            self._will_write = bool(options.get(WRITES))
            return engine

        def do_begin(_: Any) -> None:
            self._writes, self._will_write = self._will_write, False
            if self._writes:  # nobody else is there: what only reads needs no transaction
                self._connection.execute("BEGIN")

        def do_commit(connection: Any) -> None:
            with self.passing() if self._writes else nullcontext():
                commits(connection)

        for owner, wrapper in (
            (engine, execution_options),
            (dialect, do_begin),
            (dialect, do_commit),
        ):
            setattr(owner, wrapper.__name__, wrapper)
        return engine


@cache
def template() -> bytes:
    """A database at the newest schema, as bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.db"
        open_engine(f"sqlite:///{path}").dispose()
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA journal_mode = DELETE")  # memory knows no other
        try:
            return connection.serialize()
        finally:
            connection.close()
