"""Keeping within a CRM's short limits, so that it never has to refuse.

HubSpot counts calls in a sliding window, and its search in one of its own, and a refused call
is a call lost. A `Pace` lets so many requests start in a window and makes the next one wait
until the oldest has left it. Whoever else uses the account is not seen here: what the CRM
refuses on their account is waited out by the `Wire`.
"""

from collections import deque
from collections.abc import Callable

import requests

SEARCHES, SEARCH_WINDOW = 5, 1.0
"""HubSpot's searches in a second, whatever the plan."""

CALLS, CALLS_WINDOW = 190, 10.0
"""HubSpot's other calls in ten seconds on a paid plan; an add-on's 250 are not needed."""

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
        self._starts: deque[float] = deque(maxlen=limit)
        self._limit = limit
        self._clock = clock
        self._sleep = sleep

    def wait(self) -> None:
        """Return when one more request may start, and count it."""
        if len(self._starts) == self._limit:
            free_in = self._starts[0] + self._window - self._clock()
            if free_in > 0:
                self._sleep(free_in)
        self._starts.append(self._clock())


class HubSpotPace:
    """HubSpot's two paces; which one a request keeps is told by its address."""

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._search = Pace(SEARCHES, SEARCH_WINDOW, clock, sleep)
        self._other = Pace(CALLS, CALLS_WINDOW, clock, sleep)

    def __call__(self, request: requests.PreparedRequest) -> None:
        is_search = (request.path_url or "").endswith("/search")
        (self._search if is_search else self._other).wait()
