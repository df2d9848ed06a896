"""The limits tracking API, for associations: which records have nearly as many as they may."""

from typing import Any

from include.sandbox.hubspot.call import Call
from include.sandbox.hubspot.limit_calls import BASE, NEAR, named
from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.portal import Portal
from include.sandbox.router import Route
from include.sandbox.wire import Answer

MOST = 50_000
"""How many records of one object type a record can be associated with."""
SAMPLES = 20


class AssociationLimitCalls:
    """Serves the limits of associations."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def routes(self) -> list[Route]:
        base = f"{BASE}/associations/records"
        return [
            Route("GET", f"{base}/from", self._from),
            Route("GET", f"{base}/{{kind}}/to", self._to),
            Route("GET", f"{base}/{{kind}}/{{to_kind}}", self._between),
        ]

    def _from(self, _: Call) -> Answer:
        known = self._portal.types.all()
        found = [
            (here, [n for there in known for n in self._shares(here, there)]) for here in known
        ]
        return Answer(200, {"results": [_near(kind, n) for kind, n in found if n]})

    def _to(self, _: Call, kind: str) -> Answer:
        here = self._portal.types.named(kind)
        found = [(there, self._shares(here, there)) for there in self._portal.types.all()]
        return Answer(200, {"results": [_near(there, n) for there, n in found if n]})

    def _between(self, _: Call, kind: str, to_kind: str) -> Answer:
        here, there = self._portal.types.named(kind), self._portal.types.named(to_kind)
        limit, found = self._limit(here, there), self._counted(here, there)
        at = [(id_, n) for id_, n in found if n >= limit]
        near = [(id_, n) for id_, n in found if n < limit]
        body = {
            "limit": limit,
            "totalRecordsAtLimit": len(at),
            "totalRecordsNearLimit": len(near),
            "atLimitFromRecordSamples": [
                {"objectId": id_, "label": str(id_)} for id_, _ in at[:SAMPLES]
            ],
            "nearLimitFromRecordSamples": [
                {
                    "objectId": id_,
                    "label": str(id_),
                    "usage": n,
                    "percentage": round(100 * n / limit, 3),
                }
                for id_, n in near[:SAMPLES]
            ],
        }
        return Answer(200, body)

    def _limit(self, here: ObjectType, there: ObjectType) -> int:
        number = self._portal.kinds.plain_number(here.name, there.name)
        told = self._portal.kinds.limits()
        return MOST if number is None else told.get((here.name, there.name, number), MOST)

    def _counted(self, here: ObjectType, there: ObjectType) -> list[tuple[int, int]]:
        if self._portal.kinds.plain_number(here.name, there.name) is None:
            return []
        least = NEAR * self._limit(here, there)
        return self._portal.associations.crowded(here.name, there.name, least)

    def _shares(self, here: ObjectType, there: ObjectType) -> list[float]:
        limit = self._limit(here, there)
        return [n / limit for _, n in self._counted(here, there)]


def _near(kind: ObjectType, shares: list[float]) -> dict[str, Any]:
    return {
        **named(kind),
        "hasRecordsAtLimit": any(one >= 1 for one in shares),
        "hasRecordsNearLimit": any(one < 1 for one in shares),
    }
