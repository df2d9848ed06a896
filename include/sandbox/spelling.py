"""Header names the way the real servers spell them: `Content-Type`, not `content-type`.

HTTP does not care and most clients do not either, but some look a header up by its usual
spelling, and those work against the real APIs. The web server beneath writes names in lower
case; what it writes is respelled on its way to the socket.
"""

import asyncio
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

_HEAD = b"HTTP/1.1 "
_END = b"\r\n\r\n"
_PECULIAR: Mapping[bytes, bytes] = {
    b"Hubspot": b"HubSpot",
    b"Ratelimit": b"RateLimit",
    b"Etag": b"ETag",
}


class Respelled:
    """A transport that respells the heads of answers and passes on everything else."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def write(self, data: bytes) -> None:
        is_head = data.startswith(_HEAD) and data.endswith(_END)
        self._transport.write(respelled(data) if is_head else data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


def respelled(head: bytes) -> bytes:
    """The head of an answer, each header's name as it is usually spelled."""
    status, *lines = head.removesuffix(_END).split(b"\r\n")
    named = (line.partition(b":") for line in lines)
    return b"\r\n".join([status, *(_spelled(name) + b":" + rest for name, _, rest in named)]) + _END


@lru_cache(maxsize=256)
def _spelled(name: bytes) -> bytes:
    return b"-".join(_PECULIAR.get(part, part) for part in name.title().split(b"-"))
