"""Associations as version 3 spells them: by the name of their kind, not by its number."""

from typing import Any

from include.sandbox.hubspot import moments
from include.sandbox.hubspot.association_types import AssociationType
from include.sandbox.hubspot.call import Call, is_id
from include.sandbox.hubspot.failures import bad_request, not_found
from include.sandbox.hubspot.inline import type_name
from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.portal import Portal
from include.sandbox.router import Route
from include.sandbox.wire import Answer

BASE = "/v3/crm/associations/{kind}/{to_kind}"
SINGLE = "/v3/crm/objects/{kind}/{object_id}/associations/{to_kind}"
BATCH = 100


class OldAssociations:
    """Serves version 3's associations."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def routes(self) -> list[Route]:
        one = f"{SINGLE}/{{to_id}}/{{name}}"
        return [
            Route("POST", f"{BASE}/batch/read", self._read),
            Route("POST", f"{BASE}/batch/create", self._create, writes=True),
            Route("POST", f"{BASE}/batch/archive", self._archive, writes=True),
            Route("GET", f"{BASE}/types", self._types),
            Route("GET", SINGLE, self._of),
            Route("PUT", one, self._put, writes=True),
            Route("DELETE", one, self._delete, writes=True),
        ]

    def _read(self, call: Call, kind: str, to_kind: str) -> Answer:
        here, there = self._portal.types.named(kind), self._portal.types.named(to_kind)
        results = []
        for one in call.inputs(1000):
            told = str(one.get("id", ""))
            if is_id(told) and (to := self._named(here, int(told), there)):
                results.append({"from": {"id": told}, "to": to})
        return self._answer(200, results)

    def _create(self, call: Call, kind: str, to_kind: str) -> Answer:
        here, there = self._portal.types.named(kind), self._portal.types.named(to_kind)
        inputs = call.inputs(BATCH)
        with self._portal.database.transaction():
            for one in inputs:
                found = self._kind(here, there, str(one.get("type", "")))
                self._associate(here, there, _id(one, "from"), _id(one, "to"), found)
        return self._answer(201, inputs)

    def _archive(self, call: Call, kind: str, to_kind: str) -> Answer:
        here, there = self._portal.types.named(kind), self._portal.types.named(to_kind)
        with self._portal.database.transaction():
            for one in call.inputs(BATCH):
                found = self._kind(here, there, str(one.get("type", "")))
                self._part(_id(one, "from"), _id(one, "to"), found)
        return Answer(204)

    def _types(self, _: Call, kind: str, to_kind: str) -> Answer:
        kinds = self._portal.kinds.between(
            self._portal.types.named(kind), self._portal.types.named(to_kind)
        )
        return Answer(
            200, {"results": [{"id": str(k.id), "name": type_name(self._portal, k)} for k in kinds]}
        )

    def _of(self, _: Call, kind: str, object_id: str, to_kind: str) -> Answer:
        here, there = self._portal.types.named(kind), self._portal.types.named(to_kind)
        row = self._portal.one(here, object_id)
        return Answer(200, {"results": self._named(here, row.id, there)})

    def _put(
        self, _: Call, kind: str, object_id: str, to_kind: str, to_id: str, name: str
    ) -> Answer:
        here, there = self._portal.types.named(kind), self._portal.types.named(to_kind)
        found = self._kind(here, there, name)
        with self._portal.database.transaction():
            self._associate(here, there, object_id, to_id, found)
            row = self._portal.one(here, object_id)
        told = self._portal.showing.record(here, row)
        to = self._named(here, row.id, there)
        return Answer(200, {**told, "associations": {there.name: {"results": to}}})

    def _delete(
        self, _: Call, kind: str, object_id: str, to_kind: str, to_id: str, name: str
    ) -> Answer:
        self._part(
            object_id,
            to_id,
            self._kind(self._portal.types.named(kind), self._portal.types.named(to_kind), name),
        )
        return Answer(204)

    def _associate(
        self, here: ObjectType, there: ObjectType, one: str, two: str, kind: AssociationType
    ) -> None:
        for what, told in ((here, one), (there, two)):
            if not is_id(told) or not self._portal.live(what, [int(told)]):
                raise not_found(f"{what.singular.upper()}={told} is not valid")
        self._portal.associations.add(int(one), int(two), [kind])

    def _part(self, one: str, two: str, kind: AssociationType) -> None:
        if is_id(one) and is_id(two):
            self._portal.associations.unlabel(int(one), int(two), [kind])

    def _kind(self, here: ObjectType, there: ObjectType, name: str) -> AssociationType:
        """A kind by its name or, as some clients spell it, by its number."""
        for one in self._portal.kinds.between(here, there):
            if name in (type_name(self._portal, one), str(one.id)):
                return one
        raise bad_request(f"{name} is no association type from {here.name} to {there.name}")

    def _named(self, here: ObjectType, id_: int, there: ObjectType) -> list[dict[str, Any]]:
        return [
            {"id": str(one.to_id), "type": type_name(self._portal, kind)}
            for one in self._portal.associations.of(here.name, id_, there.name)
            for kind in one.kinds
        ]

    def _answer(self, status: int, results: list[Any]) -> Answer:
        now = moments.shown(self._portal.now())
        body = {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
        return Answer(status, body)


def _id(one: dict[str, Any], end: str) -> str:
    told = one.get(end)
    if not isinstance(told, dict) or not isinstance(told.get("id"), str | int):
        raise bad_request(f"Invalid input JSON: an association needs {end} with an id")
    return str(told["id"])
