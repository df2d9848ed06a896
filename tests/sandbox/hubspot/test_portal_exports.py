"""Exports: a view or a list as a file"""

import csv
from typing import Any

import pytest

from tests.sandbox.hubspot.client import Client

START = "/crm/v3/exports/export/async"
VIEW = {
    "exportType": "VIEW",
    "exportName": "All",
    "format": "CSV",
    "language": "EN",
    "objectType": "CONTACT",
    "objectProperties": ["email", "lifecyclestage"],
}


def path(address: str) -> str:
    return "/" + address.partition("://")[2].partition("/")[2]


def exported(portal: Client, **more: Any) -> list[list[str]]:
    task = portal.told("POST", START, {**VIEW, **more}, status=202)
    told = portal.told("GET", path(task["links"]["status"]))
    assert told["status"] == "COMPLETE"
    answer = portal.ask("GET", path(told["result"]), headers={})
    assert answer.headers["Content-Type"].startswith("text/csv")
    return list(csv.reader(answer.body.decode().splitlines()))


def test_a_view_is_a_file_in_peoples_words(portal: Client) -> None:
    id_ = portal.create(email="a@example.com", lifecyclestage="lead")
    assert exported(portal) == [
        ["Record ID", "Email", "Lifecycle Stage"],
        [id_, "a@example.com", "Lead"],
    ]


def test_the_words_of_the_api_are_used_on_request(portal: Client) -> None:
    id_ = portal.create(email="a@example.com", lifecyclestage="lead")
    assert exported(portal, exportInternalValuesOptions=["NAMES", "VALUES"]) == [
        ["hs_object_id", "email", "lifecyclestage"],
        [id_, "a@example.com", "lead"],
    ]


def test_a_view_may_be_filtered_and_sorted(portal: Client) -> None:
    ids = [portal.create(email=f"{name}@example.com", city="Paris") for name in "ab"]
    portal.create(email="c@example.com")
    search = {
        "filters": [{"propertyName": "city", "operator": "EQ", "value": "Paris"}],
        "sorts": [{"propertyName": "email", "order": "DES"}],
    }
    rows = exported(portal, publicCrmSearchRequest=search)
    assert [row[0] for row in rows[1:]] == ids[::-1]


def test_a_list_is_a_file_too_with_what_its_records_are_associated_with(portal: Client) -> None:
    person, firm = portal.create(email="a@example.com"), portal.create("companies", name="F")
    portal.create(email="b@example.com")
    portal.told(
        "PUT",
        f"/crm/v4/objects/contacts/{person}/associations/companies/{firm}",
        [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}],
        status=201,
    )
    portal.hubspot._portal.lists.change(1, [int(person)], [])
    rows = exported(portal, exportType="LIST", listId="1", associatedObjectType=["COMPANY"])
    assert rows == [
        ["Record ID", "Email", "Lifecycle Stage", "Associated Company IDs"],
        [person, "a@example.com", "", firm],
    ]


def test_an_export_is_told_with_its_count(portal: Client) -> None:
    portal.create(email="a@example.com")
    id_ = portal.told("POST", START, VIEW, status=202)["id"]
    told = portal.told("GET", f"/crm/exports/2026-03/export/{id_}")
    assert (told["exportState"], told["recordCount"], told["objectType"]) == ("DONE", 1, "CONTACT")
    portal.told("GET", "/crm/v3/exports/export/404", status=404)
    portal.told("GET", f"{START}/tasks/404/status", status=404)


def test_an_address_is_good_for_five_minutes(portal: Client) -> None:
    id_ = portal.told("POST", START, VIEW, status=202)["id"]
    url = f"{START}/tasks/{id_}/status"
    first = path(portal.told("GET", url)["result"])
    portal.world.clock.advance(299)
    assert portal.ask("GET", first, headers={}).status == 200
    portal.world.clock.advance(2)
    assert portal.ask("GET", first, headers={}).status == 404
    assert portal.ask("GET", path(portal.told("GET", url)["result"]), headers={}).status == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"exportType": "ALL"},
        {"objectType": "cars"},
        {"objectProperties": ["none"]},
        {"objectProperties": 1},
        {"format": "PDF"},
        {"publicCrmSearchRequest": {"filters": [{"propertyName": "city"}]}},
        {"publicCrmSearchRequest": {"filterGroups": [{"filters": []}] * 4}},
    ],
)
def test_an_export_that_makes_no_sense_is_refused(portal: Client, wrong: dict[str, Any]) -> None:
    portal.told("POST", START, {**VIEW, **wrong}, status=400)


def test_an_export_of_a_list_that_is_not_there_is_not_found(portal: Client) -> None:
    portal.told("POST", START, {**VIEW, "exportType": "LIST", "listId": "9"}, status=404)


def test_a_reset_forgets_exports(portal: Client) -> None:
    id_ = portal.told("POST", START, VIEW, status=202)["id"]
    portal.hubspot.reset()
    portal.told("GET", f"{START}/tasks/{id_}/status", status=404)
