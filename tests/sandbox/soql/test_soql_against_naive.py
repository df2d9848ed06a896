"""Compiled to SQLite, a condition finds what a naive reading of it finds in a list of rows.

The naive evaluator knows only true and false, compares text folded, and walks the tree; it
shares nothing with the compiler but the tree.
"""

import operator
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from include.sandbox.salesforce.ids import numbered
from include.sandbox.soql.compiler import Context, compile_query
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
    Order,
    Path,
    Period,
    Query,
    Selected,
    Text,
)
from tests.sandbox.soql.schema import OWNER, SCHEMA, THING, database
from tests.sandbox.soql.strategies import grown

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
Row = Mapping[str, Any]

words = st.sampled_from(["", "a", "A", "ab", "aB", "b_", "%", "Ärger", "äRGER", "x\\y"])
numbers = st.sampled_from([-1.5, 0.0, 2.0, 10.0])
days = st.integers(-3, 3).map(lambda count: NOW.date() + timedelta(days=count))
moments = st.integers(-60, 60).map(lambda hours: NOW + timedelta(hours=hours))
tags = st.sampled_from(["red", "red;blue", "Blue", "green;red"])
OWNERS: list[dict[str, Any]] = [
    {"Id": numbered("a00", 1), "Name": "Ada", "Active__c": 1},
    {"Id": numbered("a00", 2), "Name": None, "Active__c": 0},
]


def stored(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


rows = st.lists(
    st.fixed_dictionaries(
        {
            "Name": st.none() | words.map(lambda word: word or None),
            "Size__c": st.none() | numbers,
            "Sold__c": st.integers(0, 1),
            "Day__c": st.none() | days.map(date.isoformat),
            "At__c": st.none() | moments.map(stored),
            "Tags__c": st.none() | tags,
            "Owner__c": st.sampled_from([None, *(owner["Id"] for owner in OWNERS)]),
        }
    ),
    max_size=8,
).map(lambda made: [{"Id": numbered("a01", at), **row} for at, row in enumerate(made, 1)])

_patterns = st.sampled_from(["a%", "%b", "_", "A_", "b\\_", "\\%", "%", "Ä%", "x\\\\y"]).map(Text)
_texts = words.map(Text.of)
_equal = st.sampled_from(["=", "!="])
_any = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
_periods = st.sampled_from([Period("TODAY"), Period("LAST_N_DAYS", 2), Period("THIS_WEEK")])


def _about(
    name: str, literals: st.SearchStrategy[Any], signs: st.SearchStrategy[str]
) -> st.SearchStrategy[Condition]:
    path = st.just(Path(tuple(name.split("."))))
    listed = st.lists(literals | st.just(Null()), min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Comparison, path, signs, literals),
        st.builds(Comparison, path, _equal, st.just(Null())),
        st.builds(Among, path, listed, st.booleans()),
    )


leaves: st.SearchStrategy[Condition] = st.one_of(
    _about("Name", _texts, _equal),
    _about("Owner__r.Name", _texts, _equal),
    st.builds(Comparison, st.just(Path(("Name",))), st.just("LIKE"), _patterns),
    _about("Size__c", numbers.map(lambda number: Number(str(number))), _any),
    st.builds(
        Comparison,
        st.sampled_from([Path(("Sold__c",)), Path(("Owner__r", "Active__c"))]),
        _equal,
        st.booleans().map(Boolean),
    ),
    _about("Day__c", days.map(Day) | _periods, _any),
    _about("At__c", moments.map(Moment) | _periods, _any),
    st.builds(
        Includes,
        st.just(Path(("Tags__c",))),
        st.lists(tags.map(Text.of), min_size=1, max_size=2).map(tuple),
        st.booleans(),
    ),
)


def value_of(row: Row, path: Path) -> Any:
    if len(path.parts) == 1:
        return row[path.parts[0]]
    owner = next((one for one in OWNERS if one["Id"] == row["Owner__c"]), {})
    missing = 0 if path.parts[1] == "Active__c" else None
    return owner.get(path.parts[1], missing)


def folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def span(period: Period, value: str) -> tuple[str, str]:
    today = NOW.date()
    sunday = today - timedelta(days=(today.weekday() + 1) % 7)
    first, after = {
        "TODAY": (today, today + timedelta(days=1)),
        "LAST_N_DAYS": (today - timedelta(days=period.count or 0), today + timedelta(days=1)),
        "THIS_WEEK": (sunday, sunday + timedelta(days=7)),
    }[period.name]
    midnight = "T00:00:00.000+0000" if "T" in value else ""
    return first.isoformat() + midnight, after.isoformat() + midnight


def plain(literal: Literal) -> Any:
    match literal:
        case Null():
            return None
        case Text():
            return literal.value or None
        case Moment(moment):
            return stored(moment)
        case Day(day):
            return day.isoformat()
        case Number() | Boolean():
            return literal.value
    raise AssertionError(literal)


ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compares(value: Any, sign: str, literal: Literal) -> bool:
    if sign == "!=":
        return not compares(value, "=", literal)
    if isinstance(literal, Period):
        return value is not None and in_period(value, sign, literal)
    if sign == "LIKE":
        assert isinstance(literal, Text)
        return value is not None and like(value, literal.raw)
    other = plain(literal)
    if sign == "=":
        return bool(folded(value) == folded(other))
    return value is not None and other is not None and ORDERS[sign](value, other)


def in_period(value: str, sign: str, period: Period) -> bool:
    first, after = span(period, value)
    if sign == "=":
        return first <= value < after
    return {"<": value < first, ">=": value >= first, "<=": value < after, ">": value >= after}[
        sign
    ]


def like(value: str, raw: str) -> bool:
    parts = re.findall(r"\\.|.", raw, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    pattern = "".join(wild.get(part) or re.escape(part[-1]) for part in parts)
    return re.fullmatch(pattern.lower(), value.lower(), re.DOTALL) is not None


def holds(condition: Condition, row: Row) -> bool:
    match condition:
        case Both(conditions):
            return all(holds(one, row) for one in conditions)
        case Either(conditions):
            return any(holds(one, row) for one in conditions)
        case Not(inner):
            return not holds(inner, row)
        case Comparison(Path() as path, sign, literal):
            return compares(value_of(row, path), sign, literal)
        case Among(Path() as path, literals, negated):
            return negated != any(compares(value_of(row, path), "=", one) for one in literals)
        case Includes(Path() as path, texts, negated):
            held = set((value_of(row, path) or "").lower().split(";"))
            wanted = [set(one.value.lower().split(";")) for one in texts]
            return negated != any(one <= held for one in wanted)
    raise AssertionError(condition)


def found(things: list[dict[str, Any]], query: Query) -> list[str]:
    statement = compile_query(query, Context(SCHEMA, NOW))
    connection = database({OWNER: OWNERS, THING: things})
    try:
        return [row[0] for row in connection.execute(statement.rows(), statement.params)]
    finally:
        connection.close()


@given(things=rows, where=grown(leaves))
def test_a_condition_holds_for_the_same_rows(
    things: list[dict[str, Any]], where: Condition
) -> None:
    query = Query((Selected(Path(("Id",))),), "Thing__c", where=where)
    assert found(things, query) == [row["Id"] for row in things if holds(where, row)]


@given(
    things=rows,
    field=st.sampled_from(["Size__c", "Day__c", "At__c", "Sold__c"]),
    descending=st.booleans(),
    nulls_last=st.sampled_from([None, True, False]),
    limit=st.none() | st.integers(0, 5),
    offset=st.none() | st.integers(0, 5),
)
def test_rows_come_in_order_blanks_first_unless_told_and_ties_by_id(
    things: list[dict[str, Any]],
    field: str,
    descending: bool,
    nulls_last: bool | None,
    limit: int | None,
    offset: int | None,
) -> None:
    order = Order(Path((field,)), descending, nulls_last)
    query = Query(
        (Selected(Path(("Id",))),), "Thing__c", order_by=(order,), limit=limit, offset=offset
    )
    filled = [row for row in things if row[field] is not None]
    filled.sort(key=lambda row: row[field], reverse=descending)
    if descending:
        filled.sort(key=lambda row: row["Id"])
        filled.sort(key=lambda row: row[field], reverse=True)
    blank = [row for row in things if row[field] is None]
    ordered = filled + blank if nulls_last else blank + filled
    first = offset or 0
    end = None if limit is None else first + limit
    assert found(things, query) == [row["Id"] for row in ordered[first:end]]
