"""Whether a composite request only reads: then the call counter counts it among the reads.

A batch of queries is a POST, but changes nothing. What cannot be understood counts as a write.
"""

from collections.abc import Iterator
from typing import Any

from include.sandbox.wire import NotJson, Request

COMPOSITE = ("/composite", "/composite/batch", "/composite/graph")


def only_reads(pattern: str, request: Request) -> bool:
    """Whether every request inside a composite one is a GET."""
    if not pattern.endswith(COMPOSITE):
        return False
    try:
        methods = list(_methods(request.json()))
    except (NotJson, AttributeError, TypeError):
        return False
    return bool(methods) and all(method == "GET" for method in methods)


def _methods(body: Any) -> Iterator[str]:
    for name in ("batchRequests", "compositeRequest"):
        for one in body.get(name) or ():
            yield str(one.get("method")).upper()
    for graph in body.get("graphs") or ():
        yield from _methods(graph)
