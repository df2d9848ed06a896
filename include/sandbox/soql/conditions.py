"""Conditions as SQL with parameters.

SOQL knows only true and false: `x != 'a'` holds for a blank x, and NOT turns everything
around. SQL's unknown is therefore allowed only where it works as false, and wrapped where a
NOT could see it. Text is compared without case, a blank string is null, an id may have 15
characters, and a relative date is a range.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from include.sandbox.soql.errors import SoqlError, invalid_field
from include.sandbox.soql.periods import span
from include.sandbox.soql.scope import Bound
from include.sandbox.soql.tree import (
    Among,
    Boolean,
    Both,
    Comparison,
    Condition,
    Day,
    Either,
    Includes,
    Literal,
    Moment,
    Not,
    Null,
    Number,
    Operand,
    Period,
    Query,
    SemiJoin,
    Text,
)

Binder = Callable[[Operand], Bound]
Joiner = Callable[[Query], str]

_NUMBERS = ("int", "double", "currency", "percent")
_IDS = ("id", "reference")


class Conditions:
    """Turns conditions into SQL, collecting their parameters in order."""

    def __init__(
        self,
        bind: Binder,
        semi_join: Joiner,
        id_of: Callable[[str], str | None],
        today: date,
        params: list[Any],
    ) -> None:
        self._bind = bind
        self._semi_join = semi_join
        self._id_of = id_of
        self._today = today
        self._params = params

    def sql(self, condition: Condition, *, negated: bool = False) -> str:
        """SQL that is true where the condition holds; below a NOT it is never unknown."""
        match condition:
            case Both(conditions):
                return _joined("AND", [self.sql(one, negated=negated) for one in conditions])
            case Either(conditions):
                return _joined("OR", [self.sql(one, negated=negated) for one in conditions])
            case Not(inner):
                return f"NOT {self.sql(inner, negated=True)}"
        leaf = self._leaf(condition)
        return f"IFNULL({leaf}, 0)" if negated else f"({leaf})"

    def _leaf(self, condition: Condition) -> str:
        match condition:
            case Comparison():
                return self._comparison(condition)
            case Among(operand, literals, negated):
                return self._among(self._filterable(operand), literals, negated=negated)
            case SemiJoin(operand, query, negated):
                bound = self._filterable(operand)
                inside = f"{bound.sql} IN ({self._semi_join(query)})"
                return f"NOT IFNULL({inside}, 0)" if negated else inside
            case Includes(operand, texts, negated):
                return self._includes(self._filterable(operand), texts, negated=negated)
            case _:
                raise AssertionError(f"not a leaf: {condition}")

    def _comparison(self, condition: Comparison) -> str:
        bound, literal = self._filterable(condition.operand), condition.literal
        match condition.operator, literal:
            case "LIKE", Text():
                return self._like(bound, literal)
            case "LIKE", _:
                raise _wrong_type(bound, literal)
            case operator, Period():
                return self._period(bound, operator, literal)
            case "=", _:
                return self._equals(bound, literal)
            case "!=", _:
                return f"NOT IFNULL({self._equals(bound, literal)}, 0)"
        return f"{bound.sql} {condition.operator} {self._param(self._value(bound, literal))}"

    def _equals(self, bound: Bound, literal: Literal) -> str:
        value = self._value(bound, literal)
        if value is None:
            return f"{bound.sql} IS NULL"
        if isinstance(value, str) and bound.is_text and not value.isascii():
            return f"sf_lower({bound.sql}) = {self._param(value.lower())}"
        if bound.type == "boolean" and bound.outer:
            return f"IFNULL({bound.sql}, 0) = {self._param(value)}"
        return f"{bound.sql} = {self._param(value)}"

    def _among(self, bound: Bound, literals: tuple[Literal, ...], *, negated: bool) -> str:
        special = [one for one in literals if isinstance(one, Period) or _is_foreign(one)]
        plain = [self._value(bound, one) for one in literals if one not in special]
        parts = [
            self._period(bound, "=", one) if isinstance(one, Period) else self._equals(bound, one)
            for one in special
        ]
        if None in plain:
            parts.append(f"{bound.sql} IS NULL")
        if filled := [value for value in plain if value is not None]:
            parts.append(f"{bound.sql} IN ({', '.join(map(self._param, filled))})")
        inside = _joined("OR", parts)
        return f"NOT IFNULL({inside}, 0)" if negated else inside

    def _like(self, bound: Bound, literal: Text) -> str:
        if not bound.is_text:
            raise SoqlError(
                "INVALID_QUERY_FILTER_OPERATOR",
                f"invalid operator on {bound.type} field",
                literal.position,
            )
        pattern = literal.pattern
        if pattern.isascii():
            return f"{bound.sql} LIKE {self._param(pattern)} ESCAPE '\\'"
        return f"sf_lower({bound.sql}) LIKE {self._param(pattern.lower())} ESCAPE '\\'"

    def _includes(self, bound: Bound, texts: tuple[Text, ...], *, negated: bool) -> str:
        if bound.type != "multipicklist":
            raise SoqlError(
                "INVALID_QUERY_FILTER_OPERATOR",
                f"{bound.name} is not a multi-select picklist",
                texts[0].position,
            )
        inside = _joined("OR", [self._holds_all(bound, one.value) for one in texts])
        return f"NOT IFNULL({inside}, 0)" if negated else inside

    def _holds_all(self, bound: Bound, value: str) -> str:
        return _joined(
            "AND",
            [
                f"instr(';' || sf_lower({bound.sql}) || ';', {self._param(f';{one.lower()};')}) > 0"
                for one in value.split(";")
            ],
        )

    def _period(self, bound: Bound, operator: str, period: Period) -> str:
        if bound.type not in ("date", "datetime"):
            raise _wrong_type(bound, period)
        days = span(period.name, period.count, self._today)
        first, after = (_stored_day(day, bound.type) for day in days)
        match operator:
            case "=" | "!=":
                low, high = self._param(first), self._param(after)
                inside = f"{bound.sql} >= {low} AND {bound.sql} < {high}"
                return inside if operator == "=" else f"NOT IFNULL({inside}, 0)"
            case "<" | ">=":
                return f"{bound.sql} {operator} {self._param(first)}"
            case "<=":
                return f"{bound.sql} < {self._param(after)}"
            case _:
                return f"{bound.sql} >= {self._param(after)}"

    def _filterable(self, operand: Operand) -> Bound:
        bound = self._bind(operand)
        if bound.column is not None and not bound.column.filterable:
            raise invalid_field(
                f"field '{bound.name}' can not be filtered in a query call", operand.position
            )
        if bound.type == "address":
            raise invalid_field(
                f"field '{bound.name}' can not be filtered in a query call", operand.position
            )
        return bound

    def _value(self, bound: Bound, literal: Literal) -> Any:
        """A literal as the column stores it; raises SoqlError when it is of another type."""
        match literal:
            case Null():
                return None
            case Text() if bound.type in _IDS:
                return self._id(literal)
            case Text() if bound.is_text:
                return literal.value or None
            case Number() if bound.type in _NUMBERS:
                return literal.value
            case Boolean(value) if bound.type == "boolean":
                return int(value)
            case Day(day) if bound.type == "date":
                return day.isoformat()
            case Moment(moment) if bound.type == "datetime":
                return stored_moment(moment)
        raise _wrong_type(bound, literal)

    def _id(self, literal: Text) -> str | None:
        if not literal.value:
            return None
        full = self._id_of(literal.value)
        if full is None:
            raise SoqlError(
                "INVALID_QUERY_FILTER_OPERATOR",
                f"invalid ID field: {literal.value}",
                literal.position,
            )
        return full

    def _param(self, value: Any) -> str:
        self._params.append(value)
        return "?"


def stored_moment(moment: datetime) -> str:
    """A moment as datetime columns hold it: UTC, to the millisecond."""
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        utc = moment.replace(tzinfo=UTC)
    day = f"{utc.year:04}-{utc.month:02}-{utc.day:02}"
    return f"{day}T{utc.hour:02}:{utc.minute:02}:{utc.second:02}.{utc.microsecond // 1000:03}+0000"


def _stored_day(day: date, column_type: str) -> str:
    return day.isoformat() + ("T00:00:00.000+0000" if column_type == "datetime" else "")


def _is_foreign(literal: Literal) -> bool:
    return isinstance(literal, Text) and not literal.value.isascii()


def _joined(word: str, parts: list[str]) -> str:
    """Conditions joined as a balanced tree: SQLite bounds the depth of an expression."""
    if len(parts) == 1:
        return f"({parts[0]})"
    middle = len(parts) // 2
    return f"({_joined(word, parts[:middle])} {word} {_joined(word, parts[middle:])})"


def _wrong_type(bound: Bound, literal: Literal) -> SoqlError:
    named = {"datetime": "dateTime", "currency": "double", "percent": "double"}
    wanted = "string" if bound.is_text or bound.type in _IDS else named.get(bound.type, bound.type)
    quotes = "should" if wanted == "string" else "should not"
    return invalid_field(
        f"value of filter criterion for field '{bound.name}' must be of type {wanted}"
        f" and {quotes} be enclosed in quotes",
        literal.position,
    )
