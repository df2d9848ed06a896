"""Properties, pipelines, owners, users, objects and the account before version 3: what
airbyte's source-hubspot, MeltanoLabs' tap-hubspot and hubspot3 read first"""

from typing import Any

import pytest

from include.sandbox.wire import Request
from tests.sandbox.hubspot.client import Client

OWN = {
    "name": "tier",
    "label": "Tier",
    "type": "enumeration",
    "fieldType": "select",
    "groupName": "contactinformation",
    "options": [{"value": "gold", "label": "Gold"}],
}


def by(rows: list[dict[str, Any]], key: str) -> dict[Any, dict[str, Any]]:
    return {one[key]: one for one in rows}


@pytest.mark.parametrize(
    "url",
    [
        "/properties/v1/contacts/properties",
        "/properties/v1/companies/properties",
        "/properties/v1/deals/properties",
        "/properties/v2/contact/properties",
        "/properties/v2/ticket/properties",
        "/properties/v2/form/properties",
        "/properties/v2/deal_split/properties",
        "/properties/v2/goal_targets/properties",
        "/companies/v2/properties",
    ],
)
def test_properties_are_a_list_without_envelope(portal: Client, url: str) -> None:
    listed = portal.told("GET", url)
    assert isinstance(listed, list)
    known = by(listed, "name")
    assert known["hs_object_id"]["type"] == "number"
    assert known["hs_object_id"]["readOnlyValue"] is True


def test_a_property_has_its_options_and_moments_in_milliseconds(portal: Client) -> None:
    portal.told("POST", "/crm/v3/properties/contacts", OWN, status=201)
    told = portal.told("GET", "/properties/v1/contacts/properties/named/tier")
    assert (told["createdAt"], told["hubspotDefined"], told["deleted"]) == (
        1767600000000,
        False,
        False,
    )
    assert [(one["value"], one["readOnly"]) for one in told["options"]] == [("gold", False)]
    assert told in portal.told("GET", "/properties/v2/contacts/properties")
    portal.told("GET", "/properties/v1/contacts/properties/named/none", status=404)


def test_groups_tell_their_properties_on_request(portal: Client) -> None:
    groups = by(portal.told("GET", "/properties/v1/contacts/groups"), "name")
    assert groups["emailinformation"]["properties"] is None
    url = "/properties/v1/contacts/groups?includeProperties=true"
    (info,) = (one for one in portal.told("GET", url) if one["name"] == "emailinformation")
    assert "hs_email_open" in by(info["properties"], "name")


def test_an_unknown_object_type_cannot_be_inferred(portal: Client) -> None:
    for url in ("/properties/v2/cars/properties", "/crm/v3/properties/cars"):
        told = portal.told("GET", url, status=400)
        assert told["message"] == "Unable to infer object type from: cars"


def test_deal_pipelines_are_told_with_chances(portal: Client) -> None:
    (pipeline,) = portal.told("GET", "/deals/v1/pipelines")
    assert (pipeline["pipelineId"], pipeline["staticDefault"]) == ("default", True)
    stages = by(pipeline["stages"], "stageId")
    assert (stages["closedwon"]["probability"], stages["closedwon"]["closedWon"]) == (1.0, True)
    assert stages["closedlost"]["closedWon"] is False
    assert portal.told("GET", "/deals/v1/pipelines/default") == pipeline
    portal.told("GET", "/deals/v1/pipelines/none", status=404)


@pytest.mark.parametrize(
    ("kind", "word", "metadata"),
    [
        ("deals", "DEAL", {"isClosed": "false", "probability": "0.2"}),
        ("tickets", "TICKET", {"isClosed": "false", "ticketState": "OPEN"}),
    ],
)
def test_pipelines_are_told_by_object_type(
    portal: Client, kind: str, word: str, metadata: dict[str, str]
) -> None:
    (pipeline,) = portal.told("GET", f"/crm-pipelines/v1/pipelines/{kind}")["results"]
    assert (pipeline["objectType"], pipeline["default"], pipeline["active"]) == (word, True, True)
    assert pipeline["stages"][0]["metadata"] == metadata
    assert pipeline["createdAt"] == 1672531200000
    portal.told("GET", "/crm-pipelines/v1/pipelines/companies", status=400)


def test_owners_who_left_are_told_on_request(portal: Client) -> None:
    (here,) = portal.told("GET", "/owners/v2/owners")
    assert (here["ownerId"], here["activeUserId"], here["remoteList"][0]["active"]) == (
        81,
        9000081,
        True,
    )
    all_of = portal.told("GET", "/owners/v2/owners?includeInactive=true")
    assert [one["ownerId"] for one in all_of] == [81, 93]
    assert "activeUserId" not in all_of[1]
    assert portal.told("GET", "/owners/v2/owners?email=AMARA@crm.example.com") == [here]
    assert portal.told("GET", "/owners/v2/owners/93") == all_of[1]
    portal.told("GET", "/owners/v2/owners/404", status=404)


def test_users_are_those_who_can_log_in(portal: Client) -> None:
    (one,) = portal.told("GET", "/settings/v3/users")["results"]
    assert (one["id"], one["email"]) == ("9000081", "amara@crm.example.com")
    assert portal.told("GET", "/settings/v3/users/9000081") == one
    url = "/settings/v3/users/amara@crm.example.com?idProperty=EMAIL"
    assert portal.told("GET", url) == one
    assert portal.told("GET", "/settings/users/2026-03")["results"] == [one]
    assert portal.told("GET", "/settings/v3/users?after=9000081")["results"] == []
    assert portal.told("GET", "/settings/v3/users/roles") == {"results": []}
    portal.told("GET", "/settings/v3/users/9000093", status=404)


def test_tickets_and_line_items_are_told_as_objects(portal: Client) -> None:
    made = [
        int(portal.create("tickets", subject=name, hs_pipeline="0", hs_pipeline_stage="1"))
        for name in "AB"
    ]
    told = portal.told("GET", "/crm-objects/v1/objects/tickets/paged?properties=subject")
    assert [one["objectId"] for one in told["objects"]] == made
    assert told["objects"][0]["objectType"] == "TICKET"
    assert told["objects"][0]["properties"]["subject"]["value"] == "A"
    rest = portal.told("GET", f"/crm-objects/v1/objects/tickets/paged?offset={made[0]}")
    assert ([one["objectId"] for one in rest["objects"]], rest["hasMore"]) == (made[1:], False)
    url = f"/crm-objects/v1/objects/tickets/{made[0]}?properties=subject"
    assert portal.told("GET", url) == told["objects"][0]
    portal.told("GET", "/crm-objects/v1/objects/contacts/paged", status=400)
    portal.told("GET", "/crm-objects/v1/objects/tickets/404", status=404)


def test_associations_are_told_by_the_number_of_their_kind(portal: Client) -> None:
    person, firm = portal.create(email="a@example.com"), portal.create("companies", name="F")
    spec = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]
    url = f"/crm/v4/objects/contacts/{person}/associations/companies/{firm}"
    portal.told("PUT", url, spec, status=201)
    base = "/crm-associations/v1/associations"
    told = portal.told("GET", f"{base}/{firm}/HUBSPOT_DEFINED/2")
    assert told == {"results": [int(person)], "hasMore": False, "offset": int(person)}
    assert portal.told("GET", f"{base}/{person}/HUBSPOT_DEFINED/4")["results"] == []
    portal.told("GET", f"{base}/{person}/HUBSPOT_DEFINED/99", status=400)


def test_a_parent_company_is_told_apart_from_a_child(portal: Client) -> None:
    parent, child = (portal.create("companies", name=name) for name in "PC")
    spec = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 14}]
    url = f"/crm/v4/objects/companies/{child}/associations/companies/{parent}"
    portal.told("PUT", url, spec, status=201)
    base = "/crm-associations/v1/associations"
    assert portal.told("GET", f"{base}/{child}/HUBSPOT_DEFINED/14")["results"] == [int(parent)]
    assert portal.told("GET", f"{base}/{parent}/HUBSPOT_DEFINED/14")["results"] == []
    assert portal.told("GET", f"{base}/{parent}/HUBSPOT_DEFINED/13")["results"] == [int(child)]


def test_the_account_says_who_it_is_and_what_it_used(portal: Client) -> None:
    portal.setting("rate_limits", "real")
    me = portal.told("GET", "/integrations/v1/me")
    assert (me["portalId"], me["timeZone"], me["currency"]) == (4242, "US/Eastern", "USD")
    (used,) = portal.told("GET", "/integrations/v1/limit/daily")
    assert (used["currentUsage"], used["usageLimit"]) == (2, 625_000)
    # Midnight in New York.
    assert used["resetsAt"] == 1767675600000


def test_a_portal_without_workflows_and_page_views_says_so(portal: Client) -> None:
    assert portal.told("GET", "/automation/v3/workflows") == {"workflows": []}
    portal.told("GET", "/automation/v3/workflows/1", status=404)
    url = "/events/v3/events?objectType=contact&objectId=1"
    assert portal.told("GET", url) == {"results": []}


SCOPES = {
    "/contacts/v1/lists/all/contacts/all": "crm.objects.contacts.read",
    "/contacts/v1/lists": "crm.lists.read",
    "/companies/v2/companies/paged": "crm.objects.companies.read",
    "/deals/v1/deal/paged": "crm.objects.deals.read",
    "/properties/v2/company/properties": "crm.schemas.companies.read",
    "/crm-pipelines/v1/pipelines/tickets": "tickets",
    "/crm-objects/v1/objects/line_items/paged": "crm.objects.line_items.read",
    "/owners/v2/owners": "crm.objects.owners.read",
    "/settings/v3/users": "settings.users.read",
    "/email/public/v1/campaigns": "content",
    "/forms/v2/forms": "forms",
    "/automation/v3/workflows": "automation",
}


@pytest.mark.parametrize(("url", "scope"), SCOPES.items())
def test_an_old_call_needs_the_scope_of_the_new_one(portal: Client, url: str, scope: str) -> None:
    portal.setting("tokens", {"poor": ["oauth"], "fit": [scope]})
    poor = portal.ask("GET", url, headers={"authorization": "Bearer poor"})
    assert (poor.status, poor.body["category"]) == (403, "MISSING_SCOPES")
    assert portal.ask("GET", url, headers={"authorization": "Bearer fit"}).status == 200


def test_an_old_call_without_a_token_is_refused(portal: Client) -> None:
    answer = portal.ask("GET", "/contacts/v1/lists/all/contacts/all?hapikey=demo", headers={})
    assert (answer.status, answer.body["category"]) == (401, "INVALID_AUTHENTICATION")


def test_old_calls_are_counted_by_their_address(portal: Client) -> None:
    request = Request("GET", "/properties/v1/contacts/properties")
    counted = portal.hubspot.endpoint(request)
    assert counted == ("GET /properties/v1/contacts/properties", False)


def test_nothing_is_changed_by_an_old_call(portal: Client) -> None:
    id_ = portal.create(email="a@example.com")
    for method in ("POST", "DELETE"):
        portal.told(method, f"/contacts/v1/contact/vid/{id_}/profile", {}, status=405)
