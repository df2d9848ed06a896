"""Pipelines and stages: two fields of each system, one canonical value.

A stage means something in its pipeline only, so both are one value, `8214763/Closed Won`: HubSpot's
pipeline and Salesforce's stage name, which stands alone for the mapping's first pipeline. A record
in a pipeline, or of a record type, that the mapping does not have is outside: nothing travels from
it, nor to it, until it is moved back. A stage that the mapping does not have in its pipeline is a
value that the other system cannot be told.
"""

from collections.abc import Mapping
from typing import Any

from include.crmsync.engine.canonical import Unreadable
from include.crmsync.model.mapping import FieldMapping, FieldType
from include.crmsync.model.pipeline import MASTER, Pipeline
from include.crmsync.model.record import System, Value

UNKNOWN = "hubspot:"
"""Begins the stage of a canonical value of which Salesforce has no name."""

COLUMN = "pipeline"
"""Beside a stage, where criteria are judged: which pipeline it is in."""


class Outside(Unreadable):
    """The record is in a pipeline that the mapping does not have."""

    def __init__(self, where: str) -> None:
        super().__init__(FieldType.STAGE)
        self.where = where


def read(raw: Mapping[str, Any], name: str, field: FieldMapping, system: System) -> Value:
    """The canonical value of a record's stage, of which `name` is the system's field."""
    stage = str(raw.get(name) or "").strip()
    if not stage:
        return None
    pipeline = _pipeline(raw, stage, field, system)
    if system is System.HUBSPOT:
        stage = pipeline.stages.get(stage, f"{UNKNOWN}{stage}")
    return stage if pipeline.hubspot == field.home else f"{pipeline.hubspot}/{stage}"


def write(
    value: Value, before: Value, name: str, field: FieldMapping, system: System
) -> dict[str, Any]:
    """The fields to write for a canonical value; a pipeline that stays is not sent."""
    if value is None:
        return {name: None}
    pipeline, stage = parts(value, field)
    stays = before is not None and parts(before, field)[0] == pipeline
    beside = {} if stays else _beside(pipeline, field, system)
    return {name: _stage(pipeline, stage, field, system), **beside}


def whole(value: Value, name: str, field: FieldMapping, system: System) -> dict[str, Any]:
    """All fields that a record with a canonical value holds."""
    beside = field.beside(system)
    blank = {beside: None} if beside else {}
    return {**blank, **write(value, None, name, field, system)}


def parts(value: str, field: FieldMapping) -> tuple[str, str]:
    """Pipeline and stage of a canonical value."""
    pipeline, parted, stage = value.partition("/")
    elsewhere = parted and any(one.hubspot == pipeline for one in field.pipelines)
    return (pipeline, stage) if elsewhere else (field.home, value)


def is_mapped(value: str, field: FieldMapping) -> bool:
    """Whether the mapping pairs the stage in its pipeline."""
    pipeline, stage = parts(value, field)
    named = _named(pipeline, field)
    return named is not None and stage in named.stages.values()


def spelled(value: str, field: FieldMapping, system: System) -> str:
    """The system's own word for the stage of a canonical value."""
    return _stage(*parts(value, field), field, system)


def _pipeline(raw: Mapping[str, Any], stage: str, field: FieldMapping, system: System) -> Pipeline:
    where = str(raw.get(field.beside(system) or "") or "").strip()
    if system is System.HUBSPOT:
        # HubSpot fills a blank pipeline by itself; until then the stage tells.
        by_stage = (one for one in field.pipelines if not where and stage in one.stages)
        found = _named(where, field) or next(by_stage, None)
    elif field.beside(system) is None:
        return field.pipelines[0]
    else:
        where = field.record_types.get(where, where) or MASTER
        found = next((one for one in field.pipelines if one.record_type == where), None)
    if found is None:
        raise Outside(where)
    return found


def _named(pipeline: str, field: FieldMapping) -> Pipeline | None:
    return next((one for one in field.pipelines if one.hubspot == pipeline), None)


def _stage(pipeline: str, stage: str, field: FieldMapping, system: System) -> str:
    if system is System.SALESFORCE:
        return stage
    named = _named(pipeline, field)
    back = {theirs: ours for ours, theirs in (named.stages if named else {}).items()}
    return back.get(stage, stage.removeprefix(UNKNOWN))


def _beside(pipeline: str, field: FieldMapping, system: System) -> dict[str, Any]:
    name, named = field.beside(system), _named(pipeline, field)
    if name is None or named is None:
        return {}
    if system is System.HUBSPOT:
        return {name: pipeline}
    if named.record_type == MASTER:
        return {name: None}
    ids = {developer: id_ for id_, developer in field.record_types.items()}
    return {name: ids.get(named.record_type, named.record_type)}
