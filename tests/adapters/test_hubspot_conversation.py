"""HubSpot's gateway against answers the sandbox never gives: odd, partial, broken ones."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from include.crmsync.adapters.gateway import Write, Written
from include.crmsync.adapters.hubspot import HubSpot
from include.crmsync.adapters.hubspot_api import HubSpotApi
from include.crmsync.errors import ConfigError, Rejected, Unavailable
from include.crmsync.model.mapping import ObjectMapping
from tests.adapters.mappings import COMPANIES, CONTACTS, DEALS, field
from tests.adapters.scripted import Answer, Scripted, body_of, scripted

MORNING = datetime(2026, 1, 31, 9, tzinfo=UTC)
STAMP = "2026-01-31T09:00:00.000Z"
BY_NAME = replace(COMPANIES, match_on="name")
KEY = COMPANIES.hubspot_key


def gateway(*answers: Answer) -> tuple[HubSpot, Scripted]:
    wire, adapter, _ = scripted(answers)
    return HubSpot(HubSpotApi("canary-token", "https://hubspot.example/", wire)), adapter


def answering(script: Callable[[requests.PreparedRequest], Answer]) -> tuple[HubSpot, Scripted]:
    wire, adapter, _ = scripted(script)
    return HubSpot(HubSpotApi("canary-token", "https://hubspot.example", wire)), adapter


def item(id_: str, **properties: Any) -> dict[str, Any]:
    stamps = {"hs_lastmodifieddate": STAMP, "lastmodifieddate": STAMP}
    return {"id": id_, "properties": stamps | properties}


def create(key: str, **values: Any) -> Write:
    return Write(key, "companies", None, values, external_key=key)


def write(crm: HubSpot, *writes: Write) -> dict[str, Written]:
    return {one.key: one for some in crm.write(COMPANIES, writes) for one in some}


def path_of(request: requests.PreparedRequest) -> str:
    return request.path_url.partition("?")[0]


# Reading.


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


def wide(mapping: ObjectMapping) -> ObjectMapping:
    more = tuple(
        field(f"f{n}", f"a_property_of_some_length_{n}", {"Account": f"F{n}__c"})
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


# Writing.


def test_a_create_is_told_apart_by_its_key_where_no_trace_comes_back() -> None:
    results = [item("2", **{KEY: "B"}), item("1", **{KEY: "A"})]
    crm, adapter = gateway((200, {"results": results}))
    told = write(crm, create("A", name="a"), create("B", name="b"))
    assert {key: one.record_id for key, one in told.items()} == {"A": "1", "B": "2"}
    assert len(adapter.sent) == 1


def test_ids_that_cannot_be_told_apart_are_looked_up_never_guessed() -> None:
    looked_up = [item("2", **{KEY: "B"}), item("1", **{KEY: "A"})]
    crm, _ = gateway((200, {"results": [item("1"), item("2")]}), (200, {"results": looked_up}))
    told = write(crm, create("A", name="a"), create("B", name="b"))
    assert {key: one.record_id for key, one in told.items()} == {"A": "1", "B": "2"}


def test_a_refused_row_that_exists_from_before_did_not_land() -> None:
    error = {"category": "VALIDATION_ERROR", "context": {"objectWriteTraceId": ["1"]}}
    partial = {"results": [item("1")], "numErrors": 1, "errors": [error]}
    looked_up = [item("1", **{KEY: "A"}), item("9", **{KEY: "B"})]
    crm, _ = gateway((207, partial), (200, {"results": looked_up}))
    told = write(crm, create("A", name="a"), create("B", name="b"))
    assert (told["A"].record_id, told["A"].code) == ("1", None)
    assert (told["B"].record_id, told["B"].code) == (None, "VALIDATION_ERROR")


def test_a_property_that_does_not_exist_refuses_its_rows_in_one_call() -> None:
    error = {
        "code": "PROPERTY_DOESNT_EXIST",
        "message": 'Property "odd" does not exist',
        "context": {"propertyName": ["odd"]},
    }
    refusal = {"category": "VALIDATION_ERROR", "message": "no", "errors": [error]}

    def script(request: requests.PreparedRequest) -> Answer:
        inputs = body_of(request)["inputs"]
        if any("odd" in one["properties"] for one in inputs):
            return 400, refusal
        return 200, {"results": [item(one["id"], **{KEY: one["id"]}) for one in inputs]}

    crm, adapter = answering(script)
    rows = [create(f"{n}", **({"odd": "canary"} if n % 2 else {"name": "n"})) for n in range(80)]
    told = write(crm, *rows)
    assert {one.code for one in told.values()} == {None, "PROPERTY_DOESNT_EXIST"}
    assert len(adapter.sent) == 2
    assert "canary" not in str(told)


@pytest.mark.parametrize("status", [405, 415, 414])
def test_a_refusal_of_the_request_itself_blames_no_record(status: int) -> None:
    crm, adapter = gateway((status, {"message": "no"}))
    with pytest.raises(Rejected):
        write(crm, create("A", name="a"), create("B", name="b"))
    assert len(adapter.sent) == 1


def test_batches_that_landed_are_told_before_the_one_that_was_lost() -> None:
    seen: list[str] = []

    def script(request: requests.PreparedRequest) -> Answer:
        inputs = body_of(request)["inputs"]
        if inputs[0]["id"] == "100":
            return requests.ConnectionError("canary")
        return 200, {"results": [item(one["id"], **{KEY: one["id"]}) for one in inputs]}

    crm, _ = answering(script)
    with pytest.raises(Unavailable) as caught:  # noqa: PT012 -- what came before the error counts
        for batch in crm.write(COMPANIES, [create(f"{n}", name="n") for n in range(150)]):
            seen += [one.key for one in batch]
    assert seen == [f"{n}" for n in range(100)]
    assert "canary" not in str(caught.value)


def parented(parent: str | None) -> Write:
    return Write("w", "deals", "7", {}, parents={"companies": parent})


def associated(*types: tuple[int, int]) -> Answer:
    to = [{"toObjectId": id_, "associationTypes": [{"typeId": kind}]} for id_, kind in types]
    return 200, {"results": [{"from": {"id": "7"}, "to": to}]}


def test_a_parent_is_made_the_primary_company() -> None:
    crm, adapter = gateway((201, {"results": []}))
    [[answer]] = crm.write(DEALS, [parented("30")])
    assert (answer.record_id, answer.code) == ("7", None)
    [sent] = adapter.sent
    assert path_of(sent) == "/crm/v4/associations/deals/companies/batch/create"
    assert body_of(sent)["inputs"] == [
        {
            "from": {"id": "7"},
            "to": {"id": "30"},
            "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 5}],
        }
    ]


def test_taking_a_parent_away_leaves_other_companies() -> None:
    crm, adapter = gateway(associated((9, 341), (30, 5)), (204, ""))
    [[answer]] = crm.write(DEALS, [parented(None)])
    assert answer.code is None
    assert path_of(adapter.sent[1]) == "/crm/v4/associations/deals/companies/batch/archive"
    assert body_of(adapter.sent[1])["inputs"] == [{"from": {"id": "7"}, "to": [{"id": "30"}]}]


def test_a_parent_that_is_gone_already_costs_only_the_look() -> None:
    nothing = {"results": [], "errors": [{"subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND"}]}
    crm, adapter = gateway((207, nothing))
    [[answer]] = crm.write(DEALS, [parented(None)])
    assert answer.code is None
    assert len(adapter.sent) == 1


def test_a_parent_refused_in_part_is_told_of_its_record_alone() -> None:
    def script(request: requests.PreparedRequest) -> Answer:
        bad = any(one["to"]["id"] == "404" for one in body_of(request)["inputs"])
        errors = [{"category": "VALIDATION_ERROR", "message": "canary@x is full"}]
        return (207, {"results": [], "numErrors": 1, "errors": errors}) if bad else (201, {})

    crm, _ = answering(script)
    rows = [
        replace(parented("404" if n == 2 else "30"), key=f"{n}", record_id=f"{n}") for n in range(5)
    ]
    told = {one.key: one for some in crm.write(DEALS, rows) for one in some}
    assert [key for key, one in told.items() if one.code] == ["2"]
    assert (told["2"].record_id, told["2"].code) == ("2", "VALIDATION_ERROR")
    assert "canary" not in str(told)


def test_a_create_that_could_not_be_repeated_is_not_made() -> None:
    with pytest.raises(ValueError, match="external key"):
        Write("a", "companies", None, {"name": "a"})


def test_no_token_and_no_value_shows_in_a_gateways_face() -> None:
    crm, _ = gateway((401, {"message": "canary"}))
    with pytest.raises(Exception, match="answered 401") as caught:
        list(crm.find(CONTACTS, ["canary@x"]))
    assert "canary" not in f"{caught.value!r} {crm!r}"
