"""The exports API: a view or a list of records as a file, fetched by an address that runs out.

The file is made at once, so the first look at a task finds it complete. Its address needs no
token and is good for five minutes; every look gives a new one, as in the real CRM.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from include.sandbox.hubspot import moments
from include.sandbox.hubspot.call import Call, is_id
from include.sandbox.hubspot.export_file import Columns, written
from include.sandbox.hubspot.exports import Export
from include.sandbox.hubspot.failures import bad_request, not_found
from include.sandbox.hubspot.membership import Membership
from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.row import Row
from include.sandbox.hubspot.search import chosen
from include.sandbox.router import Route
from include.sandbox.wire import Answer

BASE = "/crm/exports"
LIFETIME = 300_000
"""Milliseconds an address is good for."""
GROUPS = FILTERS = 3
_ORDERS = {"ASC": "ASCENDING", "DES": "DESCENDING", "DESC": "DESCENDING"}


class ExportCalls:
    """Serves exports."""

    def __init__(self, portal: Portal, membership: Membership) -> None:
        self._portal = portal
        self._membership = membership
        self._addresses: dict[str, tuple[int, int]] = {}

    def routes(self) -> list[Route]:
        return [
            Route("POST", f"{BASE}/export/async", self._start),
            Route("GET", f"{BASE}/export/async/tasks/{{task_id}}/status", self._status),
            Route("GET", f"{BASE}/export/{{export_id}}", self._one),
            Route("GET", f"{BASE}/files/{{address}}/export.csv", self._file),
        ]

    def _start(self, call: Call) -> Answer:
        told = call.fields()
        kind = self._portal.types.named(str(told.get("objectType")))
        if told.get("format", "CSV") != "CSV":
            raise bad_request(f"Invalid format: {told.get('format')}. One of CSV")
        rows = list(self._rows(kind, told))
        file = written(self._portal, kind, self._columns(kind, told), rows)
        asked = {
            "exportType": told["exportType"],
            "exportName": str(told.get("exportName") or ""),
            "objectType": kind.singular.upper(),
            "objectProperties": _names(told, "objectProperties"),
        }
        id_ = self._portal.exports.put(asked, self._portal.now(), len(rows), file)
        path = call.place.spelled(f"{BASE}/export/async/tasks/{id_}/status")
        return Answer(202, {"id": str(id_), "links": {"status": f"{call.request.origin}{path}"}})

    def _status(self, call: Call, task_id: str) -> Answer:
        one = self._found(task_id)
        address = secrets.token_hex(16)
        self._addresses[address] = (one.id, self._portal.now() + LIFETIME)
        at = moments.shown(one.created)
        body = {
            "status": "COMPLETE",
            "result": f"{call.request.origin}/crm/v3/exports/files/{address}/export.csv",
            "requestedAt": at,
            "startedAt": at,
            "completedAt": at,
        }
        return Answer(200, body)

    def _one(self, _: Call, export_id: str) -> Answer:
        one = self._found(export_id)
        at = moments.shown(one.created)
        told = {"exportState": "DONE", "recordCount": one.records, "createdAt": at, "updatedAt": at}
        return Answer(200, {"id": str(one.id), **one.asked, **told})

    def _file(self, _: Call, address: str) -> Answer:
        id_, ends = self._addresses.get(address, (0, 0))
        found = self._portal.exports.get(id_)
        if found is None or ends < self._portal.now():
            self._addresses.pop(address, None)
            raise not_found("This address is no longer good")
        headers = {
            "Content-Type": "text/csv;charset=utf-8",
            "Content-Disposition": 'attachment; filename="export.csv"',
        }
        return Answer(200, found.file, headers)

    def _found(self, told: str) -> Export:
        found = self._portal.exports.get(int(told)) if is_id(told) else None
        if found is None:
            raise not_found(f"There is no export {told}")
        return found

    def _rows(self, kind: ObjectType, told: Mapping[str, Any]) -> Iterator[Row]:
        if told.get("exportType") == "VIEW":
            search = told.get("publicCrmSearchRequest") or {}
            if not isinstance(search, Mapping):
                raise bad_request("Invalid input JSON: publicCrmSearchRequest is an object")
            yield from chosen(self._portal, kind, _search(search))
        elif told.get("exportType") == "LIST":
            yield from self._members(kind, str(told.get("listId")))
        else:
            raise bad_request("Invalid exportType: one of VIEW, LIST")

    def _members(self, kind: ObjectType, told: str) -> Iterable[Row]:
        one = self._portal.lists.get(int(told)) if is_id(told) else None
        if one is None or one.object_type_id != kind.id:
            raise not_found(f"List does not exist with ID {told}.")
        members = self._portal.lists.members(self._membership.fresh(one).id, 0, -1)
        return self._portal.live(kind, [member.record_id for member in members]).values()

    def _columns(self, kind: ObjectType, told: Mapping[str, Any]) -> Columns:
        known = self._portal.schema.of(kind.name)
        wanted = _names(told, "objectProperties")
        if unknown := [name for name in wanted if name not in known]:
            raise bad_request(f"Property {unknown[0]} does not exist", propertyName=unknown)
        inside = _names(told, "exportInternalValuesOptions")
        return Columns(
            tuple(known[name] for name in wanted),
            tuple(map(self._portal.types.named, _names(told, "associatedObjectType"))),
            "NAMES" in inside,
            "VALUES" in inside,
        )


def _names(told: Mapping[str, Any], key: str) -> list[str]:
    """A list of names, or one alone."""
    given = told.get(key)
    listed = [given] if isinstance(given, str) else given or []
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise bad_request(f"Invalid input JSON: {key} is a list of names")
    return list(dict.fromkeys(listed))


def _search(told: Mapping[str, Any]) -> dict[str, Any]:
    """What an export filters by, as a search says it."""
    groups = told.get("filterGroups")
    if groups is None and told.get("filters"):
        groups = [{"filters": told["filters"]}]
    for one in groups if isinstance(groups, list) else []:
        filters = one.get("filters") if isinstance(one, Mapping) else None
        if isinstance(filters, list) and len(filters) > FILTERS:
            raise bad_request(f"Too many filters in a group: at most {FILTERS} are allowed")
    if isinstance(groups, list) and len(groups) > GROUPS:
        raise bad_request(f"Too many filterGroups: at most {GROUPS} are allowed")
    sorts = told.get("sorts") or []
    if isinstance(sorts, list):
        sorts = [_sort(one) for one in sorts]
    return {"filterGroups": groups, "query": told.get("query"), "sorts": sorts}


def _sort(told: Any) -> Any:
    if not isinstance(told, Mapping) or "order" not in told:
        return told
    return {**told, "direction": _ORDERS.get(str(told["order"]), told["order"])}
