"""Plain HTTP for a Salesforce that is a sandbox on this machine.

simple-salesforce writes `https://` before every host, whatever the instance URL said. For an
instance that was given as `http://`, this adapter puts the scheme back at the last moment,
so the client stays unaware and a real org, always https, never meets this code.
"""

from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter


class PlainHttp(HTTPAdapter):
    """Sends what was addressed to https over http."""

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # type: ignore[override]  # the positional options are only ever passed by keyword
        plain = request.copy()
        plain.url = (request.url or "").replace("https://", "http://", 1)
        return super().send(plain, **kwargs)


def allow_plain_http(session: requests.Session, instance_url: str) -> None:
    """Let `session` reach this one instance over http, if its URL says so; no other host."""
    parts = urlsplit(instance_url)
    if parts.scheme == "http":
        session.mount(f"https://{parts.netloc}/", PlainHttp())
