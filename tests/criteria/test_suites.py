"""A suite file with mistakes: all of them are told, in words, and none is let through."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from include.crmsync.criteria.quiet import great_expectations
from include.crmsync.criteria.sense import NAMES_ROWS
from include.crmsync.criteria.suite import Suite
from include.crmsync.criteria.suites import load
from include.crmsync.errors import ConfigError
from include.crmsync.mappings.loader import load_all
from include.crmsync.model.record import System

NAME = "contacts.to_salesforce"
FIRST = f"{NAME}.json: expectation 1 (has_email): "
Change = Callable[[dict[str, Any]], object]


def valid() -> dict[str, Any]:
    return {
        "name": NAME,
        "expectations": [
            {
                "type": "expect_column_values_to_not_be_null",
                "kwargs": {"column": "email"},
                "meta": {
                    "criterion": "has_email",
                    "field": "email",
                    "applies_to": ["create", "update"],
                    "reason": "It has no e-mail. Give it one in HubSpot.",
                },
            }
        ],
    }


def first(change: Change) -> Change:
    return lambda suite: change(suite["expectations"][0])


def kwargs(**changes: Any) -> Change:
    return first(lambda one: one["kwargs"].update(changes))


def meta(**changes: Any) -> Change:
    return first(lambda one: one["meta"].update(changes))


def again(**changes: Any) -> Change:
    """A second expectation with the first one's criterion."""

    def change(suite: dict[str, Any]) -> None:
        other = valid()["expectations"][0]
        other["meta"] |= changes
        suite["expectations"].append(other)

    return change


def write(folder: Path, content: Any, name: str = NAME) -> Path:
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / f"{name}.json").write_text(text, encoding="utf-8")
    return folder


def loaded(folder: Path) -> Suite:
    return load("contacts", System.HUBSPOT, load_all()["contacts"], folder)


def problems(folder: Path) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as refused:
        loaded(folder)
    assert NAME in str(refused.value)
    return refused.value.problems


def test_a_suite_says_what_it_expects(tmp_path: Path) -> None:
    suite = loaded(write(tmp_path, valid()))
    [one] = suite.expectations
    assert (suite.name, suite.system) == (NAME, System.HUBSPOT)
    assert (one.type, dict(one.kwargs)) == (
        "expect_column_values_to_not_be_null",
        {"column": "email"},
    )
    assert (one.criterion, one.field) == ("has_email", "email")
    assert one.reason == "It has no e-mail. Give it one in HubSpot."
    assert one.applies_to == {"create", "update"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (first(lambda one: one.pop("type")), f"{FIRST}type is missing"),
        (first(lambda one: one.pop("kwargs")), f"{FIRST}kwargs is missing"),
        (first(lambda one: one.pop("meta")), f"{NAME}.json: expectation 1: meta is missing"),
        (first(lambda one: one.update(kwarg=1)), f"{FIRST}unknown key kwarg"),
        (
            first(lambda one: one["meta"].pop("criterion")),
            f"{NAME}.json: expectation 1: meta.criterion is missing",
        ),
        (first(lambda one: one["meta"].pop("field")), f"{FIRST}meta.field is missing"),
        (first(lambda one: one["meta"].pop("reason")), f"{FIRST}meta.reason is missing"),
        (first(lambda one: one["meta"].pop("applies_to")), f"{FIRST}meta.applies_to is missing"),
        (
            meta(criterion="Has Email"),
            f"{NAME}.json: expectation 1 (Has Email): meta.criterion must be lower case, digits"
            " and _",
        ),
        (
            meta(reason="Bad."),
            f"{FIRST}meta.reason must be a sentence: what is wrong, and what to do",
        ),
        (
            meta(applies_to=["create", "delete"]),
            f"{FIRST}meta.applies_to.1 must be create or update",
        ),
        (meta(applies_to=[]), f"{FIRST}meta.applies_to is empty: say create, update or both"),
        (
            meta(applies_to="create"),
            f"{FIRST}meta.applies_to: input should be a valid list",
        ),
        (
            first(lambda one: one.update(type="expect_column_values_to_not_be_nul")),
            f"{FIRST}expect_column_values_to_not_be_nul is no expectation that says which records"
            " fail; did you mean expect_column_values_to_not_be_null?",
        ),
        (
            first(lambda one: one.update(type="expect_table_row_count_to_equal")),
            f"{FIRST}expect_table_row_count_to_equal is no expectation that says which records",
        ),
        (first(lambda one: one["kwargs"].clear()), f"{FIRST}kwargs names no column"),
        (kwargs(column="emial"), f"{FIRST}contacts have no field emial; did you mean email?"),
        (meta(field="size"), f"{FIRST}contacts have no field size"),
        (
            kwargs(row_condition={"type": "nullity", "column": {"name": "phon"}, "is_null": True}),
            f"{FIRST}contacts have no field phon; did you mean phone?",
        ),
        (kwargs(mostly=0.9), f"{FIRST}mostly lets failing records through: leave it out"),
        (kwargs(regex="("), f"{FIRST}its pattern is no regular expression: missing ), "),
        (kwargs(regex_list=["(a)"]), f"{FIRST}its pattern has groups that capture"),
        (kwargs(row_condition="email > 1"), f"{FIRST}row_condition must not be text but"),
        (kwargs(condition_parser="pandas"), f"{FIRST}row_condition must not be text but"),
        (kwargs(row_condition={"type": "x"}), f"{FIRST}row_condition compares no column"),
        (
            again(reason="Another voice says otherwise."),
            f"{NAME}.json: expectation 2 (has_email): the criterion is there already, with other",
        ),
        (again(), f"{NAME}.json: expectation 2 (has_email): the same expectation is there twice"),
        (
            lambda suite: suite["expectations"].append(None),
            f"{NAME}.json: expectation 2: it must be keys with values",
        ),
        (lambda suite: suite.update(name="x"), f'{NAME}.json: name must be "{NAME}", like the'),
        (lambda suite: suite.update(expectation=[]), f"{NAME}.json: unknown key expectation"),
        (lambda suite: suite.pop("expectations"), f'{NAME}.json: "expectations" must be a list'),
    ],
)
def test_one_mistake_is_one_problem(change: Change, said: str, tmp_path: Path) -> None:
    suite = valid()
    change(suite)
    [problem] = problems(write(tmp_path, suite))
    assert problem.startswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", f"{NAME}.json:1: not JSON: "),
        ('{\n"name": }', f"{NAME}.json:2: not JSON: "),
        ("[]", f"{NAME}.json: a suite is an object"),
        ("[" * 100_000, f"{NAME}.json: nested too deeply to be a suite"),
        (
            '{"name": "x", "name": "contacts.to_salesforce", "expectations": []}',
            f'{NAME}.json: key "name" appears twice in one object',
        ),
    ],
)
def test_a_file_that_is_no_suite_is_told_as_one(text: str, said: str, tmp_path: Path) -> None:
    [problem] = problems(write(tmp_path, text))
    assert problem.startswith(said)


def test_bytes_that_are_not_utf8_are_told(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.json").write_bytes(b'{"name": "\xe9"}')
    assert problems(tmp_path) == (f"{NAME}.json: not UTF-8: save the file in that encoding",)


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    suite = valid()
    suite["name"] = "x"
    good = valid()["expectations"][0]
    suite["expectations"] = [
        good | {"meta": {}},
        good | {"type": "expect_joy"},
        good | {"kwargs": {"column": "shoe_size", "mostly": 0.5}},
        "no expectation at all",
    ]
    said = problems(write(tmp_path, suite))
    assert len([one for one in said if "expectation 1: meta" in one]) == 4
    for piece in ("name must be", "expect_joy", "shoe_size", "mostly", "4: it must be keys with"):
        assert len([one for one in said if piece in one]) == 1, piece


def test_a_direction_without_a_suite_is_an_error_not_a_free_pass(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no suite contacts\.to_salesforce"):
        loaded(tmp_path)


def test_a_value_the_mapping_does_not_know_is_told(tmp_path: Path) -> None:
    suite = valid()
    suite["name"] = "deals.to_salesforce"
    suite["expectations"][0] |= {
        "type": "expect_column_values_to_be_in_set",
        "kwargs": {"column": "stage", "value_set": ["Closed Won", "Closed Wom"]},
    }
    suite["expectations"][0]["meta"] |= {"field": "stage"}
    write(tmp_path, suite, "deals.to_salesforce")
    with pytest.raises(ConfigError) as refused:
        load("deals", System.HUBSPOT, load_all()["deals"], tmp_path)
    [problem] = refused.value.problems
    assert problem.endswith("value_set lists what the mapping of stage does not know: Closed Wom")


def test_without_a_mapping_fields_are_left_to_the_judge(tmp_path: Path) -> None:
    suite = valid()
    suite["expectations"][0]["kwargs"]["column"] = "shoe_size"
    write(tmp_path, suite)
    assert load("contacts", System.HUBSPOT, folder=tmp_path).expectations


def test_every_expectation_we_allow_names_its_rows_in_great_expectations() -> None:
    great_expectations()
    from great_expectations.expectations import expectation as kinds
    from great_expectations.expectations.registry import get_expectation_impl

    row_by_row = (
        kinds.ColumnMapExpectation,
        kinds.ColumnPairMapExpectation,
        kinds.MulticolumnMapExpectation,
    )
    assert all(issubclass(get_expectation_impl(name), row_by_row) for name in NAMES_ROWS)
