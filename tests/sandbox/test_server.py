"""The server on a real port: whole requests, cut connections, beginning and end."""

import contextlib
import gzip
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from include.sandbox.world import HUBSPOT_TOKEN
from tests.conftest import ROOT, Sandbox, free_port

pytestmark = pytest.mark.sandbox
BEARER = {"Authorization": f"Bearer {HUBSPOT_TOKEN}"}
CONTACTS = "/crm/v3/objects/contacts"
ADA = json.dumps({"properties": {"firstname": "Ada"}}).encode()


@contextlib.contextmanager
def connected(sandbox: Sandbox) -> Iterator[http.client.HTTPConnection]:
    address = urlsplit(sandbox.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=20)
    try:
        yield connection
    finally:
        connection.close()


def made(sandbox: Sandbox, body: Any, **headers: str) -> Any:
    """Create a contact over a connection of its own."""
    with connected(sandbox) as connection:
        connection.request("POST", CONTACTS, body, {**BEARER, **headers})
        return json.loads(connection.getresponse().read())


def names(sandbox: Sandbox) -> list[str]:
    with connected(sandbox) as connection:
        connection.request("GET", CONTACTS, headers=BEARER)
        told = json.loads(connection.getresponse().read())
    return [one["properties"]["firstname"] for one in told["results"]]


def test_a_chunked_body_is_read_to_its_end(sandbox: Sandbox) -> None:
    made(sandbox, iter([ADA[:5], ADA[5:]]))
    assert names(sandbox) == ["Ada"]


def test_a_gzipped_body_is_unzipped(sandbox: Sandbox) -> None:
    made(sandbox, gzip.compress(ADA), **{"Content-Encoding": "gzip"})
    assert names(sandbox) == ["Ada"]


def test_a_body_that_is_not_gzip_is_refused_in_the_crms_shape(sandbox: Sandbox) -> None:
    told = made(sandbox, ADA, **{"Content-Encoding": "gzip"})
    assert told["category"] == "VALIDATION_ERROR"


def test_one_connection_carries_many_calls(sandbox: Sandbox) -> None:
    with connected(sandbox) as connection:
        for _ in range(3):
            connection.request("GET", CONTACTS, headers=BEARER)
            answer = connection.getresponse()
            assert answer.status == 200
            answer.read()
            socket_used = connection.sock
        assert connection.sock is socket_used


def test_head_is_get_without_a_body(sandbox: Sandbox) -> None:
    with connected(sandbox) as connection:
        connection.request("HEAD", CONTACTS, headers=BEARER)
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b"")
        assert int(answer.headers["Content-Length"]) > 0


@pytest.mark.parametrize(("do", "kept"), [("drop_before", []), ("drop_after", ["Ada"])])
def test_a_dropped_connection_gives_not_one_byte(
    sandbox: Sandbox, do: str, kept: list[str]
) -> None:
    sandbox.faults({"do": do, "method": "POST", "times": 1})
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        made(sandbox, ADA)
    assert names(sandbox) == kept


def test_a_truncated_answer_ends_in_the_middle(sandbox: Sandbox) -> None:
    sandbox.faults({"do": "truncate", "times": 1})
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        made(sandbox, ADA)


def test_two_hundred_connections_at_once_are_ordinary(sandbox: Sandbox) -> None:
    def create(number: int) -> str:
        body = json.dumps({"properties": {"email": f"p{number}@example.com"}})
        return str(made(sandbox, body)["id"])

    with ThreadPoolExecutor(50) as threads:
        ids = set(threads.map(create, range(200)))
    assert len(ids) == 200
    assert sandbox.calls()["hubspot"]["writes"] == 200


@contextlib.contextmanager
def started(port: int, *more: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "include.sandbox", "--port", str(port), "--seed", "empty", *more],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_when_it_is_ready_and_a_signal_ends_it_cleanly(number: signal.Signals) -> None:
    port = free_port()
    with started(port) as process:
        assert process.stdout
        line = process.stdout.readline()
        assert f"http://127.0.0.1:{port}" in line
        assert HUBSPOT_TOKEN in line
        # An idle connection and a call that is held back must not keep it.
        running = Sandbox(f"http://127.0.0.1:{port}")
        running.faults({"do": "delay:300"})
        with connected(running) as idle, connected(running) as held:
            idle.request("GET", "/_sandbox/health")
            idle.getresponse().read()
            held.request("GET", CONTACTS, headers=BEARER)
            process.send_signal(number)
            out, err = process.communicate(timeout=15)
    assert (process.returncode, out, err) == (0, "", "")


def test_a_port_that_is_taken_is_exit_status_2_and_a_message() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with started(port) as process:
            _, err = process.communicate(timeout=15)
    assert process.returncode == 2
    assert err.startswith(f"sandbox: cannot listen on 127.0.0.1:{port}: ")


def test_an_unknown_seed_is_exit_status_2() -> None:
    with started(free_port(), "--seed", "nonsense") as process:
        _, err = process.communicate(timeout=15)
    assert (process.returncode, "nonsense" in err) == (2, True)


def test_a_database_in_a_file_is_there_again(tmp_path: Path) -> None:
    for before, after in (([], ["Ada"]), (["Ada"], ["Ada", "Ada"])):
        port = free_port()
        with started(port, "--db", str(tmp_path / "new" / "sandbox.db")) as process:
            assert process.stdout
            process.stdout.readline()
            running = Sandbox(f"http://127.0.0.1:{port}")
            assert names(running) == before
            made(running, ADA)
            assert names(running) == after
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=15)
