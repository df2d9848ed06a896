"""HubSpot's rate limits: calls in ten seconds, in a day, and searches in a second.

Off by default. "real" has the limits of a Professional account; "fast" has the same numbers
in windows ten times shorter, so that a test can wait them out. A refused call does not use
up a limit. Time is the sandbox's own, so that moving the clock opens the next window.
"""

import threading
from collections import deque

from include.sandbox.hubspot.failures import Failure
from include.sandbox.hubspot.portal import Portal

BURST, BURST_WINDOW = 190, 10_000
SEARCHES, SEARCH_WINDOW = 5, 1000
DAILY, DAY = 625_000, 86_400_000
"""Calls, and the milliseconds they are counted in."""


class Limits:
    """Counts calls and refuses those beyond the limits."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        with self._lock:
            self._calls: deque[int] = deque()
            self._searches: deque[int] = deque()
            self._today, self._day = 0, 0

    def spend(self, *, search: bool) -> dict[str, str]:
        """Count a call; answers with the headers that tell what is left. Raises Failure."""
        mode = self._portal.setting("rate_limits")
        if mode == "off":
            return {}
        shorter = 10 if mode == "fast" else 1
        with self._lock:
            return self._spend(shorter, search=search)

    def _spend(self, shorter: int, *, search: bool) -> dict[str, str]:
        now = self._portal.now()
        _forget(self._calls, now - BURST_WINDOW // shorter)
        _forget(self._searches, now - SEARCH_WINDOW // shorter)
        if now // DAY != self._day:
            self._day, self._today = now // DAY, 0
        if self._today >= DAILY:
            raise _too_many("DAILY", "daily")
        if search and len(self._searches) >= SEARCHES:
            raise _too_many("SECONDLY", "secondly")
        if not search and len(self._calls) >= BURST:
            raise _too_many("TEN_SECONDLY_ROLLING", "ten_secondly_rolling")
        (self._searches if search else self._calls).append(now)
        self._today += 1
        return self._headers(shorter, search=search)

    def _headers(self, shorter: int, *, search: bool) -> dict[str, str]:
        daily = {
            "X-HubSpot-RateLimit-Daily": str(DAILY),
            "X-HubSpot-RateLimit-Daily-Remaining": str(DAILY - self._today),
        }
        # Answers of search carry no others.
        if search:
            return daily
        return daily | {
            "X-HubSpot-RateLimit-Max": str(BURST),
            "X-HubSpot-RateLimit-Remaining": str(BURST - len(self._calls)),
            "X-HubSpot-RateLimit-Interval-Milliseconds": str(BURST_WINDOW // shorter),
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
