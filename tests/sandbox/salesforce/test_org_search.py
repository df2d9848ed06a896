"""A word finds records by what it is in."""

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.sandbox.salesforce.client import Client


def names(org: Client, **asked: Any) -> list[str]:
    answer = org.call("POST", "/parameterizedSearch", asked)
    assert answer.status == 200, answer.body
    return [one["Name"] for one in answer.body["searchRecords"]]


def test_an_email_finds_people_of_every_asked_object(org: Client) -> None:
    org.create("Contact", LastName="a", Email="ada@example.com")
    org.create("Lead", LastName="b", Email="ADA@example.com")
    org.create("Contact", LastName="ada@example.com")
    kinds = [{"name": "Contact", "fields": ["Name"]}, {"name": "Lead", "fields": ["Name"]}]
    asked = {"q": "ada@example.com", "in": "EMAIL", "sobjects": kinds}
    assert names(org, **asked) == ["a", "b"]
    assert len(names(org, **{**asked, "in": "ALL"})) == 3


def test_the_address_may_ask_too(org: Client) -> None:
    record_id = org.create("Contact", Email="ada@example.com")
    found = org.call("GET", "/parameterizedSearch?q=ada%40example.com&sobject=Contact").body
    assert [one["Id"] for one in found["searchRecords"]] == [record_id]


def test_wildcards_of_sql_are_plain_letters(org: Client) -> None:
    org.create("Account", Name="100% wool")
    org.create("Account", Name="1000 wools")
    kinds = [{"name": "Account", "fields": ["Name"]}]
    assert names(org, q="0% w", sobjects=kinds) == ["100% wool"]


def test_one_letter_is_too_short_to_search_for(org: Client) -> None:
    answer = org.call("POST", "/parameterizedSearch", {"q": "a"})
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "MALFORMED_SEARCH")


def found(org: Client, sosl: str) -> list[Any]:
    answer = org.call("GET", f"/search?{urlencode({'q': sosl})}")
    assert answer.status == 200, answer.body
    return list(answer.body["searchRecords"])


def test_a_search_in_sosl_finds_an_email(org: Client) -> None:
    org.create("Contact", LastName="a", Email="ada@example.com")
    org.create("Lead", LastName="b", Email="ada@example.com")
    sosl = "FIND {ada@example.com} IN EMAIL FIELDS RETURNING Contact(Id, LastName), Lead"
    contact, lead = found(org, sosl)
    assert contact["LastName"] == "a"
    assert set(lead) == {"attributes", "Id"}


def test_sosl_limits_each_object_and_all(org: Client) -> None:
    for _ in range(3):
        org.create("Contact", LastName="Byron")
        org.create("Lead", LastName="Byron")
    assert len(found(org, "FIND {Byron} RETURNING Contact(Id LIMIT 2), Lead(Id)")) == 5
    assert len(found(org, "FIND {Byron} RETURNING Contact(Id), Lead(Id) LIMIT 4")) == 4


@pytest.mark.parametrize(
    "sosl",
    ["", "FIND x", "FIND {ab} IN SOME FIELDS", "FIND {ab} RETURNING Contact(Id WHERE Id = null)"],
)
def test_sosl_that_is_none_is_refused(org: Client, sosl: str) -> None:
    answer = org.call("GET", f"/search?{urlencode({'q': sosl})}")
    assert (answer.status, answer.body[0]["errorCode"]) == (400, "MALFORMED_SEARCH")
