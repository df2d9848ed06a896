"""Named transforms, both ways and one way."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from include.crmsync.engine.canonical import canonical, wire
from include.crmsync.engine.conversions import converts, read
from include.crmsync.engine.countries import CODES, NAMES
from include.crmsync.model.mapping import FieldMapping, FieldType
from include.crmsync.model.record import System, Value
from include.crmsync.model.rule import SyncRule
from include.crmsync.model.transform import Transform
from tests.builders import field

H, S = System.HUBSPOT, System.SALESFORCE
ONE_WAY = [one for one in Transform if not one.invertible]


def mapped(transform: Transform, rule: SyncRule = SyncRule.TWO_WAY) -> FieldMapping:
    number = transform in (Transform.PERCENT, Transform.ROUND_TO_CENTS)
    type_ = FieldType.NUMBER if number else FieldType.STRING
    return field("x", transform=transform, rule=rule, type=type_)


@pytest.mark.parametrize(
    ("transform", "value", "expected"),
    [
        (Transform.LOWER, "ADA@X", "ada@x"),
        (Transform.UPPER, "de", "DE"),
        (Transform.TITLE_CASE, "ada king", "Ada King"),
        (Transform.TITLE_CASE, "ADA KING", "Ada King"),
        (Transform.TITLE_CASE, "Ronald McDonald", "Ronald McDonald"),
        (Transform.SINGLE_LINE, "12  High St\nOxford", "12 High St Oxford"),
        (Transform.STRIP_URL, "https://www.Example.com/about?x=1", "example.com"),
        (Transform.STRIP_URL, "example.com", "example.com"),
        (Transform.E164_PHONE, "+44 (0)20 7946-0001", "+442079460001"),
        (Transform.E164_PHONE, "0044 20 7946 0001", "+442079460001"),
        (Transform.E164_PHONE, "020 7946 0001", "020 7946 0001"),
        (Transform.E164_PHONE, "+44 20 7946 0001 ext. 7", "+44 20 7946 0001 ext. 7"),
        (Transform.ROUND_TO_CENTS, "10.555", "10.56"),
        (Transform.ROUND_TO_CENTS, "-10.555", "-10.56"),
    ],
)
def test_a_one_way_transform_changes_the_owners_value_and_no_other(
    transform: Transform, value: str, expected: str
) -> None:
    one = mapped(transform, SyncRule.ALWAYS_HUBSPOT)
    assert read(value, one, H) == expected
    assert read(value, one, S) == value
    assert read(value, mapped(transform, SyncRule.ALWAYS_SALESFORCE), S) == expected


@pytest.mark.parametrize("value", ["0\x85/", "www. www.a.example.com/"])
def test_blanks_around_the_host_of_an_address_do_not_matter(value: str) -> None:
    one = mapped(Transform.STRIP_URL, SyncRule.ALWAYS_HUBSPOT)
    once = read(value, one, H)
    assert once == (once or "").strip()
    assert read(once, one, H) == once


@pytest.mark.parametrize("transform", ONE_WAY)
@example(value="0\x85/")
@example(value="www.\x85www.example.com /about")
@given(value=st.text(min_size=1).map(str.strip).filter(bool))
def test_a_one_way_transform_done_twice_is_done_once(transform: Transform, value: str) -> None:
    one = mapped(transform, SyncRule.ALWAYS_HUBSPOT)
    once = read(value, one, H)
    assert read(once, one, H) == once


def test_there_are_249_countries_each_with_its_own_name() -> None:
    assert len(NAMES) == 249
    assert len({name.casefold() for name in NAMES.values()}) == 249
    assert set(CODES.values()) == set(NAMES)


@pytest.mark.parametrize("code", sorted(NAMES))
@pytest.mark.parametrize("transform", [Transform.COUNTRY_CODE, Transform.COUNTRY_NAME])
def test_a_country_says_the_same_in_both_systems(transform: Transform, code: str) -> None:
    one = mapped(transform)
    there = code if transform is Transform.COUNTRY_CODE else NAMES[code]
    here = NAMES[code] if transform is Transform.COUNTRY_CODE else code
    assert canonical(here, one, H) == canonical(there, one, S) == there
    assert (wire(there, one, H), wire(there, one, S)) == (here, there)
    assert converts(there, one)


@pytest.mark.parametrize("spelling", ["germany", "GERMANY", "de", " Germany "])
def test_a_country_is_known_in_other_spellings(spelling: str) -> None:
    assert canonical(spelling, mapped(Transform.COUNTRY_CODE), H) == "DE"


def test_an_unknown_country_is_known_to_be_unknown() -> None:
    one = mapped(Transform.COUNTRY_CODE)
    value = canonical("Ruritania", one, H)
    assert value == "Ruritania"
    assert not converts(value, one)
    assert converts(None, one)


@given(value=st.decimals(-(10**6), 10**6, places=6))
def test_a_percentage_comes_back_as_it_was(value: object) -> None:
    one = mapped(Transform.PERCENT)
    found: Value = canonical(str(value), one, H)
    assert canonical(wire(found, one, H), one, H) == found
