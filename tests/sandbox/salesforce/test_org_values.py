"""Values that do not fit are refused, each with its code, its words and its field."""

from typing import Any

import pytest

from include.sandbox.salesforce.ids import numbered
from tests.sandbox.salesforce.client import Client


@pytest.mark.parametrize(
    ("sobject", "fields", "code", "message", "named"),
    [
        pytest.param(
            "Contact",
            {"LastName": "x" * 81},
            "STRING_TOO_LONG",
            f"Last Name: data value too large: {'x' * 81} (max length=80)",
            ["LastName"],
            id="long",
        ),
        pytest.param(
            "Contact",
            {"LastName": None},
            "REQUIRED_FIELD_MISSING",
            "Required fields are missing: [LastName]",
            ["LastName"],
            id="missing",
        ),
        pytest.param(
            "Lead",
            {"LastName": " ", "Company": ""},
            "REQUIRED_FIELD_MISSING",
            "Required fields are missing: [LastName, Company]",
            ["LastName", "Company"],
            id="blank is missing",
        ),
        pytest.param(
            "Contact",
            {"Email": "ada"},
            "INVALID_EMAIL_ADDRESS",
            "Email: invalid email address: ada",
            ["Email"],
            id="e-mail",
        ),
        pytest.param(
            "Opportunity",
            {"ForecastCategoryName": "Maybe"},
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "Forecast Category: bad value for restricted picklist field: Maybe",
            ["ForecastCategoryName"],
            id="picklist",
        ),
        pytest.param(
            "Account",
            {"NumberOfEmployees": 100_000_000},
            "NUMBER_OUTSIDE_VALID_RANGE",
            "Employees: value outside of valid range on numeric field: 100000000",
            ["NumberOfEmployees"],
            id="large",
        ),
        pytest.param(
            "Contact",
            {"Name": "Ada"},
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            "Unable to create/update fields: Name. Please check the security settings of this"
            " field and verify that it is read/write for your profile or permission set.",
            ["Name"],
            id="computed",
        ),
        pytest.param(
            "Contact",
            {"Shoe__c": 42},
            "INVALID_FIELD",
            "No such column 'Shoe__c' on sobject of type Contact",
            None,
            id="unknown",
        ),
    ],
)
def test_a_value_that_does_not_fit(
    org: Client,
    sobject: str,
    fields: dict[str, Any],
    code: str,
    message: str,
    named: list[str] | None,
) -> None:
    refused = org.refused(sobject, **fields)
    assert (refused["errorCode"], refused["message"]) == (code, message)
    assert refused.get("fields") == named


@pytest.mark.parametrize(
    ("sobject", "field", "value", "said"),
    [
        ("Contact", "LastName", 7, "instance of string from VALUE_NUMBER_INT value 7"),
        ("Contact", "LastName", True, "instance of string from VALUE_TRUE value true"),
        ("Contact", "LastName", ["a"], "instance of string from START_ARRAY value ["),
        ("Contact", "Birthdate", "tomorrow", "instance of date from VALUE_STRING value tomorrow"),
        ("Contact", "Birthdate", "1699-12-31", "instance of date from VALUE_STRING"),
        ("Account", "AnnualRevenue", "much", "instance of double from VALUE_STRING value much"),
        ("Account", "NumberOfEmployees", 1.5, "instance of int from VALUE_NUMBER_FLOAT value 1.5"),
        ("Contact", "DoNotCall", "maybe", "instance of boolean from VALUE_STRING value maybe"),
    ],
)
def test_json_of_the_wrong_kind_is_a_parser_error(
    org: Client, sobject: str, field: str, value: Any, said: str
) -> None:
    refused = org.refused(sobject, **{field: value})
    assert refused["errorCode"] == "JSON_PARSER_ERROR"
    assert refused["message"].startswith(f"Cannot deserialize {said}")
    assert "at [line:1, column:" in refused["message"]


@pytest.mark.parametrize(
    ("sobject", "field", "given", "kept"),
    [
        ("Account", "AnnualRevenue", "12.4", 12.0),
        ("Opportunity", "Amount", 12.345, 12.35),
        ("Opportunity", "Amount", 1.005, 1.01),
        ("Opportunity", "Amount", -2.675, -2.68),
        ("Contact", "Birthdate", "1815-12-10T23:00:00Z", "1815-12-10"),
        ("Contact", "EmailBouncedDate", "2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05.000+0000"),
        (
            "Contact",
            "EmailBouncedDate",
            "2026-01-02T03:04:05+01:00",
            "2026-01-02T02:04:05.000+0000",
        ),
        ("Contact", "DoNotCall", "true", True),
        ("Contact", "DoNotCall", None, False),
        ("Contact", "Title", "Growth 🚀", "Growth 🚀"),
        ("Contact", "Title", "\ud800", "\N{REPLACEMENT CHARACTER}"),
        ("Account", "Industry", "Shipbuilding", "Shipbuilding"),
    ],
)
def test_a_value_is_kept_in_the_fields_own_way(
    org: Client, sobject: str, field: str, given: Any, kept: Any
) -> None:
    assert org.read(org.create(sobject, **{field: given}), sobject)[field] == kept


def test_a_restricted_multi_select_takes_several_of_its_values_and_no_others(org: Client) -> None:
    told = {"name": "Tastes__c", "type": "multipicklist", "values": ["Art", "Tea & Cake", "Golf"]}
    org.declare(name="Contact", fields=[{**told, "restricted": True}])
    assert org.read(org.create("Contact", Tastes__c="Golf;Art"), "Contact")["Tastes__c"]
    for wrong in ("Golf;Chess", "Chess", "Golf,Art"):
        refused = org.refused("Contact", Tastes__c=wrong)
        assert refused["errorCode"] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"


def test_broken_json_is_a_parser_error(org: Client) -> None:
    answer = org.call("POST", "/sobjects/Contact", None)
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")


def test_a_body_that_is_not_json_is_an_unsupported_media_type(org: Client) -> None:
    answer = org.call("POST", "/sobjects/Contact", {}, content_type="text/csv")
    assert (answer.status, answer.body[0]["errorCode"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_an_update_may_not_empty_a_required_field(org: Client) -> None:
    record_id = org.create("Contact")
    answer = org.call("PATCH", f"/sobjects/Contact/{record_id}", {"LastName": ""})
    assert answer.body[0]["errorCode"] == "REQUIRED_FIELD_MISSING"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/services/data/v41.0/limits", 410, "UNSUPPORTED_API_VERSION"),
        ("GET", "/services/data/v69.0/limits", 404, "NOT_FOUND"),
        ("GET", "/nothing/here", 404, "NOT_FOUND"),
        ("GET", "/sobjects/Nothing/describe", 404, "NOT_FOUND"),
        ("PUT", "/limits", 405, "METHOD_NOT_ALLOWED"),
        ("GET", f"/sobjects/Contact/{numbered('003', 1)[:14]}", 404, "NOT_FOUND"),
    ],
)
def test_a_wrong_address_says_what_is_wrong(
    org: Client, method: str, path: str, status: int, code: str
) -> None:
    answer = org.call(method, path)
    assert (answer.status, answer.body[0]["errorCode"]) == (status, code)


def test_versions_from_42_are_served_and_echoed(org: Client) -> None:
    versions = org.call("GET", "/services/data").body
    assert [one["version"] for one in (versions[0], versions[-1])] == ["42.0", "68.0"]
    record_id = org.create("Contact")
    for version in ("42.0", "68.0"):
        address = f"/services/data/v{version}/sobjects/Contact/{record_id}"
        assert org.call("GET", address).body["attributes"]["url"] == address


def test_every_answer_tells_how_much_of_the_day_is_used(org: Client) -> None:
    org.set(daily_api_limit=2)
    used = [org.call("GET", "/limits").headers["Sforce-Limit-Info"] for _ in range(2)]
    assert used == ["api-usage=1/2", "api-usage=2/2"]
    refused = org.call("GET", "/limits")
    assert (refused.status, refused.body[0]["errorCode"]) == (403, "REQUEST_LIMIT_EXCEEDED")
    org.world.clock.advance(86_400)
    org.log_in()
    assert org.call("GET", "/limits").body["DailyApiRequests"] == {"Max": 2, "Remaining": 1}
