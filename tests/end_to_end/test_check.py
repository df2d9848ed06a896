"""The check of an installation, over real HTTP: what is missing is told, and made on request."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from include.crmsync.model.finding import Finding, Verdict
from include.crmsync.model.record import System
from include.crmsync.pipeline import check
from include.crmsync.pipeline.check_told import documents, table
from tests.end_to_end.conftest import Installation

pytestmark = pytest.mark.sandbox
HUBSPOT_KEY = "/crm/v3/properties/contacts/crmsync_salesforce_id"
SALESFORCE_KEY = "crmsync_hubspot_id"
TOKEN, SECRET = "sandbox-hubspot-token", "sandbox-client-secret"
ADA = {"email": "ada@example.com", "lastname": "Lovelace"}


def found(
    installation: Installation, settings: Mapping[str, Any] | None = None, **options: Any
) -> dict[str, Finding]:
    """What was looked at -> what was found; of several, the worst."""
    shop = installation.workshop()
    shop.settings = replace(shop.settings, **(settings or {}))
    try:
        order = [Verdict.OK, Verdict.WARNING, Verdict.WRONG]
        told = check.findings(shop, **options)
        return {one.what: one for one in sorted(told, key=lambda one: order.index(one.state))}
    finally:
        shop.close()


def wrong(told: dict[str, Finding]) -> set[str]:
    return {what for what, one in told.items() if one.state is Verdict.WRONG}


def take_keys_away(installation: Installation) -> None:
    """As in accounts that nobody has prepared: no key property, no key field on Contact."""
    installation.outside.hubspot("DELETE", HUBSPOT_KEY)
    soql = (
        f"SELECT Id FROM CustomField WHERE DeveloperName = '{SALESFORCE_KEY}'"
        " AND TableEnumOrId = 'Contact'"
    )
    listed = installation.outside.salesforce("GET", f"tooling/query?{urlencode({'q': soql})}")
    [row] = listed["records"]
    installation.outside.salesforce("DELETE", f"tooling/sobjects/CustomField/{row['Id']}")


def test_in_a_prepared_account_everything_is_in_order(installation: Installation) -> None:
    told = found(installation)
    assert wrong(told) == set()
    assert told["HubSpot: connection"].told == "reaches account 4242"
    assert told["Salesforce: key field Lead.crmsync_hubspot_id__c"].state is Verdict.OK
    assert told["HubSpot: crm.objects.deals.write"].state is Verdict.OK


def test_looking_writes_nothing_in_either_crm(installation: Installation) -> None:
    installation.sandbox.forget_calls()
    found(installation)
    calls = installation.sandbox.calls()
    assert set(calls["hubspot"]["by_endpoint"]) >= {"GET /crm/v3/properties/contacts"}
    sent = {name for one in calls.values() for name in one["by_endpoint"] if name[:4] != "GET "}
    told = "POST /oauth/v2/private-apps/get/access-token-info"
    assert sent == {told, "POST /services/oauth2/token"}


def test_missing_keys_are_told_then_made_and_then_a_sync_works(installation: Installation) -> None:
    take_keys_away(installation)
    keys = {
        "HubSpot: key field contacts.crmsync_salesforce_id",
        "Salesforce: key field Contact.crmsync_hubspot_id__c",
    }
    told = found(installation)
    assert wrong(told) == keys
    assert all("create_missing" in told[one].remedy for one in keys)
    told = found(installation, create_missing=True)
    assert wrong(told) == set()
    made = "Salesforce: making Contact.crmsync_hubspot_id__c"
    assert told[made].told == "made as a unique external id, and given to the integration user"
    made = "HubSpot: making contacts.crmsync_salesforce_id"
    assert told[made].told == "made, with unique values"
    contact = installation.outside.hubspot("POST", "/crm/v3/objects/contacts", {"properties": ADA})
    members = "/_sandbox/lists/Salesforce%20inclusion%20list/members"
    installation.sandbox.call("PUT", members, {"add": [contact["id"]]})
    installation.sync()
    [(hubspot_id, salesforce_id)] = installation.links("contacts")
    there = installation.outside.salesforce("GET", f"sobjects/Contact/{salesforce_id}")
    assert there["crmsync_hubspot_id__c"] == hubspot_id == contact["id"]


def test_making_what_is_there_changes_nothing(installation: Installation) -> None:
    take_keys_away(installation)
    found(installation, create_missing=True)
    told = found(installation, create_missing=True)
    makings = [one for what, one in told.items() if ": making " in what]
    assert len(makings) == 7
    assert {one.told for one in makings} == {"was there"}


def test_a_key_that_is_merely_hidden_is_given_to_the_user(installation: Installation) -> None:
    take_keys_away(installation)
    metadata = {"type": "Text", "length": 64, "externalId": True, "unique": True}
    body = {"FullName": f"Contact.{SALESFORCE_KEY}__c", "Metadata": metadata}
    installation.outside.salesforce("POST", "tooling/sobjects/CustomField", body)
    assert "Salesforce: key field Contact.crmsync_hubspot_id__c" in wrong(found(installation))
    told = found(installation, create_missing=True)
    assert told["Salesforce: making Contact.crmsync_hubspot_id__c"].told == (
        "was there, and given to the integration user"
    )
    assert wrong(told) == set()


def test_a_property_that_is_not_unique_is_told_and_left_alone(installation: Installation) -> None:
    installation.outside.hubspot("DELETE", HUBSPOT_KEY)
    plain = {"name": "crmsync_salesforce_id", "label": "Key", "type": "string"}
    body = {**plain, "fieldType": "text", "groupName": "contactinformation"}
    installation.outside.hubspot("POST", "/crm/v3/properties/contacts", body)
    told = found(installation, create_missing=True)
    assert (
        "HubSpot lets nobody change" in told["HubSpot: making contacts.crmsync_salesforce_id"].told
    )
    assert installation.outside.hubspot("GET", HUBSPOT_KEY)["label"] == "Key"


def test_a_scope_that_lacks_is_named_and_hides_nothing_else(installation: Installation) -> None:
    scopes = installation.outside.hubspot(
        "POST", "/oauth/v2/private-apps/get/access-token-info", {"tokenKey": TOKEN}
    )["scopes"]
    left = [one for one in scopes if one not in ("crm.objects.deals.write", "crm.lists.read")]
    installation.sandbox.settings(hubspot={"tokens": {TOKEN: left}})
    told = found(installation)
    assert wrong(told) == {
        "HubSpot: crm.objects.deals.write",
        "HubSpot: crm.lists.read",
        "HubSpot: inclusion list",
    }
    assert told["Salesforce: connection"].state is Verdict.OK


def test_a_right_that_lacks_in_salesforce_is_named(installation: Installation) -> None:
    permissions = {"Account": "read", "Contact.Phone": "none", "Opportunity": "none"}
    installation.sandbox.settings(salesforce={"permissions": permissions})
    told = found(installation)
    assert {
        "Salesforce: Account: edit",
        "Salesforce: Account: create",
        "Salesforce: Opportunity: read",
    } <= wrong(told)
    assert "Phone" in told["mapping of contacts"].told
    assert told["mapping of contacts"].state is Verdict.WARNING


def test_a_list_that_is_not_there_is_told_with_those_near_it(installation: Installation) -> None:
    settings = {"inclusion_list": "Salesforce inclusion lits"}
    told = found(installation, settings)["HubSpot: inclusion list"]
    assert told.state is Verdict.WRONG
    assert "'Salesforce inclusion list'" in told.told
    assert "CRMSYNC_INCLUSION_LIST" in told.remedy


def test_one_broken_connection_does_not_hide_the_other(installation: Installation) -> None:
    installation.sandbox.settings(salesforce={"client_secret": "another"})
    told = found(installation)
    assert wrong(told) == {"Salesforce: connection"}
    assert "salesforce_default" in told["Salesforce: connection"].remedy
    assert told["HubSpot: key field deals.crmsync_salesforce_id"].state is Verdict.OK


def test_another_account_than_the_stores_is_told(installation: Installation) -> None:
    installation.sync()
    shop = installation.workshop()
    shop.store.bind(System.HUBSPOT, "9999", "another")
    shop.close()
    told = found(installation)["HubSpot: connection"]
    assert told.state is Verdict.WRONG
    assert told.told == "reaches account 4242; the state store remembers records of 9999"


def test_the_table_holds_no_secret_and_no_line_of_its_own_making(
    installation: Installation,
) -> None:
    installation.sandbox.settings(salesforce={"client_secret": "another"})
    told = list(found(installation).values())
    told.append(Finding("Contact.\nok  forged", Verdict.WARNING, "a\x1b[31m\r\nb"))
    text = "\n".join(table(told)) + json.dumps(documents(told))
    assert TOKEN not in text
    assert SECRET not in text
    assert not [line for line in table(told) if line.startswith("ok  forged") or "\x1b" in line]


def test_the_command_line_tells_and_says_by_its_status(installation: Installation) -> None:
    code, out = _command(installation, "check", "--json")
    assert code == 0
    assert {one["state"] for one in json.loads(out)} == {"ok"}
    installation.sandbox.settings(salesforce={"permissions": {"Account": "none"}})
    code, out = _command(installation, "check")
    assert code == 1
    assert out.startswith("wrong    Salesforce: Account: read")


def _command(installation: Installation, *arguments: str) -> tuple[int, str]:
    process: subprocess.Popen[str] = installation.command(*arguments)
    out, _ = process.communicate(timeout=120)
    return process.returncode, out
