"""One SQLite database behind both sandbox CRMs.

In memory by default, in a file with `--db`, which then belongs to this process alone. One
connection, one lock: requests are served by many threads, and a transaction is the unit in
which either CRM changes.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Database:
    """A SQLite database that threads share politely."""

    def __init__(self, path: str = ":memory:") -> None:
        """Open or make it; raises sqlite3.Error for a file that is not to be had."""
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._depth = 0
        try:
            # What one sandbox keeps in memory about a file, a second one would not see.
            self._connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=OFF")
        except sqlite3.Error:
            self._connection.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything inside happens or nothing does; nested ones are savepoints."""
        with self._lock:
            name = f"level_{self._depth}"
            self._connection.execute("BEGIN" if self._depth == 0 else f"SAVEPOINT {name}")
            self._depth += 1
            try:
                yield self._connection
            except BaseException:
                self._depth -= 1
                self._undo(name)
                raise
            self._depth -= 1
            self._connection.execute("COMMIT" if self._depth == 0 else f"RELEASE {name}")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection to read from, held by one thread at a time."""
        with self._lock:
            yield self._connection

    @property
    def changes(self) -> int:
        """A number that moves with every change of a row."""
        return self._connection.total_changes

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _undo(self, name: str) -> None:
        if self._depth == 0:
            self._connection.execute("ROLLBACK")
            return
        self._connection.execute(f"ROLLBACK TO {name}")
        self._connection.execute(f"RELEASE {name}")
