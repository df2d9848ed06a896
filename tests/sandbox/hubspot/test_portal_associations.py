"""Associations: both ends, the one primary, labels, pages, and what goes wrong in a batch."""

from typing import Any

import pytest

from tests.sandbox.hubspot.client import Client

HERE = "/crm/v4/associations/contacts/companies"


def spec(number: int, category: str = "HUBSPOT_DEFINED") -> dict[str, Any]:
    return {"associationCategory": category, "associationTypeId": number}


def pair(one: str, two: str, *types: int) -> dict[str, Any]:
    told: dict[str, Any] = {"from": {"id": one}, "to": {"id": two}}
    return {**told, "types": [spec(number) for number in types]} if types else told


def kinds(portal: Client, one: str, here: str = "contacts", there: str = "companies") -> Any:
    """For each associated record: the numbers of the associations."""
    told = portal.told("GET", f"/crm/v4/objects/{here}/{one}/associations/{there}")["results"]
    return {
        str(to["toObjectId"]): [kind["typeId"] for kind in to["associationTypes"]] for to in told
    }


@pytest.fixture
def contact(portal: Client) -> str:
    return portal.create(lastname="A")


@pytest.fixture
def companies(portal: Client) -> list[str]:
    return [portal.create("companies", name=name) for name in "ABC"]


def test_a_primary_association_is_seen_from_both_ends(
    portal: Client, contact: str, companies: list[str]
) -> None:
    body = {"inputs": [pair(contact, companies[0], 1)]}
    made = portal.told("POST", f"{HERE}/batch/create", body, status=201)["results"]
    assert made == [
        {
            "fromObjectTypeId": "0-1",
            "fromObjectId": contact,
            "toObjectTypeId": "0-2",
            "toObjectId": companies[0],
            "labels": ["Primary"],
        }
    ]
    assert kinds(portal, contact) == {companies[0]: [1, 279]}
    assert kinds(portal, companies[0], "companies", "contacts") == {contact: [2, 280]}


@pytest.mark.parametrize(
    ("path", "status"),
    [(HERE, 201), ("/crm/associations/2026-09/0-1/0-2", 200)],
)
def test_versions_answer_a_created_batch_with_their_own_status(
    portal: Client, contact: str, companies: list[str], path: str, status: int
) -> None:
    body = {"inputs": [pair(contact, companies[0], 279)]}
    portal.told("POST", f"{path}/batch/create", body, status=status)


def test_a_record_has_one_primary_company(
    portal: Client, contact: str, companies: list[str]
) -> None:
    for company in companies[:2]:
        body = {"inputs": [pair(contact, company, 1)]}
        portal.told("POST", f"{HERE}/batch/create", body, status=201)
    assert kinds(portal, contact) == {companies[0]: [279], companies[1]: [1, 279]}


def test_the_primary_is_one_also_when_set_from_the_company(
    portal: Client, contact: str, companies: list[str]
) -> None:
    for company in companies[:2]:
        url = f"/crm/v4/objects/companies/{company}/associations/contacts/{contact}"
        portal.told("PUT", url, [spec(2)], status=201)
    assert kinds(portal, contact) == {companies[0]: [279], companies[1]: [1, 279]}


def test_default_associations_are_told_in_both_directions(portal: Client, contact: str) -> None:
    deal = portal.create("deals", dealname="A", dealstage="closedwon")
    path = "/crm/v4/associations/deals/contacts/batch/associate/default"
    told = portal.told("POST", path, {"inputs": [pair(deal, contact)]})["results"]
    assert [one["associationSpec"]["associationTypeId"] for one in told] == [3, 4]
    assert kinds(portal, contact, there="deals") == {deal: [4]}


def test_an_association_moves_no_stamp(portal: Client, contact: str, companies: list[str]) -> None:
    before = portal.read("contacts", contact)["updatedAt"]
    portal.world.clock.advance(60)
    portal.told(
        "PUT", f"/crm/v4/objects/contacts/{contact}/associations/default/companies/{companies[0]}"
    )
    assert portal.read("contacts", contact)["updatedAt"] == before


def test_what_has_no_association_is_told_with_207(
    portal: Client, contact: str, companies: list[str]
) -> None:
    portal.told(
        "POST", f"{HERE}/batch/associate/default", {"inputs": [pair(contact, companies[0])]}
    )
    lonely = portal.create(lastname="B")
    body = {"inputs": [{"id": contact}, {"id": lonely}]}
    told = portal.told("POST", f"{HERE}/batch/read", body, status=207)
    assert [one["from"]["id"] for one in told["results"]] == [contact]
    (error,) = told["errors"]
    assert error["subCategory"] == "crm.associations.NO_ASSOCIATIONS_FOUND"
    assert error["message"] == f"No company is associated with contact {lonely}."
    assert error["context"]["fromObjectId"] == [lonely]


def test_each_input_of_a_read_has_its_own_pages(
    portal: Client, contact: str, companies: list[str]
) -> None:
    inputs = [pair(contact, company) for company in companies]
    portal.told("POST", f"{HERE}/batch/associate/default", {"inputs": inputs})
    portal.world.settings["hubspot"]["page_sizes"]["associations"] = 2
    seen, after = list[str](), "0"
    while after:
        body = {"inputs": [{"id": contact, "after": after}]}
        (one,) = portal.told("POST", f"{HERE}/batch/read", body)["results"]
        seen += [str(to["toObjectId"]) for to in one["to"]]
        after = one.get("paging", {}).get("next", {}).get("after", "")
    assert seen == companies


def test_a_row_that_names_nothing_is_told_and_the_others_are_done(
    portal: Client, contact: str, companies: list[str]
) -> None:
    inputs = [pair(contact, "404", 1), pair(contact, companies[0], 1)]
    told = portal.told("POST", f"{HERE}/batch/create", {"inputs": inputs}, status=207)
    assert [one["message"] for one in told["errors"]] == ["COMPANY=404 is not valid"]
    assert kinds(portal, contact) == {companies[0]: [1, 279]}


def test_a_number_of_another_pair_of_types_is_refused(
    portal: Client, contact: str, companies: list[str]
) -> None:
    url = f"/crm/v4/objects/contacts/{contact}/associations/companies/{companies[0]}"
    portal.told("PUT", url, [spec(5)], status=400)


def test_an_archived_batch_ends_every_association_of_its_pairs(
    portal: Client, contact: str, companies: list[str]
) -> None:
    inputs = [pair(contact, company, 279) for company in companies]
    portal.told("POST", f"{HERE}/batch/create", {"inputs": inputs}, status=201)
    body = {"inputs": [{"from": {"id": contact}, "to": [{"id": id_} for id_ in companies[:2]]}]}
    portal.told("POST", f"{HERE}/batch/archive", body, status=204)
    assert kinds(portal, contact) == {companies[2]: [279]}
    assert kinds(portal, companies[0], "companies", "contacts") == {}


def test_a_label_can_be_taken_away_and_the_plain_association_stays(
    portal: Client, contact: str, companies: list[str]
) -> None:
    inputs = {"inputs": [pair(contact, companies[0], 1)]}
    portal.told("POST", f"{HERE}/batch/create", inputs, status=201)
    portal.told("POST", f"{HERE}/batch/labels/archive", inputs, status=204)
    assert kinds(portal, contact) == {companies[0]: [279]}


def test_a_label_of_ones_own_works_in_both_directions(
    portal: Client, contact: str, companies: list[str]
) -> None:
    told = {"label": "Works at", "name": "works_at", "inverseLabel": "Employs"}
    there, back = portal.told("POST", f"{HERE}/labels", told)["results"]
    url = f"/crm/v4/objects/contacts/{contact}/associations/companies/{companies[0]}"
    portal.told("PUT", url, [spec(there["typeId"], "USER_DEFINED")], status=201)
    assert kinds(portal, contact) == {companies[0]: [279, there["typeId"]]}
    seen = kinds(portal, companies[0], "companies", "contacts")
    assert seen == {contact: [280, back["typeId"]]}


def test_an_archived_record_has_no_associations(
    portal: Client, contact: str, companies: list[str]
) -> None:
    portal.told(
        "POST", f"{HERE}/batch/associate/default", {"inputs": [pair(contact, companies[0])]}
    )
    portal.told("DELETE", f"/crm/v3/objects/companies/{companies[0]}", status=204)
    assert kinds(portal, contact) == {}


def test_version_3_names_kinds_of_association(
    portal: Client, contact: str, companies: list[str]
) -> None:
    url = f"/crm/v3/objects/contacts/{contact}/associations/companies"
    portal.told("PUT", f"{url}/{companies[0]}/contact_to_company")
    assert portal.told("GET", url)["results"] == [
        {"id": companies[0], "type": "contact_to_company"},
        {"id": companies[0], "type": "contact_to_company_unlabeled"},
    ]
