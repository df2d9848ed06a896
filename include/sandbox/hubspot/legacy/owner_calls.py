"""Owners version 2: those who are here, and on request those who left."""

from typing import Any

from include.sandbox.hubspot.call import Call
from include.sandbox.hubspot.custom_types import PORTAL_ID
from include.sandbox.hubspot.failures import not_found
from include.sandbox.hubspot.owners import SINCE, Owner
from include.sandbox.hubspot.portal import Portal
from include.sandbox.router import Route
from include.sandbox.wire import Answer

BASE = "/owners/v2/owners"


class OwnerCalls:
    """Serves owners."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def routes(self) -> list[Route]:
        return [
            Route("GET", BASE, self._list),
            Route("GET", f"{BASE}/{{owner_id}}", self._one),
        ]

    def _list(self, call: Call) -> Answer:
        mail, all_of = call.request.get("email").lower(), call.flag("includeInactive")
        found = [
            _shown(one)
            for one in self._portal.owners.all()
            if (all_of or not one.archived) and (not mail or one.email.lower() == mail)
        ]
        return Answer(200, found)

    def _one(self, _: Call, owner_id: str) -> Answer:
        found = next((one for one in self._portal.owners.all() if str(one.id) == owner_id), None)
        if found is None:
            raise not_found(f"Owner {owner_id} does not exist")
        return Answer(200, _shown(found))


def _shown(one: Owner) -> dict[str, Any]:
    told: dict[str, Any] = {
        "portalId": PORTAL_ID,
        "ownerId": one.id,
        "type": "PERSON",
        "firstName": one.first_name,
        "lastName": one.last_name,
        "email": one.email,
        "createdAt": SINCE,
        "updatedAt": SINCE,
        "remoteList": [
            {
                "id": one.user,
                "portalId": PORTAL_ID,
                "ownerId": one.id,
                "remoteId": str(one.user),
                "remoteType": "HUBSPOT",
                "active": not one.archived,
            }
        ],
        "hasContactsAccess": not one.archived,
        "userIdIncludingInactive": one.user,
        "isActive": not one.archived,
    }
    return told if one.archived else {**told, "activeUserId": one.user}
