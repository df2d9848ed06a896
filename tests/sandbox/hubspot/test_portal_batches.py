"""Batches: what is missing, what is refused, and what happens to the other rows."""

from typing import Any

import pytest

from tests.sandbox.hubspot.client import Client

KEY = "crmsync_salesforce_id"


def row(trace: str | None = None, **properties: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"properties": properties}
    return told if trace is None else {**told, "objectWriteTraceId": trace}


def names(portal: Client) -> list[str]:
    listed = portal.told("GET", "/crm/v3/objects/contacts?limit=100")["results"]
    return [one["properties"]["lastname"] for one in listed]


def test_a_read_finds_each_record_once(portal: Client) -> None:
    ids = [portal.create(lastname=name) for name in "AB"]
    answer = portal.batch("read", *({"id": id_} for id_ in (*ids, ids[0])), properties=["lastname"])
    assert answer.status == 200
    assert [one["properties"]["lastname"] for one in answer.body["results"]] == ["A", "B"]


def test_what_a_read_does_not_find_is_told_with_207(portal: Client) -> None:
    id_ = portal.create(lastname="A")
    answer = portal.batch("read", {"id": id_}, {"id": "404"}, {"id": "405"})
    assert (answer.status, answer.body["status"]) == (207, "COMPLETE")
    assert [one["id"] for one in answer.body["results"]] == [id_]
    (error,) = answer.body["errors"]
    assert error["category"] == "OBJECT_NOT_FOUND"
    assert error["context"] == {"ids": ["404", "405"]}


def test_a_read_by_email_finds_additional_ones_too(portal: Client) -> None:
    id_ = portal.create(email="a@example.com", hs_additional_emails="b@example.com")
    answer = portal.batch("read", {"id": "B@example.com"}, idProperty="email")
    assert [one["id"] for one in answer.body["results"]] == [id_]


@pytest.mark.parametrize("verb", ["read", "create", "update", "upsert", "archive"])
def test_a_batch_of_more_than_a_hundred_is_refused(portal: Client, verb: str) -> None:
    assert portal.batch(verb, *({"id": str(n)} for n in range(101))).status == 400


def test_creates_are_all_or_none(portal: Client) -> None:
    answer = portal.batch("create", row(lastname="A"), row(email="no address"))
    assert (answer.status, answer.body["category"]) == (400, "VALIDATION_ERROR")
    assert names(portal) == []


def test_a_conflict_refuses_the_whole_batch(portal: Client) -> None:
    id_ = portal.create(email="a@example.com", lastname="A")
    answer = portal.batch("create", row(lastname="B"), row(email="a@example.com", lastname="C"))
    assert answer.status == 409
    assert answer.body["message"].endswith(f"Existing ID: {id_}")
    assert names(portal) == ["A"]


def test_with_a_trace_the_good_rows_go_ahead(portal: Client) -> None:
    answer = portal.batch("create", row("0", lastname="A"), row("1", email="no address"))
    assert (answer.status, answer.body["numErrors"]) == (207, 1)
    assert [one["objectWriteTraceId"] for one in answer.body["results"]] == ["0"]
    assert answer.body["errors"][0]["context"]["objectWriteTraceId"] == ["1"]
    assert names(portal) == ["A"]


@pytest.mark.parametrize("traces", [("0", None), ("0", "0")])
def test_a_trace_that_is_missing_or_told_twice_traces_nothing(
    portal: Client, traces: tuple[str, str | None]
) -> None:
    rows = row(traces[0], lastname="A"), row(traces[1], email="no address")
    assert portal.batch("create", *rows).status == 400
    assert names(portal) == []


def test_an_update_of_a_missing_record_leaves_it_out(portal: Client) -> None:
    id_ = portal.create(lastname="A")
    rows = {"id": id_, **row(lastname="B")}, {"id": "404", **row(lastname="C")}
    answer = portal.batch("update", *rows)
    assert (answer.status, answer.body["errors"][0]["context"]) == (207, {"ids": ["404"]})
    assert names(portal) == ["B"]


def test_an_update_can_name_records_by_a_unique_property(portal: Client) -> None:
    portal.create(lastname="A", crmsync_salesforce_id="003A")
    one = {"id": "003A", "idProperty": KEY, **row(lastname="B")}
    assert portal.batch("update", one).status == 200
    assert names(portal) == ["B"]


def test_one_record_cannot_be_updated_twice_in_a_batch(portal: Client) -> None:
    id_ = portal.create(lastname="A")
    answer = portal.batch("update", *({"id": id_, **row(lastname=name)} for name in "BC"))
    assert answer.status == 400
    assert f"[{id_}]" in answer.body["message"]


def test_an_upsert_creates_once_and_then_updates(portal: Client) -> None:
    one = {"id": "003A", "idProperty": KEY, **row("7", lastname="A")}
    first, second = (portal.batch("upsert", one).body["results"][0] for _ in range(2))
    assert (first["new"], second["new"]) == (True, False)
    assert first["id"] == second["id"]
    assert first["properties"][KEY] == "003A"
    assert second["objectWriteTraceId"] == "7"


def test_an_upsert_by_email_finds_the_contact_there_is(portal: Client) -> None:
    id_ = portal.create(email="a@example.com")
    one = {"id": "A@example.com", "idProperty": "email", **row(lastname="A")}
    assert portal.batch("upsert", one).body["results"][0]["id"] == id_


def test_an_archive_takes_missing_ids_in_its_stride(portal: Client) -> None:
    id_ = portal.create(lastname="A")
    assert portal.batch("archive", {"id": id_}, {"id": "404"}).status == 204
    assert names(portal) == []


def test_a_create_can_bring_its_associations(portal: Client) -> None:
    company = portal.create("companies", name="A")
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]
    one = {**row(lastname="A"), "associations": [{"to": {"id": company}, "types": types}]}
    made = portal.batch("create", one).body["results"][0]["id"]
    told = portal.told("GET", f"/crm/v3/objects/contacts/{made}?associations=companies")
    assert told["associations"]["companies"]["results"] == [
        {"id": company, "type": "contact_to_company"},
        {"id": company, "type": "contact_to_company_unlabeled"},
    ]
