"""The kinds of association: labels made, renamed and removed, and limits to how many."""

from typing import Any

import pytest

from tests.sandbox.hubspot.client import Client

LABELS = "/crm/v4/associations/contacts/companies/labels"
LIMITS = "/crm/v4/associations/definitions/configurations"
PAIR = f"{LIMITS}/contacts/companies"
BOSS = {"name": "boss", "label": "Boss", "inverseLabel": "Report"}


@pytest.fixture
def boss(portal: Client) -> int:
    return int(portal.told("POST", LABELS, BOSS)["results"][0]["typeId"])


def associate(portal: Client, person: str, firm: str, number: int) -> Any:
    url = f"/crm/v4/objects/contacts/{person}/associations/companies/{firm}"
    spec = [{"associationCategory": "USER_DEFINED", "associationTypeId": number}]
    return portal.ask("PUT", url, spec)


def firms(portal: Client) -> list[str]:
    return [portal.create("companies", name=name) for name in "AB"]


def test_a_label_is_made_for_both_directions(portal: Client, boss: int) -> None:
    here = {one["typeId"]: one["label"] for one in portal.told("GET", LABELS)["results"]}
    back = portal.told("GET", "/crm/v4/associations/companies/contacts/labels")["results"]
    assert here[boss] == "Boss"
    assert "Report" in {one["label"] for one in back}
    portal.told("POST", LABELS, BOSS, status=409)


def test_a_label_is_renamed_without_moving_anything(portal: Client, boss: int) -> None:
    person, firm = portal.create(lastname="A"), firms(portal)[0]
    assert associate(portal, person, firm, boss).body["labels"] == ["Boss"]
    change = {"associationTypeId": boss, "label": "Chief", "inverseLabel": "Staff"}
    portal.told("PUT", LABELS, change, status=204)
    url = f"/crm/v4/objects/companies/{firm}/associations/contacts"
    (to,) = portal.told("GET", url)["results"]
    assert {one["label"] for one in to["associationTypes"]} == {None, "Staff"}


def test_a_removed_label_leaves_the_plain_association(portal: Client, boss: int) -> None:
    person, firm = portal.create(lastname="A"), firms(portal)[0]
    associate(portal, person, firm, boss)
    portal.told("DELETE", f"{LABELS}/{boss}", status=204)
    url = f"/crm/v4/objects/contacts/{person}/associations/companies"
    (to,) = portal.told("GET", url)["results"]
    assert [one["typeId"] for one in to["associationTypes"]] == [279]
    portal.told("DELETE", f"{LABELS}/{boss}", status=404)


def test_hubspots_own_kinds_cannot_be_changed(portal: Client) -> None:
    portal.told("DELETE", f"{LABELS}/279", status=404)
    portal.told("PUT", LABELS, {"associationTypeId": 1, "label": "X"}, status=404)


def test_a_limited_kind_takes_no_more(portal: Client, boss: int) -> None:
    limit = {"category": "USER_DEFINED", "typeId": boss, "maxToObjectIds": 1}
    told = portal.told("POST", f"{PAIR}/batch/create", {"inputs": [limit]})
    assert told["results"][0]["userEnforcedMaxToObjectIds"] == 1
    person, (one, two) = portal.create(lastname="A"), firms(portal)
    assert associate(portal, person, one, boss).status == 201
    assert associate(portal, person, one, boss).status == 201
    refused = associate(portal, person, two, boss)
    assert refused.body["subCategory"] == "crm.associations.ASSOCIATION_LIMIT_EXCEEDED"
    url = f"/crm/v4/objects/contacts/{person}/associations/default/companies/{two}"
    portal.told("PUT", url)


def test_a_limit_holds_from_the_other_end_too(portal: Client) -> None:
    limit = {"category": "HUBSPOT_DEFINED", "typeId": 279, "maxToObjectIds": 1}
    portal.told("POST", f"{PAIR}/batch/create", {"inputs": [limit]})
    person, ids = portal.create(lastname="A"), firms(portal)
    urls = [f"/crm/v4/objects/companies/{id_}/associations/default/contacts" for id_ in ids]
    assert [portal.ask("PUT", f"{url}/{person}").status for url in urls] == [200, 400]


def test_limits_are_listed_changed_and_lifted(portal: Client, boss: int) -> None:
    limit = {"category": "USER_DEFINED", "typeId": boss, "maxToObjectIds": 1}
    portal.told("POST", f"{PAIR}/batch/create", {"inputs": [limit]})
    portal.told("POST", f"{PAIR}/batch/update", {"inputs": [{**limit, "maxToObjectIds": 5}]})
    (known,) = portal.told("GET", f"{LIMITS}/all")["results"]
    assert (known["typeId"], known["userEnforcedMaxToObjectIds"]) == (boss, 5)
    shown = portal.told("GET", PAIR)["results"]
    assert [one.get("userEnforcedMaxToObjectIds") for one in shown if one["typeId"] == boss] == [5]
    purge = {"inputs": [{"category": "USER_DEFINED", "typeId": boss}]}
    portal.told("POST", f"{PAIR}/batch/purge", purge, status=204)
    assert portal.told("GET", f"{LIMITS}/all")["results"] == []


@pytest.mark.parametrize("most", [0, -1, "x", None, 10**9])
def test_a_limit_is_a_number_of_records(portal: Client, boss: int, most: Any) -> None:
    limit = {"category": "USER_DEFINED", "typeId": boss, "maxToObjectIds": most}
    portal.told("POST", f"{PAIR}/batch/create", {"inputs": [limit]}, status=400)
