"""From a suite's JSON to a Suite: the keys it must have, and what they may hold.

Pydantic checks the shape of each expectation by itself, so that one mistake does not hide
another. Problems are said of the expectation's place and criterion, which is how a person
finds them in the file.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from include.crmsync.criteria.suite import Effect, Expectation

Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Sentence = Annotated[str, Field(min_length=20)]
RuleName = Annotated[str, Field(pattern=r"^[A-Za-z]\w*\.[A-Za-z]\w*$")]


_RULES = TypeAdapter(list[RuleName])


class Meta(BaseModel):
    """What this package adds to an expectation; further keys are the author's own."""

    model_config = ConfigDict(strict=True, frozen=True)

    criterion: Word
    field: Word
    reason: Sentence
    applies_to: Annotated[list[Literal["create", "update"]], Field(min_length=1)]
    effect: Annotated[Effect, Field(strict=False)] = Effect.HOLD_RECORD
    encodes: list[RuleName] = []


class Shape(BaseModel):
    """One expectation, as Great Expectations writes it."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    type: str
    kwargs: dict[str, Any]
    meta: Meta
    id: str | None = None
    description: Any = None
    notes: Any = None
    severity: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A suite file of which everything well-formed is known."""

    file: str
    name: Any
    expectations: tuple[tuple[int, Expectation], ...]
    """With the place each has in the file, from 1."""
    left: tuple[str, ...] = ()
    """Validation rules that the suite leaves to the system."""


class Unreadable(ValueError):
    """The file is no suite at all; the words say why."""


def read(path: Path) -> tuple[Draft, list[str]]:
    """What the file says and what is wrong with it; raises Unreadable when it says nothing."""
    data, problems = _parsed(path)
    listed = data.get("expectations")
    if not isinstance(listed, list):
        raise Unreadable(f'{path.name}: "expectations" must be a list')
    unknown = sorted(set(data) - {"name", "expectations", "meta", "id", "notes"})
    problems += [f"{path.name}: unknown key {key}" for key in unknown]
    found: list[tuple[int, Expectation]] = []
    for at, raw in enumerate(listed, start=1):
        try:
            found.append((at, _expectation(Shape.model_validate(raw))))
        except ValidationError as error:
            where = place(path.name, at, _criterion(raw))
            problems += [f"{where}: {_words(one)}" for one in error.errors(include_url=False)]
    left, wrong = _left(data.get("meta"))
    problems += [f"{path.name}: {text}" for text in wrong]
    return Draft(path.name, data.get("name"), tuple(found), left), problems


def _left(meta: Any) -> tuple[tuple[str, ...], list[str]]:
    """What the suite's own `meta` says of validation rules; its other keys are the author's."""
    said = meta.get("left_to_salesforce") if isinstance(meta, dict) else None
    if said is None:
        return (), []
    try:
        return tuple(_RULES.validate_python(said)), []
    except ValidationError:
        return (), ["meta.left_to_salesforce must be a list of rules, each as Object.Rule_name"]


def place(file: str, at: int, criterion: str | None) -> str:
    """How a person finds an expectation: its place in the file, and its criterion."""
    return f"{file}: expectation {at}" + (f" ({criterion})" if criterion else "")


def _parsed(path: Path) -> tuple[dict[str, Any], list[str]]:
    twice: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        twice.extend(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        return dict(pairs)

    try:
        data = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=once)
    except UnicodeDecodeError:
        raise Unreadable(f"{path.name}: not UTF-8: save the file in that encoding") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"{path.name}:{error.lineno}: not JSON: {error.msg}") from None
    except RecursionError:
        raise Unreadable(f"{path.name}: nested too deeply to be a suite") from None
    if not isinstance(data, dict):
        raise Unreadable(f"{path.name}: a suite is an object with name and expectations")
    return data, [f'{path.name}: key "{key}" appears twice in one object' for key in twice]


def _expectation(shape: Shape) -> Expectation:
    meta = shape.meta
    return Expectation(
        type=shape.type,
        kwargs=shape.kwargs,
        criterion=meta.criterion,
        field=meta.field,
        reason=meta.reason,
        applies_to=frozenset(meta.applies_to),
        effect=meta.effect,
        encodes=tuple(meta.encodes),
    )


def _criterion(raw: Any) -> str | None:
    meta = raw.get("meta") if isinstance(raw, dict) else None
    name = meta.get("criterion") if isinstance(meta, dict) else None
    return name if isinstance(name, str) else None


def _words(error: ErrorDetails) -> str:
    key = ".".join(str(part) for part in error["loc"]) or "it"
    if error["type"] == "string_pattern_mismatch" and error["loc"][:2] == ("meta", "encodes"):
        return f"{key} must name a validation rule as Object.Rule_name"
    words = _WORDS.get(error["type"])
    return words.format(key=key) if words else f"{key}: {error['msg'].lower()}"


_WORDS = {
    "missing": "{key} is missing",
    "model_type": "{key} must be keys with values",
    "model_attributes_type": "{key} must be keys with values",
    "dict_type": "{key} must be keys with values",
    "extra_forbidden": "unknown key {key}",
    "literal_error": "{key} must be create or update",
    "enum": f"{{key}} must be {', '.join(Effect)}: how far a failure goes",
    "too_short": "{key} is empty: say create, update or both",
    "string_too_short": "{key} must be a sentence: what is wrong, and what to do",
    "string_pattern_mismatch": "{key} must be lower case, digits and _",
}


def each(draft: Draft) -> Iterator[tuple[str, Expectation]]:
    """Every well-formed expectation, and how a person finds it."""
    for at, one in draft.expectations:
        yield place(draft.file, at, one.criterion), one
