"""E-mail version 1: campaigns and what became of each e-mail of theirs."""

from typing import Any

from include.sandbox.hubspot.call import Call, is_id
from include.sandbox.hubspot.custom_types import PORTAL_ID
from include.sandbox.hubspot.failures import bad_request, not_found
from include.sandbox.hubspot.legacy.pages import limit_of, offset_of
from include.sandbox.hubspot.mailings import LATEST, Asked, Campaign, Event
from include.sandbox.hubspot.portal import Portal
from include.sandbox.router import Route
from include.sandbox.wire import Answer

BASE = "/email/public/v1"
LARGEST_PAGE, DEFAULT_PAGE = 1000, 100
APP = {"appId": 113, "appName": "Batch"}
SENDER = "newsletter@sandbox.example.com"
OPTED_OUT = "STATUSCHANGE"


class EmailCalls:
    """Serves campaigns and events."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._mailings = portal.mailings

    def routes(self) -> list[Route]:
        return [
            Route("GET", f"{BASE}/campaigns", self._campaigns),
            Route("GET", f"{BASE}/campaigns/by-id", self._campaigns),
            Route("GET", f"{BASE}/campaigns/{{campaign_id}}", self._campaign),
            Route("GET", f"{BASE}/events", self._events),
        ]

    def _campaigns(self, call: Call) -> Answer:
        limit, after = limit_of(call, LARGEST_PAGE, DEFAULT_PAGE), offset_of(call)
        known = self._mailings.campaigns(after, limit + 1)
        here = known[:limit]
        body = {
            "campaigns": [
                {
                    "id": one.id,
                    "lastUpdatedTime": one.updated,
                    **APP,
                    "emailCampaignGroupId": one.id,
                }
                for one in here
            ],
            "hasMore": len(known) > limit,
            "offset": str(here[-1].id if here else after),
        }
        return Answer(200, body)

    def _campaign(self, _: Call, campaign_id: str) -> Answer:
        found = self._mailings.campaign(int(campaign_id)) if is_id(campaign_id) else None
        if found is None:
            raise not_found(f"No campaign exists with id {campaign_id}")
        return Answer(200, self._shown(found))

    def _shown(self, one: Campaign) -> dict[str, Any]:
        counted = {name.lower(): n for name, n in self._mailings.counters(one.id).items()}
        sent = counted.get("sent", 0)
        return {
            **APP,
            "id": one.id,
            "contentId": one.id,
            "name": one.name,
            "subject": one.name,
            "type": "BATCH_EMAIL",
            "subType": "BATCH",
            "counters": counted,
            "numIncluded": sent,
            "numQueued": 0,
            "processingState": "DONE",
            "lastProcessingStartedAt": one.created,
            "lastProcessingFinishedAt": one.updated,
            "lastProcessingStateChangeAt": one.updated,
        }

    def _events(self, call: Call) -> Answer:
        limit, asked = limit_of(call, LARGEST_PAGE, DEFAULT_PAGE), asked_of(call)
        found = self._mailings.events(asked, before_of(call), limit + 1)
        here = found[:limit]
        body = {
            "events": [_event(one) for one in here],
            "hasMore": len(found) > limit,
            "offset": offset_after(here),
        }
        return Answer(200, body)


def asked_of(call: Call) -> Asked:
    """Which events a call wants."""
    campaign = call.request.get("campaignId")
    return Asked(
        offset_of(call, "startTimestamp"),
        offset_of(call, "endTimestamp") or LATEST,
        call.request.get("recipient").lower() or None,
        call.request.get("eventType").upper() or None,
        offset_of(call, "campaignId") if campaign else None,
    )


def before_of(call: Call) -> tuple[int, int]:
    """Where a page of events goes on."""
    told = call.request.get("offset")
    if not told:
        return LATEST, 0
    moment, _, number = told.partition("-")
    if not is_id(moment) or not is_id(number):
        raise bad_request(f"Invalid value for offset: {told}")
    return int(moment), int(number)


def offset_after(here: list[Event]) -> str:
    """What a client gives back to go on behind a page."""
    return f"{here[-1].at}-{here[-1].number}" if here else ""


def _event(one: Event) -> dict[str, Any]:
    return {
        **APP,
        "id": one.id,
        "type": one.type,
        "recipient": one.recipient,
        "created": one.at,
        "portalId": PORTAL_ID,
        "emailCampaignId": one.campaign,
        "emailCampaignGroupId": one.campaign,
        "from": SENDER,
        "filteredEvent": False,
        "sentBy": {"id": one.id, "created": one.at},
        "hmid": f"{one.campaign}-{one.number}",
    }
