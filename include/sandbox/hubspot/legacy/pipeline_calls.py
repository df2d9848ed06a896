"""Pipelines as deals version 1 tells them, and as the pipelines API version 1 does."""

from typing import Any

from include.sandbox.hubspot.call import Call
from include.sandbox.hubspot.failures import bad_request, not_found
from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.pipelines import DEALS, Pipeline, Stage
from include.sandbox.hubspot.portal import Portal
from include.sandbox.router import Route
from include.sandbox.wire import Answer

_FIRST = {DEALS: "default", "tickets": "0"}
"""The pipeline every portal has."""


class PipelineCalls:
    """Serves pipelines."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/deals/v1/pipelines", self._of_deals),
            Route("GET", "/deals/v1/pipelines/{pipeline_id}", self._of_deals_one),
            Route("GET", "/crm-pipelines/v1/pipelines/{kind}", self._list),
        ]

    def _of_deals(self, _: Call) -> Answer:
        return Answer(200, [_deal_pipeline(one) for one in self._portal.pipelines.of(DEALS)])

    def _of_deals_one(self, _: Call, pipeline_id: str) -> Answer:
        found = self._portal.pipelines.get(DEALS, pipeline_id)
        if found is None:
            raise not_found(f"There is no pipeline {pipeline_id}")
        return Answer(200, _deal_pipeline(found))

    def _list(self, _: Call, kind: str) -> Answer:
        what = self._portal.types.named(kind)
        if what.pipeline is None:
            raise bad_request(f"Pipelines are not supported for object type {what.id}")
        known = self._portal.pipelines.of(what.name)
        return Answer(200, {"results": [_pipeline(what, one) for one in known]})


def _deal_pipeline(one: Pipeline) -> dict[str, Any]:
    return {
        **_common(one),
        "staticDefault": one.id == _FIRST[DEALS],
        "stages": [_deal_stage(stage) for stage in one.open_stages],
    }


def _deal_stage(stage: Stage) -> dict[str, Any]:
    chance = float(stage.probability or 0)
    return {**_common_stage(stage), "probability": chance, "closedWon": chance == 1}


def _pipeline(kind: ObjectType, one: Pipeline) -> dict[str, Any]:
    return {
        **_common(one),
        "objectType": kind.singular.upper(),
        "objectTypeId": kind.id,
        "default": one.id == _FIRST.get(kind.name),
        "stages": [_stage(stage) for stage in one.open_stages],
    }


def _stage(stage: Stage) -> dict[str, Any]:
    return {**_common_stage(stage), "metadata": stage.shown()["metadata"]}


def _common(one: Pipeline) -> dict[str, Any]:
    return {
        "pipelineId": one.id,
        "label": one.label,
        "displayOrder": one.order,
        "active": not one.archived,
        "createdAt": one.created,
        "updatedAt": one.updated,
    }


def _common_stage(stage: Stage) -> dict[str, Any]:
    return {
        "stageId": stage.id,
        "label": stage.label,
        "displayOrder": stage.order,
        "active": not stage.archived,
        "createdAt": stage.created,
        "updatedAt": stage.updated,
    }
