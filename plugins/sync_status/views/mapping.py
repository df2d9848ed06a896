"""The mapping as a person reads it: each field, how it travels, what it turns into, its state."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from include.crmsync.criteria.suite import Expectation
from include.crmsync.criteria.words import asked, subject
from include.crmsync.model.mapping import FieldMapping, ObjectMapping
from include.crmsync.model.record import System
from include.crmsync.model.schema import FieldSchema, Schema
from include.crmsync.state.live import OpenIssue


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One mapped field."""

    field: FieldMapping
    hubspot: str
    salesforce: tuple[tuple[str, str], ...]
    """Salesforce object and its field."""
    rule: str
    extras: tuple[str, ...]
    """What else the mapping says of it, in words."""
    values: tuple[tuple[str, str], ...]
    """HubSpot's value and Salesforce's."""
    issues: tuple[OpenIssue, ...]
    live: tuple[str, ...]
    """What the live schemas say of it, in words."""


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One expectation in words."""

    subject: str
    asked: str
    effect: str
    verbs: str
    reason: str
    derived: bool


def field_lines(
    mapping: ObjectMapping, issues: Sequence[OpenIssue], live: Mapping[System, Schema]
) -> list[FieldLine]:
    """Every mapped field, in the mapping's order."""
    return [_line(one, issues, live) for one in mapping.fields]


def criterion_lines(expectations: Sequence[Expectation]) -> list[CriterionLine]:
    """A suite in words."""
    return [
        CriterionLine(
            subject(one),
            asked(one),
            str(one.effect).replace("_", " "),
            ", ".join(verb for verb in ("create", "update") if verb in one.applies_to),
            one.reason,
            one.derived,
        )
        for one in expectations
    ]


def _line(
    one: FieldMapping, issues: Sequence[OpenIssue], live: Mapping[System, Schema]
) -> FieldLine:
    return FieldLine(
        field=one,
        hubspot=one.hubspot,
        salesforce=tuple(one.salesforce.items()),
        rule=one.rule.words,
        extras=tuple(_extras(one)),
        values=tuple(one.values.items()),
        issues=tuple(open_ for open_ in issues if open_.issue.field == one.name),
        live=tuple(_live(one, live)),
    )


def _extras(one: FieldMapping) -> Iterator[str]:
    said = (
        (one.transform, f"transform {one.transform}"),
        (one.constant and not one.only_new, f"always {one.constant}"),
        (one.constant and one.only_new, f"new records get {one.constant}"),
        (one.default, f"{one.default} where a new record's origin is blank"),
        (one.required, "no record is created without it"),
        (one.by_label, "values pair by their labels"),
        (one.moves_with, f"moves with {one.moves_with}"),
        (one.parent, f"belongs to {one.parent}"),
        (one.optional, "only where both systems have it"),
    )
    yield from (words for holds, words in said if holds)


def _live(one: FieldMapping, live: Mapping[System, Schema]) -> Iterator[str]:
    for system, schema in live.items():
        for kind, fields in schema.kinds.items():
            name = one.hubspot if system is System.HUBSPOT else one.salesforce.get(kind, "")
            if found := fields.get(name):
                yield f"{kind}.{name}: {_said(found)}"


def _said(found: FieldSchema) -> str:
    parts = [found.type]
    if found.length:
        parts.append(f"up to {found.length}")
    if not found.writable:
        parts.append("read-only")
    if found.required:
        parts.append("required")
    return ", ".join(parts)
