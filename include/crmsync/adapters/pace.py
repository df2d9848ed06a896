"""Keeping within a CRM's short limits, so that it never has to refuse.

HubSpot counts calls in a sliding window, and its search in one of its own, and a refused call
is a call lost. A `Pace` lets so many requests start in a window and makes the next one wait
until the oldest has left it. What HubSpot's answers say of the limit and of what is left of
it is heeded: an account may have another limit, and others may be using it up. What the CRM
refuses even so is waited out by the `Wire`.
"""

from collections import deque
from collections.abc import Callable

import requests

SEARCHES, SEARCH_WINDOW = 5, 1.0
"""HubSpot's searches in a second, whatever the plan."""

CALLS, CALLS_WINDOW = 190, 10.0
"""HubSpot's other calls in ten seconds on a paid plan; an add-on's 250 are not needed."""

HEADERS = ("Max", "Remaining", "Interval-Milliseconds")

MARGIN = 0.02
"""Seconds by which a request may be on its way for less long than the one before it."""


class Pace:
    """So many starts in a window of so many seconds."""

    def __init__(
        self,
        limit: int,
        window: float,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._window = window + MARGIN
        self._starts: deque[float] = deque()
        self._limit = limit
        self._clock = clock
        self._sleep = sleep

    def wait(self) -> None:
        """Return when one more request may start, and count it."""
        self._forget()
        while len(self._starts) >= self._limit:
            self._sleep(max(0.0, self._starts[0] + self._window - self._clock()))
            self._starts.popleft()
        self._starts.append(self._clock())

    def heed(self, limit: int, remaining: int) -> None:
        """Go by what the CRM says: its limit, and how many starts of this window are left."""
        self._limit = max(1, limit)
        self._forget()
        unseen = self._limit - remaining - len(self._starts)
        self._starts.extend([self._clock()] * unseen)

    def _forget(self) -> None:
        """Let go of the starts that have left the window."""
        now = self._clock()
        while self._starts and self._starts[0] + self._window <= now:
            self._starts.popleft()


class HubSpotPace:
    """HubSpot's two paces; which one a request keeps is told by its address."""

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._search = Pace(SEARCHES, SEARCH_WINDOW, clock, sleep)
        self._other = Pace(CALLS, CALLS_WINDOW, clock, sleep)

    def __call__(self, request: requests.PreparedRequest) -> None:
        is_search = (request.path_url or "").endswith("/search")
        (self._search if is_search else self._other).wait()

    def heed(self, response: requests.Response) -> None:
        """Read an answer's headers; those of a search tell nothing of either window."""
        told = [response.headers.get(f"X-HubSpot-RateLimit-{name}", "") for name in HEADERS]
        if all(word.isdigit() for word in told):
            limit, remaining, milliseconds = map(int, told)
            if milliseconds == CALLS_WINDOW * 1000:
                self._other.heed(limit, remaining)
