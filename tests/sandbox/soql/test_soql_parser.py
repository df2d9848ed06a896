"""SOQL is read as it is written, and what is no SOQL is refused where it goes wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.sandbox.soql.errors import SoqlError
from include.sandbox.soql.parser import parse
from include.sandbox.soql.printer import write
from include.sandbox.soql.tree import Both, Either, Not, Query, Text
from tests.sandbox.soql.strategies import queries


def refusal(query: str) -> str:
    with pytest.raises(SoqlError) as caught:
        parse(query)
    assert caught.value.code == "MALFORMED_QUERY"
    return caught.value.text(query)


@given(query=queries)
def test_a_printed_query_reads_back_as_itself(query: Query) -> None:
    assert parse(write(query)) == query


@given(value=st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_quoted_value_reads_back_as_itself(value: str) -> None:
    assert Text.of(value).value == value


@pytest.mark.parametrize(
    ("query", "place", "message"),
    [
        pytest.param("SELECT Id FROM", "Row:1:Column:15", "unexpected token: '<EOF>'", id="ends"),
        pytest.param("SELECT FROM A", "Row:1:Column:8", "unexpected token: 'FROM'", id="no fields"),
        pytest.param(
            "SELECT Id\nFROM A\nWHERE B ! 1", "line 3:8", "no viable alternative", id="bad sign"
        ),
        pytest.param(
            "SELECT Id FROM A WHERE B = 1 AND C = 2 OR D = 3",
            "Row:1:Column:40",
            "unexpected token: 'OR'",
            id="AND and OR mixed",
        ),
        pytest.param(
            "SELECT Id FROM A WHERE B = 'it''s'", "Row:1:Column:32", "unexpected token", id="quote"
        ),
        pytest.param(
            r"SELECT Id FROM A WHERE B = '\x'", "Row:1:Column:28", "Illegal character", id="escape"
        ),
        pytest.param(
            "SELECT Id FROM A WHERE B = 2026-13-01",
            "Row:1:Column:28",
            "Invalid date",
            id="month 13",
        ),
        pytest.param("SELECT Id FROM A LIMIT -1", "Row:1:Column:24", "'-1'", id="negative limit"),
        pytest.param("SELECT Id FROM A ALL ROWS", "Row:1:Column:18", "'ALL'", id="ALL ROWS"),
    ],
)
def test_a_malformed_query_is_refused_at_its_place(query: str, place: str, message: str) -> None:
    told = refusal(query)
    assert place in told
    assert message in told


def test_the_caret_stands_below_the_word() -> None:
    line, caret = refusal("SELECT Id FROM A WHERE ORDER").split("\n")[1:3]
    assert line[caret.index("^") :] == ""
    assert caret.index("^") == len("SELECT Id FROM A WHERE ORDER")


def test_not_binds_tighter_than_and() -> None:
    match parse("SELECT Id FROM A WHERE NOT B = 1 AND C = 2").where:
        case Both((Not(), _)):
            return
    pytest.fail("NOT took more than its condition")


def test_parentheses_keep_a_group_together() -> None:
    match parse("SELECT Id FROM A WHERE B = 1 AND (C = 2 OR D = 3)").where:
        case Both((_, Either((_, _)))):
            return
    pytest.fail("the group was dissolved")


def test_keywords_and_names_may_be_in_any_case() -> None:
    assert parse("select Id from A where B in (null)") == parse(
        "SELECT Id FROM A WHERE B IN (NULL)"
    )


def test_deep_nesting_is_refused_not_followed() -> None:
    assert "nested too deeply" in refusal(f"SELECT Id FROM A WHERE {'(' * 5000}")
    assert "nested too deeply" in refusal(f"SELECT Id FROM A WHERE {'NOT ' * 5000}")
    assert "nested too deeply" in refusal(f"SELECT {'A(' * 5000}")
