"""Switches: what may be set, to what, and what a refused change leaves alone."""

from typing import Any

import pytest

from include.sandbox.settings import BadSetting, Choice, change, changed, fresh

DEFAULTS: dict[str, Any] = {
    "latency_seconds": 0.0,
    "limits": Choice("off", "real"),
    "strict": False,
    "count": 3,
    "rules": [],
    "sizes": {"page": 100},
    "open": {},
}


@pytest.mark.parametrize(
    ("told", "place", "value"),
    [
        ({"latency_seconds": 1}, "latency_seconds", 1),
        ({"limits": "real"}, "limits", "real"),
        ({"strict": True}, "strict", True),
        ({"rules": ["a"]}, "rules", ["a"]),
        ({"sizes": {"page": 5}}, "sizes", {"page": 5}),
        ({"open": {"Contact.Fax": False}}, "open", {"Contact.Fax": False}),
    ],
)
def test_a_change_names_only_what_it_changes(told: Any, place: str, value: Any) -> None:
    current = fresh(DEFAULTS)
    change(current, told, DEFAULTS)
    assert current == {**fresh(DEFAULTS), place: value}


@pytest.mark.parametrize(
    "told",
    [
        [],
        {"nonsense": 1},
        {"sizes": {"nonsense": 1}},
        {"latency_seconds": "1"},
        {"latency_seconds": True},
        {"latency_seconds": -1},
        {"latency_seconds": float("inf")},
        {"latency_seconds": float("nan")},
        {"limits": "strict"},
        {"strict": 1},
        {"count": 1.5},
        {"count": True},
        {"rules": {}},
        {"sizes": 5},
    ],
)
def test_a_bad_change_is_refused_and_nothing_changes(told: Any) -> None:
    current = fresh(DEFAULTS)
    with pytest.raises(BadSetting):
        change(current, {"count": 9, **told} if isinstance(told, dict) else told, DEFAULTS)
    assert current == fresh(DEFAULTS)


def test_changing_a_copy_leaves_the_defaults_alone() -> None:
    change(fresh(DEFAULTS), {"sizes": {"page": 5}}, DEFAULTS)
    assert DEFAULTS["sizes"] == {"page": 100}


@pytest.mark.parametrize(
    "told",
    [{}, {"latency_seconds": 1}, {"sizes": {"page": 5}, "strict": True}, {"open": {"a": 1}}],
)
def test_what_was_changed_can_be_told_and_changed_again(told: Any) -> None:
    current = fresh(DEFAULTS)
    change(current, told, DEFAULTS)
    assert changed(current, DEFAULTS) == told
    again = fresh(DEFAULTS)
    change(again, changed(current, DEFAULTS), DEFAULTS)
    assert again == current


def test_null_takes_a_name_out_of_an_open_table() -> None:
    current = fresh(DEFAULTS)
    change(current, {"open": {"a": 1, "b": [2]}}, DEFAULTS)
    change(current, {"open": {"a": None, "c": None}}, DEFAULTS)
    assert current["open"] == {"b": [2]}
