"""Great Expectations against the same criteria in plain Python: no record more, none less."""

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from include.crmsync.criteria.judge import judge
from include.crmsync.criteria.suites import load
from include.crmsync.mappings.loader import load_all
from include.crmsync.model.record import System
from tests.criteria.frames import Cells, frame

ASCII_LETTERS = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"
LOCAL = f"{ASCII_LETTERS}{DIGITS}!#$%&'*+/=?^_`{{|}}~-"
STAGES = [*load_all()["deals"]["stage"].values.values()]

Fails = Callable[[Mapping[str, Any]], bool]


def bad_email(email: str) -> bool:
    local, at, domain = email.partition("@")
    parts, labels = local.split("."), domain.split(".")
    good_local = all(part and set(part) <= set(LOCAL) for part in parts)
    good_labels = len(labels) > 1 and all(good_label(label) for label in labels)
    top = labels[-1]
    return (
        not (at and good_local and good_labels and len(top) > 1 and top[0] in ASCII_LETTERS)
        or len(email) > 80
    )


def good_label(label: str) -> bool:
    return (
        label != ""
        and set(label) <= {*ASCII_LETTERS, *DIGITS, "-"}
        and "-" not in (label[0], label[-1])
    )


CONTACT: Mapping[str, Fails] = {
    "has_email": lambda one: one["email"] is None,
    "email_is_valid": lambda one: one["email"] is not None and bad_email(one["email"]),
    "on_inclusion_list": lambda one: one["on_inclusion_list"] != "true",
    "has_last_name": lambda one: one["last_name"] is None,
    "phone_has_seven_digits": lambda one: (
        one["phone"] is not None and sum(sign in DIGITS for sign in one["phone"]) < 7
    ),
}
DEAL: Mapping[str, Fails] = {
    "has_name": lambda one: one["name"] is None,
    "stage_is_known": lambda one: one["stage"] not in STAGES,
    "has_close_date": lambda one: one["close_date"] is None,
    "won_needs_amount": lambda one: (
        one["stage"] == "Closed Won" and (one["amount"] is None or one["amount"] <= 0)
    ),
}

anything = st.text(st.characters(exclude_categories=()), max_size=12)
"""Any characters at all, halves of one included."""


def canonical(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str | None]:
    """Trimmed, and None for blank, as every value is that reaches the judge."""
    return st.none() | texts.map(lambda text: text.strip() or None)


emails = canonical(
    st.lists(
        st.sampled_from(["a", "Z", "1", ".", "@", "-", "co", "é", " ", "+", "x" * 40, "@b.co"]),
        max_size=6,
    ).map(lambda parts: "".join(parts).lower())
    | anything
)
phones = canonical(st.text("0123456789 +-()x\n٣", max_size=16) | anything)
contacts = st.fixed_dictionaries(
    {
        "email": emails,
        "last_name": canonical(anything),
        "phone": phones,
        "on_inclusion_list": st.sampled_from(["true", "false", None]),
    }
)
deals = st.fixed_dictionaries(
    {
        "name": canonical(anything),
        "stage": st.sampled_from([*STAGES, "Closed Won", "Closed Won ", "other"])
        | canonical(anything),
        "amount": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        "close_date": canonical(anything),
    }
)


def expected(records: list[Cells], criteria: Mapping[str, Fails]) -> dict[str, list[str]]:
    found = {
        str(at): [name for name, fails in criteria.items() if fails(one)]
        for at, one in enumerate(records, start=1)
    }
    return {row: failed for row, failed in found.items() if failed}


def judged(object_type: str, records: list[Cells]) -> dict[str, list[str]]:
    whole = frame(object_type, System.HUBSPOT, *records)
    held = judge(whole, load(object_type, System.HUBSPOT))
    return {row: [one.criterion for one in failed] for row, failed in held.items()}


@settings(max_examples=40)
@given(records=st.lists(contacts, min_size=1, max_size=25))
def test_contacts_are_held_exactly_as_plain_python_says(records: list[Cells]) -> None:
    assert judged("contacts", records) == expected(records, CONTACT)


@settings(max_examples=40)
@given(records=st.lists(deals, min_size=1, max_size=25))
def test_deals_are_held_exactly_as_plain_python_says(records: list[Cells]) -> None:
    assert judged("deals", records) == expected(records, DEAL)
