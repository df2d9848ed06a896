"""Engagements version 1: everything people logged, in one line."""

from include.sandbox.hubspot.call import Call, is_id
from include.sandbox.hubspot.failures import bad_request, not_found
from include.sandbox.hubspot.legacy.engagement_shape import shown
from include.sandbox.hubspot.legacy.pages import limit_of, offset_of, position_of, since
from include.sandbox.hubspot.object_types import LOGGED
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.recency import MODIFIED, Found, Place, Recency
from include.sandbox.router import Route
from include.sandbox.wire import Answer

BASE = "/engagements/v1/engagements"
LARGEST_PAGE, DEFAULT_PAGE = 250, 100
LARGEST_RECENT, DEFAULT_RECENT = 100, 20
DISPOSITIONS = {
    "9d9162e7-6cf3-4944-bf63-4dff82258764": "Busy",
    "f240bbac-87c9-4f6e-bf70-924b57d47db7": "Connected",
    "a4c4c377-d246-4b32-a13b-75a56a4cd0ff": "Left live message",
    "b2cf5968-551e-4856-9783-52b3da59a7d0": "Left voicemail",
    "73a0d17f-1163-4015-bdd5-ec830791da20": "No answer",
    "17b47fee-58de-441e-a44c-c6300d46f273": "Wrong number",
}
"""How a call went: HubSpot's own, which have the same ids in every portal."""


class EngagementCalls:
    """Serves engagements."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._recency = Recency(portal.database)

    def routes(self) -> list[Route]:
        return [
            Route("GET", f"{BASE}/paged", self._paged),
            Route("GET", f"{BASE}/recent/modified", self._recent),
            Route("GET", f"{BASE}/modified/after", self._after),
            Route("GET", f"{BASE}/associated/{{kind}}/{{object_id}}/paged", self._associated),
            Route("GET", f"{BASE}/{{engagement_id}}", self._one),
            Route("GET", "/calling/v1/dispositions", self._dispositions),
        ]

    def _paged(self, call: Call) -> Answer:
        limit, after = limit_of(call, LARGEST_PAGE, DEFAULT_PAGE), offset_of(call)
        return self._page(self._recency.by_id(LOGGED, after, limit + 1), limit)

    def _associated(self, call: Call, kind: str, object_id: str) -> Answer:
        what = self._portal.types.named(kind)
        row = self._portal.one(what, object_id)
        limit, after = limit_of(call, LARGEST_RECENT, LARGEST_RECENT), offset_of(call)
        ids = [
            one.to_id
            for name in LOGGED
            for one in self._portal.associations.of(what.name, row.id, name, after, limit + 1)
        ]
        return self._page(self._found(sorted(ids)), limit)

    def _recent(self, call: Call) -> Answer:
        limit, offset = limit_of(call, LARGEST_RECENT, DEFAULT_RECENT), position_of(call)
        start = since(call, self._portal.now())
        found = self._recency.newest(LOGGED, MODIFIED, start, limit, offset=offset)
        total = self._recency.count(LOGGED, MODIFIED, start)
        end = offset + len(found)
        body = {
            "results": [shown(self._portal, one) for one in found],
            "hasMore": end < total,
            "offset": end,
            "total": total,
        }
        return Answer(200, body)

    def _after(self, call: Call) -> Answer:
        """Forward in time, from a moment or from where the last page stopped."""
        limit, told = limit_of(call, LARGEST_PAGE, DEFAULT_PAGE), call.request.get("after", "0")
        found = self._recency.oldest(LOGGED, MODIFIED, _place(told), limit + 1)
        here = found[:limit]
        after = f"{here[-1].row.modified}-{here[-1].row.id}" if here else told
        body = {
            "results": [shown(self._portal, one) for one in here],
            "hasMore": len(found) > limit,
            "after": after,
        }
        return Answer(200, body)

    def _one(self, _: Call, engagement_id: str) -> Answer:
        found = self._found([int(engagement_id)]) if is_id(engagement_id) else []
        if not found:
            raise not_found("No engagement exists with that id")
        return Answer(200, shown(self._portal, found[0]))

    def _dispositions(self, _: Call) -> Answer:
        known = DISPOSITIONS.items()
        return Answer(200, [{"id": id_, "label": label, "deleted": False} for id_, label in known])

    def _found(self, ids: list[int]) -> list[Found]:
        rows = {
            id_: Found(name, row)
            for name in LOGGED
            for id_, row in self._portal.live(self._portal.types.of(name), ids).items()
        }
        return [rows[one] for one in ids if one in rows]

    def _page(self, found: list[Found], limit: int) -> Answer:
        here = found[:limit]
        body = {
            "results": [shown(self._portal, one) for one in here],
            "hasMore": len(found) > limit,
            "offset": here[-1].row.id if here else 0,
        }
        return Answer(200, body)


def _place(told: str) -> Place:
    moment, _, id_ = told.partition("-")
    if not is_id(moment) or not is_id(id_ or "0"):
        raise bad_request(f"Invalid value for after: {told}")
    return int(moment), int(id_) if id_ else -1
