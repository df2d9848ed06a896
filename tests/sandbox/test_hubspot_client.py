"""HubSpot's own Python client, unmodified, told nothing but the base address and the token."""

from typing import Any

import pytest
from hubspot import HubSpot
from hubspot.crm.contacts.exceptions import ApiException

from include.sandbox.world import HUBSPOT_TOKEN
from tests.conftest import Sandbox

pytestmark = [
    pytest.mark.sandbox,
    # The client leaves its pool of connections to the garbage collector.
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]


@pytest.fixture
def client(sandbox: Sandbox) -> Any:
    return HubSpot(access_token=HUBSPOT_TOKEN, host=sandbox.url, base_url=sandbox.url)


def contact(client: Any, **properties: str) -> Any:
    return client.crm.contacts.basic_api.create({"properties": properties})


def test_a_contact_is_created_read_changed_and_archived(client: Any) -> None:
    api = client.crm.contacts.basic_api
    made = contact(client, email="ada@example.com", firstname="Ada")
    api.update(made.id, {"properties": {"firstname": "Augusta"}})
    read = api.get_by_id("ada@example.com", id_property="email", properties=["firstname"])
    assert (read.id, read.properties["firstname"]) == (made.id, "Augusta")
    api.archive(made.id)
    assert api.get_page().results == []


def test_every_contact_is_listed_across_pages(client: Any, sandbox: Sandbox) -> None:
    ids = [contact(client, lastname=name).id for name in "ABC"]
    sandbox.settings(hubspot={"page_sizes": {"objects": 2}})
    assert [one.id for one in client.crm.contacts.get_all()] == ids


def test_a_conflict_reaches_the_client_as_its_own_exception(client: Any) -> None:
    made = contact(client, email="ada@example.com")
    with pytest.raises(ApiException) as refused:
        contact(client, email="ADA@example.com")
    assert refused.value.status == 409
    assert f"Existing ID: {made.id}" in refused.value.body


def test_a_search_pages_through_results(client: Any) -> None:
    for name in "ABC":
        contact(client, lastname=name)
    body = {
        "filterGroups": [{"filters": [{"propertyName": "lastname", "operator": "HAS_PROPERTY"}]}],
        "sorts": [{"propertyName": "lastname", "direction": "DESCENDING"}],
        "limit": 2,
    }
    first = client.crm.contacts.search_api.do_search(body)
    second = client.crm.contacts.search_api.do_search({**body, "after": first.paging.next.after})
    names = [one.properties["lastname"] for one in (*first.results, *second.results)]
    assert (first.total, names) == (3, ["C", "B", "A"])


def test_a_batch_that_misses_some_is_a_model_with_errors(client: Any) -> None:
    made = contact(client, lastname="A")
    told = client.crm.contacts.batch_api.read(
        {"inputs": [{"id": made.id}, {"id": "404"}], "properties": ["lastname"]}
    )
    assert (told.num_errors, told.errors[0].category) == (1, "OBJECT_NOT_FOUND")


def test_associations_are_made_and_read(client: Any) -> None:
    person = contact(client, lastname="A")
    company = client.crm.companies.basic_api.create({"properties": {"name": "B"}})
    api = client.crm.associations.v4
    api.basic_api.create_default("contacts", person.id, "companies", company.id)
    found = api.batch_api.get_page("contacts", "companies", {"inputs": [{"id": person.id}]})
    (to,) = found.results[0].to
    assert (to.to_object_id, to.association_types[0].type_id) == (company.id, 279)


def test_owners_pipelines_properties_and_lists_are_read(client: Any) -> None:
    assert client.crm.owners.owners_api.get_page().results[0].email
    stages = client.crm.pipelines.pipelines_api.get_by_id("deals", "default").stages
    assert stages[-1].id == "closedlost"
    key = client.crm.properties.core_api.get_by_name("contacts", "crmsync_salesforce_id")
    assert key.has_unique_value
    assert client.crm.lists.lists_api.do_search({"query": "inclusion"}).total == 1


def test_batches_create_update_upsert_and_archive(client: Any) -> None:
    api = client.crm.contacts.batch_api
    made = api.create({"inputs": [{"properties": {"email": f"{n}@example.com"}} for n in "ab"]})
    ids = [one.id for one in made.results]
    api.update({"inputs": [{"id": ids[0], "properties": {"lastname": "Zuse"}}]})
    upserted = api.upsert(
        {
            "inputs": [
                {"id": "b@example.com", "idProperty": "email", "properties": {"lastname": "B"}},
                {"id": "c@example.com", "idProperty": "email", "properties": {"lastname": "C"}},
            ]
        }
    )
    assert sorted(one.new for one in upserted.results) == [False, True]
    api.archive({"inputs": [{"id": one} for one in ids]})
    assert [one.properties["lastname"] for one in client.crm.contacts.get_all(
        properties=["lastname"])] == ["C"]  # fmt: skip


def test_what_a_property_held_before_is_read(client: Any) -> None:
    made = contact(client, lastname="A")
    client.crm.contacts.basic_api.update(made.id, {"properties": {"lastname": "B"}})
    told = client.crm.contacts.basic_api.get_by_id(made.id, properties_with_history=["lastname"])
    assert [one.value for one in told.properties_with_history["lastname"]] == ["B", "A"]


def test_two_contacts_are_merged(client: Any) -> None:
    first, second = contact(client, email="a@example.com"), contact(client, email="b@example.com")
    merged = client.crm.contacts.basic_api.merge(
        {"primaryObjectId": first.id, "objectIdToMerge": second.id}
    )
    read = client.crm.contacts.basic_api.get_by_id(second.id)
    assert read.id == merged.id


def test_deals_companies_and_tickets_are_created_with_their_associations(client: Any) -> None:
    person = contact(client, lastname="A")
    association = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 3}
    deal = client.crm.deals.basic_api.create(
        {
            "properties": {"dealname": "Engine", "dealstage": "appointmentscheduled"},
            "associations": [{"to": {"id": person.id}, "types": [association]}],
        }
    )
    found = client.crm.deals.basic_api.get_by_id(deal.id, associations=["contacts"])
    assert [one.id for one in found.associations["contacts"].results] == [person.id]
    ticket = client.crm.tickets.basic_api.create(
        {"properties": {"subject": "Broken", "hs_pipeline": "0", "hs_pipeline_stage": "1"}}
    )
    assert client.crm.tickets.basic_api.get_by_id(ticket.id).properties["subject"] == "Broken"


def test_a_property_is_made_filled_and_archived(client: Any) -> None:
    api = client.crm.properties.core_api
    told = {
        "name": "shoe_size",
        "label": "Shoe size",
        "type": "number",
        "fieldType": "number",
        "groupName": "contactinformation",
    }
    assert api.create("contacts", told).name == "shoe_size"
    made = contact(client, lastname="A", shoe_size="42")
    assert made.properties["shoe_size"] == "42"
    assert api.archive("contacts", "shoe_size") is None
    assert "shoe_size" not in [one.name for one in api.get_all("contacts").results]


def test_members_of_a_list_are_read_a_page_at_a_time(client: Any, sandbox: Sandbox) -> None:
    sandbox.reset("20")
    one = first_list(client)
    ids = [contact(client, lastname=name).id for name in "ABC"]
    sandbox.settings(inclusion_lists={one.name: {"add": ids}})
    sandbox.settings(hubspot={"page_sizes": {"memberships": 2}})
    api, after, found = client.crm.lists.memberships_api, None, []
    while True:
        page = api.get_page(one.list_id, after=after) if after else api.get_page(one.list_id)
        found += [member.record_id for member in page.results]
        if page.paging is None or page.paging.next is None:
            break
        after = page.paging.next.after
    assert set(ids) <= set(found)
    assert len(found) == len(set(found)) > 3


def first_list(client: Any) -> Any:
    return client.crm.lists.lists_api.do_search({"query": ""}).lists[0]


def test_a_missing_record_and_a_wrong_token_are_the_clients_own_exceptions(
    client: Any, sandbox: Sandbox
) -> None:
    with pytest.raises(ApiException) as missing:
        client.crm.contacts.basic_api.get_by_id("404")
    stranger = HubSpot(access_token="nobody", host=sandbox.url, base_url=sandbox.url)  # noqa: S106
    with pytest.raises(ApiException) as unknown:
        stranger.crm.contacts.basic_api.get_page()
    assert (missing.value.status, unknown.value.status) == (404, 401)
