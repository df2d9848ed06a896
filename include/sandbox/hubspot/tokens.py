"""The tokens a portal knows, and what each may do.

A private app's token never ends. An OAuth client gets one that lasts half an hour, with a
refresh token for the next; which client asks does not matter here, only that it says who it
is. A revoked refresh token is refused.
"""

import secrets
from dataclasses import dataclass

from include.sandbox.hubspot.failures import Failure
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.scopes import ALL
from include.sandbox.world import HUBSPOT_TOKEN

OAUTH = "oauth"
"""The name all tokens from the token endpoint share among the settings."""


@dataclass(frozen=True, slots=True)
class Token:
    """One access token."""

    text: str
    scopes: frozenset[str]
    ends: int | None = None
    """In milliseconds; None: never."""
    refresh: str = ""

    @property
    def oauth(self) -> bool:
        return self.ends is not None


@dataclass(frozen=True, slots=True)
class Grant:
    """One refresh token."""

    text: str
    client_id: str


class Tokens:
    """Knows tokens."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self.reset()

    def reset(self) -> None:
        self._ends: dict[str, tuple[int, str]] = {}
        self._grants: dict[str, Grant] = {}
        self._revoked: set[str] = set()

    def find(self, text: str) -> Token | None:
        """The token of this text, one that has ended too."""
        named = self._portal.setting("tokens")
        if text in self._ends:
            ends, refresh = self._ends[text]
            return Token(text, _scopes(named.get(OAUTH)), ends, refresh)
        if text == HUBSPOT_TOKEN or (text in named and text != OAUTH):
            return Token(text, _scopes(named.get(text)))
        return None

    def check(self, authorization: str) -> Token:
        """The token of a call; raises Failure without a good one."""
        scheme, _, text = authorization.partition(" ")
        text = text.strip()
        if scheme.lower() != "bearer" or not text:
            raise _refused("INVALID_AUTHENTICATION", "Authentication credentials not found.")
        token = self.find(text)
        if token is None:
            raise _refused("INVALID_AUTHENTICATION", "The access token is not known.")
        if token.ends is not None and token.ends <= self._portal.now():
            raise _refused("EXPIRED_AUTHENTICATION", "The OAuth token used has expired.")
        return token

    def issue(self, refresh: str, client_id: str) -> Token:
        """A new token of a grant, which may be new itself."""
        grant = self._grants.setdefault(refresh, Grant(refresh, client_id))
        text = secrets.token_hex(16)
        lifetime = int(self._portal.setting("oauth_lifetime_seconds"))
        self._ends[text] = (self._portal.now() + lifetime * 1000, grant.text)
        token = self.find(text)
        assert token is not None  # noqa: S101  it was just put there
        return token

    def grant(self, refresh: str) -> Grant | None:
        """A refresh token that was handed out or accepted, and not revoked."""
        return None if refresh in self._revoked else self._grants.get(refresh)

    def accepts(self, refresh: str) -> bool:
        """Whether a refresh token is good for a new token."""
        if refresh in self._revoked:
            return False
        return refresh in self._grants or not self._portal.setting("oauth_checks_refresh_tokens")

    def oauth_scopes(self) -> frozenset[str]:
        """What tokens from the token endpoint may do."""
        return _scopes(self._portal.setting("tokens").get(OAUTH))

    def revoke(self, refresh: str) -> None:
        """End a refresh token; the access tokens it gave run out by themselves."""
        self._revoked.add(refresh)


def _scopes(told: object) -> frozenset[str]:
    return frozenset(map(str, told)) if isinstance(told, list) else frozenset(ALL)


def _refused(category: str, message: str) -> Failure:
    return Failure(
        401, category, f"{message} This API supports OAuth 2.0 and private app access tokens."
    )
