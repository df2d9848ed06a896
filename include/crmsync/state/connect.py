"""Opening the state store: the right driver, the right settings, the newest schema.

Every task opens the store, so a store at the newest schema costs one query and no import of
Alembic. An older one is upgraded under a lock, by whichever process comes first; the others
wait. A newer one is refused: code that does not know a column would quietly lose what is in it.
"""

import logging
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.pool import NullPool, QueuePool

from include.crmsync.errors import ConfigError, StateError, Unreachable
from include.crmsync.state.schema import HEAD, stored_version
from include.crmsync.state.transaction import WRITES, reading

PATIENCE = 60.0
"""Seconds to wait for another process that is writing, on SQLite."""

VERSIONS = Path(__file__).parent / "migrations" / "versions"


def open_engine(url: str, *, lasting: bool = False) -> Engine:
    """Open the store at a SQLAlchemy URL; raises ConfigError, Unreachable or StateError.

    A `lasting` engine is no step's but a server's, whose file may be replaced under it: it keeps
    no connection to a SQLite file.
    """
    parsed = _parse(url)
    sqlite = parsed.get_backend_name() == "sqlite"
    engine = _sqlite(parsed, lasting=lasting) if sqlite else _postgresql(parsed)
    try:
        _bring_to_head(engine)
    except OperationalError as error:
        engine.dispose()
        raise Unreachable(
            f"the state store {parsed.render_as_string()} did not answer, or is locked. See that"
            " it runs and that CRMSYNC_STATE names it."
        ) from error
    except DBAPIError as error:
        engine.dispose()
        raise StateError(
            f"{parsed.render_as_string()} cannot be opened as a state store"
            f" ({type(error.orig).__name__}). See that CRMSYNC_STATE names the right database."
        ) from error
    except BaseException:
        engine.dispose()
        raise
    return engine


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, ValueError):
        raise ConfigError("CRMSYNC_STATE is no database URL: see docs/state.md") from None
    if backend in ("postgres", "postgresql"):
        plain = parsed.drivername in ("postgres", "postgresql")
        return parsed.set(drivername="postgresql+psycopg2") if plain else parsed
    if backend != "sqlite" or parsed.database in (None, "", ":memory:"):
        raise ConfigError(
            f"CRMSYNC_STATE is {parsed.render_as_string()}: it must be sqlite:///path/to/file or"
            " postgresql://user@host/database"
        )
    return parsed


def _sqlite(url: URL, *, lasting: bool) -> Engine:
    path = Path(url.database or "").absolute()
    _make_private(path)
    engine = create_engine(
        url.set(database=str(path)),
        connect_args={"timeout": PATIENCE, "isolation_level": None},
        # Each connection reads the whole schema, and the last to close empties the log to disk:
        # a step, which has dozens of transactions, keeps one open until it is done.
        **({"poolclass": NullPool} if lasting else _ONE_KEPT),
        hide_parameters=True,  # they are values of records, and errors repeat them
    )

    @event.listens_for(engine, "connect")
    def settle(connection: Any, _: object) -> None:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")  # committed means on disk

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


_ONE_KEPT: Mapping[str, Any] = {"poolclass": QueuePool, "pool_size": 1, "max_overflow": -1}


def _make_private(path: Path) -> None:
    """Make the file before SQLite does, so that it is the owner's alone; it holds values."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, stat.S_IRUSR | stat.S_IWUSR))
    except OSError as error:
        raise ConfigError(
            f"the state store {path} cannot be made or written: {error.strerror}. Mend its"
            " permissions, or point CRMSYNC_STATE elsewhere."
        ) from error


def _postgresql(url: URL) -> Engine:
    return create_engine(url, pool_pre_ping=True, pool_size=2, hide_parameters=True)


def _bring_to_head(engine: Engine) -> None:
    found = _probe(engine)
    if found == HEAD:
        return
    if found is not None and not list(VERSIONS.glob(f"{found}_*.py")):
        raise StateError(
            f"the state store is at schema {found}, this code knows none newer than {HEAD}."
            " Deploy the version of crmsync that wrote it, or point CRMSYNC_STATE elsewhere;"
            " nothing was changed."
        )
    with _quiet():
        from include.crmsync.state.upgrade import upgrade  # noqa: PLC0415  # imports Alembic

        upgrade(engine)


def _probe(engine: Engine) -> str | None:
    """The schema version, or None: no table yet, or somebody is just making it."""
    with reading(engine) as connection:
        try:
            return stored_version(connection)
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            return None


@contextmanager
def _quiet() -> Iterator[None]:
    """Without Alembic's own lines, of which its import has some: a task's log is ours."""
    logger = logging.getLogger("alembic")
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)
