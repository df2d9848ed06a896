"""Salesforce's gateway onto a script, and answers as Salesforce spells them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from include.crmsync.adapters.salesforce import Salesforce
from include.crmsync.adapters.salesforce_api import SalesforceApi
from include.crmsync.adapters.salesforce_auth import (
    SalesforceCredentials,
)
from tests.adapters.mappings import COMPANIES
from tests.adapters.scripted import Answer, Scripted, body_of, scripted

TOKEN_URL = "https://acme.example/services/oauth2/token"  # noqa: S105 -- an address
CREDENTIALS = SalesforceCredentials(TOKEN_URL, "id", "canary-secret")
MORNING = datetime(2026, 1, 31, 9, tzinfo=UTC)
EXPIRED = [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}]
CONTACT = "0035g00000ABCDE"
CUSTOM = replace(COMPANIES, salesforce=("Plant__c",), fields=())

KEY = COMPANIES.salesforce_key
LATE = "2026-01-31T09:00:04.000+0000"

Script = Callable[[requests.PreparedRequest], Answer]


def session(url: str = "https://acme.example", token: str = "canary-token") -> Answer:  # noqa: S107
    return 200, {"access_token": token, "instance_url": url}


def answering(script: Script) -> tuple[Salesforce, Scripted]:
    """A gateway that is logged in, and whose script sees what comes after."""

    def whole(request: requests.PreparedRequest) -> Answer:
        if request.url == TOKEN_URL:
            return session()
        return batched(request, script) if is_batch(request) else script(request)

    wire, adapter, _ = scripted(whole)
    return Salesforce(SalesforceApi(CREDENTIALS, wire, "62.0")), adapter


def is_batch(request: requests.PreparedRequest) -> bool:
    return (request.url or "").endswith("/composite/batch")


def parts(request: requests.PreparedRequest) -> list[requests.PreparedRequest]:
    """The requests inside a composite batch; any other request is its own only part."""
    if not is_batch(request):
        return [request]
    address = (request.url or "").split("/v62.0/")[0]
    asked = body_of(request)["batchRequests"]
    return [requests.Request(one["method"], f"{address}/{one['url']}").prepare() for one in asked]


def batched(request: requests.PreparedRequest, script: Script) -> Answer:
    """A composite batch of what the script answers to each of its parts."""
    answers = [script(one) for one in parts(request)]
    if unusual := next(
        (one for one in answers if isinstance(one, Exception) or one[0] == 401), None
    ):
        return unusual
    results = [
        {"statusCode": one[0], "result": one[1]} for one in answers if isinstance(one, tuple)
    ]
    return 200, {"hasErrors": any(one["statusCode"] != 200 for one in results), "results": results}


def gateway(*answers: Answer) -> tuple[Salesforce, Scripted]:
    rest = iter(answers)
    return answering(lambda _: next(rest))


def row(id_: str, stamp: str = "2026-01-31T09:00:00.000+0000", **fields: Any) -> dict[str, Any]:
    return {"attributes": {"type": "x"}, "Id": id_, "SystemModstamp": stamp, **fields}


def page(*rows: dict[str, Any], more: str | None = None) -> Answer:
    told = {"totalSize": len(rows), "done": more is None, "records": list(rows)}
    return 200, told if more is None else {**told, "nextRecordsUrl": more}


def soql(request: requests.PreparedRequest) -> str:
    return parse_qs(urlsplit(request.url or "").query)["q"][0]


def queries(adapter: Scripted) -> list[str]:
    every = [one for sent in adapter.sent for one in parts(sent)]
    return [soql(one) for one in every if "q=" in (one.url or "")]
