"""A CRM that answers from a function: the network, replaced one level below the gateways."""

import json
from collections.abc import Callable, Iterable
from typing import Any

import requests
from requests.adapters import BaseAdapter

from include.crmsync.adapters.http import Wire

Answer = tuple[int, Any] | tuple[int, Any, dict[str, str]] | Exception


class Scripted(BaseAdapter):
    """Gives each request to a function; remembers them."""

    def __init__(self, script: Callable[[requests.PreparedRequest], Answer]) -> None:
        super().__init__()
        self.sent: list[requests.PreparedRequest] = []
        self.timeouts: list[Any] = []
        self._script = script

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # type: ignore[override]  # the options only ever come by keyword
        self.sent.append(request)
        self.timeouts.append(kwargs["timeout"])
        answer = self._script(request)
        if isinstance(answer, Exception):
            raise answer
        status, body, *headers = answer
        response = requests.Response()
        response.status_code = status
        response.request = request
        response.url = request.url or ""
        response.headers.update(headers[0] if headers else {})
        response._content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        return response

    def close(self) -> None:
        """Nothing is open."""


def scripted(
    script: Callable[[requests.PreparedRequest], Answer] | Iterable[Answer],
) -> tuple[Wire, Scripted, list[float]]:
    """A Wire onto a script, the script's memory, and the pauses that were slept."""
    answers = script if callable(script) else None
    rest = iter(()) if callable(script) else iter(script)
    adapter = Scripted(answers or (lambda _: next(rest)))
    pauses: list[float] = []
    wire = Wire(sleep=pauses.append)
    wire.mount("https://", adapter)
    return wire, adapter, pauses


def body_of(request: requests.PreparedRequest) -> Any:
    """What a request carried."""
    return json.loads(request.body or "null")
