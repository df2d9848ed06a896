"""Small servers on loopback that keep what they are sent: mail, web requests, datagrams."""

import json
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as DEFAULT  # noqa: N812  a constant
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Mailbox:
    """An SMTP server that takes every mail."""

    port: int = 0
    raw: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(one, policy=DEFAULT) for one in self.raw]

    def texts(self) -> list[str]:
        """Subject and body of every mail."""
        return [f"{mail['Subject']}\n{_body(mail)}" for mail in self.mails]


@dataclass
class Requests:
    """A web server that answers every POST with `ok`."""

    port: int = 0
    status: int = 200
    got: list[tuple[str, Any]] = field(default_factory=list)
    """Path and body, as JSON where it is."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@dataclass
class Datagrams:
    """A UDP socket that keeps every datagram."""

    port: int = 0
    got: list[str] = field(default_factory=list)


def _body(mail: EmailMessage) -> str:
    part = mail.get_body(("html", "plain")) or mail
    return str(part.get_content())


ANSWERS = {"EHLO": b"250-here\r\n250 AUTH PLAIN LOGIN", "AUTH": b"235 welcome", "QUIT": b"221 bye"}


class _Mail(socketserver.StreamRequestHandler):
    """One SMTP conversation."""

    box: Mailbox

    def handle(self) -> None:
        self._say(b"220 ready")
        while line := self.rfile.readline():
            words = line.decode("ascii", "replace").strip()
            verb = words.upper()[:4]
            if verb == "DATA":
                self._say(b"354 go on")
                self.box.raw.append(self._data())
            kept = {"RCPT": self.box.recipients, "AUTH": self.box.logins}.get(verb, [])
            kept.append(words)
            self._say(ANSWERS.get(verb, b"250 ok"))
            if verb == "QUIT":
                return

    def _say(self, words: bytes) -> None:
        self.wfile.write(words + b"\r\n")

    def _data(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """Listen for mail while the block runs."""
    box = Mailbox()
    handler = type("Conversation", (_Mail,), {"box": box})
    with _serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)) as port:
        box.port = port
        yield box


@contextmanager
def web_listener() -> Iterator[Requests]:
    """Listen for POSTs while the block runs."""
    kept = Requests()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            kept.got.append((self.path, _read(content)))
            self.send_response(kept.status)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            return

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), Answer)) as port:
        kept.port = port
        yield kept


@contextmanager
def datagram_listener() -> Iterator[Datagrams]:
    """Listen for datagrams while the block runs."""
    kept = Datagrams()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        ours.bind(("127.0.0.1", 0))
        ours.settimeout(0.2)
        kept.port = ours.getsockname()[1]
        ended = threading.Event()

        def listen() -> None:
            while not ended.is_set():
                try:
                    kept.got += ours.recv(65_535).decode("utf-8", "replace").splitlines()
                except TimeoutError:
                    continue

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        try:
            yield kept
        finally:
            ended.set()
            thread.join(timeout=5)


@contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[int]:
    with server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            address: Any = server.server_address
            yield int(address[1])
        finally:
            server.shutdown()
            thread.join(timeout=5)


def _read(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content.decode("utf-8", "replace")
