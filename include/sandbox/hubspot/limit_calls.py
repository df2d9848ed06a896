"""The limits tracking API: how much of what may be stored is.

Usage is counted from the portal's own tables; the limits are those of HubSpot's largest edition.
"""

from collections.abc import Callable, Iterable
from typing import Any

from include.sandbox.hubspot.call import Call
from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.property_calls import MOST_OWN
from include.sandbox.router import Route
from include.sandbox.wire import Answer

BASE = "/crm/limits"
RECORDS = 15_000_000
CUSTOM_RECORDS = 1_500_000
CUSTOM_TYPES = 10
PIPELINES = 100
LABELS = 50
CALCULATED = 200
PROPERTIES = 10_000
NEAR = 0.8
"""The share of a limit from which on a record is near it."""


class LimitCalls:
    """Serves limits and what is used of them."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def routes(self) -> list[Route]:
        return [
            Route("GET", f"{BASE}/records", self._records),
            Route("GET", f"{BASE}/pipelines", self._pipelines),
            Route("GET", f"{BASE}/custom-properties", self._properties),
            Route("GET", f"{BASE}/calculated-properties", self._calculated),
            Route("GET", f"{BASE}/custom-object-types", self._types),
            Route("GET", f"{BASE}/associations/labels", self._labels),
        ]

    def _records(self, _: Call) -> Answer:
        count = self._portal.records.tallies.count
        return self._by_type(lambda kind: count(kind.name), RECORDS, CUSTOM_RECORDS)

    def _pipelines(self, _: Call) -> Answer:
        known = self._portal.pipelines
        return self._by_type(
            lambda kind: len(known.of(kind.name)), PIPELINES, PIPELINES, lambda kind: kind.pipeline
        )

    def _properties(self, _: Call) -> Answer:
        told = [
            {**named(kind), **used(self._own(kind), MOST_OWN)} for kind in self._portal.types.all()
        ]
        return Answer(200, {"byObjectType": told, **_overall(told, PROPERTIES)})

    def _calculated(self, _: Call) -> Answer:
        formulas = self._portal.schema.formulas
        told = [
            {**named(kind), "usage": len(formulas(kind.name))} for kind in self._portal.types.all()
        ]
        return Answer(200, {"byObjectType": told, **_overall(told, CALCULATED)})

    def _types(self, _: Call) -> Answer:
        known = [one for one in self._portal.types.definitions() if not one.archived]
        return Answer(200, used(len(known), CUSTOM_TYPES))

    def _labels(self, call: Call) -> Answer:
        ends = [call.request.get(name) for name in ("fromObjectTypeId", "toObjectTypeId")]
        here, there = ((self._portal.types.named(one) if one else None) for one in ends)
        made: dict[tuple[str, str], list[str]] = {}
        for start in self._portal.types.all():
            for kind in self._portal.kinds.from_type(start):
                if kind.label and kind.category == "USER_DEFINED":
                    made.setdefault((kind.from_type, kind.to_type), []).append(kind.label)
        results = [
            {
                "fromObjectType": named(self._portal.types.of(first)),
                "toObjectType": named(self._portal.types.of(second)),
                "allLabels": labels,
                **used(len(labels), LABELS),
            }
            for (first, second), labels in made.items()
            if (here is None or here.name == first) and (there is None or there.name == second)
        ]
        return Answer(200, {"results": results})

    def _by_type(
        self,
        count: Callable[[ObjectType], int],
        limit: int,
        custom_limit: int,
        applies: Callable[[ObjectType], Any] = lambda _: True,
    ) -> Answer:
        known = [kind for kind in self._portal.types.all() if applies(kind)]
        own = [{**named(kind), "usage": count(kind)} for kind in known if kind.custom]
        theirs = [{**named(kind), **used(count(kind), limit)} for kind in known if not kind.custom]
        custom = {"byObjectType": own, **_overall(own, custom_limit)}
        return Answer(200, {"hubspotDefinedObjectTypes": theirs, "customObjectTypes": custom})

    def _own(self, kind: ObjectType) -> int:
        return sum(not one.own for one in self._portal.schema.of(kind.name).values())


def used(usage: int, limit: int) -> dict[str, Any]:
    """A limit and how much of it is used, in per cent."""
    return {"limit": limit, "usage": usage, "percentage": round(100 * usage / limit, 3)}


def named(kind: ObjectType) -> dict[str, str]:
    """An object type as it is called in these answers."""
    words = (kind.singular.replace("_", " "), kind.name.replace("_", " "))
    singular, plural = (word[:1].upper() + word[1:] for word in words)
    return {"objectTypeId": kind.id, "singularLabel": singular, "pluralLabel": plural}


def _overall(told: Iterable[dict[str, Any]], limit: int) -> dict[str, Any]:
    usage = sum(one["usage"] for one in told)
    all_of = used(usage, limit)
    return {
        "overallLimit": limit,
        "overallUsage": usage,
        "overallPercentage": all_of["percentage"],
    }
