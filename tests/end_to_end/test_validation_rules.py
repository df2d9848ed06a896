"""A validation rule nobody told the suite about: refused once, named, and then foreseen."""

import json
import shutil
from typing import Any

import pytest

from include.crmsync.criteria.suites import HERE
from tests.end_to_end.conftest import Installation

pytestmark = pytest.mark.sandbox
CONTACTS = "/crm/v3/objects/contacts"
NO_SHOUTING = {
    "formula": 'Title = "ANALYST"',
    "error_message": "Titles are not shouted.",
    "error_field": "Title",
}
SAID_QUIETLY = {
    "type": "expect_column_values_to_not_match_regex",
    "kwargs": {"column": "title", "regex": "^ANALYST$"},
    "meta": {
        "criterion": "title_is_not_shouted",
        "field": "title",
        "applies_to": ["create", "update"],
        "effect": "hold_field",
        "reason": "Its job title is shouted, which a validation rule in Salesforce refuses.",
        "encodes": ["Contact.No_shouting"],
    },
}


def declare(installation: Installation, rule: dict[str, str] | None) -> None:
    """Make a rule in the org, or take it out again."""
    body = {"salesforce": {"validation_rules": {"Contact.No_shouting": rule}}}
    installation.sandbox.call("PATCH", "/_sandbox/settings", body)


def rules_named(told: dict[str, Any]) -> list[tuple[str, str]]:
    [contacts] = [one for one in told["object_types"] if one["object_type"] == "contacts"]
    return [(one["field"], one["problem"]) for one in contacts["mapping_issues"]]


def contact(installation: Installation, **properties: str) -> str:
    body = {"properties": {"lastname": "Lovelace", **properties}}
    id_ = str(installation.outside.hubspot("POST", CONTACTS, body)["id"])
    members = "/_sandbox/lists/Salesforce%20inclusion%20list/members"
    installation.sandbox.call("PUT", members, {"add": [id_]})
    return id_


def write_criterion(installation: Installation) -> None:
    installation.suites = installation.folder / "suites"
    shutil.copytree(HERE, installation.suites)
    path = installation.suites / "contacts.to_salesforce.json"
    suite = json.loads(path.read_text("utf-8"))
    suite["expectations"].append(SAID_QUIETLY)
    path.write_text(json.dumps(suite), "utf-8")


def test_a_rule_nobody_told_the_suite_about_is_named_and_then_foreseen(
    installation: Installation,
) -> None:
    contact(installation, email="grace@example.com")
    assert rules_named(installation.sync()) == []
    # Somebody makes a rule; the first record that breaks it shows that there is one.
    declare(installation, NO_SHOUTING)
    installation.sandbox.advance(30)
    ada = contact(installation, email="ada@example.com", jobtitle="ANALYST")
    installation.sync()
    assert ("hubspot", ada) in installation.held("contacts")
    installation.sandbox.advance(30)
    told = installation.sync()
    assert rules_named(told) == [("Contact.No_shouting", "rule_not_encoded")]
    # A criterion that encodes it ends the warning, and holds the field before a call is spent.
    write_criterion(installation)
    installation.outside.hubspot("PATCH", f"{CONTACTS}/{ada}", {"properties": {"city": "London"}})
    installation.sandbox.advance(30)
    told = installation.sync()
    assert rules_named(told) == []
    assert installation.held("contacts") == {("hubspot", ada): {"title_is_not_shouted"}}
    theirs = dict(installation.links("contacts"))[ada]
    record = installation.outside.salesforce("GET", f"sobjects/Contact/{theirs}")
    assert (record["MailingCity"], record["Title"]) == ("London", None)


def test_a_rule_that_is_gone_is_told_where_a_criterion_stands_for_it(
    installation: Installation,
) -> None:
    declare(installation, NO_SHOUTING)
    write_criterion(installation)
    assert rules_named(installation.sync()) == []
    declare(installation, None)
    installation.sandbox.advance(30)
    shop = installation.workshop()
    try:
        shop.live.forget("contacts")
    finally:
        shop.close()
    assert rules_named(installation.sync()) == [("Contact.No_shouting", "rule_gone")]
