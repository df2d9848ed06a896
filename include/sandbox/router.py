"""Which handler answers a path: a table of patterns, the first that fits.

A pattern is a path in which `{name}` stands for one segment and `{name:path}` for the rest.
Paths come as they were sent and are decoded only once they are cut, so that an id with a
slash in it (`a%2Fb`) stays one segment and reaches its handler as `a/b`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from include.sandbox.wire import Handler

_SLOT = re.compile(r"\{(\w+)(:path)?\}")


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table."""

    method: str
    pattern: str
    handler: Handler
    writes: bool = False
    """Whether it may change a record: the call counter keeps reads and writes apart."""


@dataclass(frozen=True, slots=True)
class Found:
    """The route of a request, and what its path names."""

    route: Route
    names: dict[str, str]
    """Percent-decoded."""


class Router:
    """Finds routes; tells a wrong method from a wrong path."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = [(re.compile(_expression(one.pattern)), one) for one in routes]

    def find(self, method: str, path: str) -> Found | None:
        for expression, route in self._routes:
            if route.method == method and (fits := expression.fullmatch(path)):
                names = {name: unquote(value) for name, value in fits.groupdict().items()}
                return Found(route, names)
        return None

    def methods(self, path: str) -> list[str]:
        """The methods some route has for this path."""
        fitting = {one.method for expression, one in self._routes if expression.fullmatch(path)}
        return sorted(fitting)


def _expression(pattern: str) -> str:
    parts: list[str] = []
    end = 0
    for slot in _SLOT.finditer(pattern):
        parts.append(re.escape(pattern[end : slot.start()]))
        parts.append(f"(?P<{slot[1]}>{'.+' if slot[2] else '[^/]+'})")
        end = slot.end()
    return "".join(parts) + re.escape(pattern[end:])
