"""A PostgreSQL server of the tests' own: from its binaries, on loopback, on a free port.

It keeps its files in a temporary folder and is ended with the block that started it. The
server refuses to run as root; tests that run as root start it as another user.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

USER = "crmsync"
ATTEMPTS = 5
"""Tries with another port, should somebody take the free one first."""


@dataclass(frozen=True)
class Postgres:
    """A running server."""

    port: int

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def create(self, database: str, template: str = "template0") -> str:
        """Make a database; return its URL."""
        self.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def drop(self, database: str) -> None:
        """Drop a database, and whatever connection a killed process left in it."""
        self.execute(f'DROP DATABASE "{database}" WITH (FORCE)')

    def execute(self, statement: str) -> None:
        """Run one statement outside any transaction, in the database that is always there."""
        url = self.url().replace("postgresql:", "postgresql+psycopg2:")
        engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text(statement))


def binaries() -> Path | None:
    """The folder of the newest PostgreSQL found, or None."""
    found = shutil.which("postgres")
    if found and shutil.which("initdb"):
        return Path(found).resolve().parent
    installed = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    newest = max(installed, key=lambda path: float(path.parts[-3]), default=None)
    return newest.parent if newest else None


@contextmanager
def running_postgres(folder_of_binaries: Path) -> Iterator[Postgres]:
    """Run a server for the length of the block."""
    folder = Path(tempfile.mkdtemp(prefix="crmsync-postgres-"))
    user = _other_user(folder)
    try:
        _initialise(folder_of_binaries, folder, user)
        process, server = _start(folder_of_binaries, folder, user)
        try:
            yield server
        finally:
            process.send_signal(signal.SIGINT)  # fast: ends sessions, leaves files whole
            process.wait(timeout=30)
    finally:
        shutil.rmtree(folder)


def _other_user(folder: Path) -> Mapping[str, Any]:
    """How to start a process as somebody else, when we are root; the folder becomes theirs."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    entry = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _initialise(binaries: Path, folder: Path, user: Mapping[str, Any]) -> None:
    options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--username", USER]
    subprocess.run(
        [str(binaries / "initdb"), "--pgdata", str(folder / "data"), *options],
        cwd=folder,
        check=True,
        capture_output=True,
        **user,
    )


def _start(
    binaries: Path, folder: Path, user: Mapping[str, Any]
) -> "tuple[subprocess.Popen[bytes], Postgres]":
    for _ in range(ATTEMPTS):
        server = Postgres(_free_port())
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": server.port,
            "unix_socket_directories": "",
            "fsync": "off",
            "max_connections": 50,
        }
        with (folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [
                    str(binaries / "postgres"),
                    *("-D", str(folder / "data")),
                    *(f"--{name}={value}" for name, value in settings.items()),
                ],
                cwd=folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **user,
            )
        if _answers(server, process):
            return process, server
    raise RuntimeError(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")


def _answers(server: Postgres, process: "subprocess.Popen[bytes]") -> bool:
    """Wait until the server takes connections; False when it ended instead."""
    while process.poll() is None:
        try:
            server.execute("SELECT 1")
        except OperationalError:
            time.sleep(0.05)
        else:
            return True
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
