"""Describes: every fact of an object and a field, and answers for those who asked before."""

from typing import Any

import pytest

from tests.sandbox.salesforce.client import Client

GLOBAL_FACTS = 28
OBJECT_FACTS = 45
FIELD_FACTS = 57


def field(org: Client, name: str, sobject: str = "Contact") -> Any:
    described = org.call("GET", f"/sobjects/{sobject}/describe").body
    return next(one for one in described["fields"] if one["name"] == name)


def test_every_object_of_the_list_has_the_same_facts(org: Client) -> None:
    body = org.call("GET", "/sobjects").body
    assert (body["encoding"], body["maxBatchSize"]) == ("UTF-8", 200)
    assert {len(one) for one in body["sobjects"]} == {GLOBAL_FACTS}


def test_an_object_has_all_its_facts_and_they_are_sorted_out_by_type(org: Client) -> None:
    described = org.call("GET", "/sobjects/Contact/describe").body
    assert len(described) == OBJECT_FACTS
    lists = {name for name, value in described.items() if isinstance(value, list)}
    assert lists == {
        "actionOverrides",
        "childRelationships",
        "fields",
        "namedLayoutInfos",
        "recordTypeInfos",
        "supportedScopes",
    }
    assert {len(one) for one in described["fields"]} == {FIELD_FACTS}
    assert described["urls"]["describe"] == "/services/data/v62.0/sobjects/Contact/describe"


def test_facts_of_a_field_have_their_json_types(org: Client) -> None:
    email = field(org, "Email")
    counted = ("byteLength", "digits", "length", "precision", "scale")
    assert all(type(email[name]) is int for name in counted)
    flags = ("createable", "custom", "externalId", "nillable", "unique", "updateable", "calculated")
    assert all(type(email[name]) is bool for name in flags)
    assert (email["type"], email["soapType"], email["idLookup"]) == ("email", "xsd:string", True)
    assert (email["length"], email["byteLength"]) == (80, 240)


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("Id", {"type": "id", "soapType": "tns:ID", "length": 18, "createable": False}),
        ("OwnerId", {"referenceTo": ["User"], "relationshipName": "Owner", "nillable": False}),
        ("MailingAddress", {"type": "address", "soapType": "urn:address", "queryByDistance": True}),
        ("Name", {"nameField": True, "createable": False, "extraTypeInfo": "personname"}),
        ("CreatedDate", {"soapType": "xsd:dateTime", "defaultedOnCreate": True}),
        ("Description", {"filterable": False, "sortable": False, "byteLength": 96_000}),
        (
            "MailingStreet",
            {"extraTypeInfo": "plaintextarea", "compoundFieldName": "MailingAddress"},
        ),
        ("crmsync_hubspot_id__c", {"custom": True, "externalId": True, "unique": True}),
    ],
)
def test_a_field_is_described_as_the_real_one_is(
    org: Client, name: str, facts: dict[str, Any]
) -> None:
    described = field(org, name)
    assert {key: described[key] for key in facts} == facts


def test_a_picklist_lists_its_values(org: Client) -> None:
    values = field(org, "Status", "Lead")["picklistValues"]
    assert values[0] == {
        "active": True,
        "defaultValue": True,
        "label": "Open - Not Contacted",
        "validFor": None,
        "value": "Open - Not Contacted",
    }


def test_children_name_their_way_back(org: Client) -> None:
    children = org.call("GET", "/sobjects/Account/describe").body["childRelationships"]
    [contacts] = [one for one in children if one["relationshipName"] == "Contacts"]
    assert (contacts["childSObject"], contacts["field"]) == ("Contact", "AccountId")
    assert contacts["cascadeDelete"] is True


@pytest.mark.parametrize("path", ["/sobjects", "/sobjects/Contact/describe"])
def test_a_describe_that_has_not_changed_is_not_sent_again(org: Client, path: str) -> None:
    modified = org.call("GET", path).headers["Last-Modified"]
    assert modified == "Mon, 05 Jan 2026 08:00:00 GMT"
    again = org.call("GET", path, **{"if-modified-since": modified})
    assert (again.status, again.body) == (304, None)


def test_a_describe_that_has_changed_is_sent(org: Client) -> None:
    path = "/sobjects/Contact/describe"
    modified = org.call("GET", path).headers["Last-Modified"]
    org.world.clock.advance(60)
    org.declare(name="Contact", fields=[{"name": "New__c", "type": "string"}])
    answer = org.call("GET", path, **{"if-modified-since": modified})
    assert answer.status == 200
    assert "New__c" in {one["name"] for one in answer.body["fields"]}


def test_an_unreadable_date_is_no_condition(org: Client) -> None:
    answer = org.call("GET", "/sobjects", **{"if-modified-since": "yesterday"})
    assert answer.status == 200


def test_an_object_nobody_knows_is_not_described(org: Client) -> None:
    answer = org.call("GET", "/sobjects/Nothing/describe")
    assert (answer.status, answer.body[0]["errorCode"]) == (404, "NOT_FOUND")
