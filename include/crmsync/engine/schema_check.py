"""A mapping held against both live schemas: what of it can be used, and what cannot and why.

A field that a system no longer has, or has with another type, is set aside: the mapping goes on
without it. One that a system computes flows out of that system only. A picklist value that an
option list has lost is named before a record is refused for it. What records are recognised by, or
cannot be created without, is different: without it the object type stops. A system whose
schema is not at hand is taken at the mapping's word.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from include.crmsync.engine.days import known_zone
from include.crmsync.engine.demands import with_good_default
from include.crmsync.engine.schema_ends import SET_ASIDE, Ends, listed, usable_ends
from include.crmsync.engine.schema_words import no_domain, not_created, unique_key, values_lost
from include.crmsync.engine.stage_check import with_known_pipelines
from include.crmsync.model.mapping import FieldMapping, FieldType, ObjectMapping
from include.crmsync.model.pipeline import RECORD_TYPE
from include.crmsync.model.record import System
from include.crmsync.model.rule import SyncRule
from include.crmsync.model.schema import FieldSchema, Issue, Schema

Schemas = Mapping[System, Schema]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a mapping comes to on the two systems as they are."""

    mapping: ObjectMapping
    """The mapping without what cannot be used, and with what the schemas add to it."""
    issues: tuple[Issue, ...]
    broken: tuple[str, ...]
    """What stops the object type; each says what to do."""


@dataclass(frozen=True, slots=True)
class Key:
    """One external key field, as its system describes it."""

    system: System
    kind: str
    name: str
    wrong: str
    """What is wrong with it, and what to do; empty where nothing is."""


def hold_against(mapping: ObjectMapping, schemas: Schemas) -> Checked:
    """Hold a mapping against the live schemas."""
    fields: list[FieldMapping] = []
    issues: list[Issue] = []
    wrong = [one.wrong for one in keys(mapping, schemas) if one.wrong]
    broken = [*wrong, *_domains(mapping, schemas)]
    for one in mapping.fields:
        ends = usable_ends(one, mapping, schemas)
        issues += ends.issues
        broken += [issue.reason for issue in ends.issues if _vital(one, mapping, issue)]
        if ends.field is not None:
            usable, refused = with_good_default(_completed(ends, mapping, schemas), mapping)
            staged = with_known_pipelines(usable, mapping, schemas)
            fields.append(staged.field)
            issues += [*refused, *staged.issues]
            broken += [issue.reason for issue in staged.issues if staged.broken]
    issues += [issue for one in fields for issue in _lost_values(one, mapping)]
    kept = replace(mapping, fields=tuple(fields))
    # `creates_in` stays: the mapping does let them be created, and a held one is told what lacks.
    lacking = {
        kind: names for kind in kept.becomes if (names := _newly_required(kept, kind, schemas))
    }
    issues += [
        not_created(name, kind, mapping.object_type)
        for kind, names in lacking.items()
        for name in names
    ]
    rules = schemas[System.SALESFORCE].rules
    words = frozenset(one.message for one in rules.active) if rules else frozenset[str]()
    kept = replace(kept, lacking=lacking, orgs_words=words)
    return Checked(kept, tuple(issues), tuple(broken))


def unanswered(answered: Mapping[str, frozenset[str]], mapping: ObjectMapping) -> bool:
    """Whether records, given as kind -> names in any answer, came without a mapped field."""
    return any(
        not answered[kind].issuperset(mapping.wire_fields(system, kind))
        for system, kinds in _kinds(mapping).items()
        for kind in kinds
        if kind in answered
    )


def _kinds(mapping: ObjectMapping) -> dict[System, tuple[str, ...]]:
    return {System.HUBSPOT: (mapping.hubspot,), System.SALESFORCE: mapping.salesforce}


def _vital(one: FieldMapping, mapping: ObjectMapping, issue: Issue) -> bool:
    """Whether the object type cannot go on: a record would not be recognised, or not be born."""
    if one.name == mapping.match_on:
        return True
    return (
        one.required
        and one.rule is not SyncRule.DONT_SYNC
        and bool(mapping.creates_in)
        and (issue.effect == SET_ASIDE or System(issue.system) in mapping.creates_in)
    )


def keys(mapping: ObjectMapping, schemas: Schemas) -> Iterator[Key]:
    """The fields that make a create repeatable: they must be there, unique, and ours to write."""
    names = {System.HUBSPOT: mapping.hubspot_key, System.SALESFORCE: mapping.salesforce_key}
    for system, kinds in _kinds(mapping).items():
        for kind in kinds:
            known = schemas[system].kinds.get(kind)
            if known is None:
                continue
            key = known.get(names[system])
            good = key is not None and _is_key(key, system)
            wrong = "" if good else unique_key(names[system], system, kind, exists=key is not None)
            yield Key(system, kind, names[system], wrong)


def _domains(mapping: ObjectMapping, schemas: Schemas) -> Iterator[str]:
    """What companies are recognised by must be there: without it they would be doubled."""
    for system, kinds in _kinds(mapping).items():
        name = (mapping.match_domain or {}).get(system)
        for kind in kinds if name else ():
            known = schemas[system].kinds.get(kind)
            if known is not None and name not in known:
                yield no_domain(str(name), system, kind, mapping.object_type)


def _is_key(key: FieldSchema, system: System) -> bool:
    return key.unique and key.writable and (key.external_id or system is System.HUBSPOT)


def _completed(ends: Ends, mapping: ObjectMapping, schemas: Schemas) -> FieldMapping:
    """What the schemas add to a field: lengths, options, labels, time zone."""
    one = ends.field
    assert one is not None  # noqa: S101  asked for by the caller
    values = one.values
    if one.by_label:
        values = {**_by_label(ends.schemas, mapping), **values}
    zone = schemas[System.HUBSPOT].zone
    dated = one.type is FieldType.DATE and not one.zone and known_zone(zone)
    return replace(
        one,
        schemas=ends.schemas,
        values=values,
        zone=zone if dated else one.zone,
        record_types=_record_types(one, schemas),
    )


def _record_types(one: FieldMapping, schemas: Schemas) -> Mapping[str, str]:
    """Record type id -> developer name, for a field that needs them."""
    kinds = schemas[System.SALESFORCE].kinds
    if one.beside(System.SALESFORCE) is None:
        return {}
    found = [kinds[kind].get(RECORD_TYPE) for kind in one.salesforce if kind in kinds]
    return {id_: name for told in found if told for id_, name in (told.options or {}).items()}


def _by_label(told: Mapping[str, FieldSchema], mapping: ObjectMapping) -> dict[str, str]:
    """HubSpot value -> the Salesforce value with the same label, whatever its case.

    `told`: kind -> what its system says of the field.
    """
    ours = told.get(mapping.hubspot)
    theirs: dict[str, str] = {}
    for kind in reversed(mapping.salesforce):
        for value, label in ((told[kind].options if kind in told else None) or {}).items():
            theirs[label.casefold()] = value
    return {
        value: theirs[label.casefold()]
        for value, label in ((ours.options if ours else None) or {}).items()
        if label.casefold() in theirs
    }


def _lost_values(one: FieldMapping, mapping: ObjectMapping) -> Iterator[Issue]:
    """Mapped values that a list does not have: whoever holds one is held, so it is said first."""
    said = {System.HUBSPOT: one.values.keys(), System.SALESFORCE: set(one.values.values())}
    for system, kinds in _kinds(mapping).items():
        if one.rule is SyncRule.DONT_SYNC or not one.rule.writes_to(system):
            continue
        lost = {
            value
            for kind in kinds
            if kind in one.schemas and listed(one.schemas[kind])
            for value in said[system]
            if value not in (one.schemas[kind].options or ())
        }
        if lost:
            yield values_lost(one.name, system, sorted(lost), mapping.object_type)


def _newly_required(mapping: ObjectMapping, kind: str, schemas: Schemas) -> tuple[str, ...]:
    """What Salesforce asks of a new record of a kind and the mapping never sends."""
    if System.SALESFORCE not in mapping.creates_in:
        return ()
    sent = {
        one.salesforce.get(kind)
        for one in mapping.fields
        if one.rule is not SyncRule.DONT_SYNC and one.rule.writes_to(System.SALESFORCE)
    }
    asked = schemas[System.SALESFORCE].kinds.get(kind, {})
    return tuple(
        name
        for name, field in asked.items()
        if field.required and name not in sent and name != mapping.salesforce_key
    )
