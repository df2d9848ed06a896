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

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from include.crmsync.criteria.suite import Effect, Expectation

Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Sentence = Annotated[str, Field(min_length=20)]


class Meta(BaseModel):
    """What this package adds to an expectation; further keys are the author's own."""

    model_config = ConfigDict(strict=True, frozen=True)

    criterion: Word
    field: Word
    reason: Sentence
    applies_to: Annotated[list[Literal["create", "update"]], Field(min_length=1)]
    effect: Annotated[Effect, Field(strict=False)] = Effect.HOLD_RECORD


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
    return Draft(path.name, data.get("name"), tuple(found)), problems


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
    )


def _criterion(raw: Any) -> str | None:
    meta = raw.get("meta") if isinstance(raw, dict) else None
    name = meta.get("criterion") if isinstance(meta, dict) else None
    return name if isinstance(name, str) else None


def _words(error: ErrorDetails) -> str:
    key = ".".join(str(part) for part in error["loc"]) or "it"
    match error["type"]:
        case "missing":
            return f"{key} is missing"
        case "extra_forbidden":
            return f"unknown key {key}"
        case "literal_error":
            return f"{key} must be create or update"
        case "enum":
            return f"{key} must be {', '.join(Effect)}: how far a failure goes"
        case "too_short":
            return f"{key} is empty: say create, update or both"
        case "string_too_short":
            return f"{key} must be a sentence: what is wrong, and what to do"
        case "string_pattern_mismatch":
            return f"{key} must be lower case, digits and _"
        case _:
            return f"{key}: {error['msg'].lower()}"


def each(draft: Draft) -> Iterator[tuple[str, Expectation]]:
    """Every well-formed expectation, and how a person finds it."""
    for at, one in draft.expectations:
        yield place(draft.file, at, one.criterion), one
