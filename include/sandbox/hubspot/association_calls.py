"""The associations API: version 4 and later, batches and single ones.

Version 4 answers a created batch with 201, one with bad rows with 207 and an archived one
with 204, where the dated versions from 2026-09 on always say 200. What one row of a batch
gets wrong is told in `errors`, and the other rows are done.
"""

from collections.abc import Mapping
from typing import Any

from include.sandbox.hubspot import moments
from include.sandbox.hubspot.association_types import AssociationType
from include.sandbox.hubspot.associations import Associated
from include.sandbox.hubspot.call import Call, is_id
from include.sandbox.hubspot.failures import NOT_FOUND, VALIDATION, Failure, bad_request
from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.versions import STRICT_SINCE
from include.sandbox.router import Route
from include.sandbox.wire import Answer

BASE = "/crm/associations/{kind}/{to_kind}"
SINGLE = "/crm/objects/{kind}/{object_id}/associations"
READ, WRITE, ARCHIVE = 1000, 2000, 100
"""The most inputs of each batch."""
LARGEST_PAGE = 500


class AssociationCalls:
    """Serves associations."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def routes(self) -> list[Route]:
        pair = f"{SINGLE}/{{to_kind}}/{{to_id}}"
        default = f"{SINGLE}/default/{{to_kind}}/{{to_id}}"
        return [
            Route("POST", f"{BASE}/batch/read", self._read),
            Route("POST", f"{BASE}/batch/create", self._create, writes=True),
            Route("POST", f"{BASE}/batch/associate/default", self._associate, writes=True),
            Route("POST", f"{BASE}/batch/archive", self._archive, writes=True),
            Route("POST", f"{BASE}/batch/labels/archive", self._unlabel, writes=True),
            Route("GET", f"{SINGLE}/{{to_kind}}", self._of),
            Route("PUT", default, self._put_default, writes=True),
            Route("PUT", pair, self._put, writes=True),
            Route("DELETE", pair, self._delete, writes=True),
        ]

    def _read(self, call: Call, kind: str, to_kind: str) -> Answer:
        here, there = self._portal.types.named(kind), self._portal.types.named(to_kind)
        results, errors = [], []
        for one in call.inputs(READ):
            told = str(one.get("id", ""))
            after = str(one.get("after") or "0")
            shown = self._page(here, there, told, after) if is_id(told) and is_id(after) else None
            if shown is None:
                errors.append(_none_found(here, there, told).row())
            else:
                results.append({"from": {"id": told}, **shown})
        return self._answer(call, 200, results, errors)

    def _page(
        self, here: ObjectType, there: ObjectType, told: str, after: str
    ) -> dict[str, Any] | None:
        size = self._portal.page_size("associations")
        found = self._portal.associations.of(here.name, int(told), there.name, int(after), size + 1)
        if not found:
            return None
        shown: dict[str, Any] = {"to": [_associated(one) for one in found[:size]]}
        if len(found) > size:
            shown["paging"] = {"next": {"after": str(found[size - 1].to_id)}}
        return shown

    def _create(self, call: Call, kind: str, to_kind: str) -> Answer:
        here, there = self._portal.types.named(kind), self._portal.types.named(to_kind)
        results, errors = [], []
        with self._portal.database.transaction():
            for one in call.inputs(WRITE):
                try:
                    kinds = self._specs(here, there, one.get("types"))
                    results.append(self._pair(here, there, *_ends(one), kinds))
                except Failure as failure:
                    errors.append(failure.row())
        return self._answer(call, 201, results, errors)

    def _associate(self, call: Call, kind: str, to_kind: str) -> Answer:
        here, there = self._portal.types.named(kind), self._portal.types.named(to_kind)
        results, errors = [], []
        with self._portal.database.transaction():
            for one in call.inputs(WRITE):
                try:
                    results += self._default(here, there, *_ends(one))
                except Failure as failure:
                    errors.append(failure.row())
        return self._answer(call, 200, results, errors)

    def _archive(self, call: Call, kind: str, to_kind: str) -> Answer:
        here, there = self._portal.types.named(kind), self._portal.types.named(to_kind)
        inputs = call.inputs(WRITE)
        if len({_end(one.get("from")) for one in inputs}) > ARCHIVE:
            raise bad_request(f"At most {ARCHIVE} distinct from ids are allowed in a batch")
        with self._portal.database.transaction():
            for one in inputs:
                targets = one.get("to") or []
                for target in targets if isinstance(targets, list) else [targets]:
                    from_id, to_id = _end(one.get("from")), _end(target)
                    if is_id(from_id) and is_id(to_id):
                        self._portal.associations.remove(
                            here.name, int(from_id), there.name, int(to_id)
                        )
        return self._archived(call)

    def _unlabel(self, call: Call, kind: str, to_kind: str) -> Answer:
        here, there = self._portal.types.named(kind), self._portal.types.named(to_kind)
        with self._portal.database.transaction():
            for one in call.inputs(WRITE):
                kinds = self._specs(here, there, one.get("types"))
                from_id, to_id = _ends(one)
                if is_id(from_id) and is_id(to_id):
                    self._portal.associations.unlabel(int(from_id), int(to_id), kinds)
        return self._archived(call)

    def _archived(self, call: Call) -> Answer:
        return self._answer(call, 200, [], []) if call.place.since(STRICT_SINCE) else Answer(204)

    def _of(self, call: Call, kind: str, object_id: str, to_kind: str) -> Answer:
        here, there = self._portal.types.named(kind), self._portal.types.named(to_kind)
        row = self._portal.one(here, object_id)
        asked = call.number("limit", LARGEST_PAGE, LARGEST_PAGE)
        limit = min(asked, self._portal.page_size("associations"))
        after = call.request.get("after", "0")
        start = int(after) if is_id(after) else 0
        found = self._portal.associations.of(here.name, row.id, there.name, start, limit + 1)
        next_after = found[limit - 1].to_id if len(found) > limit else None
        results = [_associated(one) for one in found[:limit]]
        return Answer(200, {"results": results, **call.paging(next_after)})

    def _put_default(
        self, call: Call, kind: str, object_id: str, to_kind: str, to_id: str
    ) -> Answer:
        here, there = self._portal.types.named(kind), self._portal.types.named(to_kind)
        with self._portal.database.transaction():
            results = self._default(here, there, object_id, to_id)
        return self._answer(call, 200, results, [])

    def _put(self, call: Call, kind: str, object_id: str, to_kind: str, to_id: str) -> Answer:
        here, there = self._portal.types.named(kind), self._portal.types.named(to_kind)
        kinds = self._specs(here, there, call.body())
        with self._portal.database.transaction():
            told = self._pair(here, there, object_id, to_id, kinds)
        return Answer(200 if call.place.since(STRICT_SINCE) else 201, told)

    def _delete(self, _: Call, kind: str, object_id: str, to_kind: str, to_id: str) -> Answer:
        here, there = self._portal.types.named(kind), self._portal.types.named(to_kind)
        if is_id(object_id) and is_id(to_id):
            ends = (here.name, int(object_id), there.name, int(to_id))
            self._portal.associations.remove(*ends)
        return Answer(204)

    def _pair(
        self,
        here: ObjectType,
        there: ObjectType,
        from_id: str,
        to_id: str,
        kinds: list[AssociationType],
    ) -> dict[str, Any]:
        self._check_ends(here, there, from_id, to_id)
        self._portal.associations.add(int(from_id), int(to_id), kinds)
        return {
            "fromObjectTypeId": here.id,
            "fromObjectId": from_id,
            "toObjectTypeId": there.id,
            "toObjectId": to_id,
            "labels": [one.label for one in kinds if one.label],
        }

    def _default(
        self, here: ObjectType, there: ObjectType, from_id: str, to_id: str
    ) -> list[dict[str, Any]]:
        kind = self._portal.kinds.plain(here, there)
        self._check_ends(here, there, from_id, to_id)
        self._portal.associations.add(int(from_id), int(to_id), [kind])
        return [
            _made(from_id, to_id, kind.category, kind.id),
            _made(to_id, from_id, kind.category, kind.reverse),
        ]

    def _check_ends(self, here: ObjectType, there: ObjectType, from_id: str, to_id: str) -> None:
        for kind, told, where in ((here, from_id, "fromObjectId"), (there, to_id, "toObjectId")):
            if not is_id(told) or int(told) not in self._portal.live(kind, [int(told)]):
                raise Failure(
                    400,
                    VALIDATION,
                    f"{kind.singular.upper()}={told} is not valid",
                    sub_category="crm.associations.INVALID_OBJECT_IDS",
                    context={where: [told]},
                )

    def _specs(self, here: ObjectType, there: ObjectType, told: Any) -> list[AssociationType]:
        if not isinstance(told, list) or not told or not all(isinstance(s, Mapping) for s in told):
            raise bad_request("An association needs types, each with a category and a number")
        return [self._portal.kinds.told(here, there, spec) for spec in told]

    def _answer(self, call: Call, status: int, results: list[Any], errors: list[Any]) -> Answer:
        now = moments.shown(self._portal.now())
        body: dict[str, Any] = {
            "status": "COMPLETE",
            "results": results,
            "startedAt": now,
            "completedAt": now,
        }
        if errors:
            body |= {"numErrors": len(errors), "errors": errors}
        strict = call.place.since(STRICT_SINCE)
        return Answer(200 if strict else 207 if errors else status, body)


def _ends(one: Mapping[str, Any]) -> tuple[str, str]:
    return _end(one.get("from")), _end(one.get("to"))


def _end(told: Any) -> str:
    if not isinstance(told, Mapping) or not isinstance(told.get("id"), str | int):
        raise bad_request("Invalid input JSON: an association needs from and to, each with an id")
    return str(told["id"])


def _associated(one: Associated) -> dict[str, Any]:
    return {"toObjectId": str(one.to_id), "associationTypes": [spec(kind) for kind in one.kinds]}


def spec(kind: AssociationType) -> dict[str, Any]:
    """A kind as answers show it."""
    return {"category": kind.category, "typeId": kind.id, "label": kind.label}


def _made(from_id: str, to_id: str, category: str, number: int) -> dict[str, Any]:
    return {
        "from": {"id": from_id},
        "to": {"id": to_id},
        "associationSpec": {"associationCategory": category, "associationTypeId": number},
    }


def _none_found(here: ObjectType, there: ObjectType, told: str) -> Failure:
    return Failure(
        404,
        NOT_FOUND,
        f"No {there.singular} is associated with {here.singular} {told}.",
        sub_category="crm.associations.NO_ASSOCIATIONS_FOUND",
        context={
            "fromObjectId": [told],
            "fromObjectType": [here.singular],
            "toObjectType": [there.singular],
        },
    )
