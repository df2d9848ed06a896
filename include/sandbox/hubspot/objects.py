"""Single objects: list, read, create, change, archive."""

from collections.abc import Sequence
from typing import Any

from include.sandbox.hubspot import inline
from include.sandbox.hubspot.call import Call, is_id
from include.sandbox.hubspot.failures import bad_request, not_found
from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.row import Row
from include.sandbox.hubspot.versions import STRICT_SINCE
from include.sandbox.router import Route
from include.sandbox.wire import Answer

PATH = "/crm/objects/{kind}"
DEFAULT_PAGE = 10
LARGEST_PAGE = 100
LARGEST_PAGE_WITH_HISTORY = 50


class Objects:
    """Serves single objects of every type."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def routes(self) -> list[Route]:
        return [
            Route("GET", PATH, self._list),
            Route("POST", PATH, self._create, writes=True),
            Route("GET", f"{PATH}/{{object_id}}", self._read),
            Route("PATCH", f"{PATH}/{{object_id}}", self._update, writes=True),
            Route("DELETE", f"{PATH}/{{object_id}}", self._archive, writes=True),
        ]

    def _list(self, call: Call, kind: str) -> Answer:
        what, past = self._portal.types.named(kind), call.names("propertiesWithHistory")
        most = LARGEST_PAGE_WITH_HISTORY if past else LARGEST_PAGE
        limit = min(call.number("limit", DEFAULT_PAGE, most), self._portal.page_size("objects"))
        after = call.request.get("after", "0")
        if not is_id(after):
            raise bad_request(f"Invalid value for after: {after}")
        archived = call.flag("archived")
        rows = self._portal.records.page(what.name, int(after), limit + 1, archived=archived)
        next_after = rows[limit - 1].id if len(rows) > limit else None
        results = [self._shown(call, what, row) for row in rows[:limit]]
        return Answer(200, {"results": results, **call.paging(next_after)})

    def _read(self, call: Call, kind: str, object_id: str) -> Answer:
        what = self._portal.types.named(kind)
        if call.flag("archived"):
            return Answer(200, self._shown(call, what, self._archived(what, object_id)))
        row = self._portal.one(what, object_id, call.request.get("idProperty"))
        return Answer(200, self._shown(call, what, row))

    def _create(self, call: Call, kind: str) -> Answer:
        what, told = self._portal.types.named(kind), call.fields()
        with self._portal.database.transaction():
            strict = call.place.since(STRICT_SINCE)
            row = self._portal.writing.create(what, properties_in(told), strict=strict)
            inline.associate(self._portal, what, row, told.get("associations"))
        return Answer(201, self._portal.showing.filled(what, row))

    def _update(self, call: Call, kind: str, object_id: str) -> Answer:
        what, told = self._portal.types.named(kind), properties_in(call.fields())
        if not told:
            raise bad_request("No properties found to update, please provide at least one.")
        with self._portal.database.transaction():
            before = self._portal.one(what, object_id, call.request.get("idProperty"))
            strict = call.place.since(STRICT_SINCE)
            row, changed = self._portal.writing.update(what, before, told, strict=strict)
        return Answer(200, self._portal.showing.filled(what, row, {*told, *changed}))

    def _archive(self, call: Call, kind: str, object_id: str) -> Answer:
        what = self._portal.types.named(kind)
        with self._portal.database.transaction():
            rows = self._portal.by(what, call.request.get("idProperty"), [object_id])
            for row in rows.values():
                archive(self._portal, what, row)
        return Answer(204)

    def _archived(self, kind: ObjectType, told: str) -> Row:
        row = archived(self._portal, kind, [told]).get(told)
        if row is None:
            raise not_found()
        return row

    def _shown(self, call: Call, kind: ObjectType, row: Row) -> dict[str, Any]:
        wanted, past = call.names("properties"), call.names("propertiesWithHistory")
        told = self._portal.showing.record(kind, row, wanted, past)
        return {**told, **inline.shown(self._portal, kind, row, call.names("associations"))}


def archived(portal: Portal, kind: ObjectType, told: Sequence[str]) -> dict[str, Row]:
    """For each id told: the archived record it names."""
    numbers = {one: int(one) for one in told if is_id(one)}
    rows = portal.records.find(kind.name, list(numbers.values()))
    found = {one: rows.get(number) for one, number in numbers.items()}
    return {one: row for one, row in found.items() if row and row.archived is not None}


def archive(portal: Portal, kind: ObjectType, row: Row) -> None:
    """Archive a record and part it from every other."""
    portal.writing.archive(kind, row)
    portal.associations.part(kind.name, row.id)
    portal.lists.drop(kind.id, row.id)


def properties_in(told: dict[str, Any]) -> dict[str, Any]:
    """The properties of a write."""
    properties = told.get("properties", {})
    if not isinstance(properties, dict):
        raise bad_request("Invalid input JSON: properties is an object")
    return properties
