"""The judge: per record, with words, in the suite's order, and closed where in doubt."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from include.crmsync.criteria.judge import Failure, judge
from include.crmsync.criteria.suite import Expectation, Suite
from include.crmsync.criteria.suites import load
from include.crmsync.errors import ConfigError
from include.crmsync.model.record import System
from tests.criteria.frames import Cells, frame

H = System.HUBSPOT
ROOT = Path(__file__).parents[2]
HOSTILE = (
    "'; DROP TABLE contacts; --",
    "<script>alert(1)</script>",
    "=HYPERLINK(1)",
    "{{ 7 * 7 }} ${7*7} %s %(x)s {0}",
    "\x00\x1b[31m\u202e\ufeff",
    "\ud800 half of a character",
    "👩‍👩‍👧‍👦" * 50,
    "nan",
    "None",
    "`a` == 1 or True",
    "a" * 70_000,
)


def suite(*expectations: Expectation) -> Suite:
    return Suite("things.to_salesforce", "things", H, expectations)


def expect(what: str, criterion: str = "is_fine", field: str = "a", **kwargs: Any) -> Expectation:
    return Expectation(
        f"expect_column_{what}",
        {"column": field, **kwargs},
        criterion,
        field,
        "It is not fine. Make it so.",
        frozenset({"create"}),
    )


def things(*values: Any) -> pd.DataFrame:
    ids = [str(at) for at in range(1, len(values) + 1)]
    return pd.DataFrame({"record_id": ids, "a": list(values)}, dtype=object)


def test_a_failure_says_criterion_field_value_words_and_verbs() -> None:
    held = judge(things("x", None), suite(expect("values_to_not_be_null")))
    verbs = frozenset({"create"})
    assert held == {"2": [Failure("is_fine", "a", None, "It is not fine. Make it so.", verbs)]}


def test_a_record_may_fail_several_criteria_told_in_the_suites_order() -> None:
    record = {"email": None, "last_name": None, "phone": "1", "on_inclusion_list": "false"}
    [failed] = judge(frame("contacts", H, record), load("contacts", H)).values()
    assert [one.criterion for one in failed] == [
        "has_email",
        "on_inclusion_list",
        "has_last_name",
        "phone_has_seven_digits",
    ]


def test_a_criterion_of_two_expectations_is_failed_once() -> None:
    held = judge(
        things("toolong"),
        suite(
            expect("value_lengths_to_be_between", max_value=3),
            expect("values_to_match_regex", regex="^x"),
        ),
    )
    assert [one.criterion for one in held["1"]] == ["is_fine"]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        pytest.param(-1200.5, "-1200.5", id="decimal"),
        pytest.param(-3.0, "-3", id="whole"),
        pytest.param(-1e-9, "-0.000000001", id="tiny"),
        pytest.param(-1e22, "-10000000000000000000000", id="vast"),
    ],
)
def test_the_value_kept_is_canonical(cell: float, value: str) -> None:
    held = judge(things(cell), suite(expect("values_to_be_between", min_value=0)))
    assert held["1"][0].value == value


def test_the_order_of_rows_changes_nothing() -> None:
    records: list[Cells] = [
        {"phone": "1"},
        {},
        {"email": None},
        {"on_inclusion_list": "false"},
        {},
    ]
    whole = frame("contacts", H, *records)
    held = judge(whole, load("contacts", H))
    for order in ([4, 3, 2, 1, 0], [2, 0, 4, 1, 3]):
        assert judge(whole.iloc[order], load("contacts", H)) == held


def test_the_frame_is_left_as_it_was() -> None:
    whole = frame("contacts", H, {"phone": "\ud800", "email": None})
    before = whole.copy(deep=True)
    judge(whole, load("contacts", H))
    pd.testing.assert_frame_equal(whole, before)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_judged_like_any_other_and_kept_as_it_is(text: str) -> None:
    record = {"email": text, "phone": text, "last_name": text, "on_inclusion_list": text}
    held = judge(frame("contacts", H, {}, record), load("contacts", H))
    assert [(one.criterion, one.value) for one in held.pop("2")] == [
        ("email_is_valid", text),
        ("on_inclusion_list", text),
        ("phone_has_seven_digits", text),
    ]
    assert held == {}


def test_a_criterion_may_be_about_some_records_only() -> None:
    def where(column: str, operator: str, parameter: object) -> dict[str, object]:
        named = {"type": "comparison", "column": {"name": column}}
        return named | {"operator": operator, "parameter": parameter}

    both = {"type": "and", "conditions": [where("stage", "==", "Won"), where("name", "!=", "x")]}
    whole = things(None, None, None, "filled")
    whole["stage"] = pd.Series(["Won", "Lost", "Won", "Won"], dtype=object)
    whole["name"] = pd.Series(["y", "y", "x", "y"], dtype=object)
    assert list(judge(whole, suite(expect("values_to_not_be_null", row_condition=both)))) == ["1"]


class TestFailsClosed:
    """What cannot be judged stops the run: it never lets a record through."""

    @pytest.mark.parametrize(
        ("expectation", "why"),
        [
            pytest.param(expect("values_to_be_between", min_value=0), "TypeError", id="raises"),
            pytest.param(expect("values_to_match_regex", regex="("), "error", id="no regex"),
            pytest.param(
                expect("mean_to_be_between", min_value=0), "raised", id="judges no rows, raises"
            ),
            pytest.param(
                expect("values_to_be_unique", mostly=0.1), "naming every", id="lets some through"
            ),
            pytest.param(
                expect("unique_value_count_to_be_between", min_value=9),
                "failed without naming every failing record",
                id="judges no rows",
            ),
            pytest.param(
                expect("unique_value_count_to_be_between", min_value=1),
                "failed without naming every failing record",
                id="judges no rows, and is pleased",
            ),
        ],
    )
    def test_a_criterion_that_names_no_rows(self, expectation: Expectation, why: str) -> None:
        with pytest.raises(ConfigError, match="cannot be judged record by record") as refused:
            judge(things("x", "SECRET", "x"), suite(expectation))
        [problem] = refused.value.problems
        assert problem.startswith(f"criterion is_fine ({expectation.type}): ")
        assert why in problem
        assert "criteria/suites/things.to_salesforce.json" in str(refused.value)
        assert "SECRET" not in str(refused.value)

    @pytest.mark.parametrize(
        "expectation",
        [
            pytest.param(expect("values_to_match_regex", rgex="x"), id="unknown argument"),
            pytest.param(expect("values_to_be_in_set", value_set=None), id="missing argument"),
            pytest.param(
                expect(
                    "values_to_not_be_null",
                    row_condition={
                        "type": "comparison",
                        "column": {"name": "a"},
                        "operator": "~",
                        "parameter": "x",
                    },
                ),
                id="unknown operator",
            ),
        ],
    )
    def test_a_criterion_great_expectations_refuses(self, expectation: Expectation) -> None:
        good = expect("values_to_not_be_null", criterion="good")
        with pytest.raises(ConfigError, match="refuses parts of criteria/suites/") as refused:
            judge(things("x"), suite(good, expectation))
        [problem] = refused.value.problems
        assert problem.startswith(f"criterion is_fine ({expectation.type}): ")

    def test_a_criterion_great_expectations_does_not_know(self) -> None:
        with pytest.raises(ConfigError, match=r"is_fine .*: was not answered"):
            judge(things("x"), suite(expect("values_to_be_splendid")))

    def test_every_missing_column_is_named_before_anything_is_judged(self) -> None:
        where = {
            "type": "nullity",
            "column": {"name": "d"},
            "is_null": True,
        }
        pair = Expectation(
            "expect_column_pair_values_to_be_equal",
            {"column_A": "a", "column_B": "b", "row_condition": where},
            "same",
            "c",
            "They differ. Make them the same.",
            frozenset({"create"}),
        )
        with pytest.raises(ConfigError, match="names fields that things of HubSpot") as refused:
            judge(things("x"), suite(pair))
        assert refused.value.problems == tuple(
            f"criterion same: there is no column {name}" for name in "bcd"
        )


NOTHING = """
import sys
import pandas as pd
from include.crmsync.criteria.judge import judge
from include.crmsync.criteria.suites import load
from include.crmsync.model.record import System
suite = load("contacts", System.HUBSPOT)
assert judge(pd.DataFrame({"record_id": []}, dtype=object), suite) == {}
assert "great_expectations" not in sys.modules
"""


def test_nothing_to_judge_costs_no_import() -> None:
    subprocess.run([sys.executable, "-c", NOTHING], cwd=ROOT, check=True)


def test_a_suite_without_expectations_lets_everything_through() -> None:
    assert judge(things("x"), suite()) == {}
