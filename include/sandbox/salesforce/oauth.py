"""Logging in: client credentials, JWT bearer, refresh token; and who is logged in.

There is no log-in with a password. Refusals have OAuth's shape, `error` and
`error_description`, not that of the data resources. A JWT is verified when the settings
hold a public key; without one any well-formed assertion will do.
"""

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import parse_qsl

import jwt

from include.sandbox.salesforce.errors import Refusal
from include.sandbox.salesforce.ids import numbered
from include.sandbox.salesforce.org import Org, Visit
from include.sandbox.salesforce.sessions import Session
from include.sandbox.salesforce.store import Row
from include.sandbox.wire import Answer, Request

LONGEST_ASSERTION = 180 + 5
"""Seconds an assertion may still be valid for: three minutes, and a little for the clocks."""
AUDIENCES = ("https://login.salesforce.com", "https://test.salesforce.com")
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class Denied(Exception):
    """A token is refused, in OAuth's words."""

    def __init__(self, error: str, description: str) -> None:
        self.error = error
        self.description = description
        super().__init__(f"{error}: {description}")


class OAuth:
    """The resources of logging in."""

    def __init__(self, org: Org) -> None:
        self._org = org

    def token(self, visit: Visit) -> Answer:
        form = _form(visit.request)
        try:
            return self._granted(visit.request, self._user_id(form, visit.request.origin))
        except Denied as denied:
            body = {"error": denied.error, "error_description": denied.description}
            return Answer(400, body, {"Cache-Control": "no-store", "Pragma": "no-cache"})

    def revoke(self, visit: Visit) -> Answer:
        """End the session of a token; one that is not known is an error."""
        token = _form(visit.request).get("token", "")
        if not self._org.sessions.knows(token):
            body = {"error": "invalid_token", "error_description": "invalid token: " + token}
            return Answer(400, body)
        self._org.sessions.close(token)
        return Answer(200)

    def introspect(self, visit: Visit) -> Answer:
        """Whether a token is good, whose it is and until when; only for whom it was made."""
        form = _form(visit.request)
        try:
            self._check_client(form)
        except Denied as denied:
            body = {"error": denied.error, "error_description": denied.description}
            return Answer(401, body, {"WWW-Authenticate": "Basic"})
        try:
            session = self._org.sessions.of(f"Bearer {form.get('token', '')}")
        except Refusal:
            return Answer(body={"active": False})
        return Answer(body=self._introspected(session, visit.request.origin))

    def user_info(self, visit: Visit) -> Answer:
        return Answer(body=self._user_info(visit))

    def identity(self, visit: Visit, org: str, user: str) -> Answer:
        """Who a token belongs to; asked for by the `id` a log-in gave."""
        known = org[:15] == self._org.organization_id[:15] and user[:15] == visit.user_id[:15]
        if not known:
            return Answer(404, "Bad_Id")
        return Answer(body=self._identity(visit))

    def _user_id(self, form: dict[str, str], origin: str) -> str:
        match form.get("grant_type"):
            case "client_credentials":
                self._check_client(form)
                return self._user(str(self._org.settings["username"]))
            case "refresh_token":
                self._check_client(form, secret_optional=True)
                if form.get("refresh_token") not in self._org.settings["refresh_tokens"]:
                    raise Denied("invalid_grant", "expired access/refresh token")
                return self._user(str(self._org.settings["username"]))
            case grant if grant == JWT_BEARER:
                return self._asserted(form.get("assertion", ""), origin)
        raise Denied("unsupported_grant_type", "grant type not supported")

    def _check_client(self, form: dict[str, str], *, secret_optional: bool = False) -> None:
        if form.get("client_id") != self._org.settings["client_id"]:
            raise Denied("invalid_client_id", "client identifier invalid")
        secret = form.get("client_secret")
        if secret is None and secret_optional:
            return
        if secret != self._org.settings["client_secret"]:
            raise Denied("invalid_client", "invalid client credentials")

    def _asserted(self, assertion: str, origin: str) -> str:
        claims = self._claims(assertion)
        if claims.get("iss") != self._org.settings["client_id"]:
            raise Denied("invalid_client_id", "client identifier invalid")
        left = float(claims["exp"]) - self._org.world.clock.now().timestamp()
        if left < 0:
            raise Denied("invalid_grant", "assertion has expired")
        if left > LONGEST_ASSERTION:
            raise Denied("invalid_grant", "invalid assertion")
        if not _is_audience(claims.get("aud"), origin):
            raise Denied("invalid_grant", "audience is invalid")
        return self._user(str(claims["sub"]))

    def _claims(self, assertion: str) -> dict[str, Any]:
        key = self._org.settings["jwt_public_key"]
        try:
            return jwt.decode(
                assertion,
                key or "",
                algorithms=["RS256"],
                options={
                    "verify_signature": bool(key),
                    "verify_aud": False,
                    "verify_exp": False,
                    "require": ["iss", "sub", "exp"],
                },
            )
        except (jwt.PyJWTError, ValueError, TypeError):
            raise Denied("invalid_grant", "invalid assertion") from None

    def _user(self, username: str) -> str:
        if username == self._org.settings["username"]:
            return acting_user(self._org)
        user = self._org.user_named(username)
        if user is None:
            raise Denied("invalid_grant", "user hasn't approved this consumer")
        if not user["IsActive"]:
            raise Denied("inactive_user", "user is inactive")
        return str(user["Id"])

    def _granted(self, request: Request, user_id: str) -> Answer:
        organization_id = self._org.organization_id
        session = self._org.sessions.open(user_id, organization_id)
        identity = f"{request.origin}/id/{organization_id}/{user_id}"
        issued_at = str(int(session.opened_at.timestamp() * 1000))
        body = {
            "access_token": session.token,
            "signature": self._signature(identity + issued_at),
            "scope": "id api",
            "instance_url": request.origin,
            "id": identity,
            "token_type": "Bearer",
            "issued_at": issued_at,
        }
        return Answer(200, body, {"Cache-Control": "no-store", "Pragma": "no-cache"})

    def _introspected(self, session: Session, origin: str) -> dict[str, Any]:
        user = self._org.store.get(self._org.users, session.user_id) or {}
        since = int(session.opened_at.timestamp())
        return {
            "active": True,
            "scope": "id api",
            "client_id": self._org.settings["client_id"],
            "username": user.get("Username") or self._org.settings["username"],
            "sub": f"{origin}/id/{self._org.organization_id}/{session.user_id}",
            "token_type": "access_token",
            "exp": since + int(self._org.settings["session_lifetime_seconds"]),
            "iat": since,
            "nbf": since,
        }

    def _signature(self, text: str) -> str:
        secret = str(self._org.settings["client_secret"]).encode()
        return base64.b64encode(hmac.digest(secret, text.encode(), hashlib.sha256)).decode()

    def _reader(self, visit: Visit) -> Row:
        return self._org.store.get(self._org.users, visit.user_id) or {"Id": visit.user_id}

    def _user_info(self, visit: Visit) -> dict[str, Any]:
        user, origin = self._reader(visit), visit.request.origin
        return {
            "sub": f"{origin}/id/{self._org.organization_id}/{visit.user_id}",
            "user_id": visit.user_id,
            "organization_id": self._org.organization_id,
            "preferred_username": user.get("Username"),
            "nickname": user.get("CommunityNickname") or user.get("Alias"),
            "name": user.get("Name"),
            "email": user.get("Email"),
            "email_verified": True,
            "given_name": user.get("FirstName"),
            "family_name": user.get("LastName"),
            "zoneinfo": user.get("TimeZoneSidKey"),
            "profile": f"{origin}/{visit.user_id}",
            "urls": _urls(origin),
            "active": bool(user.get("IsActive", 1)),
            "user_type": "STANDARD",
            "language": user.get("LanguageLocaleKey"),
            "locale": user.get("LocaleSidKey"),
            "utcOffset": 0,
            "updated_at": _rfc3339(user.get("LastModifiedDate")),
        }

    def _identity(self, visit: Visit) -> dict[str, Any]:
        user, origin = self._reader(visit), visit.request.origin
        return {
            "id": f"{origin}/id/{self._org.organization_id}/{visit.user_id}",
            "asserted_user": True,
            "user_id": visit.user_id,
            "organization_id": self._org.organization_id,
            "username": user.get("Username"),
            "nick_name": user.get("CommunityNickname") or user.get("Alias"),
            "display_name": user.get("Name"),
            "email": user.get("Email"),
            "email_verified": True,
            "first_name": user.get("FirstName"),
            "last_name": user.get("LastName"),
            "timezone": user.get("TimeZoneSidKey"),
            "urls": _urls(origin),
            "active": bool(user.get("IsActive", 1)),
            "user_type": "STANDARD",
            "language": user.get("LanguageLocaleKey"),
            "locale": user.get("LocaleSidKey"),
            "utcOffset": 0,
            "last_modified_date": _rfc3339(user.get("LastModifiedDate")),
        }


def _is_audience(told: Any, origin: str) -> bool:
    """Whether an assertion was meant for this org's log-in, under one of its names."""
    named = told if isinstance(told, list) else [told]
    return any(
        isinstance(one, str)
        and (one.rstrip("/") in (*AUDIENCES, origin) or one.rstrip("/").endswith(OWN_DOMAIN))
        for one in named
    )


OWN_DOMAIN = ".my.salesforce.com"


def acting_user(org: Org) -> str:
    """The id of the user whom client credentials act as, there even in an empty org."""
    user = org.user_named(str(org.settings["username"]))
    return str(user["Id"]) if user else numbered("005", 1)


def _urls(origin: str) -> dict[str, str]:
    rest = f"{origin}/services/data/v{{version}}/"
    return {
        "rest": rest,
        "sobjects": f"{rest}sobjects/",
        "search": f"{rest}search/",
        "query": f"{rest}query/",
        "profile": f"{origin}/{{user_id}}",
    }


def _rfc3339(stamp: Any) -> str | None:
    return str(stamp).replace(".000+0000", "Z") if stamp else None


def _form(request: Request) -> dict[str, str]:
    """What a request says in its body, its address or its credentials."""
    told = dict(parse_qsl(request.body.decode("utf-8", "replace")))
    return {**dict(request.query), **told} | _basic(request)


def _basic(request: Request) -> dict[str, str]:
    """Client id and secret from HTTP Basic, which OAuth allows as well."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        client, _, secret = base64.b64decode(given).decode().partition(":")
    except ValueError:
        return {}
    return {"client_id": client, "client_secret": secret}
