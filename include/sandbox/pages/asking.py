"""The CRMs' public APIs, asked in process.

The pages see what the integration user sees and change what it may change: there is no second
way to the records. These calls are not counted, and no fault strikes them; the CRMs' own
limits, when they are switched on, do notice.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from include.sandbox.crm import Crm
from include.sandbox.wire import Answer, Request
from include.sandbox.world import HUBSPOT_TOKEN, World

VERSION = "/services/data/v62.0"
TOKEN = "/services/oauth2/token"  # noqa: S105  an address

Query = Mapping[str, str]


class Refused(Exception):
    """The API said no; the message is its own."""

    def __init__(self, status: int, body: Any) -> None:
        self.status = status
        super().__init__(_words(body) or f"status {status}")


class HubSpotApi:
    """HubSpot, asked with the private app's token."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm

    def __call__(self, method: str, path: str, query: Query = {}, body: Any = None) -> Any:  # noqa: B006  never changed
        """The body of an answer; raises Refused."""
        headers = {"authorization": f"Bearer {HUBSPOT_TOKEN}"}
        return _body(self._crm.answer(_request(method, path, query, body, headers)))


class SalesforceApi:
    """Salesforce, asked by the user whom client credentials act as."""

    def __init__(self, crm: Crm, world: World) -> None:
        self._crm = crm
        self._world = world
        self._token = ""

    def __call__(self, method: str, path: str, query: Query = {}, body: Any = None) -> Any:  # noqa: B006  never changed
        """The body of an answer to a path below the version's; raises Refused."""
        answer = self._asked(method, path, query, body)
        if answer.status == 401:
            self._log_in()
            answer = self._asked(method, path, query, body)
        return _body(answer)

    def _asked(self, method: str, path: str, query: Query, body: Any) -> Answer:
        headers = {
            "authorization": f"Bearer {self._token}",
            "content-type": "application/json",
            "sforce-duplicate-rule-header": "allowSave=true",
        }
        return self._crm.answer(_request(method, VERSION + path, query, body, headers))

    def _log_in(self) -> None:
        settings = self._world.settings.get("salesforce", {})
        form = {
            "grant_type": "client_credentials",
            "client_id": str(settings.get("client_id")),
            "client_secret": str(settings.get("client_secret")),
        }
        told = _body(self._crm.answer(Request("POST", TOKEN, body=urlencode(form).encode())))
        self._token = str(told["access_token"])


def _request(
    method: str, path: str, query: Query, body: Any, headers: Mapping[str, str]
) -> Request:
    raw = b"" if body is None else json.dumps(body).encode()
    return Request(method, path, tuple(query.items()), headers, raw)


def _body(answer: Answer) -> Any:
    if answer.status >= 400:
        raise Refused(answer.status, answer.body)
    return answer.body


def _words(body: Any) -> str:
    """What an error body says, in either system's shape."""
    if isinstance(body, list):
        return "; ".join(_words(one) for one in body)
    if not isinstance(body, dict):
        return ""
    listed = [str(one.get("message")) for one in body.get("errors") or () if isinstance(one, dict)]
    return "; ".join(listed) or str(body.get("message") or body.get("error_description") or "")
