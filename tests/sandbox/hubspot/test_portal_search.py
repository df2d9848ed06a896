"""Search: every operator, its limits, its paging, its wall and its lag."""

from typing import Any

import pytest

from tests.sandbox.hubspot.client import Client, where


@pytest.fixture
def people(portal: Client) -> dict[str, str]:
    """Three contacts by first name, a second apart."""
    told = {
        "Ada": {
            "email": "ada@engines.example.com",
            "phone": "+44 1632 960001",
            "lifecyclestage": "lead",
        },
        "Bob": {"email": "bob@mills.example.com", "jobtitle": "Head of Spinning"},
        "Éva": {"email": "eva@mills.example.com", "lifecyclestage": "customer"},
    }
    ids = {}
    for name, properties in told.items():
        ids[name] = portal.create(firstname=name, **properties)
        portal.world.clock.advance(1)
    return ids


@pytest.mark.parametrize(
    ("filter_", "names"),
    [
        (where("firstname", "EQ", "ADA"), "Ada"),
        (where("firstname", "EQ", "éVA"), "Éva"),
        (where("lifecyclestage", "EQ", "Lead"), ""),
        (where("lifecyclestage", "NEQ", "lead"), "Bob Éva"),
        (where("firstname", "LT", "b"), "Ada"),
        (where("firstname", "GTE", "bob"), "Bob Éva"),
        (where("createdate", "GT", "1767600001000"), "Éva"),
        (where("createdate", "GTE", "2026-01-05T08:00:01Z"), "Bob Éva"),
        (where("createdate", "LTE", "1767600001000"), "Ada Bob"),
        (where("createdate", "BETWEEN", "1767600000500", highValue="1767600001000"), "Bob"),
        (where("firstname", "IN", values=["ada", "bob"]), "Ada Bob"),
        (where("firstname", "IN", values=["Ada"]), ""),
        (where("lifecyclestage", "NOT_IN", values=["lead"]), "Bob Éva"),
        (where("phone", "HAS_PROPERTY"), "Ada"),
        (where("phone", "NOT_HAS_PROPERTY"), "Bob Éva"),
        (where("email", "EQ", "ADA@engines.example.com"), "Ada"),
        (where("email", "CONTAINS_TOKEN", "mills"), "Bob Éva"),
        (where("email", "CONTAINS_TOKEN", "*@mills.example.com"), "Bob Éva"),
        (where("jobtitle", "CONTAINS_TOKEN", "head of"), "Bob"),
        (where("jobtitle", "CONTAINS_TOKEN", "of head"), ""),
        (where("email", "NOT_CONTAINS_TOKEN", "mills"), "Ada"),
    ],
)
def test_an_operator_finds_what_it_says(
    portal: Client, people: dict[str, str], filter_: Any, names: str
) -> None:
    assert portal.found("contacts", filter_) == [people[name] for name in names.split()]


def test_numbers_compare_as_numbers(portal: Client) -> None:
    ids = [portal.create("companies", name="A", annualrevenue=n) for n in (9, 10, 200)]
    assert portal.found("companies", where("annualrevenue", "GT", "9.5")) == ids[1:]


def test_filters_of_a_group_all_hold_and_one_group_is_enough(
    portal: Client, people: dict[str, str]
) -> None:
    groups = [
        {"filters": [where("firstname", "EQ", "ada"), where("phone", "HAS_PROPERTY")]},
        {"filters": [where("firstname", "EQ", "bob"), where("phone", "HAS_PROPERTY")]},
        {"filters": [where("firstname", "EQ", "éva")]},
    ]
    body = {"filterGroups": groups}
    found = portal.told("POST", "/crm/v3/objects/contacts/search", body)["results"]
    assert [one["id"] for one in found] == [people["Ada"], people["Éva"]]


def test_associations_can_be_searched_by(portal: Client, people: dict[str, str]) -> None:
    company = portal.create("companies", name="A")
    url = f"/crm/v4/objects/contacts/{people['Bob']}/associations/default/companies/{company}"
    portal.told("PUT", url)
    assert portal.found("contacts", where("associations.company", "EQ", company)) == [people["Bob"]]


@pytest.mark.parametrize("query", ["!!!", "-", '"."', "@ , ;"])
def test_a_query_without_any_word_finds_nobody(
    portal: Client, people: dict[str, str], query: str
) -> None:
    assert portal.search("contacts", query=query)["total"] == 0
    assert portal.search("contacts", query="  ")["total"] == len(people)


@pytest.mark.parametrize(("query", "names"), [("ada", "Ada"), ("MILLS exa", "Bob Éva"), ("x", "")])
def test_a_query_looks_for_words_that_begin_so(
    portal: Client, people: dict[str, str], query: str, names: str
) -> None:
    assert portal.found("contacts", query=query) == [people[name] for name in names.split()]


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ([], "Ada Bob Éva"),
        ([{"propertyName": "createdate", "direction": "DESCENDING"}], "Éva Bob Ada"),
        (["-firstname"], "Éva Bob Ada"),
        ([{"propertyName": "email", "direction": "ASCENDING"}], "Ada Bob Éva"),
    ],
)
def test_results_are_sorted_by_one_property(
    portal: Client, people: dict[str, str], sort: Any, names: str
) -> None:
    assert portal.found("contacts", sorts=sort) == [people[name] for name in names.split()]


def test_archived_records_are_never_found(portal: Client, people: dict[str, str]) -> None:
    portal.told("DELETE", f"/crm/v3/objects/contacts/{people['Ada']}", status=204)
    assert people["Ada"] not in portal.found("contacts")


def test_after_is_a_position(portal: Client, people: dict[str, str]) -> None:
    first = portal.search(limit=2)
    assert (first["total"], first["paging"]["next"]["after"]) == (3, "2")
    rest = portal.search(limit=2, after=first["paging"]["next"]["after"])
    assert [one["id"] for one in rest["results"]] == [people["Éva"]]
    assert "paging" not in rest


def test_paging_ends_at_the_wall(portal: Client) -> None:
    assert portal.search(limit=100, after="9900")["results"] == []
    body = {"limit": 100, "after": "9901"}
    portal.told("POST", "/crm/v3/objects/contacts/search", body, status=400)


@pytest.mark.parametrize(
    "body",
    [
        {"filterGroups": [{"filters": [where("email", "HAS_PROPERTY")]}] * 6},
        {"filterGroups": [{"filters": [where("email", "HAS_PROPERTY")] * 7}]},
        {"filterGroups": [{"filters": [where("email", "HAS_PROPERTY")] * 5}] * 4},
        {"limit": 201},
        {"sorts": ["email", "firstname"]},
        {"filterGroups": [{"filters": [where("email", "LIKE", "x")]}]},
        {"filterGroups": [{"filters": [where("nonsense", "EQ", "x")]}]},
        {"filterGroups": [{"filters": [where("email", "EQ")]}]},
        {"filterGroups": [{"filters": [where("email", "IN")]}]},
        {"filterGroups": [{"filters": [where("createdate", "GT", "yesterday")]}]},
        {"filterGroups": "all"},
        {"query": "x" * 3000},
    ],
    ids=lambda body: str(body)[:40],
)
def test_a_search_beyond_the_limits_is_refused(portal: Client, body: Any) -> None:
    portal.told("POST", "/crm/v3/objects/contacts/search", body, status=400)


def test_the_index_shows_a_record_as_it_was_until_the_lag_is_over(portal: Client) -> None:
    old = portal.create(firstname="Ada")
    portal.setting("index_lag_seconds", 5)
    new = portal.create(firstname="Ada")
    portal.update("contacts", old, firstname="Bob")
    portal.update("contacts", old, firstname="Eve")
    assert portal.found("contacts", where("firstname", "EQ", "ada")) == [old]
    portal.world.clock.advance(5)
    assert portal.found("contacts", where("firstname", "EQ", "ada")) == [new]
    assert portal.found("contacts", where("firstname", "EQ", "eve")) == [old]


def test_reads_do_not_lag(portal: Client) -> None:
    portal.setting("index_lag_seconds", 5)
    id_ = portal.create(email="a@example.com")
    answer = portal.batch("read", {"id": "a@example.com"}, idProperty="email")
    assert [one["id"] for one in answer.body["results"]] == [id_]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("a*", True), ("*c", True), ("a*b*c", True), ("ab*bc", False), ("*", True), ("*d*", False)],
)
def test_a_star_stands_for_any_characters(portal: Client, wanted: str, *, found: bool) -> None:
    portal.create(lastname="abc")
    assert bool(portal.found("contacts", where("lastname", "CONTAINS_TOKEN", wanted))) is found


def test_no_value_and_no_pattern_takes_for_ever(portal: Client) -> None:
    portal.create(lastname="a" * 60_000)
    stars = where("lastname", "CONTAINS_TOKEN", "*a" * 200 + "*b")
    assert portal.found("contacts", stars) == []
    body = {"properties": {"email": "a@" + "a" * 60_000}}
    portal.told("POST", "/crm/v3/objects/contacts", body, status=400)
