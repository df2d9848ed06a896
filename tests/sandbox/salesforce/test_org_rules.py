"""Validation rules, the formulas they are written in, and duplicate rules."""

from typing import Any

import pytest

from include.sandbox.salesforce.formula import compile_formula
from include.sandbox.salesforce.formula_functions import FormulaError
from tests.sandbox.salesforce.client import Client, row

SHORT = "A phone number needs at least seven digits."


def evaluated(formula: str, **fields: Any) -> Any:
    return compile_formula(formula, {name.lower(): name for name in fields})(fields)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("1 + 2 * 3 = 7", True),
        ("(1 + 2) * 3 <> 9", False),
        ("2 ^ 3 / 4 - -1", 3),
        ("'a' & \"b\"", "ab"),
        ("IF(LEN('abc') >= 3, 'long', 'short')", "long"),
        ("AND(TRUE, NOT(FALSE), OR(FALSE, TRUE))", True),
        ("TRUE && FALSE || !FALSE", True),
        ("CONTAINS('hubspot', 'spot')", True),
        ('REGEX("2026-01", "\\\\d{4}-\\\\d\\\\d")', True),
        ('REGEX("x2026-01", "\\\\d{4}-\\\\d\\\\d")', False),
        ("ISBLANK(Blank)", True),
        ("Blank = ''", True),
        ("Blank < 5 || Blank >= 5", False),
        ("Blank + 1", None),
        ("1 / 0", None),
        ("ISPICKVAL(Stage, 'closed won')", True),
        ("stage", "Closed Won"),
    ],
)
def test_a_formula_has_its_value(formula: str, value: Any) -> None:
    assert evaluated(formula, Blank=None, Stage="Closed Won") == value


@pytest.mark.parametrize(
    "formula", ["1 +", "Nothing", "FOO(1)", "(1", "1 2", "#", "(" * 500, "LEN()"]
)
def test_what_is_no_formula_is_refused(formula: str) -> None:
    with pytest.raises(FormulaError):
        evaluated(formula)


@pytest.mark.parametrize("sobject", ["Contact", "Lead"])
@pytest.mark.parametrize(
    ("phone", "passes"),
    [
        ("123456", False),
        ("12-34-56", False),
        ("ring me", False),
        ("+1 (23) 456-7", True),
        ("", True),
    ],
)
def test_a_phone_needs_seven_digits(org: Client, sobject: str, phone: str, passes: bool) -> None:
    if passes:
        org.create(sobject, Phone=phone)
        return
    assert org.refused(sobject, Phone=phone) == {
        "message": SHORT,
        "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        "fields": ["Phone"],
    }


@pytest.mark.parametrize(("amount", "passes"), [(None, False), (0, False), (-1, False), (1, True)])
def test_a_won_opportunity_needs_an_amount(org: Client, amount: int | None, passes: bool) -> None:
    record_id = org.create("Opportunity", Amount=amount)
    won = {"StageName": "Closed Won"}
    answer = org.call("PATCH", f"/sobjects/Opportunity/{record_id}", won)
    assert answer.status == (204 if passes else 400)


def test_a_refused_update_changes_nothing(org: Client) -> None:
    record_id = org.create("Contact", Title="Buyer")
    org.world.clock.advance(60)
    changes = {"Title": "Seller", "Phone": "1"}
    assert org.call("PATCH", f"/sobjects/Contact/{record_id}", changes).status == 400
    after = org.read(record_id)
    assert (after["Title"], after["SystemModstamp"]) == ("Buyer", after["CreatedDate"])


def test_a_rule_can_be_turned_off(org: Client) -> None:
    org.set(validation_rules={"Contact.Phone_has_seven_digits": False})
    org.create("Contact", Phone="1")
    assert org.refused("Lead", Phone="1")["message"] == SHORT


def test_a_rule_can_be_added_and_all_broken_ones_are_told(org: Client) -> None:
    declared = {
        "formula": "ISBLANK(Title)",
        "error_message": "A title, please.",
    }
    org.set(validation_rules={"Contact.Titled": declared})
    answer = org.call("POST", "/sobjects/Contact", {"LastName": "a", "Phone": "1"})
    assert [(one["message"], one["fields"]) for one in answer.body] == [
        (SHORT, ["Phone"]),
        ("A title, please.", []),
    ]


def test_a_duplicate_is_refused_unless_the_request_insists(org: Client) -> None:
    org.set(duplicate_rules=[{"sobject": "Contact", "fields": ["Email"]}])
    first = org.create("Contact", Email="ada@example.com")
    fields = {"LastName": "King", "Email": "ADA@example.com"}
    refused = org.call("POST", "/sobjects/Contact", fields)
    assert (refused.status, refused.body[0]["errorCode"]) == (400, "DUPLICATES_DETECTED")
    [matched] = refused.body[0]["duplicateResult"]["matchResults"]
    assert [one["record"]["Id"] for one in matched["matchRecords"]] == [first]
    org.headers = {"sforce-duplicate-rule-header": "allowSave=true; includeRecordDetails=false"}
    assert org.call("POST", "/sobjects/Contact", fields).status == 201


def test_a_blocking_duplicate_rule_cannot_be_insisted_away(org: Client) -> None:
    rule = {"sobject": "Contact", "fields": ["Email"], "allow_save": False}
    org.set(duplicate_rules=[rule])
    org.headers = {"sforce-duplicate-rule-header": "allowSave=true"}
    rows = [row("Contact", LastName=name, Email="ada@example.com") for name in "ab"]
    results = org.collection("POST", "", *rows)
    assert [one["success"] for one in results] == [True, False]
