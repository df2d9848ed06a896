"""Edits made through the two public APIs between runs travel by the rules."""

import csv
import io

import pytest

from include.crmsync.model.record import System
from tests.end_to_end.conftest import Installation

pytestmark = pytest.mark.sandbox
CONTACTS = "/crm/v3/objects/contacts"


@pytest.fixture
def pair(installation: Installation) -> tuple[Installation, str, str]:
    """One company with one contact, on the inclusion list, synced and linked."""
    outside = installation.outside
    company = outside.hubspot(
        "POST", "/crm/v3/objects/companies", {"properties": {"name": "Analytical Engines"}}
    )
    properties = {"email": "ada@example.com", "lastname": "Lovelace", "phone": "+44 20 7946 0001"}
    contact = outside.hubspot("POST", CONTACTS, {"properties": properties})
    outside.hubspot(
        "PUT",
        f"/crm/v4/objects/contacts/{contact['id']}/associations/default/companies/{company['id']}",
    )
    installation.sandbox.call(
        "PUT",
        "/_sandbox/lists/Salesforce%20inclusion%20list/members",
        {"add": [contact["id"]]},
    )
    told = installation.sync()
    assert told["state"] == "done", told
    [(hubspot_id, salesforce_id)] = installation.links("contacts")
    installation.sandbox.advance(30)
    return installation, hubspot_id, salesforce_id


def _contact(installation: Installation, salesforce_id: str) -> dict[str, str | None]:
    found: dict[str, str | None] = installation.outside.salesforce(
        "GET", f"sobjects/Contact/{salesforce_id}"
    )
    return found


def _hubspot(installation: Installation, hubspot_id: str) -> dict[str, str | None]:
    path = f"{CONTACTS}/{hubspot_id}?properties=phone,jobtitle,email,lastname"
    found: dict[str, str | None] = installation.outside.hubspot("GET", path)["properties"]
    return found


def test_a_new_contact_is_created_below_its_account(pair: tuple[Installation, str, str]) -> None:
    installation, _, salesforce_id = pair
    [(_, account_id)] = installation.links("companies")
    assert _contact(installation, salesforce_id)["AccountId"] == account_id
    assert _contact(installation, salesforce_id)["LastName"] == "Lovelace"


def test_an_edit_in_hubspot_reaches_salesforce(pair: tuple[Installation, str, str]) -> None:
    installation, hubspot_id, salesforce_id = pair
    change = {"properties": {"jobtitle": "Analyst"}}
    installation.outside.hubspot("PATCH", f"{CONTACTS}/{hubspot_id}", change)
    installation.sync()
    assert _contact(installation, salesforce_id)["Title"] == "Analyst"


def test_an_edit_in_salesforce_reaches_hubspot(pair: tuple[Installation, str, str]) -> None:
    installation, hubspot_id, salesforce_id = pair
    installation.outside.salesforce("PATCH", f"sobjects/Contact/{salesforce_id}", {"Title": "CEO"})
    installation.sync()
    assert _hubspot(installation, hubspot_id)["jobtitle"] == "CEO"


def test_a_cleared_two_way_field_is_cleared_on_the_other_side(
    pair: tuple[Installation, str, str],
) -> None:
    installation, hubspot_id, salesforce_id = pair
    installation.outside.hubspot("PATCH", f"{CONTACTS}/{hubspot_id}", {"properties": {"phone": ""}})
    installation.sync()
    assert _contact(installation, salesforce_id)["Phone"] is None


def test_edited_in_both_the_newest_stands_and_the_conflict_keeps_both(
    pair: tuple[Installation, str, str],
) -> None:
    installation, hubspot_id, salesforce_id = pair
    change = {"properties": {"jobtitle": "Countess"}}
    installation.outside.hubspot("PATCH", f"{CONTACTS}/{hubspot_id}", change)
    installation.sandbox.advance(60)
    installation.outside.salesforce("PATCH", f"sobjects/Contact/{salesforce_id}", {"Title": "CTO"})
    installation.sync()
    assert _hubspot(installation, hubspot_id)["jobtitle"] == "CTO"
    shop = installation.workshop()
    [conflict] = shop.journal.conflicts(f"run-{installation.runs}")
    shop.close()
    assert (conflict.field, conflict.hubspot, conflict.salesforce) == ("title", "Countess", "CTO")
    assert conflict.winner is System.SALESFORCE


def test_a_value_cleared_in_hubspot_comes_back_where_salesforce_is_preferred(
    pair: tuple[Installation, str, str],
) -> None:
    installation, hubspot_id, salesforce_id = pair
    installation.outside.hubspot(
        "PATCH", f"{CONTACTS}/{hubspot_id}", {"properties": {"leadsource": "Web"}}
    )
    installation.sync()
    assert _contact(installation, salesforce_id)["LeadSource"] == "Web"
    installation.sandbox.advance(60)
    installation.outside.hubspot(
        "PATCH", f"{CONTACTS}/{hubspot_id}", {"properties": {"leadsource": ""}}
    )
    installation.sync()
    path = f"{CONTACTS}/{hubspot_id}?properties=leadsource"
    assert installation.outside.hubspot("GET", path)["properties"]["leadsource"] == "Web"


def test_a_value_the_org_refuses_is_held_before_a_call_is_spent(
    pair: tuple[Installation, str, str],
) -> None:
    installation, hubspot_id, salesforce_id = pair
    installation.outside.hubspot(
        "PATCH", f"{CONTACTS}/{hubspot_id}", {"properties": {"phone": "123"}}
    )
    installation.sandbox.forget_calls()
    installation.sync()
    assert installation.sandbox.calls()["salesforce"]["writes"] == 0
    held = installation.held("contacts")
    assert held[("hubspot", hubspot_id)] == {"phone_has_seven_digits"}
    assert _contact(installation, salesforce_id)["Phone"] == "+44 20 7946 0001"


def test_a_dry_run_writes_nothing_and_leaves_everything_to_the_next(
    pair: tuple[Installation, str, str],
) -> None:
    installation, hubspot_id, salesforce_id = pair
    installation.outside.hubspot(
        "PATCH", f"{CONTACTS}/{hubspot_id}", {"properties": {"jobtitle": "Analyst"}}
    )
    installation.sandbox.forget_calls()
    told = installation.sync(dry_run=True)
    assert told["state"] == "planned"
    calls = installation.sandbox.calls()
    assert (calls["hubspot"]["writes"], calls["salesforce"]["writes"]) == (0, 0)
    assert calls["hubspot"]["total"] + calls["salesforce"]["total"] > 0
    [file] = (installation.folder / "artifacts" / "@plans").glob("*/changes.csv")
    [row] = csv.DictReader(io.StringIO(file.read_text("utf-8")))
    assert (row["object"], row["record_id"], row["field"]) == ("Contact", salesforce_id, "title")
    assert (row["after"], row["reason"]) == ("Analyst", "changed in HubSpot")
    installation.sync()
    assert _contact(installation, salesforce_id)["Title"] == "Analyst"


def test_a_currency_that_salesforce_lacks_is_not_replaced_by_the_default_it_gives(
    installation: Installation,
) -> None:
    installation.sandbox.settings(salesforce={"multi_currency": True})
    properties = {
        "dealname": "Engine",
        "dealstage": "contractsent",
        "closedate": "2026-12-01",
        "amount": "100",
        "deal_currency_code": "CHF",
    }
    path = "/crm/v3/objects/deals"
    deal = installation.outside.hubspot("POST", path, {"properties": properties})["id"]
    for _ in range(3):
        installation.sync()
        installation.sandbox.advance(700)
    found = installation.outside.all_hubspot("deals", ["amount", "deal_currency_code"])[deal]
    assert (found["amount"], found["deal_currency_code"]) == ("100", "CHF")
    assert installation.held("deals") == {
        ("hubspot", deal): {"picklist_value", "companion_writable"}
    }
    change = {"properties": {"deal_currency_code": "EUR"}}
    installation.outside.hubspot("PATCH", f"{path}/{deal}", change)
    installation.sync()
    [row] = installation.outside.query("SELECT Amount, CurrencyIsoCode FROM Opportunity")
    assert (row["Amount"], row["CurrencyIsoCode"]) == (100.0, "EUR")
    assert installation.held("deals") == {}
