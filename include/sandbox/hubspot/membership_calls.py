"""The members of lists through the API: by list, by record, and changed."""

from typing import Any

from include.sandbox.hubspot import moments
from include.sandbox.hubspot.call import Call, is_id
from include.sandbox.hubspot.failures import Failure, bad_request
from include.sandbox.hubspot.list_calls import BASE, ListCalls
from include.sandbox.hubspot.lists import List, Member
from include.sandbox.hubspot.membership import Membership
from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.portal import Portal
from include.sandbox.router import Route
from include.sandbox.wire import Answer, Request

LARGEST_PAGE = 250
DEFAULT_PAGE = 100
MOST_CHANGED = 100_000
BATCH = 1000


class MembershipCalls:
    """Serves memberships."""

    def __init__(self, portal: Portal, calls: ListCalls, membership: Membership) -> None:
        self._portal = portal
        self._lists = portal.lists
        self._calls = calls
        self._membership = membership

    def routes(self) -> list[Route]:
        members = f"{BASE}/{{list_id}}/memberships"
        records = f"{BASE}/records"
        return [
            Route("GET", f"{records}/{{kind}}/{{record_id}}/memberships", self._of_record),
            Route("POST", f"{records}/memberships/batch/read", self._of_records),
            Route("GET", members, self._members),
            Route("DELETE", members, self._clear, writes=True),
            Route("GET", f"{members}/join-order", self._joined),
            Route("PUT", f"{members}/add", self._add, writes=True),
            Route("PUT", f"{members}/remove", self._remove, writes=True),
            Route("PUT", f"{members}/add-and-remove", self._add_and_remove, writes=True),
            Route("PUT", f"{members}/add-from/{{source_id}}", self._add_from, writes=True),
        ]

    def verbs(self) -> list[Route]:
        """What a person could do in HubSpot's own pages: change who is on any list."""
        return [Route("PUT", "/_sandbox/lists/{name:path}/members", self._put_members)]

    def _members(self, call: Call, list_id: str) -> Answer:
        found, limit = self._calls.found(list_id), self._limit(call)
        if before := call.request.get("before"):
            rows = self._lists.members_before(found.id, _id_in(before, "before"), limit + 1)
            return self._page(found, rows[:limit], {})
        after = _id_in(call.request.get("after") or "0", "after")
        rows = self._lists.members(found.id, after, limit + 1)
        next_after = rows[limit - 1].record_id if len(rows) > limit else None
        return self._page(found, rows[:limit], call.paging(next_after))

    def _joined(self, call: Call, list_id: str) -> Answer:
        found, limit = self._calls.found(list_id), self._limit(call)
        moment, _, record = (call.request.get("after") or "0-0").partition("-")
        after = _id_in(moment, "after"), _id_in(record or "0", "after")
        rows = self._lists.joined(found.id, after, limit + 1)
        last = rows[limit - 1] if len(rows) > limit else None
        cursor = f"{last.added}-{last.record_id}" if last else None
        return self._page(found, rows[:limit], call.paging(cursor))

    def _page(self, found: List, rows: list[Member], paging: dict[str, Any]) -> Answer:
        results = [
            {"recordId": str(one.record_id), "membershipTimestamp": moments.shown(one.added)}
            for one in rows
        ]
        return Answer(200, {"results": results, "total": found.size, **paging})

    def _limit(self, call: Call) -> int:
        asked = call.number("limit", DEFAULT_PAGE, LARGEST_PAGE)
        return min(asked, self._portal.page_size("memberships"))

    def _of_record(self, _: Call, kind: str, record_id: str) -> Answer:
        results = self._of(self._portal.types.named(kind), record_id)
        return Answer(200, {"results": results, "total": len(results)})

    def _of_records(self, call: Call) -> Answer:
        results = []
        for one in call.inputs(BATCH):
            kind = self._portal.types.named(str(one.get("objectTypeId")))
            record_id = str(one.get("recordId"))
            told = {"objectTypeId": kind.id, "recordId": record_id}
            results.append({**told, "recordListMemberships": self._of(kind, record_id)})
        now = moments.shown(self._portal.now())
        body = {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
        return Answer(200, body)

    def _of(self, kind: ObjectType, record_id: str) -> list[dict[str, Any]]:
        lists = {one.id: self._membership.fresh(one) for one in self._lists.all()}
        rows = self._lists.of(int(record_id), kind.id) if is_id(record_id) else []
        return [
            {
                "listId": str(one.list_id),
                "listVersion": lists[one.list_id].version,
                "firstAddedTimestamp": moments.shown(one.added),
                "lastAddedTimestamp": moments.shown(one.added),
                "isPublicList": False,
            }
            for one in rows
        ]

    def _clear(self, _: Call, list_id: str) -> Answer:
        found = self._writable(list_id)
        if found.size > MOST_CHANGED:
            raise bad_request(f"A list with more than {MOST_CHANGED} members cannot be cleared")
        self._lists.clear(found.id)
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

    def _add_from(self, _: Call, list_id: str, source_id: str) -> Answer:
        found, source = self._writable(list_id), self._calls.found(source_id)
        if source.object_type_id != found.object_type_id:
            raise bad_request("Both lists have to be of one object type")
        if source.size > MOST_CHANGED:
            raise bad_request(f"At most {MOST_CHANGED} members can be added at once")
        self._lists.copy(source.id, found.id)
        return Answer(204)

    def _change(self, list_id: str, add: list[int], remove: list[int]) -> Answer:
        found = self._writable(list_id)
        if len(add) + len(remove) > MOST_CHANGED:
            raise bad_request(f"At most {MOST_CHANGED} members can be changed at once")
        known = self._portal.live(self._portal.types.named(found.object_type_id), [*add, *remove])
        on, off = self._lists.change(found.id, [one for one in add if one in known], remove)
        # The real answer spells one name with an s too many.
        told = {
            "recordsIdsAdded": _texts(on),
            "recordIdsRemoved": _texts(off),
            "recordIdsMissing": _texts([one for one in (*add, *remove) if one not in known]),
        }
        return Answer(200, told)

    def _writable(self, list_id: str) -> List:
        found = self._calls.found(list_id)
        if not found.writable:
            raise Failure(
                400,
                "VALIDATION_ERROR",
                f"List {list_id} is of processing type {found.processing_type}; only the members "
                "of MANUAL and SNAPSHOT lists can be changed.",
            )
        return found

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


def _id_in(told: str, parameter: str) -> int:
    if not is_id(told):
        raise bad_request(f"Invalid value for {parameter}: {told}")
    return int(told)


def _ids(told: Any) -> list[int]:
    if told is None:
        return []
    if not isinstance(told, list) or not all(is_id(str(one)) for one in told):
        raise bad_request("Invalid input JSON: a list of record ids is required")
    return [int(one) for one in told]


def _texts(ids: list[int]) -> list[str]:
    return [str(one) for one in ids]
