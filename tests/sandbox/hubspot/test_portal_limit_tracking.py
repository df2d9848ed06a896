"""Limits tracking: how much of what may be stored is"""

from typing import Any

import pytest

from tests.sandbox.hubspot.client import Client

BASE = "/crm/v3/limits"
CAR = {
    "name": "cars",
    "labels": {"singular": "Car", "plural": "Cars"},
    "primaryDisplayProperty": "model",
    "requiredProperties": ["model"],
    "properties": [{"name": "model", "label": "Model", "type": "string", "fieldType": "text"}],
    "associatedObjects": ["CONTACT"],
}


def of(rows: list[dict[str, Any]], id_: str) -> dict[str, Any]:
    (found,) = (one for one in rows if one["objectTypeId"] == id_)
    return found


def test_records_are_counted_by_object_type(portal: Client) -> None:
    for name in "AB":
        portal.create(lastname=name)
    portal.told("POST", "/crm/v3/schemas", CAR, status=201)
    portal.create("cars", model="T")
    told = portal.told("GET", f"{BASE}/records")
    contacts = of(told["hubspotDefinedObjectTypes"], "0-1")
    assert (contacts["usage"], contacts["pluralLabel"], contacts["limit"]) == (
        2,
        "Contacts",
        15_000_000,
    )
    custom = told["customObjectTypes"]
    assert ([one["usage"] for one in custom["byObjectType"]], custom["overallUsage"]) == ([1], 1)
    assert portal.told("GET", "/crm/limits/2026-03/records") == told


def test_properties_of_ones_own_are_counted(portal: Client) -> None:
    before = portal.told("GET", f"{BASE}/custom-properties")
    name = {"name": "x", "label": "X", "type": "number", "fieldType": "number"}
    body = {**name, "groupName": "contactinformation"}
    portal.told("POST", "/crm/v3/properties/contacts", body, status=201)
    formula = {
        **body,
        "name": "y",
        "fieldType": "calculation_equation",
        "calculationFormula": "x + 1",
    }
    portal.told("POST", "/crm/v3/properties/contacts", formula, status=201)
    after = portal.told("GET", f"{BASE}/custom-properties")
    assert after["overallUsage"] - before["overallUsage"] == 2
    contacts = of(after["byObjectType"], "0-1")
    assert (contacts["limit"], contacts["percentage"]) == (1000, contacts["usage"] / 10)
    calculated = portal.told("GET", f"{BASE}/calculated-properties")
    assert (calculated["overallUsage"], of(calculated["byObjectType"], "0-1")["usage"]) == (1, 1)


def test_pipelines_and_custom_object_types_are_counted(portal: Client) -> None:
    pipelines = portal.told("GET", f"{BASE}/pipelines")["hubspotDefinedObjectTypes"]
    assert {one["objectTypeId"]: one["usage"] for one in pipelines} == {"0-3": 1, "0-5": 1}
    portal.told("POST", "/crm/v3/schemas", CAR, status=201)
    told = portal.told("GET", f"{BASE}/custom-object-types")
    assert told == {"limit": 10, "usage": 1, "percentage": 10.0}


def test_labels_are_counted_between_two_object_types(portal: Client) -> None:
    body = {"label": "Billing", "name": "billing"}
    portal.told("POST", "/crm/v4/associations/contacts/companies/labels", body)
    (there, back) = portal.told("GET", f"{BASE}/associations/labels")["results"]
    assert (there["allLabels"], there["usage"]) == (["Billing"], 1)
    assert back["fromObjectType"] == there["toObjectType"]
    url = f"{BASE}/associations/labels?fromObjectTypeId=0-1&toObjectTypeId=0-2"
    assert portal.told("GET", url)["results"] == [there]
    assert portal.told("GET", f"{BASE}/associations/labels?toObjectTypeId=0-3")["results"] == []


@pytest.mark.parametrize(
    ("people", "at", "near"), [(3, False, False), (4, False, True), (5, True, False)]
)
def test_a_record_with_nearly_as_many_associations_as_it_may_have_is_told(
    portal: Client, people: int, at: bool, near: bool
) -> None:
    limit = {"inputs": [{"category": "HUBSPOT_DEFINED", "typeId": 280, "maxToObjectIds": 5}]}
    url = "/crm/v4/associations/definitions/configurations/companies/contacts/batch/create"
    assert portal.ask("POST", url, limit).status < 300
    firm = portal.create("companies", name="F")
    for number in range(people):
        one = portal.create(email=f"{number}@example.com")
        base = f"/crm/v4/objects/companies/{firm}/associations/default/contacts/{one}"
        assert portal.ask("PUT", base).status < 300
    told = portal.told("GET", f"{BASE}/associations/records/0-2/0-1")
    assert (told["limit"], told["totalRecordsAtLimit"], told["totalRecordsNearLimit"]) == (
        5,
        int(at),
        int(near),
    )
    samples = told["atLimitFromRecordSamples"] + told["nearLimitFromRecordSamples"]
    assert [one["objectId"] for one in samples] == [int(firm)] * (at or near)
    there = portal.told("GET", f"{BASE}/associations/records/0-2/to")["results"]
    here = portal.told("GET", f"{BASE}/associations/records/from")["results"]
    for results, id_ in ((there, "0-1"), (here, "0-2")):
        assert [
            (one["objectTypeId"], one["hasRecordsAtLimit"], one["hasRecordsNearLimit"])
            for one in results
        ] == [(id_, at, near)] * (at or near)
