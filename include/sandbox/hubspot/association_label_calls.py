"""The kinds of association through the API: labels, and how many records each may hold."""

from typing import Any

from include.sandbox.hubspot import moments
from include.sandbox.hubspot.association_calls import spec
from include.sandbox.hubspot.association_types import USER, AssociationType
from include.sandbox.hubspot.call import Call, whole
from include.sandbox.hubspot.failures import CONFLICT, Failure, bad_request, not_found
from include.sandbox.hubspot.portal import Portal
from include.sandbox.router import Route
from include.sandbox.wire import Answer

BASE = "/crm/associations/{kind}/{to_kind}/labels"
LIMITS = "/crm/associations/definitions/configurations"
PAIR = f"{LIMITS}/{{kind}}/{{to_kind}}"
MOST_LABELS = 50
"""Labels between two object types."""
LARGEST_LIMIT = 100_000
BATCH = 100


class AssociationLabelCalls:
    """Serves labels and limits."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._kinds = portal.kinds

    def routes(self) -> list[Route]:
        return [
            Route("GET", f"{LIMITS}/all", self._all_limits),
            Route("GET", PAIR, self._pair_limits),
            Route("POST", f"{PAIR}/batch/create", self._limit, writes=True),
            Route("POST", f"{PAIR}/batch/update", self._limit, writes=True),
            Route("POST", f"{PAIR}/batch/purge", self._lift, writes=True),
            Route("GET", BASE, self._labels),
            Route("POST", BASE, self._make, writes=True),
            Route("PUT", BASE, self._change, writes=True),
            Route("DELETE", f"{BASE}/{{number}}", self._remove, writes=True),
        ]

    def _labels(self, _: Call, kind: str, to_kind: str) -> Answer:
        return Answer(200, {"results": [spec(one) for one in self._between(kind, to_kind)]})

    def _make(self, call: Call, kind: str, to_kind: str) -> Answer:
        here, there = self._portal.types.named(kind), self._portal.types.named(to_kind)
        told = call.fields()
        label = str(told.get("label") or "").strip()
        if not label or not told.get("name"):
            raise bad_request("A label needs a label and a name")
        inverse = str(told.get("inverseLabel") or label)
        known = [one.label for one in self._kinds.between(here, there) if one.label]
        if label.lower() in (one.lower() for one in known):
            raise Failure(409, CONFLICT, f"An association label {label} already exists")
        if len(known) >= MOST_LABELS:
            raise bad_request(f"At most {MOST_LABELS} labels are allowed between two object types")
        numbers = self._kinds.add(here, there, label, inverse)
        results = [
            {"category": USER, "typeId": number, "label": words}
            for number, words in zip(numbers, (label, inverse), strict=False)
        ]
        return Answer(200, {"results": results})

    def _change(self, call: Call, kind: str, to_kind: str) -> Answer:
        told = call.fields()
        found = self._own(kind, to_kind, str(told.get("associationTypeId")))
        label = str(told.get("label") or "").strip()
        if not label:
            raise bad_request("A label needs a label")
        inverse = told.get("inverseLabel")
        self._kinds.relabel(found, label, str(inverse) if inverse else None)
        return Answer(204)

    def _remove(self, _: Call, kind: str, to_kind: str, number: str) -> Answer:
        found = self._own(kind, to_kind, number)
        with self._portal.database.transaction():
            self._portal.associations.forget(found)
            self._kinds.remove(found)
        return Answer(204)

    def _all_limits(self, _: Call) -> Answer:
        kinds = (self._kinds.numbered(*place) for place in self._kinds.limits())
        return Answer(200, {"results": [self._limited(one) for one in kinds if one]})

    def _pair_limits(self, _: Call, kind: str, to_kind: str) -> Answer:
        results = [self._limited(one) for one in self._between(kind, to_kind)]
        return Answer(200, {"results": results})

    def _limit(self, call: Call, kind: str, to_kind: str) -> Answer:
        limited = []
        with self._portal.database.transaction():
            for one in call.inputs(BATCH):
                found = self._told(kind, to_kind, one)
                most = whole(one.get("maxToObjectIds"), "maxToObjectIds", LARGEST_LIMIT)
                self._kinds.limit(found, most)
                limited.append(found)
        now = moments.shown(self._portal.now())
        body = {
            "status": "COMPLETE",
            "results": [self._limited(one) for one in limited],
            "startedAt": now,
            "completedAt": now,
        }
        return Answer(200, body)

    def _lift(self, call: Call, kind: str, to_kind: str) -> Answer:
        with self._portal.database.transaction():
            for one in call.inputs(BATCH):
                self._kinds.limit(self._told(kind, to_kind, one), None)
        return Answer(204)

    def _limited(self, kind: AssociationType) -> dict[str, Any]:
        most = self._kinds.limits().get((kind.from_type, kind.to_type, kind.id))
        return spec(kind) | ({} if most is None else {"userEnforcedMaxToObjectIds": most})

    def _between(self, kind: str, to_kind: str) -> list[AssociationType]:
        types = self._portal.types
        return self._kinds.between(types.named(kind), types.named(to_kind))

    def _told(self, kind: str, to_kind: str, one: dict[str, Any]) -> AssociationType:
        number, category = str(one.get("typeId")), one.get("category")
        for known in self._between(kind, to_kind):
            if str(known.id) == number and category in (None, known.category):
                return known
        raise bad_request(f"No association type {number} exists from {kind} to {to_kind}")

    def _own(self, kind: str, to_kind: str, number: str) -> AssociationType:
        for one in self._between(kind, to_kind):
            if str(one.id) == number and one.category == USER and not one.plain:
                return one
        raise not_found(f"There is no label {number} from {kind} to {to_kind}")
