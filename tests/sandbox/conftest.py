"""A sandbox that speaks HTTPS as well, for clients that speak nothing else."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import Sandbox
from tests.sandbox.starting import started


@dataclass(frozen=True)
class Secure:
    """One sandbox behind two ports."""

    plain: Sandbox
    url: str
    """The HTTPS one, at 127.0.0.1."""
    port: int
    ca: Path
    """What a client has to trust."""

    def trusting(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.ca))


@pytest.fixture(scope="session")
def secure_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    """One process for the session; tests use `secure`, which starts empty."""
    folder = tmp_path_factory.mktemp("ca")
    with started("--port", "0", "--https-port", "0", "--ca", str(folder)) as process:
        plain, https = process.urls()
        port = int(https.rpartition(":")[2])
        yield Secure(Sandbox(plain), https, port, folder / "ca.pem")
        assert process.end() == (0, "", "")


@pytest.fixture
def secure(secure_server: Secure) -> Secure:
    """An empty sandbox that speaks HTTPS too."""
    secure_server.plain.reset("empty")
    return secure_server
