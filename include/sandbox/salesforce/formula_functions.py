"""The functions a formula may call, each as a maker of the compiled call."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

Evaluate: TypeAlias = Callable[[Mapping[str, Any]], Any]
Maker: TypeAlias = Callable[[Sequence[Evaluate]], Evaluate]


NOW, TODAY = "$now", "$today"
"""Under these a row says when it is evaluated."""


class FormulaError(ValueError):
    """A formula cannot be read."""


def _plain(function: Callable[..., Any], *counts: int) -> Maker:
    """A function of the arguments' values; `counts` are the numbers of them it takes."""

    def make(arguments: Sequence[Evaluate]) -> Evaluate:
        if len(arguments) not in counts:
            raise FormulaError(f"{len(arguments)} arguments where {counts[0]} belong")
        return lambda row: function(*(argument(row) for argument in arguments))

    return make


def _all(arguments: Sequence[Evaluate]) -> Evaluate:
    return lambda row: all(argument(row) for argument in arguments)


def _any(arguments: Sequence[Evaluate]) -> Evaluate:
    return lambda row: any(argument(row) for argument in arguments)


def _if(arguments: Sequence[Evaluate]) -> Evaluate:
    if len(arguments) != 3:
        raise FormulaError("IF takes a condition and two values")
    condition, then, otherwise = arguments
    return lambda row: then(row) if condition(row) else otherwise(row)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _matches(value: Any, pattern: Any) -> bool:
    return bool(_pattern(_text(pattern)).fullmatch(_text(value)))


@lru_cache(maxsize=256)
def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise FormulaError(f"{text!r} is no regular expression: {error}") from None


def _is_number(value: Any) -> bool:
    return re.fullmatch(r"\s*[+-]?\d+(\.\d+)?\s*", _text(value)) is not None


def _same_label(value: Any, label: Any) -> bool:
    return _text(value).lower() == _text(label).lower()


FUNCTIONS: dict[str, Maker] = {
    "TODAY": lambda _: lambda row: row.get(TODAY),
    "NOW": lambda _: lambda row: row.get(NOW),
    "DATEVALUE": _plain(lambda value: _text(value)[:10] or None, 1),
    "YEAR": _plain(lambda value: int(_text(value)[:4]) if value else None, 1),
    "MONTH": _plain(lambda value: int(_text(value)[5:7]) if value else None, 1),
    "DAY": _plain(lambda value: int(_text(value)[8:10]) if value else None, 1),
    "AND": _all,
    "OR": _any,
    "IF": _if,
    "NOT": _plain(lambda value: not value, 1),
    "ISBLANK": _plain(lambda value: value in (None, ""), 1),
    "ISNULL": _plain(lambda value: value in (None, ""), 1),
    "ISNUMBER": _plain(_is_number, 1),
    "ISPICKVAL": _plain(_same_label, 2),
    "LEN": _plain(lambda value: len(_text(value)), 1),
    "REGEX": _plain(_matches, 2),
    "CONTAINS": _plain(lambda value, part: _text(part) in _text(value), 2),
    "BEGINS": _plain(lambda value, part: _text(value).startswith(_text(part)), 2),
    "LEFT": _plain(lambda value, count: _text(value)[: int(count)], 2),
    "RIGHT": _plain(lambda value, count: _text(value)[-int(count) :], 2),
    "UPPER": _plain(lambda value: _text(value).upper(), 1),
    "LOWER": _plain(lambda value: _text(value).lower(), 1),
    "TRIM": _plain(lambda value: _text(value).strip(), 1),
    "TEXT": _plain(_text, 1),
    "SUBSTITUTE": _plain(lambda value, old, new: _text(value).replace(_text(old), _text(new)), 3),
    "BLANKVALUE": _plain(lambda value, other: other if value in (None, "") else value, 2),
    "ABS": _plain(lambda value: None if value is None else abs(value), 1),
    "ROUND": _plain(lambda value, places: None if value is None else round(value, int(places)), 2),
}
