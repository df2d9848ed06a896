"""Single objects: what a create, a read, a change and an archive answer."""

from typing import Any

import pytest

from tests.sandbox.hubspot.client import Client, codes

PATHS = (
    "/crm/v3/objects/contacts",
    "/crm/v3/objects/contact",
    "/crm/v3/objects/CONTACT",
    "/crm/v3/objects/0-1",
    "/crm/objects/2026-03/contacts",
    "/crm/objects/2026-09/0-1",
)


@pytest.mark.parametrize("path", PATHS)
def test_an_object_type_answers_to_every_name_and_version(portal: Client, path: str) -> None:
    made = portal.told("POST", path, {"properties": {"email": "ada@example.com"}}, status=201)
    assert portal.told("GET", f"{path}/{made['id']}")["properties"]["email"] == "ada@example.com"


def test_the_address_of_the_next_page_is_one_that_can_be_asked(portal: Client) -> None:
    """dlt's verified source follows it as it stands."""
    for name in "ab":
        portal.create(email=f"{name}+x@example.com")
    told = portal.told("GET", "/crm/v3/objects/contacts?limit=1&properties=email%26x,email")
    link = told["paging"]["next"]["link"]
    assert "properties=email%26x,email" in link
    path = "/" + link.partition("://")[2].partition("/")[2]
    (second,) = portal.told("GET", path)["results"]
    assert second["properties"]["email"] == "b+x@example.com"


@pytest.mark.parametrize(
    ("kind", "number", "name"),
    [
        ("deal_split", "0-72", "hs_deal_split_percentage"),
        ("goal_targets", "0-74", "hs_target_amount"),
        ("orders", "0-123", "hs_order_name"),
        ("taxes", "0-86", "hs_value"),
        ("users", "0-115", "hs_email"),
    ],
)
def test_an_object_type_no_sync_needs_is_served_all_the_same(
    portal: Client, kind: str, number: str, name: str
) -> None:
    id_ = portal.create(kind, **{name: "1"})
    assert portal.read(number, id_, name)["properties"][name] == "1"
    listed = portal.told("GET", f"/crm/v3/properties/{kind}")["results"]
    assert name in {one["name"] for one in listed}


def test_a_type_nothing_can_be_associated_with_is_no_error(portal: Client) -> None:
    """singer's tap-hubspot asks every custom object for conversations."""
    id_ = portal.create(email="a@example.com")
    told = portal.told("GET", f"/crm/v3/objects/contacts/{id_}?associations=conversations")
    assert "associations" not in told


def test_an_unknown_object_type_is_refused(portal: Client) -> None:
    refused = portal.told("GET", "/crm/v3/objects/unicorns", status=400)
    assert refused["message"] == "Unable to infer object type from: unicorns"


def test_a_create_echoes_what_is_set_and_what_is_computed(portal: Client) -> None:
    body = {"properties": {"email": "Ada@Example.com", "firstname": "Ada"}}
    made = portal.told("POST", "/crm/v3/objects/contacts", body, status=201)
    assert made["properties"] == {
        "createdate": "2026-01-05T08:00:00Z",
        "email": "ada@example.com",
        "firstname": "Ada",
        "hs_all_contact_vids": made["id"],
        "hs_email_domain": "example.com",
        "hs_full_name_or_email": "Ada",
        "hs_is_contact": "true",
        "hs_is_unworked": "true",
        "hs_object_id": made["id"],
        "hs_pipeline": "contacts-lifecycle-pipeline",
        "lastmodifieddate": "2026-01-05T08:00:00Z",
    }
    assert (made["createdAt"], made["archived"]) == ("2026-01-05T08:00:00Z", False)


@pytest.mark.parametrize(
    ("kind", "properties", "shown"),
    [
        (
            "contacts",
            {"email": "a@example.com"},
            {"createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"},
        ),
        (
            "companies",
            {"name": "A"},
            {"createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"},
        ),
        (
            "deals",
            {"dealname": "A", "dealstage": "closedwon"},
            {
                "amount",
                "closedate",
                "createdate",
                "dealname",
                "dealstage",
                "hs_lastmodifieddate",
                "hs_object_id",
                "pipeline",
            },
        ),
    ],
)
def test_a_read_shows_the_default_properties(
    portal: Client, kind: str, properties: dict[str, str], shown: set[str]
) -> None:
    assert set(portal.read(kind, portal.create(kind, **properties))["properties"]) == shown


def test_a_blank_property_is_null_and_an_unknown_one_is_left_out(portal: Client) -> None:
    told = portal.read("contacts", portal.create(email="a@example.com"), "phone", "nonsense")
    assert told["properties"]["phone"] is None
    assert "nonsense" not in told["properties"]


def test_a_contact_is_found_by_its_email_whatever_the_case(portal: Client) -> None:
    id_ = portal.create(email="ada@example.com")
    told = portal.told("GET", "/crm/v3/objects/contacts/ADA@example.com?idProperty=email")
    assert told["id"] == id_


def test_a_property_that_is_not_unique_finds_nothing(portal: Client) -> None:
    url = "/crm/v3/objects/contacts/Ada?idProperty=firstname"
    assert portal.ask("GET", url).status == 400


def test_a_missing_object_is_not_found(portal: Client) -> None:
    told = portal.told("GET", "/crm/v3/objects/contacts/404", status=404)
    assert (told["status"], told["category"]) == ("error", "OBJECT_NOT_FOUND")


def test_an_update_echoes_only_what_it_changed(portal: Client) -> None:
    id_ = portal.create("companies", name="A", city="Leeds")
    told = portal.update("companies", id_, city="York")
    assert told["properties"] == {
        "city": "York",
        "createdate": "2026-01-05T08:00:00Z",
        "hs_lastmodifieddate": "2026-01-05T08:00:00.001Z",
        "hs_object_id": id_,
    }


def test_an_update_of_nothing_is_refused(portal: Client) -> None:
    id_ = portal.create("companies", name="A")
    assert portal.ask("PATCH", f"/crm/v3/objects/companies/{id_}", {"properties": {}}).status == 400


def test_stamps_of_a_record_only_grow_even_when_time_stands_still(portal: Client) -> None:
    id_ = portal.create("companies", name="A")
    stamps = [portal.update("companies", id_, name=name)["updatedAt"] for name in "BCD"]
    assert stamps == sorted(set(stamps))


def test_a_value_that_is_there_already_moves_no_stamp(portal: Client) -> None:
    id_ = portal.create("companies", name="A")
    before = portal.read("companies", id_)["updatedAt"]
    portal.world.clock.advance(60)
    assert portal.update("companies", id_, name="A")["updatedAt"] == before


def test_an_empty_string_clears(portal: Client) -> None:
    id_ = portal.create(email="a@example.com", phone="1")
    assert portal.update("contacts", id_, phone="")["properties"]["phone"] is None


def test_a_company_takes_its_website_from_its_domain_when_it_is_made(portal: Client) -> None:
    id_ = portal.create("companies", domain="example.com")
    assert portal.read("companies", id_, "website")["properties"]["website"] == "example.com"


def test_a_deal_knows_whether_its_stage_is_closed(portal: Client) -> None:
    id_ = portal.create("deals", dealname="A", dealstage="contractsent")
    portal.update("deals", id_, dealstage="closedwon")
    told = portal.read("deals", id_, "hs_is_closed_won", "pipeline")["properties"]
    assert (told["hs_is_closed_won"], told["pipeline"]) == ("true", "default")


@pytest.mark.parametrize(
    ("kind", "properties", "missing"),
    [
        ("contacts", {"phone": "1"}, ["email"]),
        ("companies", {"city": "Leeds"}, ["name"]),
        ("deals", {"amount": "1"}, ["dealname", "dealstage"]),
    ],
)
def test_a_create_needs_what_the_type_requires(
    portal: Client, kind: str, properties: dict[str, str], missing: list[str]
) -> None:
    answer = portal.ask("POST", f"/crm/v3/objects/{kind}", {"properties": properties})
    assert (answer.status, answer.body["context"]) == (400, {"properties": missing})


def test_a_lifecycle_stage_goes_forward_only_until_it_is_cleared(portal: Client) -> None:
    id_ = portal.create(email="a@example.com", lifecyclestage="customer")
    back = portal.update("contacts", id_, lifecyclestage="lead")
    assert back["properties"]["lifecyclestage"] == "customer"
    portal.update("contacts", id_, lifecyclestage="")
    again = portal.update("contacts", id_, lifecyclestage="lead")
    assert again["properties"]["lifecyclestage"] == "lead"


def test_an_archived_object_is_gone_from_reads_and_still_listed_as_archived(
    portal: Client,
) -> None:
    id_ = portal.create(email="a@example.com")
    portal.told("DELETE", f"/crm/v3/objects/contacts/{id_}", status=204)
    assert portal.ask("GET", f"/crm/v3/objects/contacts/{id_}").status == 404
    assert portal.told("GET", "/crm/v3/objects/contacts")["results"] == []
    listed = portal.told("GET", "/crm/v3/objects/contacts?archived=true")["results"]
    assert [(one["id"], one["archived"]) for one in listed] == [(id_, True)]
    assert portal.told("GET", f"/crm/v3/objects/contacts/{id_}?archived=true")["archivedAt"]


def test_archiving_twice_is_no_error(portal: Client) -> None:
    id_ = portal.create(email="a@example.com")
    for _ in range(2):
        portal.told("DELETE", f"/crm/v3/objects/contacts/{id_}", status=204)


def test_the_email_of_an_archived_contact_is_free_again(portal: Client) -> None:
    id_ = portal.create(email="a@example.com")
    portal.told("DELETE", f"/crm/v3/objects/contacts/{id_}", status=204)
    assert portal.create(email="a@example.com") != id_


def test_a_list_goes_page_by_page_to_its_end(portal: Client) -> None:
    ids = [portal.create("companies", name=name) for name in "ABCDE"]
    seen, query = list[str](), "limit=2"
    while query:
        page = portal.told("GET", f"/crm/v3/objects/companies?{query}")
        seen += [one["id"] for one in page["results"]]
        after = page.get("paging", {}).get("next", {}).get("after")
        query = f"limit=2&after={after}" if after else ""
    assert seen == ids


@pytest.mark.parametrize("limit", ["0", "101", "ten", "-1"])
def test_a_page_size_out_of_bounds_is_refused(portal: Client, limit: str) -> None:
    assert portal.ask("GET", f"/crm/v3/objects/contacts?limit={limit}").status == 400


def test_history_tells_values_newest_first_with_their_source(portal: Client) -> None:
    id_ = portal.create(email="a@example.com", phone="1")
    portal.world.clock.advance(60)
    portal.update("contacts", id_, phone="2")
    portal.update("contacts", id_, phone="")
    url = f"/crm/v3/objects/contacts/{id_}?propertiesWithHistory=phone,city"
    told = portal.told("GET", url)["propertiesWithHistory"]
    versions = [(one["value"], one["timestamp"], one["sourceType"]) for one in told["phone"]]
    assert versions == [
        ("", "2026-01-05T08:01:00.001Z", "INTEGRATION"),
        ("2", "2026-01-05T08:01:00Z", "INTEGRATION"),
        ("1", "2026-01-05T08:00:00Z", "INTEGRATION"),
    ]
    assert told["city"] == []


@pytest.mark.parametrize("body", [b"{", b"[1]", b"", b"\xff\xfe"])
def test_a_body_that_is_no_json_object_is_refused(portal: Client, body: bytes) -> None:
    assert portal.ask("POST", "/crm/v3/objects/contacts", body).status == 400


def test_a_property_nobody_declared_is_refused_by_name(portal: Client) -> None:
    body = {"properties": {"email": "a@example.com", "foo": "1"}}
    answer = portal.ask("POST", "/crm/v3/objects/contacts", body)
    assert codes(answer) == ["PROPERTY_DOESNT_EXIST"]
    assert answer.body["errors"][0]["context"] == {"propertyName": ["foo"]}
    assert '"error": "PROPERTY_DOESNT_EXIST"' in answer.body["message"]


def test_a_refused_create_leaves_nothing_behind(portal: Client) -> None:
    bad: dict[str, Any] = {
        "properties": {"email": "a@example.com"},
        "associations": [
            {
                "to": {"id": "404"},
                "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}],
            }
        ],
    }
    assert portal.ask("POST", "/crm/v3/objects/contacts", bad).status == 400
    assert portal.told("GET", "/crm/v3/objects/contacts")["results"] == []
