"""HTTPS: which names it vouches for, what a client has to trust, both ports at once."""

import http.client
import json
import socket
import ssl

import pytest

from tests.sandbox.conftest import Secure

pytestmark = pytest.mark.sandbox


def greeted(secure: Secure, name: str) -> bool:
    """Whether a client that trusts the authority reaches the server under this name."""
    with (
        socket.create_connection(("127.0.0.1", secure.port), 20) as line,
        secure.trusting().wrap_socket(
            line, server_hostname=name, do_handshake_on_connect=False
        ) as safe,
    ):
        safe.do_handshake()
        safe.sendall(b"GET /_sandbox/health HTTP/1.1\r\nHost: x\r\n\r\n")
        return safe.recv(65536).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1", "my-org.my.localhost"])
def test_this_machines_names_are_vouched_for(secure: Secure, name: str) -> None:
    assert greeted(secure, name)


@pytest.mark.parametrize("name", ["example.com", "localhost.example.com"])
def test_nobody_elses_name_is(secure: Secure, name: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        greeted(secure, name)


def test_who_does_not_trust_the_authority_does_not_trust_the_sandbox(secure: Secure) -> None:
    connection = http.client.HTTPSConnection("localhost", secure.port, timeout=20)
    with pytest.raises(ssl.SSLCertVerificationError):
        connection.request("GET", "/_sandbox/health")
    connection.close()


def test_the_authoritys_certificate_is_served_over_plain_http(secure: Secure) -> None:
    connection = http.client.HTTPConnection(secure.plain.url.removeprefix("http://"))
    connection.request("GET", "/_sandbox/ca.pem")
    told = connection.getresponse().read()
    connection.close()
    assert told == secure.ca.read_bytes()


def test_both_ports_serve_the_same_records_and_tell_addresses_of_their_own(
    secure: Secure,
) -> None:
    connection = http.client.HTTPSConnection(
        "localhost", secure.port, timeout=20, context=secure.trusting()
    )
    connection.request("POST", "/_sandbox/clock", json.dumps({"now": "2040-01-01T00:00:00Z"}))
    connection.getresponse().read()
    connection.close()
    assert secure.plain.call("GET", "/_sandbox/clock")["now"].startswith("2040")
