"""Mapping files, checked as a whole, become ObjectMappings.

Each file is read, its shape checked, then its sense, then all files together. Nothing is
returned unless everything is right; otherwise one ConfigError lists every problem of every
file, with file and line, in the order a person would mend them.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from include.crmsync.errors import ConfigError
from include.crmsync.mappings.parse import parse
from include.crmsync.mappings.problem import Problem
from include.crmsync.mappings.richness import PORTAL
from include.crmsync.mappings.sense import salesforce_names, sense
from include.crmsync.mappings.shape import ConstantShape, Draft, FieldShape, LifecycleShape, shape
from include.crmsync.mappings.together import in_order, together
from include.crmsync.model.mapping import (
    STAGE,
    FieldMapping,
    FieldType,
    KindRule,
    Lifecycle,
    ObjectMapping,
)
from include.crmsync.model.pipeline import PIPELINE_PROPERTIES, Pipeline
from include.crmsync.model.record import System
from include.crmsync.model.rule import SyncRule

HERE = Path(__file__).parent


@cache
def load_all(folder: Path = HERE) -> Mapping[str, ObjectMapping]:
    """Every mapping of a folder by object type, parents first; raises ConfigError."""
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise ConfigError(f"no mapping in {folder}: write one file per object type, named *.yaml")
    drafts, problems = _drafts(paths)
    named = {draft.document.file for draft in drafts if draft.head.object_type}
    problems += together(drafts, {path.stem for path in paths if path.name not in named})
    problems += _overlooked(folder)
    _refuse(problems)
    return MappingProxyType(_ordered([_mapping(draft) for draft in drafts]))


def load(path: Path) -> ObjectMapping:
    """One mapping, checked by itself: its parents are taken on trust; raises ConfigError."""
    drafts, problems = _drafts([path])
    _refuse(problems)
    return _mapping(drafts[0])


def _drafts(paths: Sequence[Path]) -> tuple[list[Draft], list[Problem]]:
    drafts: list[Draft] = []
    problems: list[Problem] = []
    for path in paths:
        document, unreadable = parse(path)
        problems += unreadable
        if document is None:
            continue
        draft, misshapen = shape(document)
        problems += misshapen
        problems += sense(draft)
        drafts.append(draft)
    return drafts, problems


def _overlooked(folder: Path) -> Iterator[Problem]:
    """Files that somebody took for mappings: one that is left out unsaid would be missed late."""
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in (".yaml", ".yml") and path.suffix != ".yaml":
            yield Problem(path.name, 1, f"name it {path.stem}.yaml: only *.yaml is read")


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        listed = tuple(dict.fromkeys(str(one) for one in sorted(problems)))
        what = "1 problem" if len(listed) == 1 else f"{len(listed)} problems"
        raise ConfigError(f"the mappings cannot be used: {what} to mend", listed)


def _ordered(mappings: Sequence[ObjectMapping]) -> dict[str, ObjectMapping]:
    named = {one.object_type: one for one in mappings}
    parents = {
        name: frozenset(field.parent for field in one.associated if field.parent)
        for name, one in named.items()
    }
    return {name: named[name] for name in in_order(parents)}


def _mapping(draft: Draft) -> ObjectMapping:
    head = draft.head
    return ObjectMapping(
        object_type=head.object_type or "",
        hubspot=head.hubspot.object or "",
        hubspot_key=head.hubspot.key or "",
        salesforce=tuple(draft.objects),
        salesforce_key=head.salesforce.key or "",
        where={kind: text.strip() for kind, text in head.salesforce.where.items()},
        match_on=head.match_on,
        fields=(
            *(_field(one, draft) for one in draft.fields),
            *(_constant(one, draft) for one in draft.constants),
            *(_stage(head.lifecycle, draft) if head.lifecycle else ()),
        ),
        lifecycle=Lifecycle(head.lifecycle.property, head.lifecycle.open, head.lifecycle.won)
        if head.lifecycle
        else None,
        creates_in=frozenset(head.creates_in or ()),
        deletes_in=frozenset(head.deletes_in or ()),
        needs_contact=frozenset(head.needs_contact or ()),
        linked_by=tuple(head.hubspot.linked_by or ()),
        match_further=head.hubspot.match_further,
        match_domain={
            System.HUBSPOT: head.match_domain.hubspot or "",
            System.SALESFORCE: head.match_domain.salesforce or "",
        }
        if head.match_domain
        else None,
        merges_in=frozenset(head.merges_in or ()),
        creates_as=tuple(
            KindRule(
                one.object or "",
                tuple(
                    (name, frozenset(wanted) if isinstance(wanted, list) else wanted)
                    for name, wanted in one.when.items()
                ),
            )
            for one in head.creates_as or ()
        ),
    )


def _field(one: FieldShape, draft: Draft) -> FieldMapping:
    return FieldMapping(
        name=one.name or "",
        hubspot=one.hubspot or "",
        salesforce=salesforce_names(draft, one),
        type=one.type or FieldType.STRING,
        rule=one.rule or SyncRule.DONT_SYNC,
        values=_stage_values(draft)
        if one.type is FieldType.STAGE
        else {theirs: several[0] for theirs, several in (one.values or {}).items()},
        parent=one.of if one.type is FieldType.ROLES else one.parent,
        length=one.length,
        required=one.required,
        aliases={
            other: several[0] for several in (one.values or {}).values() for other in several[1:]
        },
        by_label=one.labels,
        transform=one.transform,
        default=one.default,
        optional=one.optional,
        zone="" if one.zone in (None, PORTAL) else str(one.zone),
        moves_with=one.moves_with,
        **(_pipelines(draft) if one.type is FieldType.STAGE else {}),
    )


def _stage(one: LifecycleShape, draft: Draft) -> Iterator[FieldMapping]:
    """The stage as a field that no rule moves: only roles do."""
    nowhere = dict.fromkeys(draft.objects, "")
    yield FieldMapping(STAGE, one.property, nowhere, FieldType.PICKLIST, SyncRule.DONT_SYNC)


def _stage_values(draft: Draft) -> dict[str, str]:
    """Every stage of every pipeline, as far as a list of values can say them."""
    return {
        ours: theirs
        for one in reversed(draft.pipelines)
        for ours, theirs in (one.stages or {}).items()
    }


def _pipelines(draft: Draft) -> dict[str, Any]:
    return {
        "pipelines": tuple(
            Pipeline(one.pipeline or "", one.record_type or "", one.stages or {})
            for one in draft.pipelines
        ),
        "home": draft.pipelines[0].pipeline or "",
        "pipeline_property": PIPELINE_PROPERTIES[draft.head.hubspot.object or ""],
    }


def _constant(one: ConstantShape, draft: Draft) -> FieldMapping:
    """A constant is a field of one system whose value the other always dictates."""
    into = System.HUBSPOT if one.hubspot else System.SALESFORCE
    nowhere = dict.fromkeys(draft.objects, "")
    dictated = {
        System.HUBSPOT: SyncRule.ALWAYS_SALESFORCE,
        System.SALESFORCE: SyncRule.ALWAYS_HUBSPOT,
    }
    return FieldMapping(
        name=one.name or "",
        hubspot=one.hubspot or "",
        salesforce=nowhere if into is System.HUBSPOT else salesforce_names(draft, one),
        type=one.type,
        rule=dictated[into],
        constant=one.value,
        only_new=one.when == "created",
    )
