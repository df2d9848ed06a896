"""A client of the emulated portal that needs no server: one method per thing a test does."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from include.sandbox.hubspot import HubSpot
from include.sandbox.wire import Answer, Request
from include.sandbox.world import HUBSPOT_TOKEN, World

BEARER = {"authorization": f"Bearer {HUBSPOT_TOKEN}"}


@dataclass
class Client:
    """Calls a portal in process."""

    hubspot: HubSpot
    world: World

    def ask(self, method: str, url: str, body: Any = None, headers: Any = None) -> Answer:
        parts = urlsplit(url)
        raw = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        return self.hubspot.answer(
            Request(
                method,
                parts.path,
                tuple(parse_qsl(parts.query, keep_blank_values=True)),
                BEARER if headers is None else headers,
                raw,
            )
        )

    def told(self, method: str, url: str, body: Any = None, *, status: int = 200) -> Any:
        """The body of an answer that has to have this status."""
        answer = self.ask(method, url, body)
        assert answer.status == status, answer.body
        return answer.body

    def create(self, kind: str = "contacts", **properties: Any) -> str:
        path = f"/crm/v3/objects/{kind}"
        body = {"properties": properties}
        return str(self.told("POST", path, body, status=201)["id"])

    def update(self, kind: str, id_: str, **properties: Any) -> Any:
        body = {"properties": properties}
        return self.told("PATCH", f"/crm/v3/objects/{kind}/{id_}", body)

    def read(self, kind: str, id_: str, *properties: str) -> Any:
        query = "?properties=" + ",".join(properties) if properties else ""
        return self.told("GET", f"/crm/v3/objects/{kind}/{id_}{query}")

    def batch(self, verb: str, *inputs: Any, kind: str = "contacts", **more: Any) -> Answer:
        path = f"/crm/v3/objects/{kind}/batch/{verb}"
        return self.ask("POST", path, {"inputs": list(inputs), **more})

    def search(self, kind: str = "contacts", *filters: Any, **more: Any) -> Any:
        groups = [{"filters": list(filters)}] if filters else []
        body = {"filterGroups": groups, **more}
        return self.told("POST", f"/crm/v3/objects/{kind}/search", body)

    def found(self, kind: str, *filters: Any, **more: Any) -> list[str]:
        return [one["id"] for one in self.search(kind, *filters, **more)["results"]]

    def setting(self, name: str, value: Any) -> None:
        self.world.settings["hubspot"][name] = value


def where(name: str, operator: str, value: Any = None, **more: Any) -> dict[str, Any]:
    """One filter of a search."""
    told = {} if value is None else {"value": value}
    return {"propertyName": name, "operator": operator, **told, **more}


def codes(answer: Answer) -> list[str]:
    """The codes of the errors in an answer."""
    return [error["code"] for error in answer.body["errors"]]
