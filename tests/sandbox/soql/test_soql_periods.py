"""Relative dates cover the days they say, seen from Wednesday 4 March 2026."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.sandbox.soql.periods import COUNTED, PLAIN, span

TODAY = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("name", "count", "first", "after"),
    [
        ("TODAY", None, date(2026, 3, 4), date(2026, 3, 5)),
        ("YESTERDAY", None, date(2026, 3, 3), date(2026, 3, 4)),
        ("THIS_WEEK", None, date(2026, 3, 1), date(2026, 3, 8)),
        ("LAST_MONTH", None, date(2026, 2, 1), date(2026, 3, 1)),
        ("NEXT_QUARTER", None, date(2026, 4, 1), date(2026, 7, 1)),
        ("THIS_FISCAL_YEAR", None, date(2026, 1, 1), date(2027, 1, 1)),
        ("LAST_90_DAYS", None, date(2025, 12, 4), date(2026, 3, 5)),
        ("LAST_N_DAYS", 7, date(2026, 2, 25), date(2026, 3, 5)),
        ("NEXT_N_DAYS", 2, date(2026, 3, 5), date(2026, 3, 7)),
        ("N_DAYS_AGO", 4, date(2026, 2, 28), date(2026, 3, 1)),
        ("LAST_N_WEEKS", 2, date(2026, 2, 15), date(2026, 3, 1)),
        ("LAST_N_MONTHS", 3, date(2025, 12, 1), date(2026, 3, 1)),
        ("NEXT_N_YEARS", 2, date(2027, 1, 1), date(2029, 1, 1)),
        ("N_QUARTERS_AGO", 1, date(2025, 10, 1), date(2026, 1, 1)),
    ],
)
def test_a_period_covers_its_days(name: str, count: int | None, first: date, after: date) -> None:
    assert span(name, count, TODAY) == (first, after)


@given(
    name=st.sampled_from(sorted(PLAIN | COUNTED)),
    count=st.integers(1, 10**9),
    today=st.dates(),
)
def test_a_period_never_ends_before_it_begins(name: str, count: int, today: date) -> None:
    first, after = span(name, count, today)
    assert first <= after
