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
