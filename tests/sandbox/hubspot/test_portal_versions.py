"""Versions: dated and numbered paths, and what from 2026-09 on is different."""

from typing import Any

import pytest

from tests.sandbox.hubspot.client import Client, codes

OLD, NEW = "2026-03", "2026-09"


@pytest.mark.parametrize(
    "path",
    [
        "/crm/objects/{}/contacts",
        "/crm/objects/{}/0-3",
        "/crm/properties/{}/contacts",
        "/crm/properties/{}/contacts/groups",
        "/crm/pipelines/{}/deals",
        "/crm/owners/{}",
        "/crm/lists/{}/1",
        "/crm/associations/{}/contacts/companies/labels",
        "/crm/associations/{}/definitions/configurations/all",
        "/crm-object-schemas/{}/schemas",
        "/account-info/{}/details",
        "/marketing/forms/{}",
    ],
)
@pytest.mark.parametrize("version", [OLD, NEW])
def test_a_dated_path_answers(portal: Client, path: str, version: str) -> None:
    portal.told("GET", path.format(version))


@pytest.mark.parametrize(
    "path", ["/crm/objects/2026-05/contacts", "/crm/v9/objects/contacts", "/crm/objects/contacts"]
)
def test_a_version_that_never_was_is_not_found(portal: Client, path: str) -> None:
    portal.told("GET", path, status=404)


def test_every_version_sees_the_same_records(portal: Client) -> None:
    body = {"properties": {"email": "a@example.com"}}
    id_ = portal.told("POST", f"/crm/objects/{NEW}/contacts", body, status=201)["id"]
    assert portal.read("contacts", id_)["id"] == id_
    found = portal.told("POST", f"/crm/objects/{OLD}/contacts/search", {})["results"]
    assert [one["id"] for one in found] == [id_]
    read = f"/crm/objects/{NEW}/contacts/batch/read"
    assert portal.told("POST", read, {"inputs": [{"id": id_}]})["results"]


def test_a_dated_token_endpoint_hands_out_tokens(portal: Client) -> None:
    form = b"grant_type=refresh_token&refresh_token=r&client_id=i&client_secret=s"
    assert portal.told("POST", f"/oauth/{OLD}/token", form)["access_token"]


@pytest.fixture
def strict(portal: Client) -> Client:
    """A portal whose administrators require a phone, and a reason of a lost deal."""
    portal.setting("required_on_create", {"contacts": ["phone"]})
    lost = {"when": {"dealstage": "closedlost"}, "require": ["closed_lost_reason"]}
    portal.setting("conditional_required", {"deals": [lost]})
    return portal


@pytest.mark.parametrize(("version", "status"), [("v3", 201), (OLD, 201), (NEW, 400)])
def test_what_administrators_require_at_creation_holds_from_2026_09_on(
    strict: Client, version: str, status: int
) -> None:
    path = "/crm/v3/objects" if version == "v3" else f"/crm/objects/{version}"
    body = {"properties": {"lastname": "A"}}
    answer = strict.ask("POST", f"{path}/contacts", body)
    assert answer.status == status
    if status == 400:
        assert (answer.body["category"], codes(answer)) == (
            "VALIDATION_ERROR",
            ["REQUIRED_PROPERTY"],
        )
        filled = {"properties": {"lastname": "A", "phone": "1"}}
        strict.told("POST", f"{path}/contacts", filled, status=201)


def test_what_a_value_makes_required_holds_from_2026_09_on(strict: Client) -> None:
    id_ = strict.create("deals", dealname="A", dealstage="contractsent")
    lost: dict[str, Any] = {"properties": {"dealstage": "closedlost"}}
    strict.told("PATCH", f"/crm/objects/{NEW}/deals/{id_}", lost, status=400)
    lost["properties"]["closed_lost_reason"] = "Price"
    strict.told("PATCH", f"/crm/objects/{NEW}/deals/{id_}", lost)
    blank = {"properties": {"closed_lost_reason": ""}}
    strict.told("PATCH", f"/crm/objects/{NEW}/deals/{id_}", blank, status=400)
    strict.told("PATCH", f"/crm/v3/objects/deals/{id_}", blank)


def test_a_change_of_something_else_is_not_held_to_what_was_missing_before(strict: Client) -> None:
    id_ = strict.create("deals", dealname="A", dealstage="closedlost")
    body = {"properties": {"amount": "1"}}
    strict.told("PATCH", f"/crm/objects/{NEW}/deals/{id_}", body)


@pytest.mark.parametrize("verb", ["create", "upsert"])
def test_batches_are_held_to_it_too(strict: Client, verb: str) -> None:
    row = {"id": "K", "idProperty": "crmsync_salesforce_id", "properties": {"lastname": "A"}}
    body = {"inputs": [row]}
    strict.told("POST", f"/crm/objects/{NEW}/contacts/batch/{verb}", body, status=400)


def pair(portal: Client) -> dict[str, Any]:
    person, firm = portal.create(lastname="A"), portal.create("companies", name="B")
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}]
    return {"from": {"id": person}, "to": {"id": firm}, "types": types}


@pytest.mark.parametrize(
    ("base", "statuses"),
    [
        ("/crm/v4/associations", (201, 207, 204)),
        (f"/crm/associations/{OLD}", (201, 207, 204)),
        (f"/crm/associations/{NEW}", (200, 200, 200)),
    ],
)
def test_batches_of_associations_are_answered_by_version(
    portal: Client, base: str, statuses: tuple[int, int, int]
) -> None:
    good = pair(portal)
    bad = {**good, "to": {"id": "404"}}
    url = f"{base}/contacts/companies/batch"
    gone = {"from": good["from"], "to": [good["to"]]}
    answers = [
        portal.ask("POST", f"{url}/create", {"inputs": [good]}),
        portal.ask("POST", f"{url}/create", {"inputs": [good, bad]}),
        portal.ask("POST", f"{url}/archive", {"inputs": [gone]}),
    ]
    assert tuple(one.status for one in answers) == statuses
    assert answers[1].body["numErrors"] == 1
