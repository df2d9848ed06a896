"""The pipelines of a mapping held against both live schemas: pipelines and record types.

Stages are checked like the values of any picklist. A pipeline that HubSpot does not have, or a
record type that Salesforce does not have or has switched off, is named before a record meets it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from include.crmsync.engine.schema_words import pipelines_lost
from include.crmsync.model.mapping import FieldMapping, ObjectMapping
from include.crmsync.model.pipeline import Pipeline
from include.crmsync.model.record import System
from include.crmsync.model.rule import SyncRule
from include.crmsync.model.schema import FieldSchema, Issue, Schema


@dataclass(frozen=True, slots=True)
class Staged:
    """A field of type stage with the pipelines that both systems have."""

    field: FieldMapping
    issues: tuple[Issue, ...] = ()

    @property
    def broken(self) -> bool:
        """Whether no pipeline is left."""
        return bool(self.issues) and not self.field.pipelines


def with_known_pipelines(
    one: FieldMapping, mapping: ObjectMapping, schemas: Mapping[System, Schema]
) -> Staged:
    """Take out what a system does not have: its records are paused, not refused one by one."""
    if one.rule is SyncRule.DONT_SYNC or not one.pipelines:
        return Staged(one)
    issues: list[Issue] = []
    lost: set[str] = set()
    for system in System:
        known = _known(one, system, mapping, schemas)
        gone = {
            pipeline.hubspot: _name(pipeline, system)
            for pipeline in one.pipelines
            if known is not None and _name(pipeline, system) not in known | {""}
        }
        lost |= gone.keys()
        if gone:
            names = sorted(gone.values())
            issues.append(pipelines_lost(one.name, system, names, mapping.object_type))
    left = tuple(pipeline for pipeline in one.pipelines if pipeline.hubspot not in lost)
    return Staged(replace(one, pipelines=left), tuple(issues))


def _name(pipeline: Pipeline, system: System) -> str:
    return pipeline.hubspot if system is System.HUBSPOT else pipeline.record_type


def _known(
    one: FieldMapping, system: System, mapping: ObjectMapping, schemas: Mapping[System, Schema]
) -> set[str] | None:
    """The pipelines or record types there are; None where nobody tells."""
    name = one.beside(system)
    kinds = (mapping.hubspot,) if system is System.HUBSPOT else tuple(one.salesforce)
    told: list[FieldSchema] = [
        field
        for kind in kinds
        if (field := schemas[system].kinds.get(kind, {}).get(name or "")) is not None
    ]
    options = [field.options for field in told if field.options]
    if not options:
        return None
    if system is System.HUBSPOT:
        return {id_ for one_ in options for id_ in one_}
    return {developer for one_ in options for developer in one_.values()}
