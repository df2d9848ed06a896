"""Bringing an older store to the newest schema, once, however many processes start at once.

One process upgrades under a lock and in one transaction; those that waited find it done. A
killed upgrade leaves the old schema whole.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, inspect, text

from include.crmsync.state.lock import advisory_key, file_lock, lock_path
from include.crmsync.state.schema import HEAD, VERSION_TABLE, stored_version
from include.crmsync.state.transaction import writing

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> None:
    """Upgrade to the newest schema; does nothing when another process just did."""
    with _alone(engine) as connection:
        known = inspect(connection).has_table(VERSION_TABLE)
        if known and stored_version(connection) == HEAD:
            return
        command.upgrade(alembic_config(connection), HEAD)


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings, for one open connection."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction that no other upgrade shares."""
    if engine.dialect.name == "postgresql":
        with writing(engine) as connection:
            key = {"key": advisory_key("upgrade")}
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), key)
            yield connection
        return
    with file_lock(lock_path(engine, "upgrade"), wait=True):
        with closing(engine.raw_connection()) as raw:  # not inside a transaction
            raw.cursor().execute("PRAGMA journal_mode = WAL")
        with writing(engine) as connection:
            yield connection
