"""Owners, pipelines, lists, properties and the account."""

from collections.abc import Iterable
from typing import Any

import pytest

from include.sandbox.hubspot.declared import DECLARED
from tests.sandbox.hubspot.client import Client

LISTS = "/crm/v3/lists"
MAPPED = {
    "contacts": {
        "email": "string",
        "fax": "string",
        "leadsource": "string",
        "salutation": "string",
        "annualrevenue": "string",
        "numemployees": "enumeration",
        "hs_email_optout": "bool",
        "hubspot_owner_id": "enumeration",
        "salesforcecontactid": "string",
    },
    "companies": {
        "industry": "enumeration",
        "numberofemployees": "number",
        "annualrevenue": "number",
        "salesforceaccountid": "string",
    },
    "deals": {
        "amount": "number",
        "closedate": "datetime",
        "dealstage": "enumeration",
        "hs_next_step": "string",
        "hs_salesforceopportunityid": "string",
    },
}


def values(rows: Iterable[dict[str, Any]], key: str) -> list[Any]:
    return [one[key] for one in rows]


@pytest.mark.parametrize(("query", "ids"), [("", ["81"]), ("?archived=true", ["93"])])
def test_owners_who_left_are_listed_as_archived(portal: Client, query: str, ids: list[str]) -> None:
    assert values(portal.told("GET", f"/crm/v3/owners/{query}")["results"], "id") == ids


def test_an_owner_is_found_by_id_and_by_email(portal: Client) -> None:
    assert portal.told("GET", "/crm/v3/owners/81")["firstName"] == "Amara"
    found = portal.told("GET", "/crm/v3/owners?email=AMARA@crm.example.com")["results"]
    assert values(found, "id") == ["81"]


def test_an_owner_who_left_is_no_user_any_more(portal: Client) -> None:
    (left,) = portal.told("GET", "/crm/owners/2026-03?archived=true")["results"]
    assert left["userId"] is None
    assert left["userIdIncludingInactive"]


def test_deals_go_through_the_default_pipeline(portal: Client) -> None:
    (pipeline,) = portal.told("GET", "/crm/v3/pipelines/deals")["results"]
    assert pipeline["id"] == "default"
    assert values(pipeline["stages"], "id")[-2:] == ["closedwon", "closedlost"]
    assert pipeline["stages"][-2]["metadata"] == {"isClosed": "true", "probability": "1.0"}


def test_a_list_is_found_by_name_by_id_and_by_search(portal: Client) -> None:
    by_name = portal.told(
        "GET", f"{LISTS}/object-type-id/0-1/name/inclusion%20LIST".replace("%20", " ")
    )
    assert by_name["list"]["listId"] == "1"
    assert portal.told("GET", f"{LISTS}/1")["list"]["processingType"] == "DYNAMIC"
    found = portal.told("POST", f"{LISTS}/search", {"query": "incl"})
    assert (found["total"], found["hasMore"], values(found["lists"], "name")) == (
        1,
        False,
        ["Inclusion list"],
    )


def test_a_list_that_is_not_there_is_not_found(portal: Client) -> None:
    portal.told("GET", f"{LISTS}/object-type-id/0-1/name/none", status=404)
    portal.told("GET", f"{LISTS}/404", status=404)


def test_members_of_a_manual_list_can_be_changed(portal: Client) -> None:
    told = {"name": "Chosen", "objectTypeId": "0-1", "processingType": "MANUAL"}
    id_ = portal.told("POST", LISTS, told)["list"]["listId"]
    one, two = (portal.create(lastname=name) for name in "AB")
    added = portal.told("PUT", f"{LISTS}/{id_}/memberships/add", [one, "404"])
    assert added["recordsIdsAdded"] == [one]
    assert added["recordIdsMissing"] == ["404"]
    body = {"recordIdsToAdd": [two], "recordIdsToRemove": [one]}
    portal.told("PUT", f"{LISTS}/{id_}/memberships/add-and-remove", body)
    members = portal.told("GET", f"{LISTS}/{id_}/memberships")
    assert values(members["results"], "recordId") == [two]


def test_members_of_a_dynamic_list_cannot(portal: Client) -> None:
    one = portal.create(lastname="A")
    portal.told("PUT", f"{LISTS}/1/memberships/add", [one], status=400)


def put_on_list(portal: Client, *ids: str) -> None:
    portal.hubspot._portal.lists.change(1, [int(id_) for id_ in ids], [])


def test_memberships_come_in_pages_by_record_id(portal: Client) -> None:
    ids = [portal.create(lastname=name) for name in "ABC"]
    put_on_list(portal, *reversed(ids))
    first = portal.told("GET", f"{LISTS}/1/memberships?limit=2")
    assert (values(first["results"], "recordId"), first["total"]) == (ids[:2], 3)
    after = first["paging"]["next"]["after"]
    rest = portal.told("GET", f"{LISTS}/1/memberships?limit=2&after={after}")
    assert values(rest["results"], "recordId") == ids[2:]


def test_an_archived_contact_is_on_no_list(portal: Client) -> None:
    id_ = portal.create(lastname="A")
    put_on_list(portal, id_)
    portal.told("DELETE", f"/crm/v3/objects/contacts/{id_}", status=204)
    assert portal.told("GET", f"{LISTS}/1/memberships")["results"] == []


@pytest.mark.parametrize("kind", sorted(MAPPED))
def test_properties_have_their_real_types(portal: Client, kind: str) -> None:
    listed = portal.told("GET", f"/crm/v3/properties/{kind}")["results"]
    types = {one["name"]: one["type"] for one in listed}
    assert types.items() >= MAPPED[kind].items()


@pytest.mark.parametrize("kind", sorted(MAPPED))
def test_the_portal_keeps_salesforce_ids_in_a_unique_property(portal: Client, kind: str) -> None:
    told = portal.told("GET", f"/crm/v3/properties/{kind}/crmsync_salesforce_id")
    assert (told["type"], told["hasUniqueValue"], told["hubspotDefined"]) == ("string", True, False)
    assert told["label"] == "Salesforce id (crmsync)"


def test_no_property_is_declared_twice() -> None:
    for kind, declared in DECLARED.items():
        names = [one.name for one in declared]
        assert len(names) == len(set(names)), kind


def test_stages_are_the_options_of_the_deal_stage(portal: Client) -> None:
    told = portal.told("GET", "/crm/v3/properties/deals/dealstage")
    assert "contractsent" in values(told["options"], "value")


NEW = {
    "name": "tier",
    "label": "Tier",
    "type": "enumeration",
    "fieldType": "select",
    "groupName": "contactinformation",
    "options": [{"value": "gold", "label": "Gold"}],
}


def test_a_property_of_ones_own_takes_values_until_it_is_archived(portal: Client) -> None:
    portal.told("POST", "/crm/v3/properties/contacts", NEW, status=201)
    portal.told("POST", "/crm/v3/properties/contacts", NEW, status=409)
    id_ = portal.create(lastname="A", tier="gold")
    more = {"options": [*NEW["options"], {"value": "tin", "label": "Tin"}]}
    portal.told("PATCH", "/crm/v3/properties/contacts/tier", more)
    portal.update("contacts", id_, tier="tin")
    portal.told("DELETE", "/crm/v3/properties/contacts/tier", status=204)
    portal.told("GET", "/crm/v3/properties/contacts/tier", status=404)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "No Capitals"},
        {"type": "money"},
        {"fieldType": "text"},
        {"label": ""},
        {"hasUniqueValue": True},
        {"options": [{"value": "a", "label": "A"}] * 2},
    ],
)
def test_a_property_that_makes_no_sense_is_refused(portal: Client, wrong: dict[str, Any]) -> None:
    portal.told("POST", "/crm/v3/properties/contacts", {**NEW, **wrong}, status=400)


def test_hubspots_own_properties_stay(portal: Client) -> None:
    portal.told("DELETE", "/crm/v3/properties/contacts/email", status=400)


def test_the_account_says_who_it_is(portal: Client) -> None:
    told = portal.told("GET", "/account-info/v3/details")
    assert (told["portalId"], told["companyCurrency"]) == (4242, "USD")
