"""Companies version 2 and deals version 1, as singer's tap-hubspot and hubspot3 read them"""

from typing import Any

import pytest

from tests.sandbox.hubspot.client import Client

COMPANIES, DEALS = "/companies/v2/companies", "/deals/v1/deal"
DAY = 86_400
SPEC = {"associationCategory": "HUBSPOT_DEFINED"}


def company(portal: Client, name: str, **more: str) -> int:
    return int(portal.create("companies", name=name, **more))


def deal(portal: Client, name: str, **more: str) -> int:
    return int(portal.create("deals", dealname=name, dealstage="contractsent", **more))


def associate(portal: Client, here: str, id_: int, there: str, to: int, number: int) -> None:
    url = f"/crm/v4/objects/{here}/{id_}/associations/{there}/{to}"
    portal.told("PUT", url, [{**SPEC, "associationTypeId": number}], status=201)


def ids(rows: list[dict[str, Any]], key: str) -> list[int]:
    return [one[key] for one in rows]


def test_all_companies_come_in_pages_by_id(portal: Client) -> None:
    made = [company(portal, name) for name in "ABC"]
    first = portal.told("GET", f"{COMPANIES}/paged?limit=2&properties=name")
    assert (ids(first["companies"], "companyId"), first["has-more"]) == (made[:2], True)
    rest = portal.told("GET", f"{COMPANIES}/paged?limit=2&offset={first['offset']}")
    assert (ids(rest["companies"], "companyId"), rest["has-more"]) == (made[2:], False)


def test_a_value_has_a_moment_and_a_source(portal: Client) -> None:
    id_ = str(company(portal, "A", city="London"))
    portal.world.clock.advance(1)
    portal.update("companies", id_, city="Paris")
    url = f"{COMPANIES}/paged?properties=hs_lastmodifieddate&propertiesWithHistory=city"
    (one,) = portal.told("GET", url)["companies"]
    assert set(one["properties"]) == {"hs_lastmodifieddate", "city"}
    city = one["properties"]["city"]
    assert (city["value"], city["timestamp"], city["source"]) == (
        "Paris",
        1767600001000,
        "INTEGRATION",
    )
    assert [each["value"] for each in city["versions"]] == ["Paris", "London"]
    assert one["properties"]["hs_lastmodifieddate"]["timestamp"] == 1767600001000


def test_a_page_without_names_tells_no_properties(portal: Client) -> None:
    company(portal, "A")
    (one,) = portal.told("GET", f"{COMPANIES}/paged")["companies"]
    assert (one["properties"], one["isDeleted"], one["portalId"]) == ({}, False, 4242)


@pytest.mark.parametrize("which", ["modified", "created"])
def test_recent_companies_come_newest_first_by_position(portal: Client, which: str) -> None:
    made = []
    for name in "ABC":
        made.append(company(portal, name))
        portal.world.clock.advance(1)
    first = portal.told("GET", f"{COMPANIES}/recent/{which}?count=2")
    assert ids(first["results"], "companyId") == made[:0:-1]
    assert (first["total"], first["hasMore"], first["offset"]) == (3, True, 2)
    rest = portal.told("GET", f"{COMPANIES}/recent/{which}?count=2&offset=2")
    assert (ids(rest["results"], "companyId"), rest["hasMore"]) == (made[:1], False)


def test_recent_calls_look_a_month_back_or_since_a_moment(portal: Client) -> None:
    company(portal, "Old")
    portal.world.clock.advance(29 * DAY)
    new = company(portal, "New")
    url = f"{COMPANIES}/recent/modified"
    assert portal.told("GET", url)["total"] == 2
    since = f"{url}?since=1767600000001"
    assert ids(portal.told("GET", since)["results"], "companyId") == [new]
    portal.world.clock.advance(2 * DAY)
    assert portal.told("GET", url)["total"] == 1


def test_recent_calls_do_not_page_beyond_ten_thousand(portal: Client) -> None:
    for url in (f"{COMPANIES}/recent/modified", f"{DEALS}/recent/modified"):
        portal.told("GET", f"{url}?offset=10001", status=400)


def test_one_company_has_all_its_properties(portal: Client) -> None:
    id_ = company(portal, "A", domain="a.example.com", numberofemployees="7")
    told = portal.told("GET", f"{COMPANIES}/{id_}")
    assert told["companyId"] == id_
    assert told["properties"]["numberofemployees"]["value"] == "7"
    portal.told("GET", f"{COMPANIES}/404", status=404)


def test_companies_are_found_by_domain(portal: Client) -> None:
    made = [company(portal, name, domain="a.example.com") for name in "AB"]
    company(portal, "C", domain="c.example.com")
    body = {"limit": 1, "requestOptions": {"properties": ["domain"]}}
    url = "/companies/v2/domains/A.example.com/companies"
    first = portal.told("POST", url, body)
    assert (ids(first["results"], "companyId"), first["hasMore"]) == (made[:1], True)
    assert set(first["results"][0]["properties"]) == {"domain"}
    rest = portal.told("POST", url, {**body, "offset": first["offset"]})
    assert (ids(rest["results"], "companyId"), rest["hasMore"]) == (made[1:], False)


def test_people_of_a_company_are_read_by_id_or_whole(portal: Client) -> None:
    id_ = company(portal, "A")
    people = [int(portal.create(email=f"{name}@example.com")) for name in "abc"]
    for one in people:
        associate(portal, "companies", id_, "contacts", one, 280)
    first = portal.told("GET", f"{COMPANIES}/{id_}/vids?count=2")
    assert first == {"vids": people[:2], "vidOffset": people[1], "hasMore": True}
    rest = portal.told("GET", f"{COMPANIES}/{id_}/vids?count=2&vidOffset={people[1]}")
    assert rest == {"vids": people[2:], "vidOffset": people[2], "hasMore": False}
    whole = portal.told("GET", f"{COMPANIES}/{id_}/contacts")
    assert ids(whole["contacts"], "vid") == people
    assert whole["contacts"][0]["identities"][0]["identity"][0]["value"] == "a@example.com"
    portal.told("GET", f"{COMPANIES}/404/vids", status=404)


def test_a_merged_company_tells_whom_it_took_over(portal: Client) -> None:
    winner, loser = company(portal, "A"), company(portal, "B")
    body = {"primaryObjectId": str(winner), "objectIdToMerge": str(loser)}
    portal.told("POST", "/crm/v3/objects/companies/merge", body)
    told = portal.told("GET", f"{COMPANIES}/{loser}")
    assert (told["companyId"], told["mergeAudits"][0]["mergedCompanyId"]) == (winner, loser)


def test_all_deals_come_in_pages_with_what_they_are_associated_with(portal: Client) -> None:
    made = [deal(portal, name) for name in "ABC"]
    firm, person = company(portal, "F"), int(portal.create(email="a@example.com"))
    associate(portal, "deals", made[0], "companies", firm, 341)
    associate(portal, "deals", made[0], "contacts", person, 3)
    url = f"{DEALS}/paged?limit=2&properties=dealname&includeAssociations=true"
    first = portal.told("GET", url)
    assert (ids(first["deals"], "dealId"), first["hasMore"]) == (made[:2], True)
    told = first["deals"][0]["associations"]
    assert (told["associatedCompanyIds"], told["associatedVids"]) == ([firm], [person])
    rest = portal.told("GET", f"{DEALS}/paged?offset={first['offset']}")
    assert ids(rest["deals"], "dealId") == made[2:]
    assert "associations" not in rest["deals"][0]


def test_deals_tell_all_properties_on_request(portal: Client) -> None:
    id_ = str(deal(portal, "A", amount="5"))
    portal.world.clock.advance(1)
    portal.update("deals", id_, amount="6")
    url = f"{DEALS}/paged?includeAllProperties=true&allPropertiesFetchMode="
    (one,) = portal.told("GET", f"{url}latest_version")["deals"]
    assert [each["value"] for each in one["properties"]["amount"]["versions"]] == ["6"]
    assert one["properties"]["dealstage"]["value"] == "contractsent"
    (one,) = portal.told("GET", f"{url}all_versions")["deals"]
    assert [each["value"] for each in one["properties"]["amount"]["versions"]] == ["6", "5"]


def test_recent_deals_and_single_ones_tell_versions_on_request(portal: Client) -> None:
    id_ = str(deal(portal, "A", amount="5"))
    portal.world.clock.advance(1)
    portal.update("deals", id_, amount="6")
    versions = "?includePropertyVersions=true"
    recent = portal.told("GET", f"{DEALS}/recent/modified{versions}")
    one = portal.told("GET", f"{DEALS}/{id_}{versions}")
    assert (recent["total"], recent["results"]) == (1, [one])
    assert [each["value"] for each in one["properties"]["amount"]["versions"]] == ["6", "5"]
    (plain,) = portal.told("GET", f"{DEALS}/recent/created")["results"]
    assert [each["value"] for each in plain["properties"]["amount"]["versions"]] == ["6"]
    portal.told("GET", f"{DEALS}/404", status=404)


@pytest.mark.parametrize(("kind", "number"), [("companies", 341), ("contacts", 3)])
def test_deals_are_found_by_whom_they_belong_to(portal: Client, kind: str, number: int) -> None:
    made = [deal(portal, name) for name in "ABC"]
    owner = int(portal.create(kind, **{"name" if kind == "companies" else "lastname": "X"}))
    for one in made[:2]:
        associate(portal, "deals", one, kind, owner, number)
    word = "COMPANY" if kind == "companies" else "CONTACT"
    told = portal.told("GET", f"{DEALS}/associated/{word}/{owner}/paged?limit=1")
    assert (ids(told["deals"], "dealId"), told["hasMore"]) == (made[:1], True)
    portal.told("GET", f"{DEALS}/associated/TICKET/{owner}/paged", status=400)
