"""What the CRMs refuse for reasons of their own, over real HTTP: read as a user would read it."""

from typing import Any

import pytest

from include.crmsync.pipeline import sweep
from tests.end_to_end.conftest import Installation
from tests.end_to_end.test_schema import ada, edit_here, edit_there, there, told_of

pytestmark = pytest.mark.sandbox
RULE = {
    "formula": 'Title = "Canary"',
    "error_message": "Nobody is a Canary here",
    "error_field": "Title",
}


def rule(installation: Installation, **changes: Any) -> None:
    """A validation rule that nobody told the suites about."""
    rules = {"Contact.No_birds": {**RULE, **changes}}
    installation.sandbox.settings(salesforce={"validation_rules": rules})


def held(installation: Installation) -> list[tuple[str | None, str | None]]:
    """Field and code of what the CRMs refused and is held."""
    shop = installation.workshop()
    try:
        return [(one.field, one.code) for one in shop.store.held("contacts") if one.code]
    finally:
        shop.close()


def test_a_validation_rule_on_a_field_costs_the_record_that_field_alone(
    installation: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    hubspot_id, salesforce_id = ada(installation)
    rule(installation)
    edit_here(installation, hubspot_id, jobtitle="Canary", city="London")
    told = told_of(installation.sync())
    assert there(installation, salesforce_id)["MailingCity"] == "London"
    assert there(installation, salesforce_id)["Title"] is None
    assert held(installation) == [("title", "FIELD_CUSTOM_VALIDATION_EXCEPTION")]
    [refusal] = told["refusals"]
    assert (refusal["category"], refusal["title"]) == (
        "custom_code",
        "A validation rule refuses it",
    )
    [row] = [one for one in told["held"] if one["criterion"] == "accepted_by_salesforce"]
    assert "Nobody is a [value] here" in row["reason"]
    assert "Canary" not in caplog.text + str(told)


def test_what_a_rule_refused_is_not_sent_again_until_it_changes(installation: Installation) -> None:
    hubspot_id, salesforce_id = ada(installation)
    rule(installation)
    edit_here(installation, hubspot_id, jobtitle="Canary")
    installation.sync()
    installation.sandbox.advance(30)
    edit_here(installation, hubspot_id, city="London")
    installation.sync()
    installation.sandbox.forget_calls()
    installation.sync()
    assert installation.sandbox.calls()["salesforce"]["writes"] == 0
    assert there(installation, salesforce_id)["MailingCity"] == "London"
    assert held(installation) == [("title", "FIELD_CUSTOM_VALIDATION_EXCEPTION")]
    installation.sandbox.advance(30)
    edit_here(installation, hubspot_id, jobtitle="Countess")
    installation.sync()
    assert there(installation, salesforce_id)["Title"] == "Countess"
    assert held(installation) == []


def test_a_rule_that_names_no_field_holds_the_record(installation: Installation) -> None:
    hubspot_id, salesforce_id = ada(installation)
    rule(installation, error_field=None)
    edit_here(installation, hubspot_id, jobtitle="Canary", city="London")
    installation.sync()
    assert there(installation, salesforce_id)["MailingCity"] is None
    assert held(installation) == [(None, "FIELD_CUSTOM_VALIDATION_EXCEPTION")]


def test_a_new_record_lands_without_the_field_that_a_rule_refuses(
    installation: Installation,
) -> None:
    rule(installation)
    _, salesforce_id = ada(installation, jobtitle="Canary", city="London")
    assert there(installation, salesforce_id)["MailingCity"] == "London"
    assert there(installation, salesforce_id)["Title"] is None
    assert held(installation) == [("title", "FIELD_CUSTOM_VALIDATION_EXCEPTION")]


def test_a_field_that_was_made_read_only_unseen_costs_that_field_alone(
    installation: Installation,
) -> None:
    hubspot_id, salesforce_id = ada(installation)
    installation.sandbox.settings(salesforce={"permissions": {"Contact.Title": "read"}})
    edit_here(installation, hubspot_id, jobtitle="Countess", city="London")
    installation.sync()
    assert there(installation, salesforce_id)["MailingCity"] == "London"
    assert held(installation) == [("title", "INVALID_FIELD_FOR_INSERT_UPDATE")]
    told = told_of(installation.sync())
    assert [(one["field"], one["problem"]) for one in told["mapping_issues"]] == [
        ("title", "read_only")
    ]


def test_a_duplicate_rule_holds_the_new_record_and_says_who_mends_it(
    installation: Installation,
) -> None:
    _, salesforce_id = ada(installation)
    edit_there(installation, salesforce_id, Phone="+442079460001")
    installation.sync()
    duplicates = [{"sobject": "Contact", "fields": ["LastName"], "name": "Same_name"}]
    installation.sandbox.settings(salesforce={"duplicate_rules": duplicates})
    values = {"email": "other@example.com", "lastname": "Lovelace"}
    contact = installation.outside.hubspot(
        "POST", "/crm/v3/objects/contacts", {"properties": values}
    )
    members = "/_sandbox/lists/Salesforce%20inclusion%20list/members"
    installation.sandbox.call("PUT", members, {"add": [contact["id"]]})
    told = told_of(installation.sync())
    assert held(installation) == [(None, "DUPLICATES_DETECTED")]
    [refusal] = told["refusals"]
    assert (refusal["category"], refusal["who"]) == ("duplicates", "salesforce_admin")
    assert "other@example.com" not in str(told)


def test_two_rules_are_told_apart_with_the_sweep_that_tries_them_again(
    installation: Installation,
) -> None:
    hubspot_id, _ = ada(installation)
    rules = {
        name: {"formula": f'Title = "{name}"', "error_message": f"No {what}", "error_field": None}
        for name, what in (("Canary", "birds"), ("Cat", "beasts"))
    }
    named = {f"Contact.{name}": one for name, one in rules.items()}
    installation.sandbox.settings(salesforce={"validation_rules": named})
    edit_here(installation, hubspot_id, jobtitle="Canary")
    for number, title in enumerate(["Cat", "Cat"]):
        values = {"email": f"c{number}@example.com", "lastname": "Doe", "jobtitle": title}
        made = installation.outside.hubspot(
            "POST", "/crm/v3/objects/contacts", {"properties": values}
        )
        members = "/_sandbox/lists/Salesforce%20inclusion%20list/members"
        installation.sandbox.call("PUT", members, {"add": [made["id"]]})
    told = told_of(installation.sync())
    rows = [one for one in told["held"] if one["criterion"] == "accepted_by_salesforce"]
    assert [one["records"] for one in rows] == [2, 1]
    assert ["No beasts" in one["reason"] for one in rows] == [True, False]
    assert all(one["reason"].endswith("and by the nightly sweep.") for one in rows)


def test_what_a_portals_rule_refused_goes_again_by_the_sweep_once_the_rule_is_gone(
    installation: Installation,
) -> None:
    """No schema tells of such a rule, so nothing else would ever let the record go."""
    installation.api_version = "2026-09"
    _, salesforce_id = ada(installation)
    asks = [{"when": {"city": "Paris"}, "require": ["zip"]}]
    installation.sandbox.settings(hubspot={"conditional_required": {"contacts": asks}})
    edit_there(installation, salesforce_id, MailingCity="Paris")
    installation.sync()
    assert held(installation) == [(None, "REQUIRED_PROPERTY")]
    installation.sandbox.settings(hubspot={"conditional_required": {"contacts": None}})
    shop = installation.workshop()
    try:
        sweep.run(sweep.chosen({}), shop)
    finally:
        shop.close()
    installation.sync()
    assert held(installation) == []
    [one] = installation.outside.all_hubspot("contacts", ["city"]).values()
    assert one["city"] == "Paris"


def test_the_command_says_what_is_wrong_without_a_stack_trace_beside_an_airflow(
    installation: Installation,
) -> None:
    """In Airflow's own containers AIRFLOW_HOME is set, so the command asks it for connections."""
    values = {"email": "ada@example.com", "lastname": "Lovelace"}
    installation.outside.hubspot("POST", "/crm/v3/objects/contacts", {"properties": values})
    process = installation.command(
        "run",
        AIRFLOW_HOME=str(installation.folder),
        CRMSYNC_INCLUSION_LIST="No such list",
    )
    out, told = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "has no contact list 'No such list'" in " ".join(told.split())
    assert "Traceback" not in told + out
