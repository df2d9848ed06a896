"""Reading from a HubSpot that answers oddly, in part, or too late."""

from dataclasses import replace
from typing import Any

import pytest
import requests

from include.crmsync.errors import ConfigError, Rejected, Unavailable
from include.crmsync.model.mapping import ObjectMapping
from tests.adapters.hubspot_script import BY_NAME, MORNING, answering, gateway, item, path_of
from tests.adapters.mappings import COMPANIES, CONTACTS, field
from tests.adapters.scripted import Answer, body_of


def test_everything_goes_to_the_base_address_with_the_token() -> None:
    crm, adapter = gateway((200, {"results": []}))
    assert list(crm.changed_since(COMPANIES, None)) == []
    [sent] = adapter.sent
    assert (sent.url or "").startswith("https://hubspot.example/crm/v3/objects/companies?")
    assert sent.headers["Authorization"] == "Bearer canary-token"


def test_nothing_found_costs_one_search_and_no_association() -> None:
    crm, adapter = gateway((200, {"results": []}))
    assert list(crm.changed_since(CONTACTS, MORNING)) == []
    assert [path_of(sent) for sent in adapter.sent] == ["/crm/v3/objects/contacts/search"]


@pytest.mark.parametrize("page", [{}, {"results": None}, [], {"status": "error"}])
def test_an_answer_of_another_shape_is_never_an_empty_one(page: Any) -> None:
    crm, _ = gateway(*[(200, page)] * 4)
    with pytest.raises(Unavailable):
        list(crm.changed_since(COMPANIES, None))


def test_what_could_be_no_id_is_not_asked_for() -> None:
    crm, adapter = gateway((200, {"results": [item("1")]}))
    assert [one.id for one in crm.read(COMPANIES, ["x", "", "1", "1", "²", "0031"])] == ["1"]
    assert body_of(adapter.sent[0])["inputs"] == [{"id": "1"}, {"id": "0031"}]


def test_ids_are_read_a_hundred_at_a_time() -> None:
    crm, adapter = answering(lambda _: (200, {"results": []}))
    assert list(crm.read(COMPANIES, [str(number) for number in range(250)])) == []
    assert [len(body_of(sent)["inputs"]) for sent in adapter.sent] == [100, 100, 50]


def test_a_gap_for_any_other_reason_than_absence_stops_the_read() -> None:
    lacking = {"results": [], "numErrors": 1, "errors": [{"category": "MISSING_SCOPES"}]}
    crm, _ = gateway((207, lacking))
    with pytest.raises(Rejected, match="MISSING_SCOPES"):
        list(crm.read(COMPANIES, ["1"]))


def test_a_gap_without_a_reason_stops_the_read() -> None:
    crm, _ = gateway((207, {"results": [], "numErrors": 1}))
    with pytest.raises(Unavailable):
        list(crm.read(COMPANIES, ["1"]))


def test_a_match_field_that_is_not_unique_is_searched_for() -> None:
    def script(request: requests.PreparedRequest) -> Answer:
        if path_of(request).endswith("/search"):
            return 200, {"results": [item("7", name="Acme"), item("8", name="Acme Ltd")]}
        return 200, {"results": [item("8", name="Acme Ltd"), item("7", name="ACME")]}

    crm, adapter = answering(script)
    assert [one.id for one in crm.find(BY_NAME, ["Acme", "acme", " "])] == ["7"]
    search, read = map(body_of, adapter.sent)
    assert search["filterGroups"][0]["filters"] == [
        {"propertyName": "name", "operator": "IN", "values": ["acme"]}
    ]
    assert read["inputs"] == [{"id": "7"}, {"id": "8"}]


def test_many_long_values_are_searched_for_in_searches_hubspot_takes() -> None:
    crm, adapter = answering(lambda _: (200, {"results": []}))
    names = [f"{number} {'x' * 90}" for number in range(120)]
    assert list(crm.find(BY_NAME, [*names, "y" * 5000])) == []
    asked = [body_of(sent)["filterGroups"][0]["filters"][0]["values"] for sent in adapter.sent]
    assert [name for portion in asked for name in portion] == names
    assert all(len(sent.body or "") <= 3000 for sent in adapter.sent)


def wide(mapping: ObjectMapping, letter: str = "f") -> ObjectMapping:
    more = tuple(
        field(f"{letter}{n}", f"a_property_of_some_length_{letter}{n}", {"Account": f"F{n}__c"})
        for n in range(150)
    )
    return replace(mapping, fields=mapping.fields + more)


def test_more_properties_than_a_search_has_room_for_are_read_afterwards() -> None:
    def script(request: requests.PreparedRequest) -> Answer:
        if path_of(request).endswith("/search"):
            return 200, {"results": [item("2"), item("1"), item("3")]}
        return 200, {"results": [item("1", name="one"), item("2", name="two")]}

    crm, adapter = answering(script)
    found = list(crm.changed_since(wide(COMPANIES), MORNING))
    assert [(one.id, one.raw["name"]) for one in found] == [("2", "two"), ("1", "one")]
    assert len(adapter.sent[0].body or "") <= 3000
    assert len(body_of(adapter.sent[1])["properties"]) > 150


def test_more_properties_than_an_address_has_room_for_are_read_afterwards() -> None:
    def script(request: requests.PreparedRequest) -> Answer:
        if request.method == "GET":
            return 200, {"results": [item("1"), item("2")]}
        return 200, {"results": [item("2", name="two"), item("1", name="one")]}

    crm, adapter = answering(script)
    found = list(crm.changed_since(wide(wide(COMPANIES), "g"), None))
    assert [(one.id, one.raw["name"]) for one in found] == [("1", "one"), ("2", "two")]
    assert len(adapter.sent[0].url or "") < 7000


def test_pages_of_associations_are_all_read() -> None:
    def script(request: requests.PreparedRequest) -> Answer:
        [asked] = body_of(request)["inputs"]
        paging = {} if "after" in asked else {"paging": {"next": {"after": "x"}}}
        to: list[Any] = [{"toObjectId": 12 if "after" in asked else 11, "associationTypes": []}]
        return 200, {"results": [{"from": {"id": asked["id"]}, "to": to, **paging}]}

    crm, adapter = answering(script)
    assert crm.children(COMPANIES, ["1"], "contacts") == {"1": frozenset({"11", "12"})}
    assert len(adapter.sent) == 2


def test_owners_are_read_page_by_page_and_then_those_who_left() -> None:
    def script(request: requests.PreparedRequest) -> Answer:
        left, more = "archived=true" in request.path_url, "after=" in request.path_url
        id_ = "3" if left else "2" if more else "1"
        page: dict[str, Any] = {"results": [{"id": id_, "email": "Ada@X", "firstName": "Ada"}]}
        return 200, page if left or more else {**page, "paging": {"next": {"after": "1"}}}

    crm, _ = answering(script)
    owners = crm.owners()
    assert [(one.id, one.active) for one in owners] == [("1", True), ("2", True), ("3", False)]
    assert {(one.email, one.name) for one in owners} == {("ada@x", "Ada")}


def test_a_list_that_is_not_there_is_answered_with_names_near_it() -> None:
    def script(request: requests.PreparedRequest) -> Answer:
        if request.method == "GET":
            assert path_of(request).endswith("/name/My%20list%2F1")
            return 404, {"category": "OBJECT_NOT_FOUND"}
        return 200, {"lists": [{"name": "My list 1"}, {"name": "Others"}]}

    crm, _ = answering(script)
    with pytest.raises(ConfigError, match="near it: 'My list 1'"):
        crm.members("My list/1")


def test_an_object_without_a_stamp_is_a_broken_answer() -> None:
    for broken in ({"id": "1", "properties": {}}, {"id": "1"}, item("1", hs_lastmodifieddate="x")):
        crm, _ = gateway((200, {"results": [broken]}))
        with pytest.raises(Unavailable):
            list(crm.read(COMPANIES, ["1"]))
