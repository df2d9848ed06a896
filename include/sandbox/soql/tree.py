"""A query as a tree of frozen values.

Positions are offsets into the query's text; they do not take part in comparison, so a tree
equals the tree of its own printed text. A string literal keeps its spelling between the
quotes, because an escaped wildcard means something else to LIKE than to `=`.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias

_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_HALF = re.compile("[\ud800-\udfff]")
_MEANING = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_SPELLING = {
    "\\": "\\\\",
    "'": "\\'",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\b": "\\b",
    "\f": "\\f",
}


def _at() -> int:
    return field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted string; `raw` is what stands between the quotes."""

    raw: str
    position: int = _at()

    @classmethod
    def of(cls, value: str) -> "Text":
        return cls("".join(_SPELLING.get(one, one) for one in value))

    @property
    def value(self) -> str:
        return _whole(_ESCAPE.sub(lambda found: _meaning(found[1]), self.raw))

    @property
    def pattern(self) -> str:
        """The string as a pattern of SQL's LIKE with a backslash as its escape."""
        parts: list[str] = []
        end = 0
        for found in _ESCAPE.finditer(self.raw):
            parts.append(self.raw[end : found.start()])
            meaning = _meaning(found[1])
            parts.append("\\" + meaning if meaning in ("%", "_", "\\") else meaning)
            end = found.end()
        return _whole("".join(parts) + self.raw[end:])


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was spelled."""

    raw: str
    position: int = _at()

    @property
    def value(self) -> int | float:
        number = float(self.raw)
        whole = re.fullmatch(r"[+-]?\d{1,18}", self.raw)
        return int(self.raw) if whole else number


@dataclass(frozen=True, slots=True)
class Boolean:
    """TRUE or FALSE."""

    value: bool
    position: int = _at()


@dataclass(frozen=True, slots=True)
class Null:
    """NULL."""

    position: int = _at()


@dataclass(frozen=True, slots=True)
class Day:
    """A date: 2026-01-31."""

    value: date
    position: int = _at()


@dataclass(frozen=True, slots=True)
class Moment:
    """A date with time and offset: 2026-01-31T10:00:00Z."""

    value: datetime
    position: int = _at()


@dataclass(frozen=True, slots=True)
class Period:
    """A relative date: TODAY, LAST_N_DAYS:30."""

    name: str
    """In upper case."""
    count: int | None = None
    position: int = _at()


Literal: TypeAlias = Text | Number | Boolean | Null | Day | Moment | Period


@dataclass(frozen=True, slots=True)
class Path:
    """A field, perhaps of a parent: Account.Owner.Name."""

    parts: tuple[str, ...]
    position: int = _at()


@dataclass(frozen=True, slots=True)
class Call:
    """A function of a field: COUNT(Id), CALENDAR_YEAR(CreatedDate), COUNT()."""

    name: str
    """In upper case."""
    argument: "Path | Call | None" = None
    position: int = _at()


Operand: TypeAlias = Path | Call


@dataclass(frozen=True, slots=True)
class Comparison:
    """Field, operator, literal; operators are = != < <= > >= LIKE."""

    operand: Operand
    operator: str
    literal: Literal
    position: int = _at()


@dataclass(frozen=True, slots=True)
class Among:
    """Field IN or NOT IN a list."""

    operand: Operand
    literals: tuple[Literal, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class SemiJoin:
    """Field IN or NOT IN the answer of a query."""

    operand: Operand
    query: "Query"
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Includes:
    """Multi-select field INCLUDES or EXCLUDES; a literal `A;B` asks for both."""

    operand: Operand
    literals: tuple[Text, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    condition: "Condition"


@dataclass(frozen=True, slots=True)
class Both:
    """Conditions joined by AND, two or more."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Conditions joined by OR, two or more."""

    conditions: tuple["Condition", ...]


Condition: TypeAlias = Comparison | Among | SemiJoin | Includes | Not | Both | Either


@dataclass(frozen=True, slots=True)
class Selected:
    """A field or function in the SELECT list, perhaps with an alias."""

    operand: Operand
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class Macro:
    """FIELDS(ALL), FIELDS(STANDARD) or FIELDS(CUSTOM)."""

    kind: str
    position: int = _at()


@dataclass(frozen=True, slots=True)
class Children:
    """A query in the SELECT list, over a child relation."""

    query: "Query"


Item: TypeAlias = Selected | Macro | Children


@dataclass(frozen=True, slots=True)
class Order:
    """One column of ORDER BY."""

    operand: Operand
    descending: bool = False
    nulls_last: bool | None = None
    """None where the query does not say."""


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query."""

    items: tuple[Item, ...]
    source: str
    """The object in FROM, or a child relation."""
    alias: str | None = None
    where: Condition | None = None
    group_by: tuple[Operand, ...] = ()
    having: Condition | None = None
    order_by: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int | None = None
    purpose: tuple[str, ...] = ()
    """VIEW, REFERENCE or UPDATE, from FOR clauses."""
    position: int = _at()
    """Where the source stands."""

    @property
    def counts_only(self) -> bool:
        """Whether it is SELECT COUNT()."""
        match self.items:
            case (Selected(Call("COUNT", None)),):
                return True
        return False


def _meaning(escaped: str) -> str:
    if escaped[0] == "u" and len(escaped) == 5:
        return chr(int(escaped[1:], 16))
    return _MEANING.get(escaped.lower(), escaped)


def _whole(text: str) -> str:
    """Text without halves of characters, which no encoding can carry."""
    return _HALF.sub("\N{REPLACEMENT CHARACTER}", text)
