"""From an `Answer` to bytes and headers: JSON, its length, gzip when the client takes it.

Answers are made ready in the thread that worked them out; the event loop only sends. Short
ones are never zipped: it would make them longer.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from include.sandbox.wire import Answer

SHORT = 1024
"""Bytes up to which an answer is sent as it is."""
FASTEST = 1
_BODILESS = (204, 304)


@dataclass(frozen=True, slots=True)
class Payload:
    """An answer as it goes out."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


def payload(answer: Answer, asked: Mapping[str, str]) -> Payload:
    """An answer made ready for the client that sent these headers."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    body, kind = _encoded(answer)
    if body or kind:
        headers.setdefault("content-type", kind)
    if len(body) > SHORT and "content-encoding" not in headers:
        headers["vary"] = "Accept-Encoding"
        if takes_gzip(asked.get("accept-encoding", "")):
            body = _zipped(body)
            headers["content-encoding"] = "gzip"
    if answer.status not in _BODILESS:
        headers["content-length"] = str(len(body))
    told = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    return Payload(answer.status, told, body)


def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding header allows gzip; `q=0` forbids what it stands beside."""
    weights: dict[str, bool] = {}
    for part in accepted.lower().split(","):
        name, _, rest = part.partition(";")
        weight = rest.replace(" ", "").removeprefix("q=")
        weights[name.strip()] = weight.strip("0.") != "" if weight else True
    return weights.get("gzip", weights.get("*", False))


def _encoded(answer: Answer) -> tuple[bytes, str]:
    if isinstance(answer.body, bytes):
        return answer.body, "application/octet-stream"
    if answer.body is None:
        return b"", ""
    text = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":"))
    # A lone surrogate is legal in JSON's escapes and nowhere in UTF-8.
    return text.encode("utf-8", "surrogatepass"), "application/json;charset=utf-8"


def _zipped(body: bytes) -> bytes:
    packer = zlib.compressobj(FASTEST, wbits=zlib.MAX_WBITS | 16)
    return packer.compress(body) + packer.flush()
