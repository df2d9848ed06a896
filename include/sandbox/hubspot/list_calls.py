"""The lists API: lists by id, by name and by search; memberships by list and by record."""

from typing import Any

from include.sandbox.hubspot import moments
from include.sandbox.hubspot.call import Call, is_id, whole
from include.sandbox.hubspot.failures import Failure, bad_request, not_found
from include.sandbox.hubspot.lists import List
from include.sandbox.hubspot.object_types import object_type
from include.sandbox.hubspot.portal import Portal
from include.sandbox.router import Route
from include.sandbox.wire import Answer, Request

BASE = "/crm/lists"
LARGEST_PAGE = 250
DEFAULT_PAGE = 100
LARGEST_SEARCH = 500
DEFAULT_SEARCH = 20
PROCESSING = ("MANUAL", "DYNAMIC", "SNAPSHOT")


class ListCalls:
    """Serves lists."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._lists = portal.lists

    def routes(self) -> list[Route]:
        one = f"{BASE}/{{list_id}}"
        members = f"{one}/memberships"
        return [
            Route("POST", f"{BASE}/search", self._search),
            Route("GET", f"{BASE}/object-type-id/{{kind}}/name/{{name:path}}", self._by_name),
            Route("GET", f"{BASE}/records/{{kind}}/{{record_id}}/memberships", self._of_record),
            Route("GET", BASE, self._several),
            Route("POST", BASE, self._create, writes=True),
            Route("GET", one, self._by_id),
            Route("DELETE", one, self._delete, writes=True),
            Route("PUT", f"{one}/restore", self._restore, writes=True),
            Route("PUT", f"{one}/update-list-name", self._rename, writes=True),
            Route("GET", members, self._members),
            Route("DELETE", members, self._clear, writes=True),
            Route("GET", f"{members}/join-order", self._members),
            Route("PUT", f"{members}/add", self._add, writes=True),
            Route("PUT", f"{members}/remove", self._remove, writes=True),
            Route("PUT", f"{members}/add-and-remove", self._add_and_remove, writes=True),
        ]

    def verbs(self) -> list[Route]:
        """What a person could do in HubSpot's own pages: change who is on any list."""
        return [Route("PUT", "/_sandbox/lists/{name:path}/members", self._put_members)]

    def _search(self, call: Call) -> Answer:
        told = call.fields()
        most = min(LARGEST_SEARCH, self._portal.page_size("lists"))
        count = min(whole(told.get("count", DEFAULT_SEARCH), "count", LARGEST_SEARCH), most)
        offset = whole(told.get("offset", 0), "offset", 1_000_000, least=0)
        query = str(told.get("query") or "").lower()
        asked = told.get("processingTypes")
        kinds = asked if isinstance(asked, list) and asked else PROCESSING
        found = [
            one
            for one in self._lists.all()
            if query in one.name.lower() and one.processing_type in kinds
        ]
        page = found[offset : offset + count]
        return Answer(
            200,
            {
                "offset": offset + len(page),
                "hasMore": offset + len(page) < len(found),
                "lists": [shown(one) for one in page],
                "total": len(found),
            },
        )

    def _by_name(self, _: Call, kind: str, name: str) -> Answer:
        found = self._lists.called(object_type(kind).id, name)
        if found is None:
            raise not_found(f"List does not exist with name {name}.")
        return Answer(200, {"list": shown(found)})

    def _by_id(self, _: Call, list_id: str) -> Answer:
        return Answer(200, {"list": shown(self._found(list_id))})

    def _several(self, call: Call) -> Answer:
        ids = {int(one) for one in call.names("listIds") if is_id(one)}
        return Answer(200, {"lists": [shown(one) for one in self._lists.all() if one.id in ids]})

    def _create(self, call: Call) -> Answer:
        told = call.fields()
        name, processing = str(told.get("name") or "").strip(), told.get("processingType")
        kind = object_type(str(told.get("objectTypeId")))
        if not name or processing not in PROCESSING:
            raise bad_request("A list needs a name and a processingType")
        if self._lists.called(kind.id, name):
            raise bad_request(f"List name {name} is already in use.")
        id_ = self._lists.create(name, kind.id, processing)
        return Answer(200, {"list": shown(self._found(str(id_)))})

    def _delete(self, _: Call, list_id: str) -> Answer:
        self._lists.delete(self._found(list_id).id)
        return Answer(204)

    def _restore(self, _: Call, list_id: str) -> Answer:
        gone = self._lists.get(int(list_id), deleted=True) if is_id(list_id) else None
        if gone is None:
            raise _no_list(list_id)
        self._lists.restore(gone.id)
        return Answer(204)

    def _rename(self, call: Call, list_id: str) -> Answer:
        name = call.request.get("listName").strip()
        if not name:
            raise bad_request("A list needs a name")
        self._lists.rename(self._found(list_id).id, name)
        return Answer(200, {"updatedList": shown(self._found(list_id))})

    def _members(self, call: Call, list_id: str) -> Answer:
        found = self._found(list_id)
        asked = call.number("limit", DEFAULT_PAGE, LARGEST_PAGE)
        limit = min(asked, self._portal.page_size("memberships"))
        after = call.request.get("after", "0")
        if not is_id(after):
            raise bad_request(f"Invalid value for after: {after}")
        rows = self._lists.members(found.id, int(after), limit + 1)
        next_after = rows[limit - 1].record_id if len(rows) > limit else None
        results = [
            {"recordId": str(one.record_id), "membershipTimestamp": moments.shown(one.added)}
            for one in rows[:limit]
        ]
        return Answer(200, {"results": results, "total": found.size, **call.paging(next_after)})

    def _of_record(self, _: Call, kind: str, record_id: str) -> Answer:
        what = object_type(kind)
        rows = self._lists.of(int(record_id), what.id) if is_id(record_id) else []
        results = [
            {
                "listId": str(one.list_id),
                "listVersion": 1,
                "firstAddedTimestamp": moments.shown(one.added),
                "lastAddedTimestamp": moments.shown(one.added),
            }
            for one in rows
        ]
        return Answer(200, {"results": results, "total": len(results)})

    def _clear(self, _: Call, list_id: str) -> Answer:
        self._lists.clear(self._writable(list_id).id)
        return Answer(204)

    def _add(self, call: Call, list_id: str) -> Answer:
        return self._change(list_id, _ids(call.body()), [])

    def _remove(self, call: Call, list_id: str) -> Answer:
        return self._change(list_id, [], _ids(call.body()))

    def _add_and_remove(self, call: Call, list_id: str) -> Answer:
        told = call.fields()
        return self._change(
            list_id, _ids(told.get("recordIdsToAdd")), _ids(told.get("recordIdsToRemove"))
        )

    def _change(self, list_id: str, add: list[int], remove: list[int]) -> Answer:
        found = self._writable(list_id)
        known = self._portal.live(object_type(found.object_type_id), [*add, *remove])
        on, off = self._lists.change(found.id, [one for one in add if one in known], remove)
        # The real answer spells one name with an s too many.
        told = {
            "recordsIdsAdded": _texts(on),
            "recordIdsRemoved": _texts(off),
            "recordIdsMissing": _texts([one for one in (*add, *remove) if one not in known]),
        }
        return Answer(200, told)

    def _put_members(self, request: Request, name: str) -> Answer:
        told = request.json()
        found = next((one for one in self._lists.all() if one.name == name), None)
        if found is None:
            return Answer(404, {"message": f"there is no list {name!r}"})
        sides = [told.get(key, []) for key in ("add", "remove")] if isinstance(told, dict) else []
        if not sides or not all(
            isinstance(s, list) and all(is_id(str(o)) for o in s) for s in sides
        ):
            return Answer(400, {"message": "members take add and remove, lists of record ids"})
        add, remove = ([int(one) for one in side] for side in sides)
        on, off = self._lists.change(found.id, add, remove)
        return Answer(200, {"added": _texts(on), "removed": _texts(off)})

    def _found(self, list_id: str) -> List:
        found = self._lists.get(int(list_id)) if is_id(list_id) else None
        if found is None:
            raise _no_list(list_id)
        return found

    def _writable(self, list_id: str) -> List:
        found = self._found(list_id)
        if not found.writable:
            raise bad_request(
                f"Memberships of list {list_id} cannot be changed: it is of type DYNAMIC"
            )
        return found


def shown(one: List) -> dict[str, Any]:
    """A list as answers show it."""
    return {
        "listId": str(one.id),
        "listVersion": 1,
        "createdAt": moments.shown(one.created),
        "updatedAt": moments.shown(one.updated),
        "filtersUpdatedAt": moments.shown(one.created),
        "processingStatus": "COMPLETE",
        "createdById": "9000081",
        "updatedById": "9000081",
        "processingType": one.processing_type,
        "objectTypeId": one.object_type_id,
        "name": one.name,
        "size": one.size,
        "additionalProperties": {"hs_list_size": str(one.size)},
    }


def _no_list(list_id: str) -> Failure:
    return not_found(f"List does not exist with ID {list_id}.")


def _ids(told: Any) -> list[int]:
    if told is None:
        return []
    if not isinstance(told, list) or not all(is_id(str(one)) for one in told):
        raise bad_request("Invalid input JSON: a list of record ids is required")
    return [int(one) for one in told]


def _texts(ids: list[int]) -> list[str]:
    return [str(one) for one in ids]
