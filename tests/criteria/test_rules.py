"""Validation rules: those nobody told the suite about are named, and those that are gone too."""

import json
from pathlib import Path
from typing import Any

import pytest

from include.crmsync.criteria.rules import unencoded
from include.crmsync.criteria.suites import load
from include.crmsync.errors import ConfigError
from include.crmsync.model.record import System
from include.crmsync.model.schema import Rules, ValidationRule

KINDS = ("Contact", "Lead")
PHONES = tuple(ValidationRule(kind, "Phone_has_seven_digits", "Too short.") for kind in KINDS)
TITLE = ValidationRule("Contact", "No_shouting", "A title\nis not " + "loud " * 60)


def told(*rules: ValidationRule, refused: str = "") -> list[tuple[str, str]]:
    suite = load("contacts", System.HUBSPOT)
    found = unencoded(suite, Rules(rules, refused), KINDS)
    return [(one.field, one.problem) for one in found]


def test_the_shipped_suites_encode_the_sandboxs_rules() -> None:
    assert told(*PHONES) == []


def test_a_rule_nobody_told_the_suite_about_is_named_with_the_words_that_mend_it() -> None:
    assert told(*PHONES, TITLE) == [("Contact.No_shouting", "rule_not_encoded")]
    [issue] = unencoded(load("contacts", System.HUBSPOT), Rules((*PHONES, TITLE)), KINDS)
    assert '"encodes": ["Contact.No_shouting"]' in issue.reason
    assert "criteria/suites/contacts.to_salesforce.json" in issue.reason
    assert '"A title is not loud' in issue.reason
    assert len(issue.reason) < 600


def test_a_criterion_whose_rule_is_gone_is_named() -> None:
    assert told(PHONES[0]) == [("Lead.Phone_has_seven_digits", "rule_gone")]


def test_rules_that_may_not_be_read_are_one_warning_and_not_many() -> None:
    assert told(refused="INSUFFICIENT_ACCESS") == [("", "rules_unread")]


def written(folder: Path, name: str = "contacts.to_salesforce", **more: Any) -> Path:
    meta = {
        "criterion": "has_title",
        "field": "title",
        "applies_to": ["create"],
        "reason": "It has no title. Give it one in HubSpot.",
        **more.pop("expectation", {}),
    }
    one = {
        "type": "expect_column_values_to_not_be_null",
        "kwargs": {"column": "title"},
        "meta": meta,
    }
    (folder / f"{name}.json").write_text(json.dumps({"name": name, "expectations": [one], **more}))
    return folder


def test_a_rule_may_be_left_to_salesforce(tmp_path: Path) -> None:
    left = {"left_to_salesforce": ["Contact.No_shouting"]}
    suite = load("contacts", System.HUBSPOT, None, written(tmp_path, meta=left))
    assert list(unencoded(suite, Rules((TITLE,)), KINDS)) == []
    [issue] = unencoded(suite, Rules(), KINDS)
    assert issue.problem == "rule_gone"


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        (
            "contacts.to_salesforce",
            {"expectation": {"encodes": ["No_shouting"]}},
            "meta.encodes.0 must name a validation rule as Object.Rule_name",
        ),
        (
            "contacts.to_salesforce",
            {"meta": {"left_to_salesforce": "Contact.No_shouting"}},
            "meta.left_to_salesforce must be a list of rules",
        ),
        (
            "contacts.to_salesforce",
            {
                "expectation": {"encodes": ["Contact.A"]},
                "meta": {"left_to_salesforce": ["Contact.A"]},
            },
            "Contact.A is encoded and left to Salesforce: say one",
        ),
        (
            "contacts.to_hubspot",
            {"expectation": {"encodes": ["Contact.A"]}},
            "only what goes to Salesforce meets validation rules",
        ),
    ],
)
def test_what_a_suite_says_of_rules_is_checked(
    name: str, more: dict[str, Any], said: str, tmp_path: Path
) -> None:
    system = System.HUBSPOT if name.endswith("salesforce") else System.SALESFORCE
    with pytest.raises(ConfigError) as refused:
        load("contacts", system, None, written(tmp_path, name, **more))
    [problem] = refused.value.problems
    assert said in problem
