"""The portal's pipelines: the stages a deal or a ticket goes through.

They are HubSpot's defaults, fixed for now; a deal's stage has to be one of its pipeline's.
"""

from dataclasses import dataclass
from typing import Any

from include.sandbox.hubspot.call import Call
from include.sandbox.hubspot.failures import not_found
from include.sandbox.hubspot.object_types import object_type
from include.sandbox.router import Route
from include.sandbox.wire import Answer

_SINCE = "2023-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a pipeline."""

    id: str
    label: str
    probability: str | None = None
    """A deal's chance to be won, from 0.0 to 1.0."""
    closed: bool = False

    def shown(self, order: int) -> dict[str, Any]:
        metadata = {"isClosed": str(self.closed).lower()}
        if self.probability is not None:
            metadata["probability"] = self.probability
        else:
            metadata["ticketState"] = "CLOSED" if self.closed else "OPEN"
        return {
            "label": self.label,
            "displayOrder": order,
            "metadata": metadata,
            "id": self.id,
            "createdAt": _SINCE,
            "updatedAt": _SINCE,
            "archived": False,
            "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
        }


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Stages in their order."""

    id: str
    label: str
    stages: tuple[Stage, ...]

    def stage(self, id_: str | None) -> Stage | None:
        return next((one for one in self.stages if one.id == id_), None)

    def shown(self, order: int) -> dict[str, Any]:
        return {
            "label": self.label,
            "displayOrder": order,
            "id": self.id,
            "stages": [stage.shown(place) for place, stage in enumerate(self.stages)],
            "createdAt": _SINCE,
            "updatedAt": _SINCE,
            "archived": False,
        }


PIPELINES: dict[str, tuple[Pipeline, ...]] = {
    "deals": (
        Pipeline(
            "default",
            "Sales Pipeline",
            (
                Stage("appointmentscheduled", "Appointment Scheduled", "0.2"),
                Stage("qualifiedtobuy", "Qualified To Buy", "0.4"),
                Stage("presentationscheduled", "Presentation Scheduled", "0.6"),
                Stage("decisionmakerboughtin", "Decision Maker Bought-In", "0.8"),
                Stage("contractsent", "Contract Sent", "0.9"),
                Stage("closedwon", "Closed Won", "1.0", closed=True),
                Stage("closedlost", "Closed Lost", "0.0", closed=True),
            ),
        ),
    ),
    "tickets": (
        Pipeline(
            "0",
            "Support Pipeline",
            (
                Stage("1", "New"),
                Stage("2", "Waiting on contact"),
                Stage("3", "Waiting on us"),
                Stage("4", "Closed", closed=True),
            ),
        ),
    ),
}

PROPERTIES = {"deals": ("pipeline", "dealstage"), "tickets": ("hs_pipeline", "hs_pipeline_stage")}
"""Object type -> the properties that hold pipeline and stage."""


def pipeline(object_type_name: str, id_: str | None) -> Pipeline | None:
    """The pipeline with this id."""
    known = PIPELINES.get(object_type_name, ())
    return next((one for one in known if one.id == id_), None)


def options(object_type_name: str, property_name: str) -> dict[str, str]:
    """Value -> label of a property whose options are pipelines or stages."""
    names = PROPERTIES.get(object_type_name)
    if names is None or property_name not in names:
        return {}
    known = PIPELINES[object_type_name]
    if property_name == names[0]:
        return {one.id: one.label for one in known}
    return {stage.id: stage.label for one in known for stage in one.stages}


def routes() -> list[Route]:
    """What serves pipelines."""
    base = "/crm/pipelines/{type_}"
    return [
        Route("GET", base, _all),
        Route("GET", f"{base}/{{pipeline_id}}", _one),
        Route("GET", f"{base}/{{pipeline_id}}/stages", _stages),
        Route("GET", f"{base}/{{pipeline_id}}/stages/{{stage_id}}", _stage),
    ]


def _all(_: Call, type_: str) -> Answer:
    known = PIPELINES.get(object_type(type_).name, ())
    return Answer(200, {"results": [one.shown(order) for order, one in enumerate(known)]})


def _one(_: Call, type_: str, pipeline_id: str) -> Answer:
    return Answer(200, _found(type_, pipeline_id).shown(0))


def _stages(_: Call, type_: str, pipeline_id: str) -> Answer:
    return Answer(200, {"results": _found(type_, pipeline_id).shown(0)["stages"]})


def _stage(_: Call, type_: str, pipeline_id: str, stage_id: str) -> Answer:
    stages = _found(type_, pipeline_id).stages
    for order, stage in enumerate(stages):
        if stage.id == stage_id:
            return Answer(200, stage.shown(order))
    raise not_found(f"There is no stage {stage_id}")


def _found(told: str, pipeline_id: str) -> Pipeline:
    found = pipeline(object_type(told).name, pipeline_id)
    if found is None:
        raise not_found(f"There is no pipeline {pipeline_id}")
    return found
