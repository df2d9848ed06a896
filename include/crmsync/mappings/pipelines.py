"""Whether the pipelines of one mapping make sense: each once, and stages one to one."""

from collections.abc import Iterator

from include.crmsync.mappings.parse import Where
from include.crmsync.mappings.problem import Problem
from include.crmsync.mappings.shape import Draft, PipelineShape
from include.crmsync.model.mapping import FieldType
from include.crmsync.model.pipeline import PIPELINE_PROPERTIES


def pipelines(draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with pipelines, and with the field of type stage that needs them."""
    yield from _field(draft)
    yield from _once(draft)
    for at, one in enumerate(draft.pipelines):
        yield from _stages(draft, ("pipelines", at), one)


def _field(draft: Draft) -> Iterator[Problem]:
    staged = [at for at, one in enumerate(draft.fields) if one.type is FieldType.STAGE]
    stated = draft.document.inside(("pipelines",)) is not None
    if stated and not staged:
        yield draft.problem(("pipelines",), "pipelines needs a field of type stage: map the stage")
    if draft.document.inside(("pipelines",)) == []:
        yield draft.problem(("pipelines",), "pipelines is empty: list at least one")
    for at in staged[1:]:
        yield draft.problem(("fields", at, "type"), "a record has one stage: type stage is taken")
    for at in staged:
        yield from _stage(draft, at, stated=stated)


def _stage(draft: Draft, at: int, *, stated: bool) -> Iterator[Problem]:
    where: Where = ("fields", at)
    if not stated:
        yield draft.problem(where, "type stage needs pipelines at the head of the file")
    object_ = draft.head.hubspot.object
    if object_ is not None and object_ not in PIPELINE_PROPERTIES:
        text = f"{object_} have no pipelines in HubSpot: use type picklist"
        yield draft.problem((*where, "type"), text)
    one = draft.fields[at]
    for name in ("values", "transform", "default", "length", "zone"):
        if getattr(one, name) is not None:
            text = f"{name} means nothing for type stage: its stages are in pipelines"
            yield draft.problem((*where, name), text)


def _once(draft: Draft) -> Iterator[Problem]:
    for key in ("pipeline", "record_type"):
        first: dict[str, int] = {}
        for at, one in enumerate(draft.pipelines):
            name = getattr(one, key)
            if name is not None and first.setdefault(name, at) != at:
                text = f'{key} "{name}" is taken by pipeline number {first[name] + 1}'
                yield draft.problem(("pipelines", at, key), text)
    for at, one in enumerate(draft.pipelines):
        if len(draft.pipelines) > 1 and one.record_type is None:
            text = "record_type is missing: several pipelines are told apart by it in Salesforce"
            yield draft.problem(("pipelines", at), text)


def _stages(draft: Draft, where: Where, one: PipelineShape) -> Iterator[Problem]:
    if one.stages == {}:
        yield draft.problem((*where, "stages"), "stages is empty: pair at least one stage")
    first: dict[str, str] = {}
    for ours, theirs in (one.stages or {}).items():
        other = first.setdefault(theirs, ours)
        if other != ours:
            text = f'stages must be one to one: "{theirs}" stands for {other} and for {ours}'
            yield draft.problem((*where, "stages", ours), text)
        if not ours.strip() or theirs != theirs.strip() or not theirs:
            text = f'stages has a blank or a padded name beside "{ours}"'
            yield draft.problem((*where, "stages", ours), text)
