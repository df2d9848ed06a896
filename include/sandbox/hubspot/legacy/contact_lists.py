"""Contact lists version 1: which lists of contacts there are."""

from typing import Any

from include.sandbox.hubspot.call import Call, is_id
from include.sandbox.hubspot.custom_types import PORTAL_ID
from include.sandbox.hubspot.failures import not_found
from include.sandbox.hubspot.legacy.pages import limit_of, offset_of
from include.sandbox.hubspot.lists import CONTACTS, List
from include.sandbox.hubspot.membership import Membership
from include.sandbox.hubspot.portal import Portal
from include.sandbox.router import Route
from include.sandbox.wire import Answer

BASE = "/contacts/v1/lists"
LARGEST_PAGE, DEFAULT_PAGE = 250, 20


class ContactLists:
    """Serves lists of contacts."""

    def __init__(self, portal: Portal, membership: Membership) -> None:
        self._portal = portal
        self._membership = membership

    def routes(self) -> list[Route]:
        return [
            Route("GET", BASE, self._list),
            Route("GET", f"{BASE}/static", self._list_static),
            Route("GET", f"{BASE}/dynamic", self._list_dynamic),
            Route("GET", f"{BASE}/batch", self._batch),
            Route("GET", f"{BASE}/{{list_id}}", self._one),
        ]

    def _list(self, call: Call) -> Answer:
        return self._page(call, self._all())

    def _list_static(self, call: Call) -> Answer:
        return self._page(call, [one for one in self._all() if one.writable])

    def _list_dynamic(self, call: Call) -> Answer:
        return self._page(call, [one for one in self._all() if not one.writable])

    def _batch(self, call: Call) -> Answer:
        asked = set(call.names("listId"))
        found = [one for one in self._all() if str(one.id) in asked]
        return Answer(200, {"lists": [self._shown(one) for one in found]})

    def _one(self, _: Call, list_id: str) -> Answer:
        found = self._portal.lists.get(int(list_id)) if is_id(list_id) else None
        if found is None or found.object_type_id != CONTACTS:
            raise not_found(f"No list exists with id {list_id}")
        return Answer(200, self._shown(found))

    def _all(self) -> list[List]:
        return [one for one in self._portal.lists.all() if one.object_type_id == CONTACTS]

    def _page(self, call: Call, known: list[List]) -> Answer:
        limit, offset = limit_of(call, LARGEST_PAGE, DEFAULT_PAGE), offset_of(call)
        shown = known[offset : offset + limit]
        end = offset + len(shown)
        body = {
            "offset": end,
            "lists": [self._shown(one) for one in shown],
            "has-more": end < len(known),
        }
        return Answer(200, body)

    def _shown(self, told: List) -> dict[str, Any]:
        one = self._membership.fresh(told)
        return {
            "listId": one.id,
            "internalListId": one.id,
            "portalId": PORTAL_ID,
            "name": one.name,
            "createdAt": one.created,
            "updatedAt": one.updated,
            "dynamic": not one.writable,
            "listType": "STATIC" if one.writable else "DYNAMIC",
            "metaData": {
                "processing": "DONE",
                "size": one.size,
                "error": "",
                "lastProcessingStateChangeAt": one.filtered or one.created,
                "lastSizeChangeAt": one.updated,
                "listReferencesCount": None,
                "parentFolderId": None,
            },
            "filters": [],
            "ilsFilterBranch": one.filters,
            "archived": False,
            "deleteable": True,
            "readOnly": False,
            "internal": False,
            "limitExempt": False,
            "authorId": 9_000_081,
        }
