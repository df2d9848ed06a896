"""The account behind a token, and the OAuth endpoints that hand tokens out.

A private app's token never ends. An OAuth client gets one that lasts half an hour and is
good until then; which client asks does not matter here, only that it says who it is.
"""

import secrets
from typing import Any
from urllib.parse import parse_qsl

from include.sandbox.hubspot.call import Call
from include.sandbox.hubspot.failures import Failure, not_found
from include.sandbox.hubspot.portal import Portal
from include.sandbox.router import Route
from include.sandbox.wire import Answer
from include.sandbox.world import HUBSPOT_TOKEN

PORTAL_ID = 4242
LIFETIME = 1800
"""Seconds an OAuth access token is good for."""
SCOPES = [
    f"crm.objects.{name}.{right}"
    for name in ("contacts", "companies", "deals", "owners")
    for right in ("read", "write")
]


class Account:
    """Knows tokens, and what portal they belong to."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._tokens: dict[str, int] = {}

    def reset(self) -> None:
        self._tokens.clear()

    def check(self, authorization: str) -> None:
        """Refuse a call without a good bearer token."""
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise _refused("INVALID_AUTHENTICATION", "Authentication credentials not found.")
        if token == HUBSPOT_TOKEN:
            return
        ends = self._tokens.get(token)
        if ends is None:
            raise _refused("INVALID_AUTHENTICATION", "The access token is not known.")
        if ends <= self._portal.now():
            raise _refused("EXPIRED_AUTHENTICATION", "The OAuth token used has expired.")

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/account-info/details", self._details),
            Route("POST", "/oauth/token", self._token),
            Route("GET", "/oauth/access-tokens/{token}", self._about),
        ]

    def _details(self, _: Call) -> Answer:
        return Answer(
            200,
            {
                "portalId": PORTAL_ID,
                "accountType": "STANDARD",
                "timeZone": "US/Eastern",
                "companyCurrency": "USD",
                "additionalCurrencies": [],
                "utcOffset": "-05:00",
                "utcOffsetMilliseconds": -18_000_000,
                "uiDomain": "app.hubspot.com",
                "dataHostingLocation": "na1",
            },
        )

    def _token(self, call: Call) -> Answer:
        told = dict(parse_qsl(call.request.body.decode("latin-1")))
        key = {"refresh_token": "refresh_token", "authorization_code": "code"}
        needed = key.get(told.get("grant_type", ""))
        if needed is None or not all(told.get(n) for n in (needed, "client_id", "client_secret")):
            raise Failure(400, "BAD_GRANT", f"missing or invalid {needed or 'grant_type'}")
        token = secrets.token_hex(16)
        self._tokens[token] = self._portal.now() + LIFETIME * 1000
        refresh = told.get("refresh_token") or secrets.token_hex(16)
        body: dict[str, Any] = {
            "token_type": "bearer",
            "refresh_token": refresh,
            "access_token": token,
            "expires_in": LIFETIME,
        }
        return Answer(200, body)

    def _about(self, _: Call, token: str) -> Answer:
        known = token == HUBSPOT_TOKEN or token in self._tokens
        if not known:
            raise not_found("The access token is not known.")
        ends = self._tokens.get(token)
        left = LIFETIME if ends is None else max(0, (ends - self._portal.now()) // 1000)
        return Answer(
            200,
            {
                "token": token,
                "user": "sandbox@crm.example.com",
                "hub_domain": "sandbox.example.com",
                "scopes": SCOPES,
                "hub_id": PORTAL_ID,
                "app_id": 4_242_424,
                "expires_in": left,
                "user_id": 9_000_081,
                "token_type": "access",
            },
        )


def _refused(category: str, message: str) -> Failure:
    return Failure(
        401, category, f"{message} This API supports OAuth 2.0 and private app access tokens."
    )
