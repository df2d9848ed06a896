"""Writing to a HubSpot that answers oddly, in part, or too late."""

import json
from dataclasses import replace
from math import ceil, log2
from typing import Any

import pytest
import requests

from include.crmsync.adapters.gateway import Write, Written
from include.crmsync.adapters.hubspot import HubSpot
from include.crmsync.errors import Rejected, Unavailable
from tests.adapters.hubspot_script import KEY, answering, gateway, item, path_of
from tests.adapters.mappings import COMPANIES, CONTACTS, DEALS
from tests.adapters.scripted import Answer, body_of


def create(key: str, **values: Any) -> Write:
    return Write(key, "companies", None, values, external_key=key)


def write(crm: HubSpot, *writes: Write) -> dict[str, Written]:
    return {one.key: one for some in crm.write(COMPANIES, writes) for one in some}


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
    assert [one.name for one in told["2"].blamed] == ["companies"]
    assert "canary" not in str(told)


def test_a_create_that_could_not_be_repeated_is_not_made() -> None:
    with pytest.raises(ValueError, match="external key"):
        Write("a", "companies", None, {"name": "a"})


def test_no_token_and_no_value_shows_in_a_gateways_face() -> None:
    crm, _ = gateway((401, {"message": "canary"}))
    with pytest.raises(Exception, match="answered 401") as caught:
        list(crm.find(CONTACTS, ["canary@x"]))
    assert "canary" not in f"{caught.value!r} {crm!r}"


def test_every_property_that_hubspot_names_is_blamed_with_its_own_code() -> None:
    listed = [
        {"isValid": False, "message": "canary no", "error": "INVALID_EMAIL", "name": "email"},
        {"isValid": False, "message": "canary no", "error": "INVALID_OPTION", "name": "industry"},
    ]
    refusal = {
        "category": "VALIDATION_ERROR",
        "message": f"Property values were not valid: {json.dumps(listed)}",
    }
    crm, _ = gateway((400, refusal))
    [said] = write(crm, create("A", email="canary", industry="canary")).values()
    assert [(one.name, one.code) for one in said.blamed] == [
        ("email", "INVALID_EMAIL"),
        ("industry", "INVALID_OPTION"),
    ]
    assert "canary" not in str(said)


def test_an_error_that_names_no_property_is_against_the_record() -> None:
    named = {"code": "INVALID_OPTION", "message": "no", "context": {"propertyName": ["industry"]}}
    refusal = {"category": "VALIDATION_ERROR", "errors": [named, {"message": "something else"}]}
    crm, _ = gateway((400, refusal))
    [said] = write(crm, create("A", industry="x")).values()
    assert (said.blamed, said.code) == ((), "VALIDATION_ERROR")


def test_a_sub_category_is_the_code_where_there_is_none_more_precise() -> None:
    refusal = {
        "category": "VALIDATION_ERROR",
        "subCategory": "crm.associations.ASSOCIATION_LIMIT_EXCEEDED",
        "message": "too many",
    }
    crm, _ = gateway((400, refusal))
    [said] = write(crm, create("A", industry="x")).values()
    assert said.code == "crm.associations.ASSOCIATION_LIMIT_EXCEEDED"


@pytest.mark.parametrize("bad", [1, 3, 10])
def test_a_batch_refused_for_a_few_rows_is_halved_never_sent_row_by_row(bad: int) -> None:
    """HubSpot's 400 for a value names the property, and not the row."""
    listed = [{"message": "no", "error": "INVALID_OPTION", "name": "industry"}]
    text = f"Property values were not valid: {json.dumps(listed)}"

    def script(request: requests.PreparedRequest) -> Answer:
        inputs = body_of(request)["inputs"]
        if any(one["properties"].get("industry") == "bad" for one in inputs):
            return 400, {"category": "VALIDATION_ERROR", "message": text}
        return 200, {"results": [item(one["id"], **{KEY: one["id"]}) for one in inputs]}

    crm, adapter = answering(script)
    chosen = {round(number * 100 / bad) for number in range(bad)}
    rows = [create(f"{n}", industry="bad" if n in chosen else "good") for n in range(100)]
    told = write(crm, *rows)
    assert sum(bool(one.blamed) for one in told.values()) == bad
    assert len(adapter.sent) <= 1 + bad * 2 * ceil(log2(100))
