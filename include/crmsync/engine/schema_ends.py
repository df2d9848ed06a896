"""One mapped field's two ends, held against the live schemas: there, fitting, ours to write?

HubSpot's end is one property; Salesforce's is a field on each of several objects, which may
be lost one by one. An end that is lost takes its object out of the mapping of that field, and the
last one takes the field with it. An end that cannot be written makes its system the one
whose value stands, unless the mapping says that the other system's does: then nothing can travel.
"""

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from include.crmsync.engine.compatible import fits
from include.crmsync.engine.schema_words import missing, mistyped, one_way, read_only
from include.crmsync.model.mapping import FieldMapping, FieldType, ObjectMapping
from include.crmsync.model.record import System
from include.crmsync.model.rule import SyncRule
from include.crmsync.model.schema import FieldSchema, Issue, Schema

SET_ASIDE, ONE_WAY, VALUES_HELD, NOT_CREATED = (
    "set_aside",
    "one_way",
    "values_held",
    "not_created",
)
"""What can follow from an issue."""

_ALWAYS = {
    System.HUBSPOT: SyncRule.ALWAYS_HUBSPOT,
    System.SALESFORCE: SyncRule.ALWAYS_SALESFORCE,
}


@dataclass(frozen=True, slots=True)
class Ends:
    """What is left of a field, and what was found."""

    field: FieldMapping | None
    """None: it cannot be used at all."""
    issues: tuple[Issue, ...] = ()
    schemas: Mapping[str, FieldSchema] = dataclasses.field(default_factory=dict)
    """Kind -> the live field, for every end that is known and good."""


@dataclass(frozen=True, slots=True)
class _End:
    """One end: where it is, and what its schema says; None: there is no such field."""

    system: System
    kind: str
    name: str
    told: FieldSchema | None


def usable_ends(
    one: FieldMapping, mapping: ObjectMapping, schemas: Mapping[System, Schema]
) -> Ends:
    """Hold both ends of a field against the schemas."""
    ends = list(_ends(one, mapping, schemas))
    bad = {(end.system, end.kind): issue for end in ends if (issue := _lost(end, one, mapping))}
    if one.optional and (bad or not _everywhere(one, mapping, schemas)):
        return Ends(None)
    good = [end for end in ends if (end.system, end.kind) not in bad]
    issues = list(bad.values())
    left = _without(one, bad.keys())
    if left is None:
        return Ends(None, tuple(issues))
    narrowed, found = _narrowed(left, good, mapping)
    told = {
        end.kind: end.told
        for end in reversed(good)  # of a stage and what stands beside it, the stage is told
        if end.told is not None
    }
    return Ends(narrowed, (*issues, *found), told)


def listed(told: FieldSchema) -> bool:
    """Whether a field takes the values of its list and no other."""
    return bool(told.options) and told.restricted


def _ends(
    one: FieldMapping, mapping: ObjectMapping, schemas: Mapping[System, Schema]
) -> Iterator[_End]:
    """The ends whose kind is known; roles are in no field of either system."""
    if one.type is FieldType.ROLES:
        return
    kinds = schemas[System.HUBSPOT].kinds
    if one.hubspot and one.type is not FieldType.PARENT and mapping.hubspot in kinds:
        for name in (one.hubspot, one.beside(System.HUBSPOT)):
            if name:
                told = kinds[mapping.hubspot].get(name)
                yield _End(System.HUBSPOT, mapping.hubspot, name, told)
    kinds = schemas[System.SALESFORCE].kinds
    for kind, name in one.salesforce.items():
        for own in (name, one.beside(System.SALESFORCE)):
            if own and kind in kinds:
                yield _End(System.SALESFORCE, kind, own, kinds[kind].get(own))


def _everywhere(
    one: FieldMapping, mapping: ObjectMapping, schemas: Mapping[System, Schema]
) -> bool:
    """Whether every end's kind is known: what is optional must be seen to be there."""
    theirs = schemas[System.SALESFORCE].kinds
    return mapping.hubspot in schemas[System.HUBSPOT].kinds and theirs.keys() >= {*one.salesforce}


def _lost(end: _End, one: FieldMapping, mapping: ObjectMapping) -> Issue | None:
    if end.told is None:
        return missing(one.name, end.name, end.system, end.kind, mapping.object_type)
    if one.rule is SyncRule.DONT_SYNC or fits(one.type, end.system, end.told.type):
        return None
    where = (end.name, end.system, end.kind)
    return mistyped(one, where, end.told.type, mapping.object_type)


def _without(one: FieldMapping, lost: Collection[tuple[System, str]]) -> FieldMapping | None:
    if any(system is System.HUBSPOT for system, _ in lost):
        return None
    if not lost:
        return one
    kept = {
        kind: name for kind, name in one.salesforce.items() if (System.SALESFORCE, kind) not in lost
    }
    return replace(one, salesforce=kept) if kept else None


def _narrowed(
    one: FieldMapping, ends: list[_End], mapping: ObjectMapping
) -> tuple[FieldMapping | None, list[Issue]]:
    """The field with a rule that never writes where nobody may write."""
    issues: list[Issue] = []
    for system in System:
        closed = [
            end for end in ends if end.system is system and end.told and not end.told.writable
        ]
        if not closed or one.rule is SyncRule.DONT_SYNC or not one.rule.writes_to(system):
            continue
        where = (closed[0].name, system, closed[0].kind)
        computed = any(end.told is not None and end.told.calculated for end in closed)
        if one.rule.owner is system.other:
            return None, [read_only(one, where, mapping.object_type, computed=computed)]
        issues.append(one_way(one, where, mapping.object_type, computed=computed))
        one = replace(one, rule=_ALWAYS[system])
    return one, issues
