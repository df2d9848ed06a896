"""Deletions, merges, conversions and restores in the two CRMs, over real HTTP."""

from typing import Any

import pytest
import requests

from include.crmsync.errors import GatewayError, GuardTripped
from tests.end_to_end.conftest import Installation
from tests.end_to_end.outside import TOKEN

pytestmark = pytest.mark.sandbox
CONTACTS, DEALS = "/crm/v3/objects/contacts", "/crm/v3/objects/deals"
LIST = "/_sandbox/lists/Salesforce%20inclusion%20list/members"


@pytest.fixture
def deal(installation: Installation) -> tuple[Installation, str, str]:
    """An opportunity, synced to a deal: the deal's id and the opportunity's."""
    fields = {"Name": "Engine", "StageName": "Prospecting", "CloseDate": "2026-12-01"}
    installation.outside.salesforce("POST", "sobjects/Opportunity", fields)
    installation.sync()
    [(deal_id, opportunity_id)] = installation.links("deals")
    installation.sandbox.advance(30)
    return installation, deal_id, opportunity_id


def verb(installation: Installation, name: str, **told: Any) -> Any:
    """What a person does in Salesforce's pages."""
    return installation.sandbox.call("POST", f"/_sandbox/salesforce/{name}", told)


def lives(installation: Installation, path: str) -> bool:
    url, headers = installation.sandbox.url + path, TOKEN
    return requests.get(url, headers=headers, timeout=60).status_code == 200


def contact(installation: Installation, email: str, **more: str) -> str:
    properties = {"email": email, "lastname": "Lovelace", **more}
    made = installation.outside.hubspot("POST", CONTACTS, {"properties": properties})
    installation.sandbox.call("PUT", LIST, {"add": [made["id"]]})
    return str(made["id"])


def test_a_deleted_opportunity_takes_its_deal_along_and_brings_it_back(
    deal: tuple[Installation, str, str],
) -> None:
    installation, deal_id, opportunity_id = deal
    installation.outside.salesforce("DELETE", f"sobjects/Opportunity/{opportunity_id}")
    told = installation.sync()
    assert told["object_types"][2]["directions"][1]["deleted"] == 1
    assert not lives(installation, f"{DEALS}/{deal_id}")
    assert lives(installation, f"{DEALS}/{deal_id}?archived=true")
    installation.sync()
    assert installation.sync()["state"] == "nothing_to_do"
    installation.sandbox.advance(60)
    verb(installation, "undelete", id=opportunity_id)
    installation.sync()
    [(again, linked)] = installation.links("deals")
    assert linked == opportunity_id
    assert again != deal_id
    found = installation.outside.all_hubspot("deals", ["dealname"])
    assert found == {again: found[again]}
    assert found[again]["dealname"] == "Engine"
    installation.sync()
    assert installation.sync()["state"] == "nothing_to_do"


def test_a_deleted_deal_keeps_its_opportunity_and_stays_deleted(
    deal: tuple[Installation, str, str],
) -> None:
    installation, deal_id, opportunity_id = deal
    installation.outside.hubspot("DELETE", f"{DEALS}/{deal_id}")
    path = f"sobjects/Opportunity/{opportunity_id}"
    installation.outside.salesforce("PATCH", path, {"NextStep": "call"})
    installation.sync()
    assert installation.outside.all_hubspot("deals", []) == {}
    assert installation.held("deals") == {("salesforce", opportunity_id): {"counterpart_deleted"}}
    assert installation.outside.salesforce("GET", path)["NextStep"] == "call"


def test_a_merge_in_hubspot_leaves_one_link_and_names_the_other_contact(
    installation: Installation,
) -> None:
    winner = contact(installation, "ada@example.com")
    loser = contact(installation, "grace@example.com")
    installation.sync()
    links = dict(installation.links("contacts"))
    installation.sandbox.advance(30)
    body = {"primaryObjectId": winner, "objectIdToMerge": loser}
    installation.outside.hubspot("POST", f"{CONTACTS}/merge", body)
    installation.sync()
    held = installation.held("contacts")
    assert held == {("salesforce", links[loser]): {"counterpart_merged"}}
    path = f"sobjects/Contact/{links[winner]}"
    installation.outside.salesforce("PATCH", path, {"Title": "CEO"})
    installation.sync()
    found = installation.outside.all_hubspot("contacts", ["jobtitle"])
    assert {id_: one["jobtitle"] for id_, one in found.items()} == {winner: "CEO"}


def test_a_merge_in_salesforce_moves_the_link_to_a_master_without_one(
    installation: Installation,
) -> None:
    hubspot_id = contact(installation, "ada@example.com", jobtitle="Analyst")
    installation.sync()
    [(_, loser)] = installation.links("contacts")
    fields = {"LastName": "Lovelace", "crmsync_hubspot_id__c": None}
    master = installation.outside.salesforce("POST", "sobjects/Contact", fields)["id"]
    installation.sandbox.advance(30)
    verb(installation, "merge", sobject="Contact", master_id=master, merged_ids=[loser])
    installation.sync()
    assert installation.links("contacts") == [(hubspot_id, master)]
    found = installation.outside.salesforce("GET", f"sobjects/Contact/{master}")
    assert found["Title"] == "Analyst"


def test_a_converted_lead_leaves_one_person_and_one_company(installation: Installation) -> None:
    outside = installation.outside
    properties = {"properties": {"name": "Engines Ltd"}}
    company = outside.hubspot("POST", "/crm/v3/objects/companies", properties)["id"]
    fields = {"LastName": "Lovelace", "Email": "ada@example.com", "Company": "Engines"}
    lead = outside.salesforce("POST", "sobjects/Lead", fields)["id"]
    hubspot_id = contact(installation, "ada@example.com")
    installation.sandbox.call("PUT", LIST, {"remove": [hubspot_id]})
    path = f"/crm/v4/objects/contacts/{hubspot_id}/associations/default/companies/{company}"
    outside.hubspot("PUT", path)
    installation.sync()
    assert installation.links("contacts") == [(hubspot_id, lead)]
    installation.sandbox.advance(30)
    made = verb(installation, "convert-lead", lead_id=lead)
    installation.sandbox.call("PUT", LIST, {"add": [hubspot_id]})
    told = installation.sync()
    assert told["state"] == "done", told
    assert installation.links("contacts") == [(hubspot_id, made["contact_id"])]
    assert installation.links("companies") == [(company, made["account_id"])]
    assert list(outside.all_hubspot("companies", [])) == [company]
    assert list(outside.all_hubspot("contacts", [])) == [hubspot_id]
    outside.hubspot("PATCH", f"{CONTACTS}/{hubspot_id}", {"properties": {"jobtitle": "CEO"}})
    installation.sync()
    path = f"sobjects/Contact/{made['contact_id']}"
    assert outside.salesforce("GET", path)["Title"] == "CEO"


def test_a_contact_erased_for_privacy_is_forgotten(installation: Installation) -> None:
    hubspot_id = contact(installation, "ada@example.com")
    installation.sync()
    [(_, salesforce_id)] = installation.links("contacts")
    installation.outside.hubspot("POST", f"{CONTACTS}/gdpr-delete", {"objectId": hubspot_id})
    installation.sync()
    assert installation.links("contacts") == []
    installation.outside.salesforce("PATCH", f"sobjects/Contact/{salesforce_id}", {"Title": "CEO"})
    installation.sync()
    assert installation.outside.all_hubspot("contacts", []) == {}
    assert installation.held("contacts") == {("salesforce", salesforce_id): {"counterpart_erased"}}


def test_a_mass_deletion_stops_until_its_very_plan_is_named(installation: Installation) -> None:
    fields = {"Name": "Engine", "StageName": "Prospecting", "CloseDate": "2026-12-01"}
    for _ in range(11):
        installation.outside.salesforce("POST", "sobjects/Opportunity", fields)
    installation.sync()
    installation.sandbox.advance(30)
    for _, opportunity_id in installation.links("deals"):
        installation.outside.salesforce("DELETE", f"sobjects/Opportunity/{opportunity_id}")
    with pytest.raises(GuardTripped) as stopped:
        installation.sync()
    assert len(installation.outside.all_hubspot("deals", [])) == 11
    name = str(stopped.value).split()[2]
    assert installation.sync(allow_plan=name)["state"] == "done"
    assert installation.outside.all_hubspot("deals", []) == {}


@pytest.mark.parametrize(
    ("status", "state"),
    [pytest.param(403, "waiting", id="limit"), pytest.param(500, "", id="down")],
)
def test_a_query_that_is_refused_deletes_nothing(
    deal: tuple[Installation, str, str], status: int, state: str
) -> None:
    installation, deal_id, _ = deal
    # Opportunities and their contact roles are asked for in one batch of queries.
    queries, refuse = "/queryAll|/composite/batch", f"status:{status}"
    installation.sandbox.faults({"system": "salesforce", "path": queries, "do": refuse})
    if state:
        assert installation.sync()["state"] == state
    else:
        with pytest.raises(GatewayError):
            installation.sync()
    installation.sandbox.call("DELETE", "/_sandbox/faults")
    assert lives(installation, f"{DEALS}/{deal_id}")
