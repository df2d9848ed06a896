"""Deals version 1: all of them, those that changed lately, single ones, and those of a record."""

from collections.abc import Callable

from include.sandbox.hubspot.call import Call
from include.sandbox.hubspot.failures import bad_request, not_found
from include.sandbox.hubspot.legacy.pages import limit_of, offset_of, position_of, since
from include.sandbox.hubspot.legacy.record_shape import RecordShape, names_in
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.recency import CREATED, MODIFIED, Recency
from include.sandbox.hubspot.row import Row
from include.sandbox.router import Route
from include.sandbox.wire import Answer

BASE = "/deals/v1/deal"
LARGEST_PAGE, DEFAULT_PAGE = 250, 100
LARGEST_RECENT, DEFAULT_RECENT = 100, 20


class DealCalls:
    """Serves deals."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._recency = Recency(portal.database)
        self._shape = RecordShape(portal)
        self._kind = portal.types.of("deals")

    def routes(self) -> list[Route]:
        return [
            Route("GET", f"{BASE}/paged", self._paged),
            Route("GET", f"{BASE}/recent/modified", self._recently(MODIFIED)),
            Route("GET", f"{BASE}/recent/created", self._recently(CREATED)),
            Route("GET", f"{BASE}/associated/{{kind}}/{{object_id}}/paged", self._associated),
            Route("GET", f"{BASE}/{{deal_id}}", self._one),
        ]

    def _paged(self, call: Call) -> Answer:
        limit, after = limit_of(call, LARGEST_PAGE, DEFAULT_PAGE), offset_of(call)
        rows = self._portal.records.page("deals", after, limit + 1, archived=False)
        return self._page(call, rows, limit)

    def _associated(self, call: Call, kind: str, object_id: str) -> Answer:
        what = self._portal.types.named(kind)
        if what.name not in ("contacts", "companies"):
            raise bad_request(f"Deals are not found by {kind}: it has to be CONTACT or COMPANY")
        row = self._portal.one(what, object_id)
        limit, after = limit_of(call, LARGEST_PAGE, DEFAULT_PAGE), offset_of(call)
        found = self._portal.associations.of(what.name, row.id, "deals", after, limit + 1)
        live = self._portal.live(self._kind, [one.to_id for one in found])
        return self._page(call, list(live.values()), limit)

    def _page(self, call: Call, rows: list[Row], limit: int) -> Answer:
        names, past = names_in(call, self._portal, "deals")
        told = call.request.get("includeAssociations", "false").lower() == "true"
        shown = rows[:limit]
        deals = [self._shape.deal(row, names, past, associations=told) for row in shown]
        last = shown[-1].id if shown else 0
        return Answer(200, {"deals": deals, "hasMore": len(rows) > limit, "offset": last})

    def _recently(self, by: str) -> Callable[[Call], Answer]:
        def answer(call: Call) -> Answer:
            limit, offset = limit_of(call, LARGEST_RECENT, DEFAULT_RECENT), position_of(call)
            start = since(call, self._portal.now())
            found = self._recency.newest(["deals"], by, start, limit, offset=offset)
            total = self._recency.count(["deals"], by, start)
            past = self._past(call)
            end = offset + len(found)
            body = {
                "results": [self._shape.deal(one.row, None, past) for one in found],
                "hasMore": end < total,
                "offset": end,
                "total": total,
            }
            return Answer(200, body)

        return answer

    def _one(self, call: Call, deal_id: str) -> Answer:
        row = self._portal.by(self._kind, "", [deal_id]).get(deal_id)
        if row is None:
            raise not_found()
        return Answer(200, self._shape.deal(row, None, self._past(call)))

    def _past(self, call: Call) -> list[str]:
        versions = call.flag("includePropertyVersions")
        return list(self._portal.schema.of("deals")) if versions else []
