"""Formulas of validation rules and formula fields: read once, evaluated for each record.

A formula is compiled to nested functions of a row. Blank is None everywhere: a blank text
equals "", an order with blank is never true, arithmetic with blank is blank. Names are
fields of the record and are checked when the formula is read.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, TypeAlias

from include.sandbox.salesforce.formula_functions import FUNCTIONS, FormulaError

Value: TypeAlias = Any
Evaluate: TypeAlias = Callable[[Mapping[str, Any]], Value]

DEEPEST = 50
"""Levels of parentheses and calls."""

_TOKEN = re.compile(
    r"""
      (?P<space>\s+|/\*.*?\*/)
    | (?P<number>\d+(?:\.\d+)?)
    | (?P<name>[A-Za-z_][\w.]*)
    | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<sign>&&|\|\||<>|!=|==|<=|>=|[-+*/^&=<>!(),])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def _difference(one: Any, other: Any) -> Any:
    """A number, or the days between two dates."""
    if isinstance(one, str) and isinstance(other, str):
        return (date.fromisoformat(one[:10]) - date.fromisoformat(other[:10])).days
    return one - other


_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda one, other: one + other,
    "-": _difference,
    "*": lambda one, other: one * other,
    "/": lambda one, other: one / other if other else None,
    "^": lambda one, other: one**other,
}
_LEVELS = (
    ("||",),
    ("&&",),
    ("=", "==", "!=", "<>"),
    tuple(_ORDERS),
    ("+", "-", "&"),
    ("*", "/"),
    ("^",),
)
"""Operators from the loosest to the tightest."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def compile_formula(text: str, fields: Mapping[str, str]) -> Evaluate:
    """A formula as a function of a row; raises FormulaError.

    `fields` maps the names the formula may use, in lower case, to the row's own.
    """
    parser = _Parser(list(_tokens(text)), fields)
    evaluate = parser.expression()
    parser.end()
    return evaluate


def inputs_of(text: str) -> tuple[str, ...]:
    """The names a formula uses, as it spells them; raises FormulaError."""
    listed = list(_tokens(text))
    names = [
        one.text
        for one, after in pairwise(listed)
        if one.kind == "name" and after.text != "(" and one.text.lower() not in _CONSTANTS
    ]
    return tuple(dict.fromkeys(names))


_CONSTANTS = ("true", "false", "null")


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise FormulaError(f"cannot read {text[position:]!r}")
        if found.lastgroup != "space":
            yield _Token(str(found.lastgroup), found[0])
        position = found.end()
    yield _Token("end", "")


class _Parser:
    def __init__(self, tokens: list[_Token], fields: Mapping[str, str]) -> None:
        self._tokens = tokens
        self._next = 0
        self._fields = fields
        self._depth = 0

    def expression(self, level: int = 0) -> Evaluate:
        if level == len(_LEVELS):
            return self._unary()
        left = self.expression(level + 1)
        while self._now.kind == "sign" and self._now.text in _LEVELS[level]:
            sign = self._advance().text
            left = _binary(sign, left, self.expression(level + 1))
        return left

    def end(self) -> None:
        if self._now.kind != "end":
            raise FormulaError(f"unexpected {self._now.text!r}")

    def _unary(self) -> Evaluate:
        if self._accept("!"):
            operand = self._unary()
            return lambda row: not operand(row)
        if self._accept("-"):
            operand = self._unary()
            return lambda row: None if (value := operand(row)) is None else -value
        return self._atom()

    def _atom(self) -> Evaluate:
        self._depth += 1
        if self._depth > DEEPEST:
            raise FormulaError("the formula is nested too deeply")
        found = self._bare_atom()
        self._depth -= 1
        return found

    def _bare_atom(self) -> Evaluate:
        if self._accept("("):
            inner = self.expression()
            self._expect(")")
            return inner
        token = self._advance()
        match token.kind:
            case "number":
                number = float(token.text) if "." in token.text else int(token.text)
                return lambda _: number
            case "text":
                text = _ESCAPE.sub(_unescaped, token.text[1:-1])
                return lambda _: text
            case "name":
                return self._call(token.text) if self._accept("(") else self._named(token.text)
        raise FormulaError(f"unexpected {token.text!r}")

    def _call(self, name: str) -> Evaluate:
        arguments: list[Evaluate] = []
        while not self._accept(")"):
            if arguments:
                self._expect(",")
            arguments.append(self.expression())
        function = FUNCTIONS.get(name.upper())
        if function is None:
            raise FormulaError(f"there is no function {name}")
        return function(arguments)

    def _named(self, name: str) -> Evaluate:
        if name.lower() in ("true", "false"):
            truth = name.lower() == "true"
            return lambda _: truth
        if name.lower() == "null":
            return lambda _: None
        field = self._fields.get(name.lower())
        if field is None:
            raise FormulaError(f"there is no field {name}")
        return lambda row: row.get(field)

    @property
    def _now(self) -> _Token:
        return self._tokens[self._next]

    def _advance(self) -> _Token:
        token = self._now
        if token.kind == "end":
            raise FormulaError("the formula ends too early")
        self._next += 1
        return token

    def _accept(self, sign: str) -> bool:
        fits = self._now.kind == "sign" and self._now.text == sign
        self._next += fits
        return fits

    def _expect(self, sign: str) -> None:
        if not self._accept(sign):
            raise FormulaError(f"expected {sign!r}, found {self._now.text!r}")


def _binary(sign: str, left: Evaluate, right: Evaluate) -> Evaluate:
    match sign:
        case "&&":
            return lambda row: bool(left(row)) and bool(right(row))
        case "||":
            return lambda row: bool(left(row)) or bool(right(row))
        case "=" | "==":
            return lambda row: _filled(left(row)) == _filled(right(row))
        case "!=" | "<>":
            return lambda row: _filled(left(row)) != _filled(right(row))
        case "&":
            return lambda row: f"{left(row) or ''}{right(row) or ''}"
    operation = _ORDERS.get(sign) or _ARITHMETIC[sign]
    return _unless_blank(operation, left, right)


def _unless_blank(
    operation: Callable[[Any, Any], Any], left: Evaluate, right: Evaluate
) -> Evaluate:
    def evaluate(row: Mapping[str, Any]) -> Value:
        one, other = left(row), right(row)
        if one is None or other is None:
            return None
        try:
            return operation(one, other)
        except (TypeError, ValueError, OverflowError):
            return None

    return evaluate


def _filled(value: Value) -> Value:
    return None if value == "" else value


def _unescaped(found: re.Match[str]) -> str:
    return {"n": "\n", "t": "\t", "r": "\r"}.get(found[1], found[1])
