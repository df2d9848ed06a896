"""The lists API: lists by id, by name and by search, made, changed, deleted and restored."""

from typing import Any

from include.sandbox.hubspot import moments
from include.sandbox.hubspot.call import Call, is_id, whole
from include.sandbox.hubspot.failures import Failure, bad_request, not_found
from include.sandbox.hubspot.lists import List
from include.sandbox.hubspot.membership import Membership
from include.sandbox.hubspot.portal import Portal
from include.sandbox.router import Route
from include.sandbox.wire import Answer

BASE = "/crm/lists"
LARGEST_SEARCH = 500
DEFAULT_SEARCH = 20
PROCESSING = ("MANUAL", "DYNAMIC", "SNAPSHOT")
_SORTS = {  # clients also spell them HS_CREATED_AT and HS_UPDATED_AT
    "HS_LIST_ID": lambda one: one.id,
    "HS_CREATEDAT": lambda one: one.created,
    "HS_UPDATEDAT": lambda one: one.updated,
    "HS_LIST_NAME": lambda one: one.name.lower(),
    "HS_LIST_SIZE": lambda one: one.size,
}


class ListCalls:
    """Serves lists."""

    def __init__(self, portal: Portal, membership: Membership) -> None:
        self._portal = portal
        self._lists = portal.lists
        self._membership = membership

    def routes(self) -> list[Route]:
        one = f"{BASE}/{{list_id}}"
        return [
            Route("POST", f"{BASE}/search", self._search),
            Route("GET", f"{BASE}/object-type-id/{{kind}}/name/{{name:path}}", self._by_name),
            Route("GET", f"{BASE}/idmapping", self._mapped),
            Route("POST", f"{BASE}/idmapping", self._all_mapped),
            Route("GET", BASE, self._several),
            Route("POST", BASE, self._create, writes=True),
            Route("GET", one, self._by_id),
            Route("DELETE", one, self._delete, writes=True),
            Route("PUT", f"{one}/restore", self._restore, writes=True),
            Route("PUT", f"{one}/update-list-name", self._rename, writes=True),
            Route("PUT", f"{one}/update-list-filters", self._refilter, writes=True),
        ]

    def found(self, list_id: str) -> List:
        """The list of this id with the members it should have; raises Failure."""
        found = self._lists.get(int(list_id)) if is_id(list_id) else None
        if found is None:
            raise not_found(f"List does not exist with ID {list_id}.")
        return self._membership.fresh(found)

    def _search(self, call: Call) -> Answer:
        told = call.fields()
        most = min(LARGEST_SEARCH, self._portal.page_size("lists"))
        # More than the most is no error: connectors ask for a thousand.
        count = min(whole(told.get("count", DEFAULT_SEARCH), "count", 2**31), most)
        offset = whole(told.get("offset", 0), "offset", 1_000_000, least=0)
        found = self._sorted(told, [one for one in self._lists.all() if _wanted(one, told)])
        page = [self._membership.fresh(one) for one in found[offset : offset + count]]
        return Answer(
            200,
            {
                "offset": offset + len(page),
                "hasMore": offset + len(page) < len(found),
                "lists": [shown(one) for one in page],
                "total": len(found),
            },
        )

    def _sorted(self, told: dict[str, Any], found: list[List]) -> list[List]:
        sort = str(told.get("sort") or "HS_LIST_ID")
        key = _SORTS.get(sort.removeprefix("-").replace("TED_AT", "TEDAT"))
        if key is None:
            raise bad_request(f"Invalid sort: {sort}. One of {', '.join(_SORTS)}")
        return sorted(found, key=key, reverse=sort.startswith("-"))

    def _by_name(self, call: Call, kind: str, name: str) -> Answer:
        found = self._lists.called(self._portal.types.named(kind).id, name)
        if found is None:
            raise not_found(f"List does not exist with name {name}.")
        return self._one(call, self._membership.fresh(found))

    def _by_id(self, call: Call, list_id: str) -> Answer:
        return self._one(call, self.found(list_id))

    def _one(self, call: Call, found: List, key: str = "list") -> Answer:
        filtered = call.flag("includeFilters")
        return Answer(200, {key: shown(found, with_filters=filtered)})

    def _several(self, call: Call) -> Answer:
        ids = {int(one) for one in call.names("listIds") if is_id(one)}
        found = [self._membership.fresh(one) for one in self._lists.all() if one.id in ids]
        filtered = call.flag("includeFilters")
        return Answer(200, {"lists": [shown(one, with_filters=filtered) for one in found]})

    def _mapped(self, call: Call) -> Answer:
        """Lists keep the ids they had in the first version of the API."""
        found = self.found(call.request.get("legacyListId"))
        return Answer(200, {"listId": str(found.id), "legacyListId": str(found.id)})

    def _all_mapped(self, call: Call) -> Answer:
        told = call.body()
        if not isinstance(told, list):
            raise bad_request("Invalid input JSON: a list of ids is required")
        known = {str(one.id) for one in self._lists.all()}
        ids = [str(one) for one in told]
        mapping = [{"listId": one, "legacyListId": one} for one in ids if one in known]
        missing = [one for one in ids if one not in known]
        return Answer(200, {"legacyListIdsToIdsMapping": mapping, "missingLegacyListIds": missing})

    def _create(self, call: Call) -> Answer:
        told = call.fields()
        name, processing = str(told.get("name") or "").strip(), told.get("processingType")
        kind = self._portal.types.named(str(told.get("objectTypeId")))
        if not name or processing not in PROCESSING:
            raise bad_request("A list needs a name and a processingType")
        self._check_free(kind.id, name)
        filters = told.get("filterBranch")
        if filters is not None:
            self._membership.check(kind, filters)
        with self._portal.database.transaction():
            id_ = self._lists.create(name, kind.id, processing, filters)
            made = self._lists.get(id_)
            if made and processing == "SNAPSHOT":
                self._membership.take_once(made)
        return Answer(200, {"list": shown(self.found(str(id_)), with_filters=True)})

    def _delete(self, _: Call, list_id: str) -> Answer:
        self._lists.delete(self.found(list_id).id)
        return Answer(204)

    def _restore(self, _: Call, list_id: str) -> Answer:
        gone = self._lists.get(int(list_id), deleted=True) if is_id(list_id) else None
        if gone is None:
            raise not_found(f"List does not exist with ID {list_id}.")
        self._check_free(gone.object_type_id, gone.name)
        self._lists.restore(gone.id)
        return Answer(204)

    def _rename(self, call: Call, list_id: str) -> Answer:
        name, found = call.request.get("listName").strip(), self.found(list_id)
        if not name:
            raise bad_request("A list needs a name")
        if name.lower() != found.name.lower():
            self._check_free(found.object_type_id, name)
        self._lists.rename(found.id, name)
        return self._one(call, self.found(list_id), "updatedList")

    def _refilter(self, call: Call, list_id: str) -> Answer:
        found, filters = self.found(list_id), call.fields().get("filterBranch")
        if found.writable:
            raise bad_request(f"Filters of a list of type {found.processing_type} cannot change")
        self._membership.check(self._portal.types.named(found.object_type_id), filters)
        self._lists.refilter(found.id, filters)
        return Answer(200, {"updatedList": shown(self.found(list_id), with_filters=True)})

    def _check_free(self, object_type_id: str, name: str) -> None:
        if self._lists.called(object_type_id, name):
            raise Failure(
                400,
                "VALIDATION_ERROR",
                f"List name {name} is already in use.",
                sub_category="ILS.DUPLICATE_LIST_NAMES",
                context={"listName": [name]},
            )


def shown(one: List, *, with_filters: bool = False) -> dict[str, Any]:
    """A list as answers show it."""
    told = {
        "listId": str(one.id),
        "listVersion": one.version,
        "createdAt": moments.shown(one.created),
        "updatedAt": moments.shown(one.updated),
        "filtersUpdatedAt": moments.shown(one.filtered),
        "processingStatus": "COMPLETE",
        "createdById": "9000081",
        "updatedById": "9000081",
        "processingType": one.processing_type,
        "objectTypeId": one.object_type_id,
        "name": one.name,
        "size": one.size,
        "additionalProperties": {"hs_list_size": str(one.size)},
    }
    return {**told, "filterBranch": one.filters} if with_filters and one.filters else told


def _wanted(one: List, told: dict[str, Any]) -> bool:
    kinds, ids = told.get("processingTypes"), told.get("listIds")
    return (
        str(told.get("query") or "").lower() in one.name.lower()
        and (not isinstance(kinds, list) or not kinds or one.processing_type in kinds)
        and (not isinstance(ids, list) or not ids or str(one.id) in map(str, ids))
        and str(told.get("objectTypeId") or one.object_type_id) == one.object_type_id
    )
