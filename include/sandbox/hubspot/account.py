"""The account behind a token, and the OAuth endpoints that hand tokens out."""

import secrets
from typing import Any
from urllib.parse import parse_qsl

from include.sandbox.hubspot import moments
from include.sandbox.hubspot.call import Call
from include.sandbox.hubspot.custom_types import PORTAL_ID
from include.sandbox.hubspot.failures import Failure, not_found
from include.sandbox.hubspot.limits import Limits
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.tokens import Tokens
from include.sandbox.router import Route
from include.sandbox.wire import Answer

_OWNED = {
    "user": "sandbox@crm.example.com",
    "hub_domain": "sandbox.example.com",
    "hub_id": PORTAL_ID,
    "user_id": 9_000_081,
}
_GRANTS = {"refresh_token": "refresh_token", "authorization_code": "code"}
"""Grant type -> the parameter that proves it."""
PRIVATE_APP = "/oauth/private-apps/get/access-token-info"


class Account:
    """Serves the account and its tokens."""

    def __init__(self, portal: Portal, tokens: Tokens, limits: Limits) -> None:
        self._portal = portal
        self._tokens = tokens
        self._limits = limits

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/account-info/details", self._details),
            Route("GET", "/account-info/api-usage/daily/private-apps", self._usage),
            Route("POST", "/oauth/token", self._token),
            Route("GET", "/oauth/access-tokens/{token}", self._about),
            Route("POST", PRIVATE_APP, self._about_private_app),
            Route("GET", "/oauth/refresh-tokens/{token}", self._about_refresh),
            Route("DELETE", "/oauth/refresh-tokens/{token}", self._revoke),
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

    def _usage(self, _: Call) -> Answer:
        told = self._limits.usage()
        stamps = {key: moments.shown(told[key]) for key in ("collectedAt", "resetsAt")}
        return Answer(200, {"results": [{**told, **stamps}]})

    def _token(self, call: Call) -> Answer:
        told = dict(parse_qsl(call.request.body.decode("latin-1")))
        proof = _GRANTS.get(told.get("grant_type", ""))
        needed = (proof, "client_id", "client_secret") if proof else ("grant_type",)
        if lacking := next((name for name in needed if not told.get(name)), None):
            raise _bad_grant("BAD_GRANT", f"missing or invalid {lacking}")
        if proof is None:
            raise _bad_grant("BAD_GRANT", "missing or unknown grant type")
        refresh = told[proof] if proof == "refresh_token" else secrets.token_hex(16)
        if proof == "refresh_token" and not self._tokens.accepts(refresh):
            raise _bad_grant("BAD_REFRESH_TOKEN", "missing or unknown refresh token")
        token = self._tokens.issue(refresh, told["client_id"])
        body: dict[str, Any] = {
            "token_type": "bearer",
            "refresh_token": refresh,
            "access_token": token.text,
            "expires_in": self._left(token.ends),
        }
        return Answer(200, body)

    def _about(self, _: Call, token: str) -> Answer:
        found = self._tokens.find(token)
        if found is None:
            raise not_found("The access token is not known.")
        return Answer(
            200,
            {
                **_OWNED,
                "token": token,
                "scopes": sorted(found.scopes),
                "app_id": 4_242_424,
                "expires_in": self._left(found.ends),
                "token_type": "access",
            },
        )

    def _about_private_app(self, call: Call) -> Answer:
        """What a private app's token may do; it comes in the body, and OAuth's has no app."""
        told = call.fields().get("tokenKey")
        found = self._tokens.find(told) if isinstance(told, str) else None
        if found is None or found.oauth:
            raise not_found("The token is not that of a private app.")
        owned = {"userId": _OWNED["user_id"], "hubId": PORTAL_ID, "appId": 4_242_424}
        return Answer(200, {**owned, "scopes": sorted(found.scopes)})

    def _about_refresh(self, _: Call, token: str) -> Answer:
        grant = self._tokens.grant(token)
        if grant is None:
            raise not_found("The refresh token is not known.")
        return Answer(
            200,
            {
                **_OWNED,
                "token": token,
                "client_id": grant.client_id,
                "scopes": sorted(self._tokens.oauth_scopes()),
                "token_type": "refresh",
            },
        )

    def _revoke(self, _: Call, token: str) -> Answer:
        self._tokens.revoke(token)
        return Answer(204)

    def _left(self, ends: int | None) -> int:
        if ends is None:
            return int(self._portal.setting("oauth_lifetime_seconds"))
        return max(0, (ends - self._portal.now()) // 1000)


def _bad_grant(status: str, message: str) -> Failure:
    """OAuth's errors put their code where others say "error"."""
    extra = {"status": status, "error": "invalid_grant", "error_description": message}
    return Failure(400, status, message, extra=extra)
