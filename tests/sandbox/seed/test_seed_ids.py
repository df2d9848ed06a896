"""Ids are spelled as Salesforce spells them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.sandbox.seed.ids import PREFIXES, checksum, salesforce_id

SOBJECT = st.sampled_from(sorted(PREFIXES))
NUMBER = st.integers(min_value=0, max_value=62**6)


@pytest.mark.parametrize(
    ("id_15", "checks"),
    [
        pytest.param("000000000000000", "AAA", id="no upper case"),
        pytest.param("ABCDEFGHIJKLMNO", "555", id="all upper case"),
        pytest.param("A00000A00000A00", "BCE", id="each block counts from its own start"),
        pytest.param("0000A0000B0000C", "QQQ", id="the last place weighs sixteen"),
    ],
)
def test_the_checksum_tells_which_characters_are_upper_case(id_15: str, checks: str) -> None:
    assert checksum(id_15) == checks


@given(sobject=SOBJECT, number=NUMBER)
def test_an_id_is_well_formed_and_checks_itself(sobject: str, number: int) -> None:
    id_ = salesforce_id(sobject, number)
    assert len(id_) == 18
    assert id_.isascii()
    assert id_.isalnum()
    assert id_.startswith(PREFIXES[sobject])
    assert id_[15:] == checksum(id_[:15])


@given(sobject=SOBJECT, first=NUMBER, second=NUMBER)
def test_two_numbers_never_share_an_id_even_where_case_is_ignored(
    sobject: str, first: int, second: int
) -> None:
    same = salesforce_id(sobject, first).lower() == salesforce_id(sobject, second).lower()
    assert same == (first == second)
