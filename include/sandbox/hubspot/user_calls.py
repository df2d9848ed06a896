"""The portal's users: whoever can own records, and is still here, can log in."""

from typing import Any

from include.sandbox.hubspot.call import Call, is_id
from include.sandbox.hubspot.failures import bad_request, not_found
from include.sandbox.hubspot.owners import Owner
from include.sandbox.hubspot.portal import Portal
from include.sandbox.router import Route
from include.sandbox.wire import Answer

BASE = "/settings/users"
LARGEST_PAGE = 100


class UserCalls:
    """Serves users; the portal has no roles and no teams of its own."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def routes(self) -> list[Route]:
        return [
            Route("GET", BASE, self._list),
            Route("GET", f"{BASE}/roles", self._none),
            Route("GET", f"{BASE}/teams", self._none),
            Route("GET", f"{BASE}/{{user_id}}", self._one),
        ]

    def _list(self, call: Call) -> Answer:
        limit, after = call.number("limit", LARGEST_PAGE, LARGEST_PAGE), call.request.get("after")
        if after and not is_id(after):
            raise bad_request(f"Invalid value for after: {after}")
        known = [one for one in self._users() if one.user > int(after or 0)]
        next_after = known[limit - 1].user if len(known) > limit else None
        results = [_shown(one) for one in known[:limit]]
        return Answer(200, {"results": results, **call.paging(next_after)})

    def _one(self, call: Call, user_id: str) -> Answer:
        by_mail = call.request.get("idProperty").upper() == "EMAIL"
        for one in self._users():
            if user_id.lower() == (one.email.lower() if by_mail else str(one.user)):
                return Answer(200, _shown(one))
        raise not_found(f"User {user_id} does not exist")

    def _none(self, _: Call) -> Answer:
        return Answer(200, {"results": []})

    def _users(self) -> list[Owner]:
        return [one for one in self._portal.owners.all() if not one.archived]


def _shown(one: Owner) -> dict[str, Any]:
    return {
        "id": str(one.user),
        "email": one.email,
        "firstName": one.first_name,
        "lastName": one.last_name,
        "roleIds": [],
        "secondaryTeamIds": [],
        "superAdmin": False,
    }
