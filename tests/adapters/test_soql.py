"""SOQL is built so that no value can end its own literal, and no query its address."""

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from urllib.parse import quote_plus

from hypothesis import given
from hypothesis import strategies as st

from include.crmsync.adapters.soql import (
    ADDRESS,
    LIST_BUDGET,
    containing,
    either,
    moment,
    portions,
    quoted,
    room_beside,
    select,
    within,
)

UNESCAPE = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


def read_literal(text: str) -> tuple[str, str]:
    """What a SOQL reader takes a literal for, and what follows it."""
    assert text[0] == "'"
    out: list[str] = []
    rest = iter(range(1, len(text)))
    for at in rest:
        if text[at] == "'":
            return "".join(out), text[at + 1 :]
        if text[at] == "\\":
            escaped = text[next(rest)]
            out.append(UNESCAPE.get(escaped, escaped))
        else:
            out.append(text[at])
    raise AssertionError("the literal never ends")


@given(value=st.text())
def test_a_literal_reads_back_as_its_value_and_ends_where_it_should(value: str) -> None:
    assert read_literal(quoted(value) + " OR Id != null") == (value, " OR Id != null")


@given(text=st.text())
def test_a_text_in_a_pattern_reads_back_as_itself_and_stands_for_nothing_else(text: str) -> None:
    condition = containing("Website", text)
    assert condition.startswith("Website LIKE '")
    inner = condition.removeprefix("Website LIKE '%").removesuffix("%'")
    assert not re.search(r"(?<!\\)(?:\\\\)*[%_']", inner)
    value, rest = read_literal(condition.removeprefix("Website LIKE "))
    assert (value, rest) == (f"%{text}%", "")


@given(values=st.lists(st.text(max_size=80), max_size=300), budget=st.integers(100, LIST_BUDGET))
def test_patterns_are_cut_by_what_they_are_spelled_like(values: list[str], budget: int) -> None:
    like = partial(containing, "Website")
    cut = list(portions(values, budget, like, " OR "))
    told = [value for value in dict.fromkeys(values) if value.strip()]
    assert [value for portion in cut for value in portion] == told
    for portion in cut:
        query = either(map(like, portion))
        assert len(portion) == 1 or len(quote_plus(query)) <= budget + len(quote_plus("()"))


@given(value=st.text())
def test_a_literal_stays_on_one_line(value: str) -> None:
    assert "\n" not in quoted(value)


@given(values=st.lists(st.text(max_size=80), max_size=300), budget=st.integers(100, LIST_BUDGET))
def test_portions_hold_every_value_once_and_fit(values: list[str], budget: int) -> None:
    cut = list(portions(values, budget))
    told = [value for value in dict.fromkeys(values) if value.strip()]
    assert [value for portion in cut for value in portion] == told
    for portion in cut:
        assert len(portion) == 1 or len(quote_plus(within("Email", portion))) <= budget + 40


def test_what_would_find_everything_or_nothing_is_not_asked_for() -> None:
    assert list(portions(["", " ", "x" * 4001])) == []


@given(fields=st.integers(0, 400))
def test_a_long_query_leaves_less_room_for_its_list(fields: int) -> None:
    query = select(["a_field_of_some_length__c"] * fields, "Contact")
    assert 1 <= room_beside(query) <= LIST_BUDGET
    assert room_beside(query) == 1 or room_beside(query) + len(quote_plus(query)) <= ADDRESS


def test_moments_are_utc_to_the_millisecond() -> None:
    at = datetime(2026, 1, 31, 10, 30, 0, 123456, tzinfo=timezone(timedelta(hours=1)))
    assert moment(at) == "2026-01-31T09:30:00.123Z"
    assert moment(datetime(2026, 1, 31, tzinfo=UTC)) == "2026-01-31T00:00:00.000Z"


def test_a_query_reads_as_soql() -> None:
    query = select(["Id", "Name"], "Account", where=["A = 1", "B = 2"], order_by=["A", "Id"])
    assert query == "SELECT Id,Name FROM Account WHERE A = 1 AND B = 2 ORDER BY A, Id"
    assert select(["Id"], "Lead") == "SELECT Id FROM Lead"
