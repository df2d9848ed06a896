"""Marketing e-mails as the API of today tells them: those somebody let happen, and how they did."""

from typing import Any

from include.sandbox.hubspot import moments
from include.sandbox.hubspot.call import Call, is_id
from include.sandbox.hubspot.failures import bad_request, not_found
from include.sandbox.hubspot.mailings import Campaign
from include.sandbox.hubspot.portal import Portal
from include.sandbox.router import Route
from include.sandbox.wire import Answer

BASE = "/marketing/emails"
LARGEST_PAGE, DEFAULT_PAGE = 100, 10


class MarketingEmails:
    """Serves marketing e-mails, read only."""

    def __init__(self, portal: Portal) -> None:
        self._mailings = portal.mailings

    def routes(self) -> list[Route]:
        return [
            Route("GET", BASE, self._list),
            Route("GET", f"{BASE}/{{email_id}}", self._one),
        ]

    def _list(self, call: Call) -> Answer:
        limit, after = call.number("limit", DEFAULT_PAGE, LARGEST_PAGE), call.request.get("after")
        if after and not is_id(after):
            raise bad_request(f"Invalid value for after: {after}")
        known = self._mailings.campaigns()
        rest = [one for one in known if one.id > int(after or 0)]
        next_after = rest[limit - 1].id if len(rest) > limit else None
        body = {
            "total": len(known),
            "results": [self._shown(call, one) for one in rest[:limit]],
            **call.paging(next_after),
        }
        return Answer(200, body)

    def _one(self, call: Call, email_id: str) -> Answer:
        found = self._mailings.campaign(int(email_id)) if is_id(email_id) else None
        if found is None:
            raise not_found(f"No email exists with id {email_id}")
        return Answer(200, self._shown(call, found))

    def _shown(self, call: Call, one: Campaign) -> dict[str, Any]:
        told: dict[str, Any] = {
            "id": str(one.id),
            "name": one.name,
            "subject": one.name,
            "state": "PUBLISHED",
            "type": "BATCH_EMAIL",
            "subcategory": "batch",
            "isAb": False,
            "isPublished": True,
            "archived": False,
            "createdAt": moments.shown(one.created),
            "updatedAt": moments.shown(one.updated),
            "publishDate": moments.shown(one.created),
        }
        if not call.flag("includeStats"):
            return told
        counted = self._mailings.counters(one.id)
        counters = {name.lower(): number for name, number in counted.items()}
        return {**told, "stats": {"counters": counters, "deviceBreakdown": {}, "ratios": {}}}
