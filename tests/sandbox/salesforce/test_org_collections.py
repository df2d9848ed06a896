"""Collections: one answer per record, in order, and nothing or all when told so."""

from typing import Any

import pytest

from include.sandbox.salesforce.ids import numbered
from tests.sandbox.salesforce.client import KEY, Client, row


def codes(results: list[dict[str, Any]]) -> list[str | None]:
    return [one["errors"][0]["statusCode"] if one["errors"] else None for one in results]


def test_one_bad_record_costs_the_others_nothing(org: Client) -> None:
    results = org.collection(
        "POST",
        "",
        row("Contact", LastName="Lovelace"),
        row("Contact", LastName="x" * 81),
        row("Account", Name="Acme"),
    )
    assert codes(results) == [None, "STRING_TOO_LONG", None]
    assert results[1]["errors"][0]["fields"] == ["LastName"]
    assert "id" not in results[1]
    assert org.query("SELECT COUNT() FROM Contact")["totalSize"] == 1


def test_all_or_none_undoes_the_good_ones_and_says_so(org: Client) -> None:
    results = org.collection(
        "POST", "", row("Contact", LastName="a"), row("Contact"), allOrNone=True
    )
    assert codes(results) == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]
    assert org.query("SELECT COUNT() FROM Contact")["totalSize"] == 0


def test_an_update_answers_for_each_id(org: Client) -> None:
    record_id, gone = org.create("Contact"), org.create("Contact")
    org.call("DELETE", f"/sobjects/Contact/{gone}")
    results = org.collection(
        "PATCH",
        "",
        row("Contact", id=record_id, Title="Buyer"),
        row("Contact", Title="Buyer"),
        row("Contact", id=numbered("003", 999), Title="Buyer"),
        row("Contact", id=gone, Title="Buyer"),
        row("Contact", id="003", Title="Buyer"),
    )
    assert codes(results) == [
        None,
        "MISSING_ARGUMENT",
        "INVALID_CROSS_REFERENCE_KEY",
        "ENTITY_IS_DELETED",
        "MALFORMED_ID",
    ]
    assert results[0] == {"id": record_id, "success": True, "errors": []}


def test_an_upsert_says_which_were_created(org: Client) -> None:
    known = org.create("Contact", **{KEY: "1"})
    results = org.collection(
        "PATCH",
        f"/Contact/{KEY}",
        row("Contact", LastName="King", **{KEY: "1"}),
        row("Contact", LastName="Babbage", **{KEY: "2"}),
        row("Contact", LastName="Nobody"),
    )
    assert [one.get("created") for one in results] == [False, True, None]
    assert results[0]["id"] == known
    assert codes(results)[2] == "MISSING_ARGUMENT"


def test_a_key_that_comes_twice_fails_both(org: Client) -> None:
    results = org.collection(
        "PATCH",
        f"/Contact/{KEY}",
        *(
            row("Contact", LastName=name, **{KEY: key})
            for name, key in [("a", "x"), ("b", "X"), ("c", "y")]
        ),
    )
    assert codes(results) == ["DUPLICATE_VALUE", "DUPLICATE_VALUE", None]


def test_an_upsert_by_id_creates_without_one(org: Client) -> None:
    record_id = org.create("Contact")
    results = org.collection(
        "PATCH",
        "/Contact/Id",
        row("Contact", Id=record_id, LastName="King"),
        row("Contact", Id=None, LastName="Babbage"),
    )
    assert [one["created"] for one in results] == [False, True]
    assert org.read(record_id)["LastName"] == "King"


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (row("Contact", LastName=7), "JSON_PARSER_ERROR"),
        (row("Contact", Shoe__c=1), "INVALID_FIELD"),
        (row("Nothing", LastName="a"), "INVALID_TYPE"),
        ({"LastName": "a"}, "INVALID_FIELD"),
    ],
)
def test_what_cannot_be_read_refuses_the_whole_collection(
    org: Client, record: dict[str, Any], code: str
) -> None:
    body = {"records": [row("Contact", LastName="a"), record]}
    answer = org.call("POST", "/composite/sobjects", body)
    assert (answer.status, answer.body[0]["errorCode"]) == (400, code)
    assert org.query("SELECT COUNT() FROM Contact")["totalSize"] == 0


def test_more_than_200_records_are_refused(org: Client) -> None:
    body = {"records": [row("Contact", LastName="a")] * 201}
    answer = org.call("POST", "/composite/sobjects", body)
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "EXCEEDED_ID_LIMIT")


def test_records_are_deleted_by_the_list(org: Client) -> None:
    ids = [org.create("Contact"), org.create("Account"), "nonsense"]
    answer = org.call("DELETE", f"/composite/sobjects?ids={','.join(ids)}&allOrNone=false")
    assert codes(answer.body) == [None, None, "MALFORMED_ID"]
    assert org.query("SELECT COUNT() FROM Account")["totalSize"] == 0


def test_records_are_read_in_the_order_asked_for(org: Client) -> None:
    first, second = org.create("Contact", LastName="a"), org.create("Contact", LastName="b")
    body = {"ids": [second, numbered("003", 999), first[:15]], "fields": ["LastName"]}
    answer = org.call("POST", "/composite/sobjects/Contact", body)
    assert [one and one["LastName"] for one in answer.body] == ["b", None, "a"]
    assert answer.body[2]["Id"] == first
    address = f"/composite/sobjects/Contact?ids={first},{second}&fields=Id,LastName"
    assert [one["LastName"] for one in org.call("GET", address).body] == ["a", "b"]


def test_a_deleted_record_is_not_read(org: Client) -> None:
    record_id = org.create("Contact")
    org.call("DELETE", f"/sobjects/Contact/{record_id}")
    body = {"ids": [record_id], "fields": ["Id"]}
    assert org.call("POST", "/composite/sobjects/Contact", body).body == [None]
