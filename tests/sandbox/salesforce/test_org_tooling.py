"""The Tooling API: validation rules, custom fields and definitions, queried and made."""

from typing import Any
from urllib.parse import urlencode

import pytest

from include.sandbox.wire import Answer
from tests.sandbox.salesforce.client import KEY, Client

TEXT = {"type": "Text", "length": 64, "label": "Key", "externalId": True, "unique": True}


def tooling(org: Client, soql: str) -> Any:
    answer = org.call("GET", f"/tooling/query?{urlencode({'q': soql})}")
    assert answer.status == 200, answer.body
    return answer.body


def make_field(org: Client, name: str, **metadata: Any) -> Answer:
    body = {"FullName": name, "Metadata": {**TEXT, **metadata}}
    return org.call("POST", "/tooling/sobjects/CustomField", body)


def give(org: Client, name: str, **permissions: bool) -> Answer:
    """Let the integration user's permission set see a field, and edit it unless told otherwise."""
    [[parent]] = org.values("SELECT PermissionSetId FROM PermissionSetAssignment")
    told = {"PermissionsRead": True, "PermissionsEdit": True, **permissions}
    body = {"ParentId": parent, "SobjectType": name.partition(".")[0], "Field": name, **told}
    return org.call("POST", "/sobjects/FieldPermissions", body)


def test_validation_rules_say_what_they_refuse(org: Client) -> None:
    [rule] = tooling(
        org,
        "SELECT Id, ValidationName, Active, ErrorMessage, ErrorDisplayField,"
        " EntityDefinition.QualifiedApiName FROM ValidationRule"
        " WHERE EntityDefinition.QualifiedApiName = 'Opportunity'",
    )["records"]
    assert rule["Id"].startswith("03d")
    assert rule["ValidationName"] == "Won_needs_amount"
    assert rule["Active"] is True
    assert rule["ErrorDisplayField"] == "Amount"
    assert rule["ErrorMessage"] == "A won opportunity needs an amount greater than zero."
    assert rule["EntityDefinition"]["QualifiedApiName"] == "Opportunity"
    url = f"/services/data/v62.0/tooling/sobjects/ValidationRule/{rule['Id']}"
    assert rule["attributes"] == {"type": "ValidationRule", "url": url}


def test_the_formula_of_a_rule_is_in_its_metadata(org: Client) -> None:
    soql = "SELECT Metadata, FullName FROM ValidationRule WHERE ValidationName = 'Won_needs_amount'"
    [rule] = tooling(org, soql)["records"]
    assert rule["FullName"] == "Opportunity.Won_needs_amount"
    assert rule["Metadata"]["active"] is True
    assert "ISPICKVAL" in rule["Metadata"]["errorConditionFormula"]


def test_metadata_is_given_for_one_row_at_a_time(org: Client) -> None:
    query = urlencode({"q": "SELECT Metadata FROM ValidationRule"})
    answer = org.call("GET", f"/tooling/query?{query}")
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "MALFORMED_QUERY")
    assert answer.body[0]["message"].endswith("Result size: 3")


def test_a_rule_is_read_and_switched_off_by_its_id(org: Client) -> None:
    soql = "SELECT Id FROM ValidationRule WHERE ValidationName = 'Won_needs_amount'"
    [rule] = tooling(org, soql)["records"]
    path = f"/tooling/sobjects/ValidationRule/{rule['Id']}"
    assert org.call("GET", path).body["ValidationName"] == "Won_needs_amount"
    assert org.refused("Opportunity", StageName="Closed Won")
    assert org.call("PATCH", path, {"Metadata": {"active": False}}).status == 204
    assert org.call("GET", path).body["Active"] is False
    org.create("Opportunity", StageName="Closed Won")


def test_a_rule_that_a_setting_declares_is_listed(org: Client) -> None:
    rule = {"formula": "TRUE", "error_message": "Never", "active": False}
    org.set(validation_rules={"Lead.Never": rule})
    soql = "SELECT Active FROM ValidationRule WHERE ValidationName = 'Never'"
    assert tooling(org, soql)["records"][0]["Active"] is False
    org.create("Lead")


def test_custom_fields_are_listed_without_their_ending(org: Client) -> None:
    soql = f"SELECT Id, TableEnumOrId FROM CustomField WHERE DeveloperName = '{KEY[:-3]}'"
    found = {one["TableEnumOrId"]: one["Id"] for one in tooling(org, soql)["records"]}
    assert set(found) == {"Account", "Contact", "Lead", "Opportunity"}
    assert all(one.startswith("00N") for one in found.values())


def test_a_new_custom_field_is_hidden_until_somebody_is_given_it(org: Client) -> None:
    make_field(org, "Contact.Key__c")
    assert org.refused_query("SELECT Key__c FROM Contact")["errorCode"] == "INVALID_FIELD"
    assert give(org, "Contact.Key__c", PermissionsEdit=False).status == 201
    assert org.values("SELECT Key__c FROM Contact") == []
    fields = org.call("GET", "/sobjects/Contact/describe").body["fields"]
    assert [one["updateable"] for one in fields if one["name"] == "Key__c"] == [False]
    [[row]] = org.values("SELECT Id FROM FieldPermissions WHERE Field = 'Contact.Key__c'")
    told = {"PermissionsEdit": True}
    assert org.call("PATCH", f"/sobjects/FieldPermissions/{row}", told).status == 204
    assert org.create("Contact", Key__c="a")


def test_a_required_custom_field_is_never_hidden(org: Client) -> None:
    make_field(org, "Contact.Key__c", required=True)
    assert org.values("SELECT Key__c FROM Contact") == []


def test_the_integration_user_has_a_permission_set(org: Client) -> None:
    soql = "SELECT PermissionSet.Name FROM PermissionSetAssignment"
    [[user]] = org.values("SELECT AssigneeId FROM PermissionSetAssignment")
    assert user.startswith("005")
    [row] = org.values(
        f"{soql} WHERE PermissionSet.IsOwnedByProfile = false AND AssigneeId = '{user}'"
    )
    assert row[0]["Name"] == "CRM_sync"


def test_a_custom_field_is_made_and_can_be_used_once_it_is_given(org: Client) -> None:
    made = make_field(org, "Contact.Key__c")
    assert made.status == 201
    assert made.body["success"] is True
    give(org, "Contact.Key__c")
    record_id = org.create("Contact", Key__c="a")
    assert org.values("SELECT Key__c FROM Contact WHERE Key__c = 'A'") == [["a"]]
    again = org.call("PATCH", "/sobjects/Contact/Key__c/a", {"LastName": "x"})
    assert again.body["id"] == record_id
    described = org.call("GET", "/sobjects/Contact/describe").body["fields"]
    [field] = [one for one in described if one["name"] == "Key__c"]
    assert (field["externalId"], field["unique"], field["length"]) == (True, True, 64)
    [row] = tooling(org, f"SELECT Metadata FROM CustomField WHERE Id = '{made.body['id']}'")[
        "records"
    ]
    assert (row["Metadata"]["type"], row["Metadata"]["externalId"]) == ("Text", True)


def test_a_custom_field_is_made_once(org: Client) -> None:
    answer = make_field(org, f"Contact.{KEY}")
    assert answer.status == 400
    assert answer.body[0]["errorCode"] == "DUPLICATE_DEVELOPER_NAME"
    assert answer.body[0]["message"] == f"There is already a field named {KEY[:-3]} on Contact."


def test_a_custom_field_can_be_deleted_and_made_again(org: Client) -> None:
    org.create("Contact", **{KEY: "7"})
    soql = (
        f"SELECT Id FROM CustomField WHERE DeveloperName = '{KEY[:-3]}'"
        " AND TableEnumOrId = 'Contact'"
    )
    [field] = tooling(org, soql)["records"]
    assert org.call("DELETE", f"/tooling/sobjects/CustomField/{field['Id']}").status == 204
    assert org.refused_query(f"SELECT {KEY} FROM Contact")["errorCode"] == "INVALID_FIELD"
    assert make_field(org, f"Contact.{KEY}").body["id"] == field["Id"]
    give(org, f"Contact.{KEY}")
    assert org.values(f"SELECT {KEY} FROM Contact") == [[None]]


@pytest.mark.parametrize(
    ("name", "metadata"),
    [
        ("Nothing.Key__c", {}),
        ("Contact.Key", {}),
        ("Contact.a b__c", {}),
        ("Contact.Key__c", {"type": "Sound"}),
        ("Contact.Key__c", {"length": None}),
        ("Contact.Key__c", {"length": "long"}),
        ("Contact.Key__c", {"type": "Lookup"}),
        ("Contact.Key__c", {"type": "Lookup", "referenceTo": "Nothing"}),
        ("Contact.Key__c", {"type": "Text", "formula": "((("}),
    ],
)
def test_metadata_that_makes_no_field_is_refused(
    org: Client, name: str, metadata: dict[str, Any]
) -> None:
    answer = make_field(org, name, **metadata)
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "FIELD_INTEGRITY_EXCEPTION")


def test_fields_of_every_kind_can_be_made(org: Client) -> None:
    values = [{"valueName": "Hot", "default": True}, {"valueName": "Cold"}]
    picklist = {"restricted": True, "valueSetDefinition": {"value": values}}
    plain = {"externalId": False, "unique": False}
    lookup = {"referenceTo": "Account", "relationshipName": "Partners"}
    number = {"precision": 5, "scale": 1}
    make_field(org, "Contact.Score__c", type="Number", **plain, **number)
    make_field(org, "Contact.Wants__c", type="Checkbox", defaultValue="true", **plain)
    make_field(org, "Contact.Heat__c", type="Picklist", valueSet=picklist, **plain)
    make_field(org, "Contact.Partner__c", type="Lookup", **lookup, **plain)
    for name in ("Score__c", "Wants__c", "Heat__c", "Partner__c"):
        give(org, f"Contact.{name}")
    account_id = org.create("Account")
    org.create("Contact", Score__c=1.25, Partner__c=account_id)
    soql = "SELECT Score__c, Wants__c, Heat__c, Partner__r.Name FROM Contact"
    [[score, wants, heat, partner]] = org.values(soql)
    assert (score, wants, heat, partner["Name"]) == (1.3, True, "Hot", "Acme")
    assert org.refused("Contact", Heat__c="Tepid")["errorCode"] == (
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    )
    [[children]] = org.values("SELECT (SELECT Id FROM Partners__r) FROM Account")
    assert children["totalSize"] == 1


def test_definitions_are_served_by_both_query_resources(org: Client) -> None:
    soql = (
        "SELECT QualifiedApiName, DataType, Length FROM FieldDefinition"
        " WHERE EntityDefinition.QualifiedApiName = 'Contact' AND QualifiedApiName = 'LastName'"
    )
    expected = ("LastName", "Text(80)", 80)
    for page in (tooling(org, soql), org.query(soql)):
        [row] = page["records"]
        assert (row["QualifiedApiName"], row["DataType"], row["Length"]) == expected
    entity = "SELECT KeyPrefix, Label FROM EntityDefinition WHERE QualifiedApiName = 'Lead'"
    assert org.values(entity) == [["00Q", "Lead"]]


def test_an_entity_is_its_own_id(org: Client) -> None:
    soql = "SELECT COUNT() FROM ValidationRule WHERE EntityDefinitionId = 'Contact'"
    assert tooling(org, soql)["totalSize"] == 1


def test_tooling_objects_are_described(org: Client) -> None:
    names = [one["name"] for one in org.call("GET", "/tooling/sobjects").body["sobjects"]]
    assert {"ValidationRule", "CustomField", "EntityDefinition"} <= set(names)
    described = org.call("GET", "/tooling/sobjects/ValidationRule/describe").body
    assert {"Metadata", "ErrorMessage"} <= {one["name"] for one in described["fields"]}
    assert org.call("GET", "/tooling/sobjects/Nothing/describe").status == 404


def test_a_reset_forgets_made_fields(org: Client) -> None:
    make_field(org, "Contact.Key__c")
    org.salesforce.reset()
    org.log_in()
    assert org.refused_query("SELECT Key__c FROM Contact")["errorCode"] == "INVALID_FIELD"
