"""Calculated properties: arithmetic over a record's other properties.

A formula has numbers, names of properties, `+ - * /` and brackets, with the usual precedence.
A blank property, a value that is no number, or a division by nothing makes the result blank.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(r"\s*(?:(\d+\.?\d*|\.\d+)|([A-Za-z_]\w*)|([-+*/()]))")
_LONGEST = 2000
"""Characters."""
_DEEPEST = 50
"""Brackets and signs within one another."""
_NO_SUM = "is no formula of numbers, properties, + - * / and brackets"

Values = Mapping[str, str]
Formula = Callable[[Values], float]


class BadFormula(ValueError):
    """A formula that cannot be read."""


@dataclass(slots=True)
class _Reader:
    """Reads a formula from left to right."""

    tokens: list[tuple[str, str, str]]
    at: int = 0
    depth: int = 0

    def sum(self) -> Formula:
        left = self.product()
        while (sign := self._sign("+-")) is not None:
            left = _joined(sign, left, self.product())
        return left

    def product(self) -> Formula:
        left = self.factor()
        while (sign := self._sign("*/")) is not None:
            left = _joined(sign, left, self.factor())
        return left

    def factor(self) -> Formula:
        self.depth += 1
        if self.at >= len(self.tokens) or self.depth > _DEEPEST:
            raise BadFormula(_NO_SUM)
        number, name, sign = self.tokens[self.at]
        self.at += 1
        found = self._signed(sign) if sign else _number(float(number)) if number else _named(name)
        self.depth -= 1
        return found

    def _signed(self, sign: str) -> Formula:
        if sign == "-":
            return _joined("-", _number(0.0), self.factor())
        if sign != "(":
            raise BadFormula(_NO_SUM)
        inner = self.sum()
        if self._sign(")") is None:
            raise BadFormula(_NO_SUM)
        return inner

    def _sign(self, signs: str) -> str | None:
        found = self.tokens[self.at][2] if self.at < len(self.tokens) else ""
        if not found or found not in signs:
            return None
        self.at += 1
        return found


def worked_out(formula: str, values: Values) -> str | None:
    """What a formula comes to for a record's values, as text; None for blank."""
    try:
        result = read(formula)(values)
    except (BadFormula, ArithmeticError, KeyError, ValueError):
        return None
    if not math.isfinite(result):
        return None
    return str(int(result)) if result.is_integer() else repr(result)


@lru_cache(maxsize=256)
def read(formula: str) -> Formula:
    """A formula as a function; raises BadFormula."""
    reader = _Reader(list(_tokens(formula)))
    found = reader.sum()
    if reader.at < len(reader.tokens):
        raise BadFormula(_NO_SUM)
    return found


def names_in(formula: str) -> set[str]:
    """The properties a formula needs."""
    return {name for _, name, _ in _tokens(formula) if name}


def _tokens(formula: str) -> Iterator[tuple[str, str, str]]:
    text, at = formula.strip(), 0
    if len(text) > _LONGEST:
        raise BadFormula("is too long")
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise BadFormula(_NO_SUM)
        number, name, sign = found.groups("")
        yield number, name, sign
        at = found.end()


def _number(value: float) -> Formula:
    return lambda _: value


def _named(name: str) -> Formula:
    return lambda values: float(values[name])


def _joined(sign: str, left: Formula, right: Formula) -> Formula:
    match sign:
        case "+":
            return lambda values: left(values) + right(values)
        case "-":
            return lambda values: left(values) - right(values)
        case "*":
            return lambda values: left(values) * right(values)
        case _:
            return lambda values: left(values) / right(values)
