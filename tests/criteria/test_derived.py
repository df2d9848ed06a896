"""Criteria derived from demands: each holds exactly what its demand says, and says so in words."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.crmsync.criteria.derived import as_json, derive, fingerprint, from_json
from include.crmsync.criteria.difference import difference
from include.crmsync.criteria.judge import judge
from include.crmsync.criteria.suite import Effect, Suite
from include.crmsync.engine.demands import meets
from include.crmsync.errors import ConfigError
from include.crmsync.model.demand import Demand, What
from include.crmsync.model.plan import Verb
from include.crmsync.model.record import System
from tests.simulation import judge as plain

H = System.HUBSPOT
LENGTH = Demand(What.LENGTH, "city", limit=5)
DIGITS = Demand(What.DIGITS, "size", limit=3)
OPTION = Demand(What.OPTION, "stage", options=("Closed Won", "Open"))
SEVERAL = Demand(What.OPTION, "tags", options=("a.b", "c|d", "é"), several=True)
NONE_LEFT = Demand(What.OPTION, "gone", options=())
EMAIL = Demand(What.EMAIL, "email")
VALUE = Demand(What.VALUE, "name", frozenset({Verb.CREATE}))
EVERY = (LENGTH, DIGITS, OPTION, SEVERAL, NONE_LEFT, EMAIL, VALUE)


def suite(*demands: Demand) -> Suite:
    return derive(demands, "things", H)


def frame(*records: dict[str, Any]) -> pd.DataFrame:
    blank = dict.fromkeys(one.field for one in EVERY)
    rows = [{"record_id": str(at), **blank, **one} for at, one in enumerate(records, start=1)]
    return pd.DataFrame(rows, dtype=object)


text = st.none() | st.text(st.characters(exclude_categories=()), min_size=1, max_size=8).map(
    lambda one: one.strip() or None
)
parts = st.lists(st.sampled_from(["a.b", "c|d", "é", "axb", ""]), min_size=1, max_size=3)
records = st.fixed_dictionaries(
    {
        "city": text,
        "size": st.none() | st.integers(-2000, 2000).map(float) | st.floats(-1500, 1500),
        "stage": text | st.sampled_from(["Open", "Closed Won", "open"]),
        "tags": st.none() | parts.map(";".join).map(lambda one: one or None),
        "gone": text,
        "email": text | st.sampled_from(["a@b.co", "a@b", "a b@c.co", "josé@b.co"]),
        "name": text,
    }
)


@settings(max_examples=30)
@given(some=st.lists(records, min_size=1, max_size=12))
def test_great_expectations_holds_exactly_what_plain_python_does(
    some: list[dict[str, Any]],
) -> None:
    asked = suite(*EVERY)
    told = judge(frame(*some), asked)
    expected = plain.plain_judge(frame(*some), asked).failures
    names = {
        row: [(one.criterion, one.field) for one in failed] for row, failed in expected.items()
    }
    assert {row: [(o.criterion, o.field) for o in failed] for row, failed in told.items()} == names


@settings(max_examples=200)
@given(value=text.filter(bool) | st.sampled_from(["Open", "a@b.co", "a.b;é", "a.b;x"]))
@pytest.mark.parametrize(
    "demand", [LENGTH, OPTION, SEVERAL, NONE_LEFT, EMAIL], ids=lambda one: one.field
)
def test_an_expectation_says_of_a_value_what_its_demand_does(demand: Demand, value: str) -> None:
    [one] = suite(demand).expectations
    assert plain.holds(value, one) == meets(value, demand)


@given(number=st.integers(-(10**5), 10**5))
def test_digits_are_counted_alike(number: int) -> None:
    [one] = suite(DIGITS).expectations
    assert plain.holds(float(number), one) == meets(str(number), DIGITS)


def test_each_holds_its_field_alone_and_says_so_in_a_sentence() -> None:
    for one in suite(*EVERY).expectations:
        assert one.effect is Effect.HOLD_FIELD
        assert one.derived
        assert one.reason.endswith(".")
        assert "Salesforce" in one.reason


@pytest.mark.parametrize(("verbs", "says"), [((Verb.CREATE,), False), (Verb, True)])
def test_who_may_not_be_cleared_is_told_what_becomes_of_a_record_that_is_synced_already(
    verbs: tuple[Verb, ...], says: bool
) -> None:
    [one] = suite(Demand(What.VALUE, "city", frozenset(verbs))).expectations
    assert ("One that is synced already keeps the city it has there" in one.reason) == says


def test_kinds_are_named_where_only_some_of_them_ask() -> None:
    [one] = suite(Demand(What.LENGTH, "city", limit=5, kinds=frozenset({"Lead"}))).expectations
    assert one.kinds == {"Lead"}
    assert "Salesforce's Lead stores" in one.reason


def test_a_suite_survives_being_kept() -> None:
    made = suite(*EVERY)
    assert from_json(as_json(made), "things", H) == made


def test_a_fingerprint_moves_with_what_the_suite_says_and_with_nothing_else() -> None:
    assert fingerprint(suite(*EVERY)) == fingerprint(suite(*EVERY))
    assert fingerprint(suite(LENGTH)) != fingerprint(suite(DIGITS))


class TestADifference:
    """What a person reads when a schema has changed."""

    def test_names_what_came_went_and_moved(self) -> None:
        before = suite(LENGTH, EMAIL, OPTION).expectations
        after = suite(
            Demand(What.LENGTH, "city", limit=9), OPTION, Demand(What.LENGTH, "name", limit=80)
        ).expectations
        assert list(difference(before, after).lines()) == [
            "+ fits_length of name: at most 80 characters",
            f"- email_syntax of email: matches {before[1].kwargs['regex'][:57]}...",
            "~ fits_length of city: at most 5 characters -> at most 9 characters",
        ]

    def test_names_the_options_that_came_and_went(self) -> None:
        after = suite(Demand(What.OPTION, "stage", options=("Closed Lost", "Open"))).expectations
        [line] = difference(suite(OPTION).expectations, after).lines()
        assert line == "~ picklist_value of stage: Closed Lost added; Closed Won gone"

    def test_tells_when_a_field_has_become_required_for_updates_too(self) -> None:
        after = suite(Demand(What.VALUE, "name")).expectations
        [line] = difference(suite(VALUE).expectations, after).lines()
        assert line == "~ required_value of name: not blank, for create -> create, update"

    def test_of_a_suite_with_itself_is_none(self) -> None:
        assert not difference(suite(*EVERY).expectations, suite(*EVERY).expectations)


def test_a_blank_column_is_not_asked_about_unless_blank_is_what_is_asked() -> None:
    told = judge(frame({}, {"name": "x"}), suite(*EVERY))
    assert {row: [one.criterion for one in failed] for row, failed in told.items()} == {
        "1": ["required_value"]
    }


def test_a_derived_criterion_that_cannot_be_judged_stops_and_says_which() -> None:
    with pytest.raises(ConfigError, match="cannot be judged record by record") as refused:
        judge(frame({"size": "SECRET"}), suite(DIGITS))
    [problem] = refused.value.problems
    assert problem.startswith("criterion fits_digits of size, derived from the schema")
    assert "SECRET" not in str(refused.value)
