"""CRM objects version 1: tickets, products and line items, and what they are associated with."""

from include.sandbox.hubspot.call import Call, is_id
from include.sandbox.hubspot.failures import bad_request, not_found
from include.sandbox.hubspot.legacy.pages import limit_of, offset_of
from include.sandbox.hubspot.legacy.record_shape import RecordShape, names_in
from include.sandbox.hubspot.object_types import LOGGED
from include.sandbox.hubspot.portal import Portal
from include.sandbox.router import Route
from include.sandbox.wire import Answer

BASE = "/crm-objects/v1/objects/{kind}"
ASSOCIATIONS = "/crm-associations/v1/associations/{object_id}/HUBSPOT_DEFINED/{definition}"
LARGEST_PAGE = 100
SERVED = ("tickets", "products", "line_items")
DEFINITIONS: dict[str, tuple[str, str]] = {
    "1": ("contacts", "companies"),
    "2": ("companies", "contacts"),
    "3": ("deals", "contacts"),
    "4": ("contacts", "deals"),
    "5": ("deals", "companies"),
    "6": ("companies", "deals"),
    "7": ("companies", "engagements"),
    "8": ("engagements", "companies"),
    "9": ("contacts", "engagements"),
    "10": ("engagements", "contacts"),
    "11": ("deals", "engagements"),
    "12": ("engagements", "deals"),
    "13": ("companies", "companies"),
    "14": ("companies", "companies"),
    "15": ("contacts", "tickets"),
    "16": ("tickets", "contacts"),
    "17": ("tickets", "engagements"),
    "18": ("engagements", "tickets"),
    "19": ("deals", "line_items"),
    "20": ("line_items", "deals"),
    "25": ("companies", "tickets"),
    "26": ("tickets", "companies"),
    "27": ("deals", "tickets"),
    "28": ("tickets", "deals"),
}
"""The number of an association -> from which object type to which."""


class ObjectCalls:
    """Serves objects that had no API of their own."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._shape = RecordShape(portal)

    def routes(self) -> list[Route]:
        return [
            Route("GET", f"{BASE}/paged", self._paged),
            Route("GET", f"{BASE}/{{object_id}}", self._one),
            Route("GET", ASSOCIATIONS, self._associations),
        ]

    def _paged(self, call: Call, kind: str) -> Answer:
        what = self._portal.types.named(kind)
        if what.name not in SERVED:
            raise bad_request(f"{kind} is not one of {', '.join(SERVED)}")
        after = offset_of(call)
        rows = self._portal.records.page(what.name, after, LARGEST_PAGE + 1, archived=False)
        names, past = names_in(call, self._portal, what.name)
        shown = rows[:LARGEST_PAGE]
        body = {
            "objects": [self._shape.other(what, row, names, past) for row in shown],
            "hasMore": len(rows) > LARGEST_PAGE,
            "offset": shown[-1].id if shown else 0,
        }
        return Answer(200, body)

    def _one(self, call: Call, kind: str, object_id: str) -> Answer:
        what = self._portal.types.named(kind)
        row = self._portal.by(what, "", [object_id]).get(object_id)
        if what.name not in SERVED or row is None:
            raise not_found()
        names, past = names_in(call, self._portal, what.name)
        return Answer(200, self._shape.other(what, row, names, past))

    def _associations(self, call: Call, object_id: str, definition: str) -> Answer:
        if definition not in DEFINITIONS:
            raise bad_request(f"No association definition exists with id {definition}")
        here, there = DEFINITIONS[definition]
        id_, after = _id(object_id), offset_of(call)
        limit = limit_of(call, LARGEST_PAGE, LARGEST_PAGE)
        found = {
            one.to_id
            for start in _types(here)
            for end in _types(there)
            for one in self._portal.associations.of(start, id_, end, after)
            if here != there or any(str(kind.id) == definition for kind in one.kinds)
        }
        ids = sorted(found)[:limit]
        body = {
            "results": ids,
            "hasMore": len(found) > limit,
            "offset": ids[-1] if ids else 0,
        }
        return Answer(200, body)


def _id(told: str) -> int:
    """A record's id in a path."""
    if not is_id(told):
        raise not_found()
    return int(told)


def _types(name: str) -> tuple[str, ...]:
    return LOGGED if name == "engagements" else (name,)
