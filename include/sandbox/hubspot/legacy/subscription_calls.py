"""E-mail version 1: what people can subscribe to, who has, and when that changed.

The portal has one kind of marketing e-mail. Somebody who unsubscribed did so from all of it.
"""

from typing import Any

from include.sandbox.hubspot.call import Call
from include.sandbox.hubspot.custom_types import PORTAL_ID
from include.sandbox.hubspot.legacy.email_calls import (
    LARGEST_PAGE,
    OPTED_OUT,
    asked_of,
    before_of,
    offset_after,
)
from include.sandbox.hubspot.legacy.pages import limit_of
from include.sandbox.hubspot.mailings import SUBSCRIPTION, SUBSCRIPTION_ID, Asked, Event
from include.sandbox.hubspot.portal import Portal
from include.sandbox.router import Route
from include.sandbox.wire import Answer

BASE = "/email/public/v1/subscriptions"
DEFINITION = {
    "id": SUBSCRIPTION_ID,
    "portalId": PORTAL_ID,
    **SUBSCRIPTION,
    "internalName": "MARKETING_INFORMATION",
    "active": True,
    "internal": False,
    "category": "Marketing",
    "channel": "Email",
    "order": 0,
    "businessUnitId": 0,
}
DEFAULT_PAGE = 100


class SubscriptionCalls:
    """Serves subscriptions."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def routes(self) -> list[Route]:
        return [
            Route("GET", BASE, self._list),
            Route("GET", f"{BASE}/timeline", self._timeline),
            Route("GET", f"{BASE}/{{mail}}", self._of),
        ]

    def _list(self, _: Call) -> Answer:
        return Answer(200, {"subscriptionDefinitions": [DEFINITION]})

    def _timeline(self, call: Call) -> Answer:
        limit, told = limit_of(call, LARGEST_PAGE, DEFAULT_PAGE), asked_of(call)
        asked = Asked(told.start, told.end, told.recipient, OPTED_OUT)
        found = self._portal.mailings.events(asked, before_of(call), limit + 1)
        here = found[:limit]
        body = {
            "timeline": [_change(one) for one in here],
            "hasMore": len(found) > limit,
            "offset": offset_after(here),
        }
        return Answer(200, body)

    def _of(self, _: Call, mail: str) -> Answer:
        contacts = self._portal.types.of("contacts")
        row = self._portal.by(contacts, "email", [mail]).get(mail)
        held = row.properties if row else {}
        out = held.get("hs_email_optout") == "true"
        body: dict[str, Any] = {
            "portalId": PORTAL_ID,
            "email": mail.lower(),
            "subscribed": not out,
            "markedAsSpam": False,
            "bounced": int(held.get("hs_email_bounce", "0")) > 0,
            "unsubscribeFromPortal": out,
            "status": "unsubscribed" if out else "subscribed",
            "subscriptionStatuses": [],
        }
        return Answer(200, body)


def _change(one: Event) -> dict[str, Any]:
    caused = {"id": one.id, "created": one.at}
    return {
        "timestamp": one.at,
        "portalId": PORTAL_ID,
        "recipient": one.recipient,
        "normalizedEmailId": one.id,
        "changes": [
            {
                "change": "UNSUBSCRIBED",
                "changeType": "PORTAL_STATUS",
                "source": "SOURCE_RECIPIENT",
                "timestamp": one.at,
                "portalId": PORTAL_ID,
                "causedByEvent": caused,
            }
        ],
    }
