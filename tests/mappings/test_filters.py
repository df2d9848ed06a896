"""Filters of the mapping: one condition each, closed in itself."""

import pytest

from include.crmsync.mappings.filters import LONGEST, filter_problems


@pytest.mark.parametrize(
    "condition",
    [
        "Region__c = 'EMEA'",
        "Name LIKE 'O\\'Brien; -- (%' AND (Type = 'a' OR Type = 'b')",
        "AccountId IN (SELECT Id FROM Account WHERE Type = 'Customer')",
        "Order_By__c = 'x' AND Limited__c = true",
        "CreatedDate = LAST_N_DAYS:30",
    ],
)
def test_a_condition_is_taken(condition: str) -> None:
    assert list(filter_problems(condition)) == []


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("  ", "is empty"),
        ("WHERE Type = 'a'", "must not say WHERE"),
        ("Type = 'a' ORDER BY Name", "ORDER BY is no part of one"),
        ("Type = 'a' limit 5", "LIMIT is no part of one"),
        ("Type = 'a') OR (Type != 'a'", "parentheses that do not match"),
        ("(Type = 'a'", "parentheses that do not match"),
        ("Type = 'a", "quote that is not closed"),
        ("Type = 'a'; DROP", "without ; or comments"),
        ("Type = 'a' -- all", "without ; or comments"),
        ("x" * (LONGEST + 1), "is longer than"),
    ],
)
def test_what_is_no_condition_is_said_to_be_none(condition: str, said: str) -> None:
    assert any(said in problem for problem in filter_problems(condition))
