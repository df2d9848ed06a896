"""Whether a mapping file has the right keys, holding the right types.

Pydantic checks the shape; this module turns what it says into one line per problem. What
is wrong is taken out and the rest is kept, so that a wrong rule does not hide that the same
field is mapped twice. Attributes are optional for that reason alone: a value that is
missing or wrong has been reported and is None.
"""

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from include.crmsync.mappings.parse import Document, Where, inside
from include.crmsync.mappings.problem import Problem
from include.crmsync.mappings.words import words
from include.crmsync.model.mapping import FieldType
from include.crmsync.model.record import System
from include.crmsync.model.rule import SyncRule
from include.crmsync.model.transform import Transform

EVERY = "*"
"""Stands for each Salesforce object of the mapping, where one field name serves them all."""


def _named(pattern: str, what: str) -> AfterValidator:
    def check(value: str) -> str:
        if re.fullmatch(pattern, value, re.ASCII) is None:
            raise PydanticCustomError("name", f'"{{value}}" is not {what}', {"value": value})
        return value

    return AfterValidator(check)


def _everywhere(value: Any) -> Any:
    return {EVERY: value} if isinstance(value, str) else value


def _several(value: Any) -> Any:
    """Each HubSpot value with the list of Salesforce values that it says."""
    if not isinstance(value, dict):
        return value
    return {key: [one] if not isinstance(one, list) else one for key, one in value.items()}


Word = Annotated[
    str, _named(r"[a-z][a-z0-9_]*", "a name of ours: lower case letters, digits and _")
]
HubSpotName = Annotated[
    str, _named(r"[a-z0-9][a-z0-9_-]*", "a name in HubSpot: lower case letters, digits, _ and -")
]
SalesforceName = Annotated[
    str, _named(r"[A-Za-z]\w*", "an API name in Salesforce: letters, digits and _")
]
HubSpotId = Annotated[
    str, _named(r"[A-Za-z0-9][A-Za-z0-9_-]*", "an id in HubSpot: letters, digits, _ and -")
]
Rule = Annotated[SyncRule, Field(strict=False)]
Type = Annotated[FieldType, Field(strict=False)]
Named = Annotated[Transform, Field(strict=False)]
In = Annotated[System, Field(strict=False)]


class Shape(BaseModel):
    """Keys are known, types are exact."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class HubSpotShape(Shape):
    """HubSpot's half of a mapping's head."""

    object: HubSpotName | None = None
    key: HubSpotName | None = None
    linked_by: list[HubSpotName] | None = None
    match_further: HubSpotName | None = None


class SalesforceShape(Shape):
    """Salesforce's half of a mapping's head."""

    objects: list[SalesforceName] | None = None
    key: SalesforceName | None = None
    where: dict[SalesforceName, str] = {}


class FieldShape(Shape):
    """One mapped field."""

    name: Word | None = None
    hubspot: HubSpotName | None = None
    salesforce: Annotated[dict[str, SalesforceName] | None, BeforeValidator(_everywhere)] = None
    type: Type | None = None
    rule: Rule | None = None
    values: Annotated[dict[str, list[str]] | None, BeforeValidator(_several)] = None
    parent: Word | None = None
    of: Word | None = None
    length: int | None = None
    required: bool = False
    transform: Named | None = None
    default: str | None = None
    labels: bool = False
    optional: bool = False
    zone: str | None = None
    moves_with: Word | None = None


class ConstantShape(Shape):
    """One constant: a value that one system's records are given."""

    name: Word | None = None
    hubspot: HubSpotName | None = None
    salesforce: Annotated[dict[str, SalesforceName] | None, BeforeValidator(_everywhere)] = None
    type: Type = FieldType.STRING
    value: str | None = None
    when: Literal["created", "always"] = "created"


class KindShape(Shape):
    """One rule for the Salesforce object that a new record becomes."""

    object: SalesforceName | None = None
    when: dict[Word, Literal["linked", "filled", "blank"] | list[str]] = {}


class LifecycleShape(Shape):
    """Which stages roles in opportunities lead to."""

    property: HubSpotName = "lifecyclestage"
    open: str = "opportunity"
    won: str = "customer"


def _as_text(value: Any) -> Any:
    """Ids of pipelines and stages are mostly digits, and text all the same."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class PipelineShape(Shape):
    """One pipeline of HubSpot, and what it is in Salesforce."""

    pipeline: Annotated[HubSpotId | None, BeforeValidator(_as_text)] = None
    record_type: SalesforceName | None = None
    stages: dict[str, str] | None = None


class DomainShape(Shape):
    """Where each system holds a company's domain."""

    hubspot: HubSpotName | None = None
    salesforce: SalesforceName | None = None


class HeadShape(Shape):
    """A mapping without its fields."""

    object_type: Word | None = None
    hubspot: HubSpotShape = HubSpotShape()
    salesforce: SalesforceShape = SalesforceShape()
    match_on: Word | None = None
    creates_in: list[In] | None = None
    deletes_in: list[In] | None = None
    merges_in: list[In] | None = None
    creates_as: list[KindShape] | None = None
    lifecycle: LifecycleShape | None = None
    match_domain: DomainShape | None = None
    needs_contact: list[Literal["listed", "not_lead"]] | None = None
    fields: list[Any] | None = None
    constants: list[Any] | None = None
    pipelines: list[Any] | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A mapping of which everything well-formed is known."""

    document: Document
    head: HeadShape
    fields: Sequence[FieldShape]
    constants: Sequence[ConstantShape] = ()
    pipelines: Sequence[PipelineShape] = ()

    @property
    def objects(self) -> list[str]:
        return self.head.salesforce.objects or []

    def problem(self, where: Where, text: str) -> Problem:
        """A problem at a place, said to be of the field it is in."""
        said = f"{label(self.document, where)}{text}"
        return self.document.problem(where, said)


_HEAD = (
    ("object_type",),
    ("hubspot", "object"),
    ("hubspot", "key"),
    ("salesforce", "objects"),
    ("salesforce", "key"),
    ("match_on",),
    ("creates_in",),
    ("fields",),
)
_FIELD = (("name",), ("hubspot",), ("salesforce",), ("type",), ("rule",))
_CONSTANT = (("name",), ("value",))
_PIPELINE = (("pipeline",), ("stages",))
_MAY_BE_NULL = {("match_on",)}


def shape(document: Document) -> tuple[Draft, list[Problem]]:
    """Check the form of a whole document."""
    head, problems = _shaped(HeadShape, document, (), _HEAD)
    fields = []
    for at in range(len(head.fields or [])):
        one, wrong = _shaped(FieldShape, document, ("fields", at), _FIELD)
        fields.append(one)
        problems += wrong
    constants = []
    for at in range(len(head.constants or [])):
        constant, wrong = _shaped(ConstantShape, document, ("constants", at), _CONSTANT)
        constants.append(constant)
        problems += wrong
    pipelines = []
    for at in range(len(head.pipelines or [])):
        pipeline, wrong = _shaped(PipelineShape, document, ("pipelines", at), _PIPELINE)
        pipelines.append(pipeline)
        problems += wrong
    return Draft(document, head, fields, constants, pipelines), problems


def label(document: Document, where: Where) -> str:
    """`field phone: ` for what belongs to a field, nothing for the rest."""
    match where:
        case ("fields" | "constants" as part, int(at), *_):
            raw, what = document.data[part][at], part.removesuffix("s")
            name = raw.get("name") if isinstance(raw, dict) else None
            return f"{what} {name}: " if isinstance(name, str) else f"{what} number {at + 1}: "
        case ("pipelines", int(at), *_):
            return f"pipeline number {at + 1}: "
        case _:
            return ""


Some = TypeVar("Some", bound=Shape)


def _shaped(
    model: type[Some], document: Document, where: Where, required: Sequence[tuple[str, ...]]
) -> tuple[Some, list[Problem]]:
    raw = document.inside(where)
    problems: list[Problem] = []
    try:
        shaped = model.model_validate(raw)
    except ValidationError as error:
        details = error.errors(include_url=False)
        problems = [_told(one, model, document, where) for one in details]
        shaped = model.model_validate(_without(raw, [one["loc"] for one in details]))
    if isinstance(raw, dict):
        problems += _missing(raw, required, document, where)
    return shaped, problems


def _missing(
    raw: dict[str, Any], required: Sequence[tuple[str, ...]], document: Document, where: Where
) -> Iterator[Problem]:
    for keys in required:
        holder = inside(raw, keys[:-1])
        if holder is None and keys[0] not in raw:
            holder = {}
        if not isinstance(holder, dict) or (keys in _MAY_BE_NULL and keys[-1] in holder):
            continue
        if holder.get(keys[-1]) is None:
            said = f"{label(document, where)}{'.'.join(keys)} is missing{_hint(keys)}"
            yield document.problem((*where, *keys), said)


def _hint(keys: tuple[str, ...]) -> str:
    return "; write null to link by stored ids only" if keys in _MAY_BE_NULL else ""


def _told(error: ErrorDetails, model: type[Shape], document: Document, where: Where) -> Problem:
    loc = error["loc"]
    at = (*where, *loc)
    key = ".".join(part for part in loc if isinstance(part, str) and part != EVERY)
    return document.problem(at, f"{label(document, at)}{words(error, key, _keys(model, loc))}")


def _keys(model: type[Shape], loc: tuple[int | str, ...]) -> list[str]:
    match loc:
        case ("hubspot", _):
            return list(HubSpotShape.model_fields)
        case ("salesforce", _):
            return list(SalesforceShape.model_fields)
        case _:
            return list(model.model_fields)


def _without(raw: Any, wrong: list[tuple[int | str, ...]]) -> Any:
    """A copy that lacks everything found wrong."""
    if not isinstance(raw, dict) or () in wrong:
        return {}
    rest = deepcopy(raw)
    for loc in sorted(wrong, key=lambda one: [f"{part:>9}" for part in one], reverse=True):
        _remove(rest, loc)
    return rest


def _remove(rest: dict[str, Any], loc: Where) -> None:
    """Take out the part at `loc`, or the nearest one around it that can be taken out."""
    holder = inside(rest, loc[:-1])
    match holder, loc[-1]:
        case dict(), last:
            holder.pop(str(last), None)
        case list(), int(at):
            del holder[at]
        case _:
            _remove(rest, loc[:-1])
