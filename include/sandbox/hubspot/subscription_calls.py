"""Communication preferences: what people can subscribe to, and whether somebody does.

The portal has one kind of marketing e-mail. The third version says this in words of its own; the
fourth and the dated ones wrap it like a batch.
"""

from typing import Any

from include.sandbox.hubspot import moments
from include.sandbox.hubspot.call import Call
from include.sandbox.hubspot.mailings import SUBSCRIPTION, SUBSCRIPTION_ID
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.property import FOUNDED
from include.sandbox.router import Route
from include.sandbox.wire import Answer

BASE = "/communication-preferences"


class SubscriptionCalls:
    """Serves subscriptions, read only."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def routes(self) -> list[Route]:
        return [
            Route("GET", f"{BASE}/definitions", self._definitions),
            Route("GET", f"{BASE}/status/email/{{mail}}", self._status),
            Route("GET", f"{BASE}/statuses/{{mail}}", self._statuses),
        ]

    def _definitions(self, call: Call) -> Answer:
        at = moments.shown(FOUNDED)
        one = {
            "id": str(SUBSCRIPTION_ID),
            **SUBSCRIPTION,
            "purpose": "Marketing",
            "communicationMethod": "Email",
            "isActive": True,
            "isDefault": True,
            "isInternal": False,
            "createdAt": at,
            "updatedAt": at,
        }
        if call.place.version == "v3":
            return Answer(200, {"subscriptionDefinitions": [one]})
        return self._wrapped([one])

    def _status(self, _: Call, mail: str) -> Answer:
        out = self._opted_out(mail)
        one = {
            "id": str(SUBSCRIPTION_ID),
            **SUBSCRIPTION,
            "status": "NOT_SUBSCRIBED" if out else "SUBSCRIBED",
            "sourceOfStatus": "PORTAL_WIDE_STATUS",
            "legalBasis": None,
            "legalBasisExplanation": None,
        }
        return Answer(200, {"recipient": mail, "subscriptionStatuses": [one]})

    def _statuses(self, _: Call, mail: str) -> Answer:
        out = self._opted_out(mail)
        one = {
            "channel": "EMAIL",
            "subscriberIdString": mail,
            "subscriptionId": SUBSCRIPTION_ID,
            "subscriptionName": SUBSCRIPTION["name"],
            "status": "UNSUBSCRIBED" if out else "SUBSCRIBED",
            "source": "PORTAL_WIDE_STATUS",
            "timestamp": moments.shown(self._portal.now()),
        }
        return self._wrapped([one])

    def _opted_out(self, mail: str) -> bool:
        contacts = self._portal.types.of("contacts")
        row = self._portal.by(contacts, "email", [mail]).get(mail)
        return row is not None and row.properties.get("hs_email_optout") == "true"

    def _wrapped(self, results: list[dict[str, Any]]) -> Answer:
        now = moments.shown(self._portal.now())
        told = {"status": "COMPLETE", "results": results}
        return Answer(200, {**told, "startedAt": now, "completedAt": now})
