"""Open sessions: which access token is whose, and until when.

Tokens are spelled as the real ones, `ORGID!...`, and are kept in memory only: a sandbox
that starts again knows none, which to a client is an expired session like any other.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from include.sandbox.clock import Clock
from include.sandbox.salesforce.errors import Refusal, refusal
from include.sandbox.salesforce.settings import Settings


@dataclass(frozen=True, slots=True)
class Session:
    """One access token."""

    token: str
    user_id: str
    opened_at: datetime


class Sessions:
    """Opens sessions and finds them again."""

    def __init__(self, clock: Clock, settings: Settings) -> None:
        self._clock = clock
        self._settings = settings
        self._open: dict[str, Session] = {}

    def open(self, user_id: str, organization_id: str) -> Session:
        token = f"{organization_id[:15]}!{secrets.token_urlsafe(72)}"
        self._open[token] = Session(token, user_id, self._clock.now())
        return self._open[token]

    def of(self, authorization: str) -> Session:
        """The session of an Authorization header; raises Refusal."""
        self._expire()
        scheme, _, token = authorization.partition(" ")
        if authorization and scheme.lower() not in ("bearer", "oauth"):
            raise refusal("INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE", status=401)
        session = self._open.get(token.strip())
        if session is None:
            raise _expired()
        lifetime = timedelta(seconds=self._settings["session_lifetime_seconds"])
        if self._clock.now() - session.opened_at >= lifetime:
            self._open.pop(session.token, None)
            raise _expired()
        return session

    def knows(self, token: str) -> bool:
        return token in self._open

    def close(self, token: str) -> None:
        """End a session before its time."""
        self._open.pop(token, None)

    def _expire(self) -> None:
        if self._settings["expire_sessions"]:
            self._open.clear()
            self._settings.set("expire_sessions", value=False)


def _expired() -> Refusal:
    return refusal("INVALID_SESSION_ID", "Session expired or invalid", status=401)
