"""Functions of SOQL as SQL, and the one function SQLite has to be taught.

SQLite folds case for ASCII only. A comparison with other letters goes through `sf_lower`,
which knows them all; the rest stays on SQLite's own, indexed comparison.
"""

import sqlite3
from collections.abc import Callable

from include.sandbox.soql.errors import invalid_field, malformed
from include.sandbox.soql.scope import Bound
from include.sandbox.soql.tree import Call

AGGREGATES = frozenset({"COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX"})

_ADDABLE = ("int", "double", "currency", "percent")


def register(connection: sqlite3.Connection) -> None:
    """Teach a connection what compiled queries call."""
    connection.create_function("sf_lower", 1, _lower, deterministic=True)


def _lower(value: str | float | None) -> str | float | None:
    return value.lower() if isinstance(value, str) else value


def _part(start: int, length: int) -> Callable[[str], str]:
    return lambda sql: f"CAST(substr({sql}, {start}, {length}) AS INTEGER)"


def _strftime(pattern: str, plus: int = 0) -> Callable[[str], str]:
    return lambda sql: f"CAST(strftime('{pattern}', substr({sql}, 1, 10)) AS INTEGER) + {plus}"


def _quarter(sql: str) -> str:
    return f"(CAST(substr({sql}, 6, 2) AS INTEGER) + 2) / 3"


def _divided(start: int) -> Callable[[str], str]:
    return lambda sql: f"(CAST(substr({sql}, {start}, 2) AS INTEGER) + 6) / 7"


_OF_DATES: dict[str, Callable[[str], str]] = {
    "CALENDAR_YEAR": _part(1, 4),
    "CALENDAR_MONTH": _part(6, 2),
    "CALENDAR_QUARTER": _quarter,
    "FISCAL_YEAR": _part(1, 4),
    "FISCAL_MONTH": _part(6, 2),
    "FISCAL_QUARTER": _quarter,
    "DAY_IN_MONTH": _part(9, 2),
    "DAY_IN_WEEK": _strftime("%w", 1),
    "DAY_IN_YEAR": _strftime("%j"),
    "HOUR_IN_DAY": _part(12, 2),
    "WEEK_IN_MONTH": _divided(9),
}


def bind_call(call: Call, argument: Bound | None) -> Bound:
    """The value a function gives; raises SoqlError where it may not be used."""
    if call.name in AGGREGATES:
        return _aggregate(call, argument)
    if argument is None:
        raise malformed("unexpected token: ')'", call.position)
    if call.name in ("TOLABEL", "FORMAT", "CONVERTCURRENCY", "CONVERTTIMEZONE"):
        return argument
    if argument.type not in ("date", "datetime"):
        known = call.name in _OF_DATES or call.name == "DAY_ONLY"
        said = f"Invalid function argument: {argument.name}" if known else f"{call.name}"
        raise malformed(said if known else f"unknown function: {said}", call.position)
    if call.name == "DAY_ONLY":
        return Bound(f"substr({argument.sql}, 1, 10)", "date", argument.name)
    if call.name not in _OF_DATES:
        raise malformed(f"unknown function: {call.name}", call.position)
    return Bound(_OF_DATES[call.name](argument.sql), "int", argument.name)


def _aggregate(call: Call, argument: Bound | None) -> Bound:
    if argument is None:
        if call.name != "COUNT":
            raise malformed("unexpected token: ')'", call.position)
        return Bound("COUNT(*)", "int", "COUNT")
    match call.name:
        case "COUNT":
            return Bound(f"COUNT({argument.sql})", "int", argument.name)
        case "COUNT_DISTINCT":
            return Bound(f"COUNT(DISTINCT {argument.sql})", "int", argument.name)
        case "MIN" | "MAX":
            return Bound(f"{call.name}({argument.sql})", argument.type, argument.name)
    if argument.type not in _ADDABLE:
        raise invalid_field(
            f"field {argument.name} does not support aggregate operator {call.name}", call.position
        )
    return Bound(f"{call.name}({argument.sql})", "double", argument.name)
