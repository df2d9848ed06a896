"""Custom objects: defined by a schema, then objects like any other."""

from typing import Any

import pytest

from include.sandbox.hubspot import HubSpot
from tests.sandbox.hubspot.client import Client, where

SCHEMAS = "/crm-object-schemas/v3/schemas"
CARS: dict[str, Any] = {
    "name": "cars",
    "labels": {"singular": "Car", "plural": "Cars"},
    "description": "What people drive",
    "primaryDisplayProperty": "plate",
    "secondaryDisplayProperties": ["colour"],
    "requiredProperties": ["plate"],
    "searchableProperties": ["plate"],
    "properties": [
        {"name": "plate", "label": "Plate", "hasUniqueValue": True},
        {
            "name": "colour",
            "label": "Colour",
            "type": "enumeration",
            "fieldType": "select",
            "options": [{"label": "Red", "value": "red"}],
        },
    ],
    "associatedObjects": ["CONTACT"],
}


@pytest.fixture
def cars(portal: Client) -> Any:
    return portal.told("POST", SCHEMAS, CARS, status=201)


def test_a_definition_gets_a_number_and_a_full_name(cars: Any) -> None:
    assert (cars["objectTypeId"], cars["fullyQualifiedName"]) == ("2-1000001", "p4242_cars")
    names = {one["name"] for one in cars["properties"]}
    assert {"plate", "colour", "hs_object_id", "hs_createdate", "hs_lastmodifieddate"} <= names
    ends = {one["toObjectTypeId"] for one in cars["associations"]}
    assert {"0-1", "0-27", "0-46", "0-47", "0-48", "0-49"} <= ends


@pytest.mark.usefixtures("cars")
@pytest.mark.parametrize("name", ["2-1000001", "p4242_cars", "p_cars", "cars", "CARS"])
def test_a_custom_object_answers_to_its_number_and_its_names(portal: Client, name: str) -> None:
    id_ = portal.create(name, plate="B-1")
    told = portal.read("cars", id_)["properties"]
    assert told["plate"] == "B-1"
    assert {"hs_createdate", "hs_lastmodifieddate", "colour"} <= set(told)


@pytest.mark.usefixtures("cars")
def test_custom_objects_are_held_to_their_schema(portal: Client) -> None:
    portal.told("POST", "/crm/v3/objects/cars", {"properties": {"colour": "red"}}, status=400)
    wrong = {"properties": {"plate": "B-1", "colour": "green"}}
    portal.told("POST", "/crm/v3/objects/cars", wrong, status=400)
    portal.create("cars", plate="B-1")
    portal.told("POST", "/crm/v3/objects/cars", {"properties": {"plate": "B-1"}}, status=400)


@pytest.mark.usefixtures("cars")
def test_custom_objects_are_searched_and_batched(portal: Client) -> None:
    ids = [portal.create("cars", plate=plate) for plate in ("B-1", "B-2")]
    assert portal.found("cars", where("plate", "EQ", "b-2")) == [ids[1]]
    assert portal.search("cars", query="b-1")["total"] == 1
    read = portal.batch("read", {"id": "B-1"}, kind="cars", idProperty="plate")
    assert [one["id"] for one in read.body["results"]] == [ids[0]]


@pytest.mark.usefixtures("cars")
def test_custom_objects_are_associated_and_shown_under_their_full_name(portal: Client) -> None:
    car, person = portal.create("cars", plate="B-1"), portal.create(lastname="A")
    base = f"/crm/v4/objects/contacts/{person}/associations"
    portal.told("PUT", f"{base}/default/cars/{car}")
    told = portal.told("GET", f"/crm/v3/objects/contacts/{person}?associations=cars")
    (to,) = told["associations"]["p4242_cars"]["results"]
    assert to == {"id": car, "type": "contact_to_p4242_cars"}
    portal.told("PUT", f"{base}/default/companies/1", status=400)


def test_a_definition_is_changed(portal: Client, cars: Any) -> None:
    change = {"labels": {"singular": "Auto", "plural": "Autos"}, "requiredProperties": []}
    told = portal.told("PATCH", f"{SCHEMAS}/cars", change)
    assert (told["labels"]["plural"], told["requiredProperties"]) == ("Autos", [])
    assert told["description"] == cars["description"]
    cleared = portal.told("PATCH", f"{SCHEMAS}/cars", {"clearDescription": True})
    assert cleared["description"] == ""
    portal.told("PATCH", f"{SCHEMAS}/cars", {"primaryDisplayProperty": "wheels"}, status=400)


@pytest.mark.usefixtures("cars")
def test_a_definition_with_records_stays(portal: Client) -> None:
    car = portal.create("cars", plate="B-1")
    portal.told("DELETE", f"{SCHEMAS}/cars", status=400)
    portal.told("DELETE", f"/crm/v3/objects/cars/{car}", status=204)
    portal.told("DELETE", f"{SCHEMAS}/cars", status=204)
    portal.told("GET", f"{SCHEMAS}/cars", status=404)
    portal.told("GET", "/crm/v3/objects/cars", status=400)
    gone = portal.told("GET", f"{SCHEMAS}?archived=true")["results"]
    assert [one["name"] for one in gone] == ["cars"]


@pytest.mark.usefixtures("cars")
def test_an_association_is_added_to_a_definition_and_taken_away(portal: Client) -> None:
    told = {"fromObjectTypeId": "2-1000001", "toObjectTypeId": "0-2", "name": "fleet"}
    made = portal.told("POST", f"{SCHEMAS}/cars/associations", told, status=201)
    assert (made["name"], made["toObjectTypeId"]) == ("fleet", "0-2")
    car, firm = portal.create("cars", plate="B-1"), portal.create("companies", name="A")
    url = f"/crm/v4/objects/cars/{car}/associations"
    portal.told("PUT", f"{url}/default/companies/{firm}")
    portal.told("DELETE", f"{SCHEMAS}/cars/associations/{made['id']}", status=204)
    assert portal.told("GET", f"{url}/companies")["results"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "no spaces"},
        {"name": "contacts"},
        {"labels": {"singular": "Car"}},
        {"properties": []},
        {"primaryDisplayProperty": "wheels"},
        {"associatedObjects": ["WHEELS"]},
    ],
)
def test_a_definition_that_makes_no_sense_leaves_nothing_behind(
    portal: Client, wrong: dict[str, Any]
) -> None:
    answer = portal.ask("POST", SCHEMAS, {**CARS, **wrong})
    assert answer.status in (400, 409)
    assert portal.told("GET", SCHEMAS)["results"] == []
    portal.told("POST", SCHEMAS, CARS, status=201)


def test_the_path_of_the_guides_serves_schemas_too(portal: Client, cars: Any) -> None:
    assert portal.told("GET", "/crm/v3/schemas/cars")["id"] == cars["id"]
    assert portal.told("GET", "/crm-object-schemas/2026-03/schemas")["results"]


@pytest.mark.usefixtures("cars")
def test_what_people_made_is_there_after_a_restart(portal: Client) -> None:
    stage = {"label": "Won", "displayOrder": 0, "metadata": {"probability": "1.0"}}
    pipeline = {"label": "Renewals", "displayOrder": 1, "stages": [stage]}
    portal.told("POST", "/crm/v3/pipelines/deals", pipeline, status=201)
    label = {"name": "boss", "label": "Boss"}
    portal.told("POST", "/crm/v4/associations/contacts/companies/labels", label)
    car = portal.create("cars", plate="B-1", colour="red")
    again = Client(HubSpot(portal.world), portal.world)
    assert again.read("cars", car)["properties"]["colour"] == "red"
    assert len(again.told("GET", "/crm/v3/pipelines/deals")["results"]) == 2
    labels = again.told("GET", "/crm/v4/associations/contacts/companies/labels")["results"]
    assert "Boss" in {one["label"] for one in labels}
    again.told("POST", "/crm/v3/objects/cars", {"properties": {"plate": "B-1"}}, status=400)
