"""Queries over the org: shapes of records, pages, groups, children, and what is refused."""

import pytest

from include.sandbox.salesforce import cursors
from include.sandbox.seed.staff import QUEUE_ID, SHARED
from tests.sandbox.salesforce.client import KEY, Client, row


def many(org: Client, count: int) -> list[str]:
    ids: list[str] = []
    for start in range(0, count, 200):
        rows = (row("Contact", LastName=f"L{n}") for n in range(start, min(start + 200, count)))
        ids += [one["id"] for one in org.collection("POST", "", *rows)]
    return ids


def test_a_record_carries_its_attributes_and_the_fields_in_order(org: Client) -> None:
    record_id = org.create("Contact", FirstName="Ada")
    [found] = org.query("SELECT Name, Id, DoNotCall, Email FROM Contact")["records"]
    url = f"/services/data/v62.0/sobjects/Contact/{record_id}"
    assert list(found.items()) == [
        ("attributes", {"type": "Contact", "url": url}),
        ("Name", "Ada Lovelace"),
        ("Id", record_id),
        ("DoNotCall", False),
        ("Email", None),
    ]


def test_a_parent_is_a_record_of_its_own_or_null(org: Client) -> None:
    org.create("Contact", LastName="a", AccountId=org.create("Account"))
    org.create("Contact", LastName="b")
    soql = "SELECT Account.Name, Account.Owner.Email FROM Contact ORDER BY LastName"
    first, second = org.query(soql)["records"]
    assert first["Account"]["Name"] == "Acme"
    assert first["Account"]["attributes"]["type"] == "Account"
    assert first["Account"]["Owner"]["Email"] == "integration.user@crm.example.com"
    assert second["Account"] is None


def test_an_owner_may_be_a_user_or_a_queue(org: Client) -> None:
    org.create("Lead", LastName="a", OwnerId=QUEUE_ID)
    org.create("Lead", LastName="b", OwnerId=SHARED[0].salesforce_id)
    soql = "SELECT Owner.Type, Owner.Name FROM Lead ORDER BY LastName"
    owners = [one["Owner"] for one in org.query(soql)["records"]]
    assert [(one["Type"], one["Name"]) for one in owners] == [
        ("Queue", "Inbound leads"),
        ("User", "Amara Osei"),
    ]
    assert org.values("SELECT LastName FROM Lead WHERE Owner.Type = 'Queue'") == [["a"]]


def test_children_come_inside_their_parent(org: Client) -> None:
    account_id, childless = org.create("Account", Name="a"), org.create("Account", Name="b")
    for name in ("x", "z", "y"):
        org.create("Contact", LastName=name, AccountId=account_id)
    soql = (
        "SELECT Id, (SELECT LastName FROM Contacts WHERE LastName != 'q'"
        " ORDER BY LastName DESC LIMIT 2) FROM Account ORDER BY Name"
    )
    parent, other = org.query(soql)["records"]
    assert parent["Contacts"]["totalSize"] == 2
    assert [one["LastName"] for one in parent["Contacts"]["records"]] == ["z", "y"]
    assert (other["Id"], other["Contacts"]) == (childless, None)


def test_pages_hold_a_query_as_it_was_asked(org: Client) -> None:
    ids = many(org, 450)
    org.headers = {"sforce-query-options": "batchSize=200"}
    page = org.query("SELECT Id FROM Contact ORDER BY Id")
    assert (page["totalSize"], page["done"], len(page["records"])) == (450, False, 200)
    org.create("Contact")
    found = page["records"]
    while not page["done"]:
        page = org.call("GET", page["nextRecordsUrl"]).body
        found += page["records"]
    assert [one["Id"] for one in found] == ids
    assert "nextRecordsUrl" not in page


def test_a_cursor_lasts_two_days(org: Client) -> None:
    many(org, 3)
    org.set(page_size=2, session_lifetime_seconds=10**6)
    url = org.query("SELECT Id FROM Contact")["nextRecordsUrl"]
    org.world.clock.advance(2 * 86_400)
    assert org.call("GET", url).status == 200
    org.world.clock.advance(1)
    assert org.call("GET", url).body[0]["errorCode"] == "INVALID_QUERY_LOCATOR"


def test_a_count_has_no_records(org: Client) -> None:
    org.create("Contact")
    assert org.query("SELECT COUNT() FROM Contact") == {
        "totalSize": 1,
        "done": True,
        "records": [],
    }


def test_groups_are_aggregate_results(org: Client) -> None:
    for industry, revenue in (("Retail", 1), ("Retail", 3), ("Energy", 5), (None, None)):
        org.create("Account", Industry=industry, AnnualRevenue=revenue)
    soql = (
        "SELECT Industry, COUNT(Id) n, SUM(AnnualRevenue), MAX(AnnualRevenue) FROM Account"
        " GROUP BY Industry HAVING COUNT(Id) >= 1 ORDER BY COUNT(Id) DESC, Industry NULLS LAST"
    )
    assert org.values(soql) == [["Retail", 2, 4, 3], ["Energy", 1, 5, 5], [None, 1, None, None]]
    [first, *_] = org.query(soql)["records"]
    assert first["attributes"] == {"type": "AggregateResult"}
    assert list(first)[1:] == ["Industry", "n", "expr0", "expr1"]


def test_dates_group_by_their_parts(org: Client) -> None:
    for day in ("2026-01-31", "2026-03-01", "2026-03-31"):
        org.create("Opportunity", CloseDate=day)
    soql = "SELECT CALENDAR_MONTH(CloseDate) m, COUNT(Id) FROM Opportunity GROUP BY CALENDAR_MONTH(CloseDate) ORDER BY CALENDAR_MONTH(CloseDate)"  # noqa: E501
    assert org.values(soql) == [[1, 1], [3, 2]]


def test_a_semi_join_asks_another_object(org: Client) -> None:
    account_id, lonely = org.create("Account"), org.create("Account")
    org.create("Contact", AccountId=account_id, Email="ada@example.com")
    inner = "(SELECT AccountId FROM Contact WHERE Email LIKE 'ADA%')"
    assert org.values(f"SELECT Id FROM Account WHERE Id IN {inner}") == [[account_id]]
    assert org.values(f"SELECT Id FROM Account WHERE Id NOT IN {inner}") == [[lonely]]


def test_all_fields_can_be_asked_for_by_a_word(org: Client) -> None:
    org.create("Contact", **{KEY: "1"})
    [everything] = org.query("SELECT FIELDS(ALL) FROM Contact LIMIT 200")["records"]
    described = org.call("GET", "/sobjects/Contact/describe").body["fields"]
    assert set(everything) == {"attributes", *(one["name"] for one in described)}
    [custom] = org.query("SELECT FIELDS(CUSTOM) FROM Contact LIMIT 1")["records"]
    assert list(custom) == ["attributes", KEY]
    refused = org.refused_query("SELECT FIELDS(ALL) FROM Contact")
    assert "must have a LIMIT of at most 200" in refused["message"]


def test_15_characters_of_an_id_are_enough_in_a_condition(org: Client) -> None:
    record_id = org.create("Contact")
    assert org.values(f"SELECT Id FROM Contact WHERE Id = '{record_id[:15]}'") == [[record_id]]
    assert org.values(f"SELECT Id FROM Contact WHERE Id IN ('{record_id}')") == [[record_id]]


@pytest.mark.parametrize(
    ("soql", "code", "said"),
    [
        ("SELECT Shoe FROM Contact", "INVALID_FIELD", "No such column 'Shoe' on entity 'Contact'"),
        ("SELECT Shoe.Id FROM Contact", "INVALID_FIELD", "Didn't understand relationship 'Shoe'"),
        ("SELECT Id FROM Shoe", "INVALID_TYPE", "sObject type 'Shoe' is not supported"),
        ("SELECT Id, (SELECT Id FROM Shoes) FROM Contact", "INVALID_TYPE", "relationship 'Shoes'"),
        ("SELECT Id, Id FROM Contact", "INVALID_FIELD", "duplicate field selected: Id"),
        (
            "SELECT Id FROM Contact WHERE CreatedDate > '2026-01-01'",
            "INVALID_FIELD",
            "for field 'CreatedDate' must be of type dateTime and should not be enclosed in quotes",
        ),
        (
            "SELECT Id FROM Contact WHERE LastName = 1",
            "INVALID_FIELD",
            "for field 'LastName' must be of type string and should be enclosed in quotes",
        ),
        (
            "SELECT Id FROM Contact WHERE Description = 'a'",
            "INVALID_FIELD",
            "field 'Description' can not be filtered in a query call",
        ),
        (
            "SELECT Id FROM Contact ORDER BY Description",
            "INVALID_FIELD",
            "field 'Description' can not be sorted in a query call",
        ),
        (
            "SELECT LastName, COUNT(Id) FROM Contact",
            "MALFORMED_QUERY",
            "Field must be grouped or aggregated: LastName",
        ),
        (
            "SELECT Id FROM Contact WHERE AccountId = 'x'",
            "INVALID_QUERY_FILTER_OPERATOR",
            "invalid ID field: x",
        ),
        ("SELECT Id FROM Contact OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "2000"),
    ],
)
def test_a_query_that_makes_no_sense(org: Client, soql: str, code: str, said: str) -> None:
    refused = org.refused_query(soql)
    assert refused["errorCode"] == code
    assert said in refused["message"]


def test_the_place_of_an_unknown_field_is_told(org: Client) -> None:
    message = org.refused_query("SELECT Id, Shoe FROM Contact")["message"]
    assert message.startswith(
        "\nSELECT Id, Shoe FROM Contact\n           ^\nERROR at Row:1:Column:12\n"
    )


def test_a_thousand_conditions_are_not_too_many(org: Client) -> None:
    org.create("Contact", LastName="L999")
    where = " OR ".join(f"LastName = 'L{number}'" for number in range(1500))
    assert org.values(f"SELECT LastName FROM Contact WHERE {where}") == [["L999"]]


def test_children_beyond_a_page_wait_behind_an_address(org: Client) -> None:
    account_id = org.create("Account")
    for number in range(5):
        org.create("Contact", LastName=f"L{number}", AccountId=account_id)
    org.set(page_size=2)
    soql = "SELECT (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account"
    page = org.query(soql)["records"][0]["Contacts"]
    assert (page["totalSize"], page["done"], len(page["records"])) == (5, False, 2)
    names = [one["LastName"] for one in page["records"]]
    while not page["done"]:
        page = org.call("GET", page["nextRecordsUrl"]).body
        names += [one["LastName"] for one in page["records"]]
    assert names == [f"L{number}" for number in range(5)]


def test_groups_are_ordered_by_an_alias(org: Client) -> None:
    for name in ("a", "b", "b"):
        org.create("Contact", LastName=name)
    soql = "SELECT LastName who, COUNT(Id) many FROM Contact GROUP BY LastName ORDER BY many DESC"
    assert org.values(soql) == [["b", 2], ["a", 1]]


def test_all_rows_is_no_word_of_this_api(org: Client) -> None:
    error = org.refused_query("SELECT Id FROM Contact ALL ROWS")
    assert error["errorCode"] == "MALFORMED_QUERY"
    assert "unexpected token: 'ALL'" in error["message"]


def test_records_are_grouped_by_parts_of_a_date(org: Client) -> None:
    org.create("Opportunity", CloseDate="2026-01-31")
    org.create("Opportunity", CloseDate="2026-03-01")
    org.create("Opportunity", CloseDate="2025-03-01")
    soql = (
        "SELECT CALENDAR_YEAR(CloseDate) year, COUNT(Id) many FROM Opportunity"
        " WHERE CALENDAR_QUARTER(CloseDate) = 1 GROUP BY CALENDAR_YEAR(CloseDate) ORDER BY year"
    )
    assert org.values(soql) == [[2025, 1], [2026, 2]]


def pages_of(org: Client, soql: str) -> list[list[str]]:
    """The last names of each page, the store being written to between the pages."""
    page = org.query(soql)
    pages = [page]
    while not page["done"]:
        first = pages[0]["records"][0]["Id"]
        org.world.clock.advance(60)
        org.call("PATCH", f"/sobjects/Contact/{first}", {"LastName": "zzz"})
        org.create("Contact", LastName="L00")
        page = org.call("GET", page["nextRecordsUrl"]).body
        pages.append(page)
    assert {one["totalSize"] for one in pages} == {pages[0]["totalSize"]}
    return [[one["LastName"] for one in each["records"]] for each in pages]


@pytest.mark.parametrize("order", ["", " ORDER BY LastName", " ORDER BY SystemModstamp"])
def test_a_long_query_keeps_its_rows_while_records_change(
    org: Client, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    monkeypatch.setattr(cursors, "AT_ONCE", 3)
    for number in range(9):
        org.create("Contact", LastName=f"L{number}")
    org.set(page_size=2)
    pages = pages_of(org, f"SELECT Id, LastName FROM Contact{order}")
    assert [name for page in pages for name in page] == [f"L{number}" for number in range(9)]


def test_a_long_query_counts_rows_within_its_own_limit(
    org: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cursors, "AT_ONCE", 3)
    for number in range(9):
        org.create("Contact", LastName=f"L{number}")
    org.set(page_size=2)
    soql = "SELECT LastName FROM Contact ORDER BY LastName LIMIT 6 OFFSET 2"
    page = org.query(soql)
    names = []
    while True:
        names += [one["LastName"] for one in page["records"]]
        if page["done"]:
            break
        page = org.call("GET", page["nextRecordsUrl"]).body
    assert (names, page["totalSize"]) == ([f"L{number}" for number in range(2, 8)], 6)


def test_queries_that_nobody_reads_to_the_end_do_not_pile_up(
    org: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cursors, "AT_ONCE", 3)
    for number in range(9):
        org.create("Contact", LastName=f"L{number}")
    org.set(page_size=2)
    asked = [f"SELECT Id FROM Contact WHERE LastName != '{number}'" for number in range(20)]
    first, *_ = [org.query(soql) for soql in asked]
    org.create("Contact", LastName="L9")
    assert org.call("GET", first["nextRecordsUrl"]).body["totalSize"] == 9


def test_a_function_may_have_an_alias(org: Client) -> None:
    org.create("Opportunity", Amount=5)
    [record] = org.query("SELECT Amount, FORMAT(Amount) shown FROM Opportunity")["records"]
    assert (record["Amount"], record["shown"]) == (5.0, 5.0)
    assert (
        org.refused_query("SELECT Amount shown FROM Opportunity")["errorCode"] == "MALFORMED_QUERY"
    )
