"""How many calls may still be sent: a ceiling that is never crossed.

Both CRMs say with every answer how many calls of the day are used, whoever sent them. We keep
below a share of that, and, where it is set, below a number of our own. The call that would cross
either is not sent. Before the first answer nothing is known, and one call finds out.
"""

import re
from collections.abc import Mapping

from include.crmsync.errors import LimitReached
from include.crmsync.model.use import Use

_SALESFORCE = re.compile(r"api-usage=(\d+)/(\d+)")
DAILY, REMAINING = "X-HubSpot-RateLimit-Daily", "X-HubSpot-RateLimit-Daily-Remaining"


class Allowance:
    """What one connection may still ask."""

    def __init__(self) -> None:
        self.use: Use | None = None
        """As the latest answer told it."""
        self._share = 1.0
        self._most: int | None = None

    def limit_to(self, most: int | None, share: float) -> None:
        """Send at most so many calls in all, and none beyond a share of the day's."""
        self._most, self._share = most, share

    def heed(self, headers: Mapping[str, str]) -> None:
        """Read what an answer says of the day's calls."""
        self.use = read_use(headers) or self.use

    def room(self, sent: int) -> int | None:
        """How many more calls may be sent after so many; None: nobody says."""
        own = None if self._most is None else max(0, self._most - sent)
        told = None if self.use is None else self.use.left(self._share)
        return min((one for one in (own, told) if one is not None), default=None)

    def spend(self, sent: int, what: str) -> None:
        """Raise LimitReached where one more call would cross the ceiling."""
        if self.room(sent) == 0:
            raise LimitReached(
                f"{what} was not sent: the calls that the sync may make are spent"
                f"{self._words()}. Changes wait; a later run goes on when there is room again"
            )

    def _words(self) -> str:
        if self.use is None:
            return ""
        return f" ({self.use.used} of the account's {self.use.limit} are used)"


def read_use(headers: Mapping[str, str]) -> Use | None:
    """The calls of the day in either CRM's headers; None where they say nothing."""
    told = _SALESFORCE.search(headers.get("Sforce-Limit-Info") or "")
    if told:
        return Use(int(told[1]), int(told[2]))
    daily, left = headers.get(DAILY) or "", headers.get(REMAINING) or ""
    if daily.isdigit() and left.isdigit() and int(daily) > 0:
        return Use(max(0, int(daily) - int(left)), int(daily))
    return None
