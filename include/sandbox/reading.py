"""From what the web server hands over to a `Request`: the head checked, the body whole.

Bodies come chunked or not, zipped or not; what a handler sees is plain and complete. A head
or a body that is too large is told apart from one that makes no sense, and either becomes an
answer in the shape of the CRM it was meant for. An oversized body is read to its end and
dropped, because a client that is still sending does not listen.
"""

import zlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from include.sandbox.wire import Request

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

LARGEST_BODY = 160 * 1024 * 1024
"""Bytes, unzipped: a little over Salesforce's largest bulk upload."""
LARGEST_HEAD = 16_384
"""Bytes of address and headers together, as Salesforce has it."""


class Unreadable(ValueError):
    """A request that is too large or is not what its headers say."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


async def read(scope: Scope, receive: Receive) -> tuple[Request, Unreadable | None]:
    """The request, and what is wrong with it if it cannot be served."""
    headers = _headers(scope)
    body, trouble = await _body(receive, headers.get("content-encoding", ""))
    request = Request(
        method=scope["method"],
        path=scope["raw_path"].decode("latin-1") or "/",
        query=tuple(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)),
        headers=headers,
        body=body,
        origin=f"{scope['scheme']}://{headers.get('host') or 'localhost'}",
    )
    return request, _oversized(scope) or trouble


def _headers(scope: Scope) -> dict[str, str]:
    """By name in lower case; one that came twice is joined, as HTTP allows."""
    told: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        told[name] = f"{told[name]}, {value}" if name in told else value
    return told


def _oversized(scope: Scope) -> Unreadable | None:
    address = len(scope["raw_path"]) + len(scope["query_string"])
    if address > LARGEST_HEAD:
        return Unreadable(414, "URI Too Long")
    if address + sum(len(name) + len(value) for name, value in scope["headers"]) > LARGEST_HEAD:
        return Unreadable(431, "Request Header Fields Too Large")
    return None


async def _body(receive: Receive, encoding: str) -> tuple[bytes, Unreadable | None]:
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
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise Unreadable(415, f"The content encoding {encoding!r} is not supported.")
    try:
        unzip = zlib.decompressobj(wbits=zlib.MAX_WBITS | (0 if encoding == "deflate" else 32))
        plain = unzip.decompress(body, LARGEST_BODY + 1)
    except zlib.error as error:
        raise Unreadable(400, f"The request body is not {encoding}.") from error
    if len(plain) > LARGEST_BODY:
        raise Unreadable(413, "The request body is too large.")
    if not unzip.eof:
        raise Unreadable(400, f"The request body is not {encoding}: it ends too early.")
    return plain
