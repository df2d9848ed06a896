"""What fits in a property, what is refused, and in which words."""

from typing import Any

import pytest

from tests.sandbox.hubspot.client import Client, codes

STAGE = {"dealname": "A", "dealstage": "closedwon"}


@pytest.mark.parametrize(
    ("kind", "name", "told", "code"),
    [
        ("contacts", "email", "no address", "INVALID_EMAIL"),
        ("contacts", "email", "a@b", "INVALID_EMAIL"),
        ("contacts", "lifecyclestage", "Customer", "INVALID_OPTION"),
        ("contacts", "numemployees", "7", "INVALID_OPTION"),
        ("contacts", "hubspot_owner_id", "5", "INVALID_OPTION"),
        ("contacts", "hs_email_optout", "true", "READ_ONLY_VALUE"),
        ("contacts", "start_date", "2026-01-05T08:00:00Z", "INVALID_DATE"),
        ("contacts", "closedate", "next week", "INVALID_LONG"),
        ("companies", "annualrevenue", "1,000", "INVALID_NUMBER"),
        ("companies", "is_public", "maybe", "INVALID_OPTION"),
        ("deals", "dealstage", "lost in space", "INVALID_OPTION"),
        ("deals", "hs_lastmodifieddate", "1", "READ_ONLY_VALUE"),
        ("deals", "amount", ["1"], "INVALID_STRING"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(
    portal: Client, kind: str, name: str, told: Any, code: str
) -> None:
    basis = {"contacts": {"lastname": "A"}, "companies": {"name": "A"}, "deals": STAGE}[kind]
    body = {"properties": {**basis, name: told}}
    answer = portal.ask("POST", f"/crm/v3/objects/{kind}", body)
    assert (answer.status, answer.body["category"]) == (400, "VALIDATION_ERROR")
    assert codes(answer) == [code]


@pytest.mark.parametrize(
    ("kind", "name", "told", "kept"),
    [
        ("contacts", "email", " Ada@Example.com ", "ada@example.com"),
        ("contacts", "jobtitle", "  Buyer ", "  Buyer "),
        ("contacts", "jobtitle", "Half \ud83d", "Half \N{REPLACEMENT CHARACTER}"),
        ("contacts", "hubspot_owner_id", 81, "81"),
        ("contacts", "hubspot_owner_id", "93", "93"),
        ("contacts", "start_date", "1767571200000", "2026-01-05"),
        ("contacts", "start_date", "2026-01-05", "2026-01-05"),
        ("contacts", "closedate", "1767600000123", "2026-01-05T08:00:00.123Z"),
        ("contacts", "closedate", "2026-01-05T09:00:00+01:00", "2026-01-05T08:00:00Z"),
        ("companies", "is_public", True, "true"),
        ("companies", "annualrevenue", 1500, "1500"),
        ("companies", "annualrevenue", 1500.5, "1500.5"),
        ("companies", "annualrevenue", "1500.00", "1500.00"),
    ],
)
def test_values_are_kept_as_strings_in_one_spelling(
    portal: Client, kind: str, name: str, told: Any, kept: str
) -> None:
    basis = {"contacts": {"lastname": "A"}, "companies": {"name": "A"}}[kind]
    id_ = portal.create(kind, **{**basis, name: told})
    assert portal.read(kind, id_, name)["properties"][name] == kept


def test_all_problems_of_a_record_are_told_at_once(portal: Client) -> None:
    body = {"properties": {"email": "x", "foo": "1", "lifecyclestage": "none"}}
    answer = portal.ask("POST", "/crm/v3/objects/contacts", body)
    assert set(codes(answer)) == {"INVALID_EMAIL", "PROPERTY_DOESNT_EXIST", "INVALID_OPTION"}


def test_a_leading_semicolon_adds_to_the_options_chosen(portal: Client) -> None:
    id_ = portal.create("tickets", hs_pipeline_stage="1", hs_ticket_category="BILLING_ISSUE")
    portal.update("tickets", id_, hs_ticket_category=";PRODUCT_ISSUE")
    told = portal.read("tickets", id_, "hs_ticket_category")["properties"]
    assert told["hs_ticket_category"] == "BILLING_ISSUE;PRODUCT_ISSUE"


@pytest.mark.parametrize("email", ["ada@example.com", "ADA@Example.COM", "second@example.com"])
def test_a_second_contact_with_an_email_is_a_conflict(portal: Client, email: str) -> None:
    id_ = portal.create(email="ada@example.com", hs_additional_emails="second@example.com")
    told = portal.told(
        "POST", "/crm/v3/objects/contacts", {"properties": {"email": email}}, status=409
    )
    assert told["category"] == "CONFLICT"
    assert told["message"] == f"Contact already exists. Existing ID: {id_}"


def test_an_update_cannot_take_an_email_from_another_contact(portal: Client) -> None:
    portal.create(email="ada@example.com")
    other = portal.create(email="bob@example.com")
    body = {"properties": {"email": "ada@example.com"}}
    assert portal.ask("PATCH", f"/crm/v3/objects/contacts/{other}", body).status == 409


def test_an_additional_email_that_becomes_the_first_swaps_with_it(portal: Client) -> None:
    id_ = portal.create(email="old@example.com", hs_additional_emails="new@example.com")
    portal.update("contacts", id_, email="new@example.com")
    told = portal.read("contacts", id_, "email", "hs_additional_emails")["properties"]
    assert (told["email"], told["hs_additional_emails"]) == ("new@example.com", "old@example.com")


def test_the_domain_of_a_company_is_not_unique(portal: Client) -> None:
    first = portal.create("companies", domain="example.com")
    assert portal.create("companies", domain="example.com") != first


def test_a_unique_property_has_one_holder(portal: Client) -> None:
    holder = portal.create("companies", name="A", crmsync_salesforce_id="001A")
    body = {"properties": {"name": "B", "crmsync_salesforce_id": "001A"}}
    answer = portal.ask("POST", "/crm/v3/objects/companies", body)
    assert (answer.status, codes(answer)) == (400, ["CONFLICTING_UNIQUE_VALUE"])
    assert f"{holder} already has that value" in answer.body["message"]


def test_a_unique_value_is_free_once_it_is_cleared(portal: Client) -> None:
    holder = portal.create("companies", name="A", crmsync_salesforce_id="001A")
    portal.update("companies", holder, crmsync_salesforce_id="")
    assert portal.create("companies", name="B", crmsync_salesforce_id="001A")
