"""A request and an answer, in neither web framework's words.

Both CRMs are functions from `Request` to `Answer`: they can be called without a server, and
the one module that knows HTTP's machinery (`server.py`) stays small.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


class NotJson(ValueError):
    """The body is not JSON; each CRM says so in its own words."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request, read to its end."""

    method: str
    path: str
    """As it was sent, without the query: /crm/v3/objects/contacts/a%40b.com. Routers decode
    what they cut out of it."""
    query: tuple[tuple[str, str], ...] = ()
    """Decoded, in order; a name may come twice."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    body: bytes = b""
    """Whole, unchunked and unzipped."""
    origin: str = "http://localhost"
    """Scheme, host and port as the client addressed them."""

    def get(self, name: str, default: str = "") -> str:
        """The last value of a query parameter."""
        return next((value for key, value in reversed(self.query) if key == name), default)

    def all(self, name: str) -> list[str]:
        """Every value of a query parameter, in order."""
        return [value for key, value in self.query if key == name]

    def json(self) -> Any:
        """The body as JSON, None when it is empty; raises NotJson."""
        if not self.body.strip():
            return None
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise NotJson(str(error)) from error


@dataclass(slots=True)
class Answer:
    """One answer. `body` is JSON-able, or bytes that go out as they are, or None for nothing."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


Handler = Callable[..., Answer]
"""Takes the Request, then what the route's path names, as keywords."""
