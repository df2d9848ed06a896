"""HTTP: the one module that knows the web server's machinery.

It reads a whole request (chunked or not, gzipped or not), hands it to the front door in a
thread, and sends what comes back. A cut connection is really cut: the socket is aborted,
without the answer that a web server would otherwise make up. Waiting is done here and not
in a thread, so that a thousand slow answers hold up nobody, and a signal ends it at once.
"""

import asyncio
import contextlib
import json
import signal
import socket
import sys
import traceback
import zlib
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from include.sandbox.front import Front, Reply
from include.sandbox.wire import Answer, Request

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

LARGEST_BODY = 160 * 1024 * 1024
"""Bytes, unzipped: a little over Salesforce's largest bulk upload."""
CUT = "sandbox.cut"
THREADS = 8
GRACE = 1
"""Seconds that calls in flight get when the server is told to end."""


class Unreadable(ValueError):
    """A body that is too large or is not what its headers say."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


class Cuttable(HttpToolsProtocol):
    """HTTP/1.1 that lets the application abort its connection."""

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self.scope[CUT] = self.transport.abort  # type: ignore[literal-required]


class Server(uvicorn.Server):
    """A server that says when it is ready, and for which a signal is a normal end."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


class Application:
    """The front door as an ASGI application."""

    def __init__(self, front: Front, threads: ThreadPoolExecutor) -> None:
        self._front = front
        self._threads = threads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            await self._serve(scope, receive, send)
        except asyncio.CancelledError:
            # The server is ending and this call was still waiting.
            scope[CUT]()
        except Exception:  # noqa: BLE001  nothing else would say so
            traceback.print_exc(file=sys.stderr)
            scope[CUT]()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request, trouble = await _read(scope, receive)
        if trouble:
            reply = self._front.unreadable(request, trouble.status, str(trouble))
        else:
            loop = asyncio.get_running_loop()
            reply = await loop.run_in_executor(self._threads, self._front.reply, request)
        if reply.delay:
            await asyncio.sleep(reply.delay)
        await _send(reply, scope, receive, send)


def run(front: Front, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM."""
    with ThreadPoolExecutor(THREADS, thread_name_prefix="sandbox") as threads:
        config = uvicorn.Config(
            Application(front, threads),
            http=Cuttable,
            ws="none",
            lifespan="off",
            log_level="critical",
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=GRACE,
            timeout_keep_alive=75,
            backlog=2048,
        )
        asyncio.run(Server(config, ready).serve(sockets=[listener]))


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; raises OSError when the port is taken. Port 0: any free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    listener.set_inheritable(False)
    return listener


async def _read(scope: Scope, receive: Receive) -> tuple[Request, Unreadable | None]:
    headers = {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
    }
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    host = headers.get("host") or "localhost"
    body, trouble = await _body(receive, headers.get("content-encoding", ""))
    return (
        Request(
            method=scope["method"],
            path=scope["path"],
            query=tuple(query),
            headers=headers,
            body=body,
            origin=f"{scope['scheme']}://{host}",
        ),
        trouble,
    )


async def _body(receive: Receive, encoding: str) -> tuple[bytes, Unreadable | None]:
    """The whole body. One that is too large is read to its end all the same, and dropped."""
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size <= LARGEST_BODY:
            parts.append(part)
        more = message.get("more_body", False)
    if size > LARGEST_BODY:
        return b"", Unreadable(413, "The request body is too large.")
    try:
        return _unzipped(b"".join(parts), encoding.strip().lower()), None
    except Unreadable as trouble:
        return b"", trouble


def _unzipped(body: bytes, encoding: str) -> bytes:
    if encoding in ("", "identity") or not body:
        return body
    if encoding not in ("gzip", "deflate"):
        raise Unreadable(415, f"The content encoding {encoding!r} is not supported.")
    try:
        unzip = zlib.decompressobj(wbits=zlib.MAX_WBITS | (32 if encoding == "gzip" else 0))
        plain = unzip.decompress(body, LARGEST_BODY + 1)
    except zlib.error as error:
        raise Unreadable(400, f"The request body is not {encoding}.") from error
    if len(plain) > LARGEST_BODY:
        raise Unreadable(413, "The request body is too large.")
    return plain


async def _send(reply: Reply, scope: Scope, receive: Receive, send: Send) -> None:
    if reply.answer is None:
        return await _cut(scope, receive)
    body, headers = payload(reply.answer)
    await send({"type": "http.response.start", "status": reply.answer.status, "headers": headers})
    if reply.truncated:
        half = body[: len(body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        return await _cut(scope, receive)
    shown = b"" if scope["method"] == "HEAD" else body
    return await send({"type": "http.response.body", "body": shown})


async def _cut(scope: Scope, receive: Receive) -> None:
    # Let what was written leave first; then the peer sees a connection that died.
    await asyncio.sleep(0.02)
    scope[CUT]()
    while (await receive())["type"] != "http.disconnect":
        pass


def payload(answer: Answer) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """An answer's bytes and headers."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    if isinstance(answer.body, bytes):
        body = answer.body
        headers.setdefault("content-type", "application/octet-stream")
    elif answer.body is None:
        body = b""
    else:
        body = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":")).encode()
        headers.setdefault("content-type", "application/json;charset=utf-8")
    if answer.status not in (204, 304):
        headers["content-length"] = str(len(body))
    return body, [
        (name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()
    ]
