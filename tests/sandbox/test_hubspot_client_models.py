"""HubSpot's own Python client again, with its models checking every required attribute."""

from typing import Any

import pytest
from hubspot import HubSpot
from hubspot.crm.objects.exceptions import ApiException

from include.sandbox.hubspot.forms import FIRST
from include.sandbox.world import HUBSPOT_TOKEN
from tests.conftest import Sandbox

pytestmark = [
    pytest.mark.sandbox,
    # The client leaves its pool of connections to the garbage collector.
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]
OPTION = {"label": "Gold", "value": "gold", "displayOrder": 1, "hidden": False}
TIER = {
    "name": "tier",
    "label": "Tier",
    "type": "enumeration",
    "fieldType": "select",
    "groupName": "contactinformation",
    "options": [OPTION],
}
CARS = {
    "name": "cars",
    "labels": {"singular": "Car", "plural": "Cars"},
    "primaryDisplayProperty": "plate",
    "requiredProperties": ["plate"],
    "searchableProperties": ["plate"],
    "properties": [
        {
            "name": "plate",
            "label": "Plate",
            "type": "string",
            "fieldType": "text",
            "hasUniqueValue": True,
        },
        {"name": "doors", "label": "Doors", "type": "number", "fieldType": "number"},
    ],
    "associatedObjects": ["CONTACT"],
}


@pytest.fixture
def client(sandbox: Sandbox) -> Any:
    return HubSpot(
        access_token=HUBSPOT_TOKEN,
        host=sandbox.url,
        base_url=sandbox.url,
        client_side_validation=True,
    )


def create(client: Any, kind: str, **properties: str) -> str:
    made = client.crm.objects.basic_api.create(kind, {"properties": properties})
    return str(made.id)


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("calls", {"hs_timestamp": "2026-01-05T08:00:00Z", "hs_call_title": "A"}),
        ("emails", {"hs_timestamp": "2026-01-05T08:00:00Z", "hs_email_subject": "A"}),
        ("meetings", {"hs_timestamp": "2026-01-05T08:00:00Z", "hs_meeting_title": "A"}),
        ("notes", {"hs_timestamp": "2026-01-05T08:00:00Z", "hs_note_body": "A"}),
        ("tasks", {"hs_timestamp": "2026-01-05T08:00:00Z", "hs_task_subject": "A"}),
        ("communications", {"hs_timestamp": "1767600000000", "hs_communication_body": "A"}),
        ("leads", {"hs_lead_name": "A"}),
    ],
)
def test_what_people_log_has_an_api_of_its_own(
    client: Any, kind: str, properties: dict[str, str]
) -> None:
    api = getattr(client.crm.objects, kind)
    made = api.basic_api.create({"properties": properties})
    assert api.basic_api.get_by_id(made.id).id == made.id
    assert api.search_api.do_search({"limit": 5}).total == 1
    assert api.batch_api.read({"inputs": [{"id": made.id}], "properties": []}).results[0].id
    api.basic_api.archive(made.id)
    assert [one.archived for one in api.basic_api.get_page(archived=True).results] == [True]


def test_history_comes_as_values_with_timestamps(client: Any) -> None:
    api = client.crm.contacts.basic_api
    made = api.create({"properties": {"email": "a@example.com", "firstname": "A"}})
    api.update(made.id, {"properties": {"firstname": "B"}})
    read = api.get_by_id(made.id, properties_with_history=["firstname"])
    values = read.properties_with_history["firstname"]
    assert [one.value for one in values] == ["B", "A"]
    assert values[0].source_type == "INTEGRATION"


def test_a_batch_is_upserted_by_a_unique_property(client: Any) -> None:
    row = {"id": "k1", "idProperty": "crmsync_salesforce_id", "properties": {"lastname": "A"}}
    first = client.crm.contacts.batch_api.upsert({"inputs": [row]})
    again = client.crm.contacts.batch_api.upsert({"inputs": [row]})
    assert [one.new for one in (*first.results, *again.results)] == [True, False]


def test_a_merge_and_a_privacy_delete_are_answered(client: Any) -> None:
    one, two = (create(client, "contacts", email=f"{name}@example.com") for name in "ab")
    api = client.crm.contacts.basic_api
    assert api.merge({"primaryObjectId": one, "objectIdToMerge": two}).id == one
    api.purge({"objectId": one})
    with pytest.raises(ApiException) as gone:
        client.crm.objects.basic_api.get_by_id("contacts", one)
    assert gone.value.status == 404


def test_properties_and_their_groups_are_managed(client: Any) -> None:
    core, groups = client.crm.properties.core_api, client.crm.properties.groups_api
    group = groups.create("contacts", {"name": "loyalty", "label": "Loyalty", "displayOrder": 3})
    made = core.create("contacts", {**TIER, "groupName": group.name})
    assert (made.options[0].value, made.modification_metadata.archivable) == ("gold", True)
    assert core.update("contacts", "tier", {"label": "Rank"}).label == "Rank"
    core.archive("contacts", "tier")
    (gone,) = core.get_all("contacts", archived=True).results
    assert (gone.name, gone.archived) == ("tier", True)
    assert groups.update("contacts", "loyalty", {"label": "Faith"}).label == "Faith"
    assert groups.get_by_name("contacts", "loyalty").display_order == 3
    groups.archive("contacts", "loyalty")
    assert "loyalty" not in {one.name for one in groups.get_all("contacts").results}


def test_properties_come_in_batches(client: Any) -> None:
    api = client.crm.properties.batch_api
    api.create("contacts", {"inputs": [TIER, {**TIER, "name": "rank"}]})
    names = {"archived": False, "inputs": [{"name": "tier"}, {"name": "nobody"}]}
    told = api.read("contacts", names)
    assert [one.name for one in told.results] == ["tier"]
    api.archive("contacts", {"inputs": [{"name": "tier"}, {"name": "rank"}]})


def test_pipelines_and_stages_are_managed(client: Any) -> None:
    pipelines = client.crm.pipelines.pipelines_api
    stages = client.crm.pipelines.pipeline_stages_api
    won = {"label": "Won", "displayOrder": 0, "metadata": {"probability": "1.0"}}
    made = pipelines.create("deals", {"label": "New", "displayOrder": 1, "stages": [won]})
    lost = stages.create(
        "deals", made.id, {"label": "Lost", "displayOrder": 1, "metadata": {"probability": "0.0"}}
    )
    stages.update("deals", made.id, lost.id, {"label": "Gone", "metadata": {"probability": "0.0"}})
    assert [one.label for one in stages.get_all("deals", made.id).results] == ["Won", "Gone"]
    assert stages.get_by_id("deals", made.id, lost.id).metadata["isClosed"] == "true"
    audits = client.crm.pipelines.pipeline_audits_api.get_audit("deals", made.id).results
    assert audits[-1].action == "CREATE"
    stages.archive("deals", made.id, lost.id)
    pipelines.update("deals", made.id, {"label": "Old"})
    assert pipelines.get_by_id("deals", made.id).label == "Old"
    pipelines.archive("deals", made.id)
    assert len(pipelines.get_all("deals").results) == 1


def test_a_custom_object_is_defined_filled_and_found(client: Any) -> None:
    schemas = client.crm.schemas.core_api
    made = schemas.create(CARS)
    assert made.fully_qualified_name == "p4242_cars"
    car = create(client, "cars", plate="B-1", doors="4")
    found = client.crm.objects.search_api.do_search(made.object_type_id, {"query": "b-1"})
    assert [one.id for one in found.results] == [car]
    assert schemas.get_by_id("p4242_cars").primary_display_property == "plate"
    person = create(client, "contacts", lastname="A")
    v4 = client.crm.associations.v4.basic_api
    v4.create_default("cars", car, "contacts", person)
    (to,) = v4.get_page("cars", car, "contacts").results
    assert to.to_object_id == person
    definition = {"fromObjectTypeId": made.object_type_id, "toObjectTypeId": "0-2", "name": "fleet"}
    assert schemas.create_association("cars", definition).name == "fleet"
    assert schemas.update("cars", {"description": "Wheels"}).description == "Wheels"
    client.crm.objects.basic_api.archive("cars", car)
    schemas.archive("cars")
    assert schemas.get_all().results == []


def test_labels_and_limits_of_associations_are_managed(client: Any) -> None:
    schema = client.crm.associations.v4.schema
    labels = schema.definitions_api
    told = {"name": "boss", "label": "Boss", "inverseLabel": "Report"}
    made = labels.create("contacts", "companies", told).results
    number = made[0].type_id
    labels.update("contacts", "companies", {"associationTypeId": number, "label": "Chief"})
    known = {one.type_id: one.label for one in labels.get_all("contacts", "companies").results}
    assert known[number] == "Chief"
    limits = schema.definition_configurations_api
    limit = {"category": "USER_DEFINED", "typeId": number, "maxToObjectIds": 1}
    limits.batch_create("contacts", "companies", {"inputs": [limit]})
    assert [one.type_id for one in limits.get_all().results] == [number]
    labels.remove("contacts", "companies", number)
    assert limits.get_all().results == []


def test_associations_of_version_3_come_in_batches(client: Any) -> None:
    person, firm = create(client, "contacts", lastname="A"), create(client, "companies", name="B")
    pair = {"from": {"id": person}, "to": {"id": firm}, "type": "contact_to_company"}
    api = client.crm.associations.batch_api
    api.create("contacts", "companies", {"inputs": [pair]})
    (found,) = api.read("contacts", "companies", {"inputs": [{"id": person}]}).results
    assert {one.id for one in found.to} == {firm}
    types = client.crm.associations.schema.types_api.get_all("contacts", "companies").results
    assert "contact_to_company" in {one.name for one in types}
    api.archive("contacts", "companies", {"inputs": [pair]})


def test_lists_and_memberships_are_managed(client: Any) -> None:
    lists, members = client.crm.lists.lists_api, client.crm.lists.memberships_api
    told = {"name": "Chosen", "objectTypeId": "0-1", "processingType": "MANUAL"}
    made = lists.create(told).list
    one, two = (create(client, "contacts", lastname=name) for name in "AB")
    added = members.add(made.list_id, [one, two])
    assert added.records_ids_added == [one, two]
    assert [row.record_id for row in members.get_page(made.list_id).results] == [one, two]
    assert members.get_page_ordered_by_added_to_list_date(made.list_id, limit=1).paging
    change = {"recordIdsToAdd": [], "recordIdsToRemove": [one]}
    assert members.add_and_remove(made.list_id, change).record_ids_removed == [one]
    assert members.get_lists("0-1", two).results[0].list_id == made.list_id
    lists.update_name(made.list_id, list_name="Picked")
    assert [one.name for one in lists.get_all(list_ids=[made.list_id]).lists] == ["Picked"]
    members.remove_all(made.list_id)
    lists.remove(made.list_id)
    lists.restore(made.list_id)
    assert lists.get_by_id(made.list_id).list.size == 0
    assert lists.do_search({"query": "pick", "count": 5}).lists[0].list_id == made.list_id


def test_owners_and_tokens_have_all_they_must(client: Any) -> None:
    owner = client.crm.owners.owners_api.get_page().results[0]
    assert client.crm.owners.owners_api.get_by_id(int(owner.id)).email == owner.email
    grant = {"refresh_token": "r", "client_id": "i", "client_secret": "s"}
    token = client.oauth.tokens_api.create(grant_type="refresh_token", **grant)
    about = client.oauth.access_tokens_api.get(token.access_token)
    assert (about.hub_id, about.token_type) == (4242, "access")
    assert client.oauth.refresh_tokens_api.get(token.refresh_token).client_id == "i"
    client.oauth.refresh_tokens_api.archive(token.refresh_token)
    client.config["access_token"] = token.access_token
    assert client.crm.contacts.get_all() == []


def test_forms_are_listed(sandbox: Sandbox) -> None:
    # With its checks on, the client takes the field of an e-mail for that of a number.
    client = HubSpot(access_token=HUBSPOT_TOKEN, host=sandbox.url, base_url=sandbox.url)
    (form,) = client.marketing.forms.forms_api.get_page().results
    assert (form.id, form.field_groups[0].fields[0].name) == (FIRST, "email")
