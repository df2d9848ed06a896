"""The pipelines API: pipelines and stages, made, changed and deleted, and what was done to them.

From 2026-09 on what is in use is not deleted, unless the caller says not to look; earlier
versions look only when they are told to.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from include.sandbox.hubspot import moments
from include.sandbox.hubspot.call import Call
from include.sandbox.hubspot.custom_types import PORTAL_ID
from include.sandbox.hubspot.failures import CONFLICT, VALIDATION, Failure, bad_request, not_found
from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.pipelines import DEALS, Deed, Pipeline, Stage, changed
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.versions import STRICT_SINCE
from include.sandbox.router import Route
from include.sandbox.wire import Answer

BASE = "/crm/pipelines/{kind}"
_FLAGS = ("validateReferencesBeforeDelete", "validateDealStageUsagesBeforeDelete")
MOST_STAGES = 100
_CHANCES = tuple(f"{tenth / 10:.1f}" for tenth in range(11))

Told = Mapping[str, Any]


class PipelineCalls:
    """Serves pipelines."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._pipelines = portal.pipelines

    def routes(self) -> list[Route]:
        one = f"{BASE}/{{pipeline_id}}"
        stage = f"{one}/stages/{{stage_id}}"
        return [
            Route("GET", BASE, self._all),
            Route("POST", BASE, self._create, writes=True),
            Route("GET", one, self._one),
            Route("PUT", one, self._replace, writes=True),
            Route("PATCH", one, self._update, writes=True),
            Route("DELETE", one, self._delete, writes=True),
            Route("GET", f"{one}/audit", self._audit),
            Route("GET", f"{one}/stages", self._stages),
            Route("POST", f"{one}/stages", self._create_stage, writes=True),
            Route("GET", stage, self._stage),
            Route("PUT", stage, self._replace_stage, writes=True),
            Route("PATCH", stage, self._update_stage, writes=True),
            Route("DELETE", stage, self._delete_stage, writes=True),
            Route("GET", f"{stage}/audit", self._stage_audit),
        ]

    def _all(self, _: Call, kind: str) -> Answer:
        known = self._pipelines.of(self._portal.types.named(kind).name)
        return Answer(200, {"results": [one.shown() for one in known]})

    def _one(self, _: Call, kind: str, pipeline_id: str) -> Answer:
        return Answer(200, self._found(kind, pipeline_id).shown())

    def _create(self, call: Call, kind: str) -> Answer:
        what, told = self._staged(kind), call.fields()
        now = self._portal.now()
        made = Pipeline("", _label(told), (), _order(told), now, now)
        self._check_label(what, made)
        with self._portal.database.transaction():
            made = replace(
                made,
                id=self._pipelines.next_id(),
                stages=tuple(self._made(what, one) for one in _stages_in(told)),
            )
            self._pipelines.put(what.name, made, "CREATE")
        return Answer(201, made.shown())

    def _replace(self, call: Call, kind: str, pipeline_id: str) -> Answer:
        what, told, found = self._staged(kind), call.fields(), self._found(kind, pipeline_id)
        with self._portal.database.transaction():
            stages = tuple(self._kept(what, found, one) for one in _stages_in(told))
            kept = {one.id for one in stages}
            gone = [one for one in found.open_stages if one.id not in kept]
            self._check_unused(call, what, found, gone)
            after = replace(
                found,
                label=_label(told),
                order=_order(told),
                stages=stages,
                updated=self._portal.now(),
            )
            self._check_label(what, after)
            self._pipelines.put(what.name, after, "UPDATE")
        return Answer(200, after.shown())

    def _update(self, call: Call, kind: str, pipeline_id: str) -> Answer:
        what, told, found = self._staged(kind), call.fields(), self._found(kind, pipeline_id)
        after = replace(
            found,
            label=_label(told) if "label" in told else found.label,
            order=_order(told) if "displayOrder" in told else found.order,
            updated=self._portal.now(),
        )
        self._check_label(what, after)
        self._pipelines.put(what.name, after, "UPDATE")
        return Answer(200, after.shown())

    def _delete(self, call: Call, kind: str, pipeline_id: str) -> Answer:
        what, found = self._staged(kind), self._found(kind, pipeline_id)
        if len(self._pipelines.of(what.name)) == 1:
            raise bad_request(f"The last pipeline of {what.name} cannot be deleted")
        self._check_unused(call, what, found, found.open_stages)
        gone = replace(found, archived=True, updated=self._portal.now())
        self._pipelines.put(what.name, gone, "DELETE")
        return Answer(204)

    def _audit(self, _: Call, kind: str, pipeline_id: str) -> Answer:
        what, found = self._staged(kind), self._found(kind, pipeline_id)
        return _audited(self._pipelines.audit(what.name, found.id))

    def _stages(self, _: Call, kind: str, pipeline_id: str) -> Answer:
        return Answer(200, {"results": self._found(kind, pipeline_id).shown()["stages"]})

    def _stage(self, _: Call, kind: str, pipeline_id: str, stage_id: str) -> Answer:
        return Answer(200, _stage_of(self._found(kind, pipeline_id), stage_id).shown())

    def _create_stage(self, call: Call, kind: str, pipeline_id: str) -> Answer:
        what, found = self._staged(kind), self._found(kind, pipeline_id)
        with self._portal.database.transaction():
            stage = self._made(what, call.fields())
            self._put(what, found, stage, "CREATE")
        return Answer(201, stage.shown())

    def _replace_stage(self, call: Call, kind: str, pipeline_id: str, stage_id: str) -> Answer:
        return self._change_stage(call, kind, pipeline_id, stage_id, call.fields())

    def _update_stage(self, call: Call, kind: str, pipeline_id: str, stage_id: str) -> Answer:
        stage = _stage_of(self._found(kind, pipeline_id), stage_id).shown()
        told = call.fields()
        given = told.get("metadata")
        metadata = {**stage["metadata"], **(given if isinstance(given, Mapping) else {})}
        return self._change_stage(
            call, kind, pipeline_id, stage_id, {**stage, **told, "metadata": metadata}
        )

    def _change_stage(
        self, _: Call, kind: str, pipeline_id: str, stage_id: str, told: Told
    ) -> Answer:
        what, found = self._staged(kind), self._found(kind, pipeline_id)
        before = _stage_of(found, stage_id)
        after = replace(
            _read(what, told), id=before.id, created=before.created, updated=self._portal.now()
        )
        self._put(what, found, after, "UPDATE")
        return Answer(200, after.shown())

    def _delete_stage(self, call: Call, kind: str, pipeline_id: str, stage_id: str) -> Answer:
        what, found = self._staged(kind), self._found(kind, pipeline_id)
        stage = _stage_of(found, stage_id)
        if len(found.open_stages) == 1:
            raise bad_request("The last stage of a pipeline cannot be deleted")
        self._check_unused(call, what, found, [stage])
        self._put(what, found, replace(stage, archived=True), "DELETE")
        return Answer(204)

    def _stage_audit(self, _: Call, kind: str, pipeline_id: str, stage_id: str) -> Answer:
        stage = _stage_of(self._found(kind, pipeline_id), stage_id)
        return _audited(self._pipelines.audit(self._staged(kind).name, stage.id))

    def _put(self, kind: ObjectType, found: Pipeline, stage: Stage, action: str) -> None:
        if any(one.label == stage.label and one.id != stage.id for one in found.open_stages):
            raise _taken("stage", stage.label)
        after = changed(found, stage, self._portal.now())
        self._pipelines.put(kind.name, after, action, stage.id)

    def _made(self, kind: ObjectType, told: Told) -> Stage:
        now = self._portal.now()
        return replace(_read(kind, told), id=self._pipelines.next_id(), created=now, updated=now)

    def _kept(self, kind: ObjectType, found: Pipeline, told: Told) -> Stage:
        """A stage of a replaced pipeline: the one of that id or label, or a new one."""
        label = told.get("label")
        for one in found.open_stages:
            if told.get("stageId") == one.id or one.label == label:
                return replace(_read(kind, told), id=one.id, created=one.created)
        return self._made(kind, told)

    def _staged(self, told: str) -> ObjectType:
        kind = self._portal.types.named(told)
        if kind.pipeline is None:
            raise bad_request(f"Pipelines are not supported for object type {kind.id}")
        return kind

    def _found(self, told: str, pipeline_id: str) -> Pipeline:
        found = self._pipelines.get(self._portal.types.named(told).name, pipeline_id)
        if found is None:
            raise not_found(f"There is no pipeline {pipeline_id}")
        return found

    def _check_label(self, kind: ObjectType, made: Pipeline) -> None:
        others = (one for one in self._pipelines.of(kind.name) if one.id != made.id)
        if any(one.label == made.label for one in others):
            raise _taken("pipeline", made.label)

    def _check_unused(
        self, call: Call, kind: ObjectType, pipeline: Pipeline, stages: list[Stage]
    ) -> None:
        """Refuse to delete stages records stand in, where the version or the caller asks."""
        flag = call.request.get(_FLAGS[kind.name == DEALS]).lower()
        looks = flag == "true" or (call.place.since(STRICT_SINCE) and flag != "false")
        if not looks or kind.pipeline is None:
            return
        used = self._portal.records.used(
            kind.name, kind.pipeline[1], [one.id for one in stages], pipeline.id, kind.pipeline[0]
        )
        if used:
            raise Failure(
                400,
                VALIDATION,
                f"Stages {', '.join(used)} of pipeline {pipeline.id} are in use and cannot be "
                "deleted.",
                sub_category="PipelineError.STAGE_ID_IN_USE",
                context={"stageIds": used},
            )


def _audited(deeds: list[Deed]) -> Answer:
    results = [
        {
            "portalId": PORTAL_ID,
            "identifier": deed.subject,
            "action": deed.action,
            "timestamp": moments.shown(deed.at),
            "fromUserId": 9_000_081,
            "rawObject": deed.told,
        }
        for deed in deeds
    ]
    return Answer(200, {"results": results})


def _stage_of(pipeline: Pipeline, stage_id: str) -> Stage:
    found = pipeline.stage(stage_id)
    if found is None:
        raise not_found(f"There is no stage {stage_id}")
    return found


def _read(kind: ObjectType, told: Told) -> Stage:
    metadata = told.get("metadata") or {}
    if not isinstance(metadata, Mapping):
        raise bad_request("Invalid input JSON: metadata is an object")
    label, order = _label(told), _order(told)
    if kind.name != DEALS:
        return Stage("", label, order, closed=metadata.get("ticketState") == "CLOSED")
    chance = str(metadata.get("probability", ""))
    if chance not in _CHANCES and f"{chance}.0" not in _CHANCES:
        raise bad_request(
            "A deal stage needs a probability from 0.0 to 1.0 in tenths", probability=[chance]
        )
    chance = chance if "." in chance else f"{chance}.0"
    return Stage("", label, order, chance, closed=chance in ("0.0", "1.0"))


def _stages_in(told: Told) -> list[Told]:
    stages = told.get("stages")
    if not isinstance(stages, list) or not all(isinstance(one, Mapping) for one in stages):
        raise bad_request("Invalid input JSON: stages is a required list of objects")
    if len(stages) > MOST_STAGES:
        raise bad_request(f"A pipeline has at most {MOST_STAGES} stages")
    labels = [one.get("label") for one in stages]
    if twice := next((one for one in labels if labels.count(one) > 1), None):
        raise _taken("stage", str(twice))
    return stages


def _label(told: Told) -> str:
    label = told.get("label")
    if not isinstance(label, str) or not label.strip():
        raise bad_request("Some required fields were not set: [label]")
    return label.strip()


def _order(told: Told) -> int:
    order = told.get("displayOrder")
    if not isinstance(order, int) or isinstance(order, bool) or abs(order) > 2**31:
        raise bad_request("Some required fields were not set: [displayOrder]")
    return order


def _taken(what: str, label: str) -> Failure:
    return Failure(409, CONFLICT, f"A {what} with the label {label} already exists")
