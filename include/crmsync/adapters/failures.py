"""Which error an answer is: one family for both CRMs.

HubSpot says what went wrong in an object, Salesforce in a list, its token endpoint in a
third shape, and the status alone misleads (Salesforce's spent allocation is a 403,
HubSpot's a 429 that looks like a short one). `failure` reads all of them and answers with
one of `errors`. Its sentence holds method, path, status, the CRM's own code, the names
of the fields, a correlation id and what the catalogue says of the code; never the query
string, the body or the CRM's own message, because those quote record values.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import requests

from include.crmsync.errors import (
    GatewayError,
    LimitReached,
    RateLimited,
    Rejected,
    Unauthorized,
    Unavailable,
)
from include.crmsync.errors.catalogue import Who, advice
from include.crmsync.model.record import System

RETRYABLE_CODES = frozenset(
    {
        "UNABLE_TO_LOCK_ROW",
        "SERVER_UNAVAILABLE",
        "QUERY_TIMEOUT",
        "REQUEST_RUNNING_TOO_LONG",
        "TOO_MANY_APEX_REQUESTS",
    }
)
"""Salesforce's words for what passes by itself, whatever status they come with."""

UNKNOWN_NAME = frozenset({"INVALID_FIELD", "INVALID_TYPE"})
"""Salesforce's words for a query that names what is not there; its sentence says what."""

LIMIT_CODES = frozenset({"REQUEST_LIMIT_EXCEEDED", "DAILY"})
EXPIRED = "INVALID_SESSION_ID"

LOCKED = 423
MIGRATING = 477
"""HubSpot moves the portal to another data centre; Retry-After says for how long."""

WAITS = {"SECONDLY": 1.0, "TEN_SECONDLY_ROLLING": 10.0, "LOCKED": 2.0}
"""Seconds to wait by HubSpot's rate policy: its 429 carries no Retry-After."""

_FIELD_NAME = re.compile(r"(?:[A-Za-z]\w{0,79}\.)?[A-Za-z]\w{0,79}", re.ASCII)
_COLUMN = re.compile(r"(?:No such column '|sObject type ')(?:(\w+)' on entity ')?(\w+)'")
"""Salesforce's words for a field, or an object, of ours that it does not have."""
_WORD = re.compile(r"[A-Za-z0-9_.\-]{1,80}")


class SessionExpired(Unauthorized):
    """The session ran out; a fresh log-in mends it."""


class ComeBackLater(Unavailable):
    """Unavailable, and the CRM said for how long."""

    def __init__(self, message: str, retry_after: float) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class NeverArrived(Unavailable):
    """Unavailable before anything was sent: no connection came about."""


class StillAtWork(Unavailable):
    """Unavailable, and the CRM may be at it yet: it took longer than somebody waited."""


class Refused(Rejected):
    """Rejected, with the answer kept for whoever can tell which record is to blame."""

    def __init__(self, message: str, code: str, *, status: int, body: Any) -> None:
        self.status = status
        self.body = body
        super().__init__(message, code)


@dataclass(frozen=True, slots=True)
class Said:
    """What an error body says, in neither CRM's shape."""

    code: str = ""
    system: System = System.HUBSPOT
    """Whose shape the body has."""
    policy: str = ""
    correlation_id: str = ""
    fields: tuple[str, ...] = ()


def failure(response: requests.Response) -> GatewayError:
    """The error a refusing answer stands for; returned, so that the caller raises it."""
    said = read_error(body_of(response))
    sentence = f"{describe(response, said)}{_meaning(said)}"
    status = response.status_code
    if said.code in LIMIT_CODES or said.policy in LIMIT_CODES:
        return LimitReached(sentence)
    if said.code in RETRYABLE_CODES or status == HTTPStatus.REQUEST_TIMEOUT:
        return Unavailable(sentence)
    if status in (HTTPStatus.TOO_MANY_REQUESTS, LOCKED, MIGRATING):
        return RateLimited(sentence, _wait(response, said))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _broken(response, sentence)
    return _for_a_person(response, said, sentence)


def read_error(body: Any) -> Said:
    """What any of the three error shapes says; nothing at all for a body of no shape."""
    if isinstance(body, list) and body:
        body = body[0]
    if not isinstance(body, Mapping):
        return Said()
    code = body.get("errorCode") or body.get("category") or body.get("error")
    hubspots = "category" in body or "status" in body
    return Said(
        code=one_word(code),
        system=System.HUBSPOT if hubspots else System.SALESFORCE,
        policy=_policy(body),
        correlation_id=one_word(body.get("correlationId")),
        fields=_fields(body),
    )


def one_word(told: Any) -> str:
    """A code or an id as it stands; empty for a sentence, which could quote a value."""
    return told if isinstance(told, str) and _WORD.fullmatch(told) else ""


def strings(told: Any) -> list[str]:
    """The texts in a place where the CRMs put one, several or none."""
    if told is None:
        return []
    return [str(one) for one in told] if isinstance(told, list | tuple) else [str(told)]


def body_of(response: requests.Response) -> Any:
    """The answer's JSON, None where it is not JSON."""
    try:
        return response.json()
    except (json.JSONDecodeError, UnicodeDecodeError, requests.exceptions.JSONDecodeError):
        return None


def place(request: requests.PreparedRequest) -> str:
    """Method and path of a request. The query is left out: SOQL in it quotes values."""
    return f"{request.method} {urlsplit(request.url or '').path}"


def describe(response: requests.Response, said: Said) -> str:
    """One sentence about a refusal that is safe to log."""
    parts = [f"{place(response.request)} was answered {response.status_code}", said.code]
    if said.fields:
        parts.append(f"for {', '.join(said.fields)}")
    if said.correlation_id:
        parts.append(f"(correlation id {said.correlation_id})")
    return " ".join(part for part in parts if part)


def _meaning(said: Said) -> str:
    """What the catalogue says of a code, so that the answer is more than a code.

    What it tells the owner of a record is left out: no record is to blame for a call.
    """
    found = advice(said.system, said.code)
    return f": {found.in_words}" if found.known and found.who is not Who.DATA_OWNER else ""


def retry_after(response: requests.Response) -> float | None:
    """Seconds the answer asks us to wait; None where it does not say, or says a date."""
    try:
        return max(0.0, float(response.headers["Retry-After"]))
    except (KeyError, ValueError):
        return None


def _broken(response: requests.Response, sentence: str) -> Unavailable:
    wait = retry_after(response)
    if wait is not None:
        return ComeBackLater(sentence, wait)
    if response.status_code == HTTPStatus.GATEWAY_TIMEOUT:
        return StillAtWork(sentence)
    return Unavailable(sentence)


def _wait(response: requests.Response, said: Said) -> float:
    told = retry_after(response)
    if told is not None:
        return told
    return WAITS.get("LOCKED" if response.status_code == LOCKED else said.policy, 10.0)


def _for_a_person(response: requests.Response, said: Said, sentence: str) -> GatewayError:
    status = response.status_code
    if status == HTTPStatus.UNAUTHORIZED and said.code == EXPIRED:
        return SessionExpired(sentence)
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return Unauthorized(sentence)
    code = said.code or HTTPStatus(status).name if status in _KNOWN else said.code
    return Refused(sentence, code, status=status, body=body_of(response))


_KNOWN = frozenset(int(status) for status in HTTPStatus)


def _policy(body: Mapping[str, Any]) -> str:
    """HubSpot's rate policy. Older answers name it only in their message."""
    if body.get("policyName"):
        return str(body["policyName"]).upper()
    if body.get("category") != "RATE_LIMITS":
        return ""
    text = str(body.get("message", "")).lower()
    named = (("daily", "DAILY"), ("ten_secondly", "TEN_SECONDLY_ROLLING"), ("secondly", "SECONDLY"))
    return next((policy for word, policy in named if word in text), "")


def _fields(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the fields to blame. Only what is spelled like a name: a value never is."""
    named = strings(body.get("fields"))
    for error in body.get("errors") or ():
        if isinstance(error, Mapping) and isinstance(error.get("context"), Mapping):
            named += strings(error["context"].get("propertyName"))
    if body.get("errorCode") in UNKNOWN_NAME:
        named += _unknown_names(str(body.get("message") or ""))
    return tuple(dict.fromkeys(name for name in named if _FIELD_NAME.fullmatch(name)))


def _unknown_names(text: str) -> list[str]:
    """The object, with the field, that a query names and Salesforce does not know."""
    return [f"{kind}.{column}" if column else kind for column, kind in _COLUMN.findall(text)]
