"""Every test of the state runs twice: on SQLite, and on a PostgreSQL of its own."""

import os
import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine

from include.crmsync.state.connect import open_engine
from include.crmsync.state.journal import Journal
from include.crmsync.state.store import Store
from tests.state.postgres import Postgres, binaries, running_postgres

EMPTY, READY = "template0", "ready"
DATABASES = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgres", id="postgres", marks=pytest.mark.postgres),
]
_numbers = count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """One server for the session, with an up-to-date store to copy."""
    found = binaries()
    if found is None:
        missing = (
            "PostgreSQL IS NOT TESTED: neither PATH nor /usr/lib/postgresql has its binaries."
            " Install the package `postgresql`; no service is needed."
        )
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(missing)
        pytest.skip(missing)
    with running_postgres(found) as server:
        open_engine(server.create(READY)).dispose()
        yield server


@pytest.fixture(scope="session")
def ready_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An up-to-date SQLite store to copy."""
    path = tmp_path_factory.mktemp("ready") / "store.db"
    open_engine(f"sqlite:///{path}").dispose()
    return path


@pytest.fixture(params=DATABASES)
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Make databases, EMPTY or READY, and return their URLs; dropped after the test."""
    made: list[str] = []

    def on_sqlite(kind: str) -> str:
        path = tmp_path / "a folder" / f"store{next(_numbers)}.db"
        if kind == READY:
            path.parent.mkdir(mode=0o700)
            shutil.copy(request.getfixturevalue("ready_file"), path)
        return f"sqlite:///{path}"

    def on_postgres(kind: str) -> str:
        made.append(f"test{next(_numbers)}")
        server: Postgres = request.getfixturevalue("postgres_server")
        return server.create(made[-1], kind)

    if request.param == "sqlite":
        yield on_sqlite
        return
    request.getfixturevalue("postgres_server")
    yield on_postgres
    for name in made:
        request.getfixturevalue("postgres_server").drop(name)


@pytest.fixture
def empty_url(new_database: Callable[[str], str]) -> str:
    """A database without a table; on SQLite not even a folder."""
    return new_database(EMPTY)


@pytest.fixture
def url(new_database: Callable[[str], str]) -> str:
    """An up-to-date store with nothing in it."""
    return new_database(READY)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    opened = open_engine(url)
    yield opened
    opened.dispose()


@pytest.fixture
def store(engine: Engine) -> Store:
    return Store(engine)


@pytest.fixture
def journal(engine: Engine) -> Journal:
    return Journal(engine)
