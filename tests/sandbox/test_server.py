"""The server on a real port: whole requests, cut connections, beginning and end."""

import contextlib
import gzip
import http.client
import json
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from include.sandbox.world import HUBSPOT_TOKEN, SALESFORCE_CLIENT_ID, SALESFORCE_CLIENT_SECRET
from tests.conftest import Sandbox, free_port
from tests.sandbox.starting import started

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


def raw(sandbox: Sandbox, text: bytes) -> bytes:
    """What comes back for these bytes until the server closes or has said enough."""
    address = urlsplit(sandbox.url)
    with socket.create_connection((address.hostname or "", address.port or 0), 20) as line:
        line.sendall(text)
        return line.recv(65536)


def test_a_body_waits_for_the_server_to_agree_when_the_client_expects_so(
    sandbox: Sandbox,
) -> None:
    address = urlsplit(sandbox.url)
    head = (
        f"POST {CONTACTS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {HUBSPOT_TOKEN}\r\n"
        f"Content-Length: {len(ADA)}\r\nExpect: 100-continue\r\n\r\n"
    )
    with socket.create_connection((address.hostname or "", address.port or 0), 20) as line:
        line.sendall(head.encode())
        assert line.recv(65536).startswith(b"HTTP/1.1 100 ")
        line.sendall(ADA)
        assert line.recv(65536).startswith(b"HTTP/1.1 201 ")


def test_a_client_may_send_its_request_byte_by_byte(sandbox: Sandbox) -> None:
    address = urlsplit(sandbox.url)
    with socket.create_connection((address.hostname or "", address.port or 0), 20) as line:
        for byte in b"GET /_sandbox/health HTTP/1.1\r\nHost: x\r\n\r\n":
            line.sendall(bytes([byte]))
        assert line.recv(65536).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(("accepts", "zipped"), [("gzip", True), ("br", False), ("", False)])
def test_a_long_answer_is_gzipped_for_a_client_that_takes_it(
    sandbox: Sandbox, accepts: str, zipped: bool
) -> None:
    with connected(sandbox) as connection:
        connection.request(
            "GET", "/crm/v3/properties/contacts", headers={**BEARER, "Accept-Encoding": accepts}
        )
        answer = connection.getresponse()
        body = answer.read()
    assert (answer.headers["Content-Encoding"] == "gzip") is zipped
    assert json.loads(gzip.decompress(body) if zipped else body)["results"]


def test_a_slash_inside_an_id_stays_inside_it(sandbox: Sandbox) -> None:
    path = "/services/data/v62.0/sobjects/Contact/crmsync_hubspot_id__c/a%2Fb%25c"
    told = sandbox.call(
        "POST",
        "/services/oauth2/token?grant_type=client_credentials"
        f"&client_id={SALESFORCE_CLIENT_ID}&client_secret={SALESFORCE_CLIENT_SECRET}",
    )
    headers = {"Authorization": f"Bearer {told['access_token']}"}
    with connected(sandbox) as connection:
        body = json.dumps({"LastName": "Lovelace"})
        connection.request("PATCH", path, body, headers)
        assert connection.getresponse().read()
        connection.request("GET", path, headers=headers)
        assert json.loads(connection.getresponse().read())["crmsync_hubspot_id__c"] == "a/b%c"


@pytest.mark.parametrize(
    ("path", "header", "status"),
    [("x" * 17_000, "", 414), ("", "x" * 17_000, 431)],
)
def test_a_head_that_is_too_large_is_refused_in_the_shape_of_its_system(
    sandbox: Sandbox, path: str, header: str, status: int
) -> None:
    for system, shape in ((CONTACTS, dict), ("/services/data/v62.0/query", list)):
        with connected(sandbox) as connection:
            connection.request("GET", f"{system}?q={path}", headers={**BEARER, "X-Long": header})
            answer = connection.getresponse()
            assert answer.status == status
            assert isinstance(json.loads(answer.read()), shape)


def test_a_head_without_an_end_is_not_listened_to_for_ever(sandbox: Sandbox) -> None:
    address = urlsplit(sandbox.url)
    with socket.create_connection((address.hostname or "", address.port or 0), 20) as line:
        line.sendall(b"GET / HTTP/1.1\r\nX-Long: ")
        with contextlib.suppress(ConnectionError):
            for _ in range(200):
                line.sendall(b"x" * 10_000)
            assert line.recv(100).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "nonsense", [b"hello\r\n\r\n", b"GET  HTTP/9.9\r\n\r\n", b"\x16\x03\x01\r\n"]
)
def test_what_is_not_http_is_answered_with_400(sandbox: Sandbox, nonsense: bytes) -> None:
    assert raw(sandbox, nonsense).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_when_it_is_ready_and_a_signal_ends_it_cleanly(number: signal.Signals) -> None:
    with started("--port", str(port := free_port())) as process:
        line = process.first_line()
        assert f"http://127.0.0.1:{port}" in line
        assert HUBSPOT_TOKEN in line
        # An idle connection and a call that is held back must not keep it.
        running = Sandbox(f"http://127.0.0.1:{port}")
        running.faults({"do": "delay:300"})
        with connected(running) as idle, connected(running) as held:
            idle.request("GET", "/_sandbox/health")
            idle.getresponse().read()
            held.request("GET", CONTACTS, headers=BEARER)
            assert process.end(number) == (0, "", "")


def test_a_signal_ends_it_while_it_is_hard_at_work(tmp_path: Path) -> None:
    with started("--port", "0", "--db", str(tmp_path / "sandbox.db")) as process:
        (url,) = process.urls()
        with connected(Sandbox(url)) as connection:
            connection.request("POST", "/_sandbox/reset", json.dumps({"seed": 1_000_000}))
            with connected(Sandbox(url)) as other:
                other.request("GET", "/_sandbox/faults")
                other.getresponse().read()
            assert process.end() == (0, "", "")
    with started("--port", "0", "--db", str(tmp_path / "sandbox.db")) as process:
        assert names(Sandbox(*process.urls())) == []
        process.end()


def test_a_port_that_is_taken_is_exit_status_2_and_a_message() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with started("--port", str(port)) as process:
            status, _, err = process.ended()
    assert status == 2
    assert err.startswith(f"sandbox: cannot listen on 127.0.0.1:{port}: ")


def test_an_unknown_seed_is_exit_status_2() -> None:
    with started("--port", "0", seed="nonsense") as process:
        status, _, err = process.ended()
    assert (status, "nonsense" in err) == (2, True)


def test_a_database_in_a_file_is_there_again_with_its_settings_and_its_clock(
    tmp_path: Path,
) -> None:
    database = ("--port", "0", "--db", str(tmp_path / "new" / "sandbox.db"))
    with started(*database) as process:
        running = Sandbox(*process.urls())
        assert names(running) == []
        made(running, ADA)
        running.settings(hubspot={"page_sizes": {"objects": 2}})
        running.call("POST", "/_sandbox/clock", {"now": "2040-01-01T00:00:00Z"})
        process.end()
    with started(*database) as process:
        running = Sandbox(*process.urls())
        assert names(running) == ["Ada"]
        told = running.call("GET", "/_sandbox/settings")
        assert told["hubspot"]["page_sizes"]["objects"] == 2
        assert running.call("GET", "/_sandbox/clock")["now"].startswith("2040-01-01")
        process.end()


def test_a_database_that_another_sandbox_uses_is_exit_status_2(tmp_path: Path) -> None:
    database = ("--port", "0", "--db", str(tmp_path / "sandbox.db"))
    with started(*database) as first:
        first.urls()
        with started(*database) as second:
            status, _, err = second.ended()
        assert (status, "locked" in err) == (2, True)
        first.end()
