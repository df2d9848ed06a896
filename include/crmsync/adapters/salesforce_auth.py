"""Getting a Salesforce session: client credentials, or a JWT signed with a private key.

SOAP log-in and user passwords are on their way out at Salesforce and are not offered.
simple-salesforce can only log in at salesforce.com, so the token request is our own, at a
token address the connection names: the org's My Domain, or a sandbox. A refusal here is
always `Unauthorized`: it is the connection that is wrong, not a record.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import jwt

from include.crmsync.adapters.http import Wire
from include.crmsync.errors import ConfigError, Rejected, Unauthorized
from include.crmsync.model.record_id import is_id

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"

LIFETIME = 170
"""Seconds a signed assertion is good for; Salesforce takes at most 180."""


@dataclass(frozen=True, slots=True)
class SalesforceCredentials:
    """How to log in: with a client secret, or as `username` with a private key."""

    token_url: str
    """E.g. https://acme.my.salesforce.com/services/oauth2/token."""
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    username: str | None = None
    private_key: str | None = field(default=None, repr=False)
    """PEM, RSA. With it the client secret is not used."""
    audience: str = "https://login.salesforce.com"
    """The log-in host a JWT is meant for: test.salesforce.com for a Salesforce sandbox."""


@dataclass(frozen=True, slots=True)
class Session:
    """What a log-in gives: a token, and the host that takes it."""

    token: str = field(repr=False)
    instance_url: str
    user_id: str | None = None
    """Who we are, where the log-in says so."""


def log_in(wire: Wire, credentials: SalesforceCredentials) -> Session:
    """Ask for a session."""
    try:
        answer = wire.post(credentials.token_url, data=_form(credentials))
    except Rejected as refusal:
        raise Unauthorized(f"Salesforce gave no session: {refusal}") from None
    given = answer.json()
    try:
        session = Session(given["access_token"], given["instance_url"].rstrip("/"), _user(given))
    except (KeyError, TypeError, AttributeError):
        raise Unauthorized("Salesforce's log-in answered without a session") from None
    return _not_downgraded(session, credentials)


def _user(given: Mapping[str, Any]) -> str | None:
    """The end of the identity's address, .../id/<org>/<user>."""
    end = str(given.get("id") or "").rpartition("/")[2]
    return end if is_id(end) else None


def _form(credentials: SalesforceCredentials) -> dict[str, str]:
    if credentials.private_key:
        return {"grant_type": JWT_BEARER, "assertion": assertion(credentials, time.time())}
    if not credentials.client_secret:
        raise ConfigError("the Salesforce connection has neither client secret nor private key")
    return {
        "grant_type": "client_credentials",
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
    }


def assertion(credentials: SalesforceCredentials, now: float) -> str:
    """The signed statement of who we are, good for a few minutes."""
    claims = {
        "iss": credentials.client_id,
        "sub": credentials.username,
        "aud": credentials.audience,
        "exp": int(now) + LIFETIME,
    }
    if not credentials.username:
        raise ConfigError("the Salesforce connection has a private key but no user name")
    try:
        return jwt.encode(claims, credentials.private_key or "", algorithm="RS256")
    except (ValueError, TypeError, jwt.PyJWTError):
        raise ConfigError("the Salesforce connection's private key is not an RSA key") from None


def _not_downgraded(session: Session, credentials: SalesforceCredentials) -> Session:
    """Refuse to send an https log-in's token over plain http, or to no host at all."""
    asked, given = urlsplit(credentials.token_url), urlsplit(session.instance_url)
    if not given.hostname or given.scheme not in {"https", asked.scheme}:
        raise Unauthorized("Salesforce's log-in named an instance without https; not trusted")
    return session
