"""HTTP and HTTPS: the one module that knows the web server's machinery.

A whole request is handed to the front door in a thread; what comes back is sent, late, cut
short or not at all if a fault says so. A cut connection is really cut: the socket is aborted,
without the answer that a web server would otherwise make up. Waiting is done here and not in
a thread, so that a thousand slow answers hold up nobody, and a signal ends it at once.
"""

import asyncio
import contextlib
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Awaitable, Callable, Iterator, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from include.sandbox.authority import Authority
from include.sandbox.front import Front, Reply
from include.sandbox.reading import Receive, Scope, read
from include.sandbox.sending import Payload, payload
from include.sandbox.spelling import Respelled
from include.sandbox.wire import Request

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

CUT = "sandbox.cut"
THREADS = 8
GRACE = 1
"""Seconds that calls in flight get when the server is told to end."""
ENDLESS_HEAD = 1024 * 1024
"""Bytes after which a head that has not ended is not listened to any more."""


class Cuttable(HttpToolsProtocol):
    """HTTP/1.1 that lets the application abort its connection, and whose heads end."""

    _head = 0
    _in_head = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(Respelled(transport))  # type: ignore[arg-type]

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head += len(data)
            if self._head > ENDLESS_HEAD:
                return self.send_400_response("Invalid HTTP request received.")
        return super().data_received(data)

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._head, self._in_head = 0, False
        self.scope[CUT] = self.transport.abort  # type: ignore[literal-required]

    def on_message_complete(self) -> None:
        self._in_head = True
        super().on_message_complete()


class Server(uvicorn.Server):
    """A server that says when it is up and leaves signals to whoever runs it."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
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
        request, trouble = await read(scope, receive)
        if trouble:
            reply = self._front.unreadable(request, trouble.status, str(trouble))
            ready = _made_ready(reply, request)
        else:
            loop = asyncio.get_running_loop()
            reply, ready = await loop.run_in_executor(self._threads, self._worked_out, request)
        if reply.delay:
            await asyncio.sleep(reply.delay)
        await _send(reply, ready, scope, receive, send)

    def _worked_out(self, request: Request) -> tuple[Reply, Payload | None]:
        reply = self._front.reply(request)
        return reply, _made_ready(reply, request)


def _made_ready(reply: Reply, request: Request) -> Payload | None:
    return None if reply.answer is None else payload(reply.answer, request.headers)


@dataclass(frozen=True, slots=True)
class Door:
    """A port to serve; with an authority it speaks HTTPS."""

    listener: socket.socket
    authority: Authority | None = None

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])


def run(front: Front, doors: Sequence[Door], ready: Callable[[], None]) -> bool:
    """Serve until SIGINT or SIGTERM; answers whether every call in flight came to its end."""
    threads = ThreadPoolExecutor(THREADS, thread_name_prefix="sandbox")
    application = Application(front, threads)
    asyncio.run(_serve(application, doors, ready))
    threads.shutdown(wait=False, cancel_futures=True)
    return all(_ended(thread) for thread in threading.enumerate() if _works(thread))


async def _serve(
    application: Application, doors: Sequence[Door], ready: Callable[[], None]
) -> None:
    servers = [Server(_config(application, door)) for door in doors]
    loop = asyncio.get_running_loop()

    def end(number: int) -> None:
        for server in servers:
            server.handle_exit(number, None)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end, number)
    serving = asyncio.gather(
        *(
            server.serve(sockets=[door.listener])
            for server, door in zip(servers, doors, strict=True)
        )
    )
    for server in servers:
        await server.up.wait()
    ready()
    await serving


def _config(application: Application, door: Door) -> uvicorn.Config:
    certificate = door.authority.certificate() if door.authority else None
    config = uvicorn.Config(
        application,
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
        ssl_certfile=certificate.chain if certificate else None,
        ssl_keyfile=certificate.key if certificate else None,
    )
    config.load()
    if config.ssl and door.authority:
        config.ssl.sni_callback = door.authority.present
    return config


def _works(thread: threading.Thread) -> bool:
    return thread.name.startswith("sandbox_")


def _ended(thread: threading.Thread) -> bool:
    thread.join(GRACE)
    return not thread.is_alive()


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; raises OSError when the port is taken. Port 0: any free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's delay off only where the protocol is named: 40 ms for each answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    listener.set_inheritable(False)
    return listener


async def _send(
    reply: Reply, ready: Payload | None, scope: Scope, receive: Receive, send: Send
) -> None:
    if ready is None:
        return await _cut(scope, receive)
    await send({"type": "http.response.start", "status": ready.status, "headers": ready.headers})
    if reply.truncated:
        half = ready.body[: len(ready.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        return await _cut(scope, receive)
    shown = b"" if scope["method"] == "HEAD" else ready.body
    return await send({"type": "http.response.body", "body": shown})


async def _cut(scope: Scope, receive: Receive) -> None:
    # Let what was written leave first; then the peer sees a connection that died.
    await asyncio.sleep(0.02)
    scope[CUT]()
    while (await receive())["type"] != "http.disconnect":
        pass
