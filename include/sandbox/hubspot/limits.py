"""HubSpot's rate limits: calls in ten seconds, in a day, and searches in a second.

Off by default. "real" has the limits of the account's tier; "fast" has the same numbers in
windows ten times shorter, so that a test can wait them out. A refused call does not use up a
limit. Time is the sandbox's own, so that moving the clock opens the next window; a day ends
at midnight where the portal is. Calls by OAuth have a smaller limit and no daily one.
"""

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from include.sandbox.hubspot import moments
from include.sandbox.hubspot.failures import Failure
from include.sandbox.hubspot.portal import Portal

_MIDNIGHT: dict[str, Any] = {"hour": 0, "minute": 0, "second": 0, "microsecond": 0}
BURST_WINDOW = 10_000
SEARCHES, SEARCH_WINDOW = 5, 1000
"""Calls, and the milliseconds they are counted in."""
OAUTH_BURST = 110
ZONE = ZoneInfo("America/New_York")
"""Where the portal is."""
TIERS = {
    "starter": (100, 250_000),
    "professional": (190, 625_000),
    "enterprise": (190, 1_000_000),
    "add_on": (250, 2_000_000),
}
"""Tier -> calls in ten seconds, and in a day."""


@dataclass(slots=True)
class _Counted:
    """What has been spent."""

    calls: deque[int] = field(default_factory=deque)
    oauth: deque[int] = field(default_factory=deque)
    searches: deque[int] = field(default_factory=deque)
    today: int = 0
    day: Any = None


class Limits:
    """Counts calls and refuses those beyond the limits."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        with self._lock:
            self._spent = _Counted()

    def spend(self, *, search: bool, oauth: bool = False) -> dict[str, str]:
        """Count a call; answers with the headers that tell what is left. Raises Failure."""
        mode = self._portal.setting("rate_limits")
        if mode == "off":
            return {}
        shorter = 10 if mode == "fast" else 1
        with self._lock:
            self._begin(shorter)
            return self._search() if search else self._call(shorter, oauth=oauth)

    def usage(self) -> dict[str, Any]:
        """How much of the day is used, as the account's own APIs tell it."""
        now = self._portal.now()
        today = datetime.fromtimestamp(now / 1000, UTC).astimezone(ZONE).replace(**_MIDNIGHT)
        with self._lock:
            used = self._spent.today
        return {
            "name": "private-apps-api-calls-daily",
            "usageLimit": self._tier[1],
            "currentUsage": used,
            "collectedAt": now,
            "fetchStatus": "SUCCESS",
            "resetsAt": moments.milliseconds(today + timedelta(days=1)),
        }

    @property
    def _tier(self) -> tuple[int, int]:
        burst, daily = TIERS[self._portal.setting("account_tier")]
        return burst, int(self._portal.setting("daily_limit")) or daily

    def _begin(self, shorter: int) -> None:
        now, spent = self._portal.now(), self._spent
        for stamps, window in (
            (spent.calls, BURST_WINDOW),
            (spent.oauth, BURST_WINDOW),
            (spent.searches, SEARCH_WINDOW),
        ):
            _forget(stamps, now - window // shorter)
        day = datetime.fromtimestamp(now / 1000, UTC).astimezone(ZONE).date()
        if day != spent.day:
            spent.day, spent.today = day, 0

    def _search(self) -> dict[str, str]:
        self._check_day()
        if len(self._spent.searches) >= SEARCHES:
            raise _too_many("SECONDLY", "secondly")
        self._spent.searches.append(self._portal.now())
        self._spent.today += 1
        # Answers of search carry no others.
        return self._daily()

    def _call(self, shorter: int, *, oauth: bool) -> dict[str, str]:
        stamps = self._spent.oauth if oauth else self._spent.calls
        burst = OAUTH_BURST if oauth else self._tier[0]
        if not oauth:
            self._check_day()
        if len(stamps) >= burst:
            raise _too_many("TEN_SECONDLY_ROLLING", "ten_secondly_rolling")
        stamps.append(self._portal.now())
        self._spent.today += not oauth
        told = {
            "X-HubSpot-RateLimit-Max": str(burst),
            "X-HubSpot-RateLimit-Remaining": str(burst - len(stamps)),
            "X-HubSpot-RateLimit-Interval-Milliseconds": str(BURST_WINDOW // shorter),
        }
        return told if oauth else told | self._daily()

    def _check_day(self) -> None:
        if self._spent.today >= self._tier[1]:
            raise _too_many("DAILY", "daily")

    def _daily(self) -> dict[str, str]:
        daily = self._tier[1]
        return {
            "X-HubSpot-RateLimit-Daily": str(daily),
            "X-HubSpot-RateLimit-Daily-Remaining": str(max(0, daily - self._spent.today)),
        }


def _forget(stamps: deque[int], until: int) -> None:
    while stamps and stamps[0] <= until:
        stamps.popleft()


def _too_many(policy: str, words: str) -> Failure:
    return Failure(
        429,
        "RATE_LIMITS",
        f"You have reached your {words} limit.",
        extra={"errorType": "RATE_LIMIT", "policyName": policy},
    )
