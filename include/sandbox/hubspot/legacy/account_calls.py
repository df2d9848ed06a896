"""The account before version 3: who it is, and how much of the day's calls it has used."""

from include.sandbox.hubspot.call import Call
from include.sandbox.hubspot.custom_types import PORTAL_ID
from include.sandbox.hubspot.limits import Limits
from include.sandbox.router import Route
from include.sandbox.wire import Answer


class AccountCalls:
    """Serves the account."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/integrations/v1/me", self._me),
            Route("GET", "/integrations/v1/limit/daily", self._daily),
        ]

    def _me(self, _: Call) -> Answer:
        return Answer(
            200,
            {
                "portalId": PORTAL_ID,
                "timeZone": "US/Eastern",
                "accountType": "STANDARD",
                "currency": "USD",
                "utcOffset": "-05:00",
                "utcOffsetMilliseconds": -18_000_000,
            },
        )

    def _daily(self, _: Call) -> Answer:
        return Answer(200, [self._limits.usage()])
