"""Marketing e-mail version 1: the e-mails behind the campaigns, with how they did."""

from typing import Any

from include.sandbox.hubspot.call import Call, is_id
from include.sandbox.hubspot.custom_types import PORTAL_ID
from include.sandbox.hubspot.failures import not_found
from include.sandbox.hubspot.legacy.pages import limit_of, offset_of
from include.sandbox.hubspot.mailings import Campaign
from include.sandbox.hubspot.portal import Portal
from include.sandbox.router import Route
from include.sandbox.wire import Answer

BASE = "/marketing-emails/v1/emails"
LARGEST_PAGE, DEFAULT_PAGE = 300, 10


class MarketingEmailCalls:
    """Serves marketing e-mails."""

    def __init__(self, portal: Portal) -> None:
        self._mailings = portal.mailings

    def routes(self) -> list[Route]:
        return [
            Route("GET", BASE, self._list),
            Route("GET", f"{BASE}/with-statistics", self._list_with_statistics),
            Route("GET", f"{BASE}/with-statistics/{{email_id}}", self._one_with_statistics),
            Route("GET", f"{BASE}/{{email_id}}", self._one),
        ]

    def _list(self, call: Call) -> Answer:
        return self._page(call, statistics=False)

    def _list_with_statistics(self, call: Call) -> Answer:
        return self._page(call, statistics=True)

    def _one(self, _: Call, email_id: str) -> Answer:
        return Answer(200, self._shown(self._found(email_id), statistics=False))

    def _one_with_statistics(self, _: Call, email_id: str) -> Answer:
        return Answer(200, self._shown(self._found(email_id), statistics=True))

    def _page(self, call: Call, *, statistics: bool) -> Answer:
        limit, offset = limit_of(call, LARGEST_PAGE, DEFAULT_PAGE), offset_of(call)
        known = self._mailings.campaigns()
        here = known[offset : offset + limit]
        body = {
            "limit": limit,
            "offset": offset,
            "total": len(known),
            "totalCount": len(known),
            "objects": [self._shown(one, statistics=statistics) for one in here],
        }
        return Answer(200, body)

    def _found(self, email_id: str) -> Campaign:
        found = self._mailings.campaign(int(email_id)) if is_id(email_id) else None
        if found is None:
            raise not_found(f"No email exists with id {email_id}")
        return found

    def _shown(self, one: Campaign, *, statistics: bool) -> dict[str, Any]:
        told: dict[str, Any] = {
            "id": one.id,
            "portalId": PORTAL_ID,
            "name": one.name,
            "subject": one.name,
            "emailType": "BATCH_EMAIL",
            "subcategory": "batch",
            "state": "PUBLISHED",
            "currentState": "PUBLISHED",
            "isPublished": True,
            "archived": False,
            "ab": False,
            "transactional": False,
            "created": one.created,
            "updated": one.updated,
            "publishDate": one.created,
            "primaryEmailCampaignId": one.id,
            "allEmailCampaignIds": [one.id],
            "authorUserId": 9_000_081,
        }
        if not statistics:
            return told
        counted = self._mailings.counters(one.id)
        counters = {name.lower(): number for name, number in counted.items()}
        return {**told, "stats": {"counters": counters, "deviceBreakdown": {}, "ratios": {}}}
