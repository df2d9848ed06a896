"""A refusal keeps its meaning and loses every value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.crmsync.adapters.scrub import HIDDEN, scrub


@pytest.mark.parametrize(
    ("message", "values", "expected"),
    [
        (
            "Email: invalid email address: bad one",
            {"Email": "bad one"},
            f"Email: invalid email address: {HIDDEN}",
        ),
        ("ada@example.com is taken", {}, f"{HIDDEN} is taken"),
        ('Property "phone" does not exist', {"phone": "1"}, 'Property "phone" does not exist'),
        ("'Gold' is not an option", {}, f"{HIDDEN} is not an option"),
        ("value ADA LOVELACE too long", {"n": "Ada Lovelace"}, f"value {HIDDEN} too long"),
        (
            "duplicates value on record with id: 0035g00000AbCdE",
            {"x": "35"},
            "duplicates value on record with id: 0035g00000AbCdE",
        ),
        ("Contact can't be saved, isn't valid", {}, "Contact can't be saved, isn't valid"),
    ],
)
def test_what_is_hidden_and_what_stays(message: str, values: dict[str, str], expected: str) -> None:
    assert scrub(message, values) == expected


@given(
    value=st.text(st.characters(min_codepoint=33, max_codepoint=400), min_size=12, max_size=40),
    before=st.sampled_from(["bad: ", "bad '", 'bad "', "bad ("]),
    after=st.sampled_from([" end", "' end", '" end', ") end", ""]),
)
def test_a_value_we_sent_never_comes_back(value: str, before: str, after: str) -> None:
    assert value not in scrub(before + value + after, {"field": value})


@pytest.mark.parametrize(
    ("message", "value"),
    [
        ("bad: Smith &amp; Sons &quot;Ltd&quot;", 'Smith & Sons "Ltd"'),
        ("bad: Smith \\u00e9t\\u00e9", "Smith été"),
        ("bad: padded", "  padded "),
        ("too long: a very long secret descrip... (max 20)", "a very long secret description"),
    ],
    ids=["as HTML", "as JSON", "trimmed", "its beginning"],
)
def test_a_value_is_known_in_any_spelling(message: str, value: str) -> None:
    told = scrub(message, {"field": value})
    assert HIDDEN in told
    assert not any(word in told for word in ("Smith", "padded", "secret"))


def test_a_page_of_text_is_cut_to_a_sentence() -> None:
    assert len(scrub("flow failed " * 1000, {})) <= 500


def test_a_crms_text_is_one_line_that_no_terminal_obeys() -> None:
    said = "F\u00fcr \u6771\u4eac \u202e turned \x1b[31mred\nsecond\tline\x00 <b>bold</b>"
    assert scrub(said, {}) == "F\u00fcr \u6771\u4eac turned [31mred second line <b>bold</b>"


def test_what_is_cut_short_says_so() -> None:
    said = scrub("flow failed " * 1000, {})
    assert len(said) == 500
    assert said.endswith("...")
