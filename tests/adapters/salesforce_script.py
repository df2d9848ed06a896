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
from tests.adapters.scripted import Answer, Scripted, scripted

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
        return session() if request.url == TOKEN_URL else script(request)

    wire, adapter, _ = scripted(whole)
    return Salesforce(SalesforceApi(CREDENTIALS, wire, "62.0")), adapter


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
    return [soql(sent) for sent in adapter.sent if "q=" in (sent.url or "")]
