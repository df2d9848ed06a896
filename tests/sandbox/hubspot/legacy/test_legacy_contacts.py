"""Contacts version 1, as hubspot3 and older extraction tools read it"""

from typing import Any

import pytest

from include.sandbox.hubspot.forms import FIRST
from tests.sandbox.hubspot.client import Client

BASE = "/contacts/v1"
ALL = f"{BASE}/lists/all/contacts/all"
MAIL = "ada@example.com"


def vids(body: dict[str, Any]) -> list[int]:
    return [one["vid"] for one in body["contacts"]]


def several(portal: Client, count: int = 3) -> list[int]:
    made = []
    for number in range(count):
        made.append(int(portal.create(email=f"{number}@example.com")))
        portal.world.clock.advance(1)
    return made


def test_all_contacts_come_in_pages_by_id(portal: Client) -> None:
    ids = several(portal)
    first = portal.told("GET", f"{ALL}?count=2")
    assert (vids(first), first["has-more"], first["vid-offset"]) == (ids[:2], True, ids[1])
    rest = portal.told("GET", f"{ALL}?count=2&vidOffset={first['vid-offset']}")
    assert (vids(rest), rest["has-more"]) == (ids[2:], False)


def test_a_page_of_contacts_is_never_larger_than_a_hundred(portal: Client) -> None:
    several(portal, 101)
    assert len(portal.told("GET", f"{ALL}?count=1000")["contacts"]) == 100
    assert len(portal.told("GET", ALL)["contacts"]) == 20


def test_a_page_tells_a_handful_of_properties_unless_it_is_asked(portal: Client) -> None:
    portal.create(email=MAIL, firstname="Ada", city="London")
    (one,) = portal.told("GET", ALL)["contacts"]
    assert one["properties"]["firstname"] == {"value": "Ada"}
    assert set(one["properties"]) == {"firstname", "lastmodifieddate"}
    (one,) = portal.told("GET", f"{ALL}?property=city&property=email")["contacts"]
    assert set(one["properties"]) == {"city", "email"}


def test_moments_are_milliseconds_in_a_text(portal: Client) -> None:
    portal.create(email=MAIL, closedate="2026-03-01T00:00:00Z", start_date="2026-03-02")
    (one,) = portal.told("GET", f"{ALL}?property=closedate,start_date,createdate")["contacts"]
    values = {name: told["value"] for name, told in one["properties"].items()}
    assert values == {
        "closedate": "1772323200000",
        "start_date": "1772409600000",
        "createdate": "1767600000000",
    }


def test_history_is_told_on_request(portal: Client) -> None:
    id_ = portal.create(email=MAIL, city="London")
    portal.world.clock.advance(1)
    portal.update("contacts", id_, city="Paris")
    url = f"{ALL}?property=city&propertyMode=value_and_history"
    (one,) = portal.told("GET", url)["contacts"]
    told = one["properties"]["city"]
    assert told["value"] == "Paris"
    assert [each["value"] for each in told["versions"]] == ["Paris", "London"]
    assert told["versions"][0]["timestamp"] == 1767600001000
    assert told["versions"][0]["source-type"] == "INTEGRATION"


@pytest.mark.parametrize("place", ["recently_updated", "all"])
def test_recent_contacts_come_newest_first(portal: Client, place: str) -> None:
    ids = several(portal)
    url = f"{BASE}/lists/{place}/contacts/recent?count=2"
    first = portal.told("GET", url)
    assert (vids(first), first["has-more"]) == ([ids[2], ids[1]], True)
    offsets = f"&vidOffset={first['vid-offset']}&timeOffset={first['time-offset']}"
    assert vids(portal.told("GET", url + offsets)) == [ids[0]]


def test_a_change_makes_a_contact_recently_updated_and_not_recently_created(
    portal: Client,
) -> None:
    ids = several(portal, 2)
    portal.update("contacts", str(ids[0]), city="Paris")
    updated = portal.told("GET", f"{BASE}/lists/recently_updated/contacts/recent")
    created = portal.told("GET", f"{BASE}/lists/all/contacts/recent")
    assert (vids(updated), vids(created)) == (ids, ids[::-1])


def test_contacts_of_one_moment_are_paged_without_loss(portal: Client) -> None:
    ids = [int(portal.create(lastname=name)) for name in "ABCDE"]
    seen: list[int] = []
    url = f"{BASE}/lists/recently_updated/contacts/recent?count=2"
    page = portal.told("GET", url)
    seen += vids(page)
    while page["has-more"]:
        offsets = f"&vidOffset={page['vid-offset']}&timeOffset={page['time-offset']}"
        page = portal.told("GET", url + offsets)
        seen += vids(page)
    assert seen == ids[::-1]


def test_contacts_on_a_list_are_read_by_the_lists_number(portal: Client) -> None:
    ids = several(portal)
    portal.hubspot._portal.lists.change(1, ids[:2], [])
    on_list = portal.told("GET", f"{BASE}/lists/1/contacts/all")
    assert vids(on_list) == ids[:2]
    lately = portal.told("GET", f"{BASE}/lists/1/contacts/recent?count=1")
    assert (vids(lately), lately["has-more"]) == ([ids[1]], True)
    portal.told("GET", f"{BASE}/lists/404/contacts/all", status=404)


def test_a_hundred_contacts_are_read_by_id_or_by_email(portal: Client) -> None:
    one, two = several(portal, 2)
    told = portal.told("GET", f"{BASE}/contact/vids/batch/?vid={one}&vid={two}&vid=404")
    assert set(told) == {str(one), str(two)}
    assert told[str(one)]["properties"]["email"]["value"] == "0@example.com"
    told = portal.told("GET", f"{BASE}/contact/emails/batch/?email=1@example.com")
    assert set(told) == {str(two)}
    portal.told("GET", f"{BASE}/contact/vids/batch/", status=400)
    many = "&".join(f"vid={number}" for number in range(101))
    portal.told("GET", f"{BASE}/contact/vids/batch/?{many}", status=400)


def test_a_profile_is_found_by_id_and_by_email(portal: Client) -> None:
    id_ = portal.create(email=MAIL)
    by_id = portal.told("GET", f"{BASE}/contact/vid/{id_}/profile")
    assert by_id == portal.told("GET", f"{BASE}/contact/email/ADA@example.com/profile")
    (profile,) = by_id["identity-profiles"]
    (first, guid) = profile["identities"]
    assert (first["type"], first["value"], first["is-primary"]) == ("EMAIL", MAIL, True)
    assert guid["type"] == "LEAD_GUID"
    missing = portal.told("GET", f"{BASE}/contact/vid/404/profile", status=404)
    assert missing["message"] == "contact does not exist"


def test_a_profile_tells_lists_submissions_and_the_company(portal: Client) -> None:
    id_, company = portal.create(email=MAIL), portal.create("companies", name="Engines")
    url = f"/crm/v4/objects/contacts/{id_}/associations/companies/{company}"
    spec = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]
    portal.told("PUT", url, spec, status=201)
    portal.hubspot._portal.lists.change(1, [int(id_)], [])
    submit = f"/submissions/v3/integration/submit/4242/{FIRST}"
    portal.told("POST", submit, {"fields": [{"name": "email", "value": MAIL.upper()}]})
    told = portal.told("GET", f"{BASE}/contact/vid/{id_}/profile")
    assert [one["static-list-id"] for one in told["list-memberships"]] == [1]
    assert [one["form-id"] for one in told["form-submissions"]] == [FIRST]
    assert told["associated-company"]["company-id"] == int(company)
    assert told["associated-company"]["properties"]["name"] == {"value": "Engines"}


@pytest.mark.parametrize(("mode", "pages"), [("all", "ba"), ("newest", "b"), ("oldest", "a")])
def test_submissions_are_told_as_asked(portal: Client, mode: str, pages: str) -> None:
    for page in "ab":
        fields = [{"name": "email", "value": MAIL}]
        body = {"fields": fields, "context": {"pageUri": page}}
        portal.told("POST", f"/submissions/v3/integration/submit/4242/{FIRST}", body)
        portal.world.clock.advance(1)
    (one,) = portal.told("GET", f"{ALL}?formSubmissionMode={mode}")["contacts"]
    assert "".join(each["page-url"] for each in one["form-submissions"]) == pages


def test_a_merged_contact_answers_to_both_numbers(portal: Client) -> None:
    winner, loser = several(portal, 2)
    body = {"primaryObjectId": str(winner), "objectIdToMerge": str(loser)}
    portal.told("POST", "/crm/v3/objects/contacts/merge", body)
    told = portal.told("GET", f"{BASE}/contact/vid/{loser}/profile")
    assert (told["vid"], told["merged-vids"]) == (winner, [loser])
    (audit,) = told["merge-audits"]
    assert (audit["canonical-vid"], audit["vid-to-merge"]) == (winner, loser)
    more = portal.told("GET", f"{BASE}/secondary-email/{winner}")
    assert more == {"vid": winner, "secondaryEmails": ["1@example.com"]}


def test_an_archived_contact_is_in_no_page(portal: Client) -> None:
    id_ = portal.create(email=MAIL)
    portal.told("DELETE", f"/crm/v3/objects/contacts/{id_}", status=204)
    assert portal.told("GET", ALL)["contacts"] == []
    assert portal.told("GET", f"{BASE}/contact/vids/batch/?vid={id_}") == {}


def test_contacts_are_searched_by_words(portal: Client) -> None:
    ids = [int(portal.create(lastname=f"Byron {name}")) for name in "ABC"]
    portal.create(lastname="Noel")
    first = portal.told("GET", f"{BASE}/search/query?q=byr&count=2")
    assert (vids(first), first["total"], first["has-more"]) == (ids[:2], 3, True)
    rest = portal.told("GET", f"{BASE}/search/query?q=byr&count=2&offset={first['offset']}")
    assert (vids(rest), rest["has-more"]) == (ids[2:], False)


def test_lists_are_listed_with_their_size(portal: Client) -> None:
    told = {"name": "Chosen", "objectTypeId": "0-1", "processingType": "MANUAL"}
    portal.told("POST", "/crm/v3/lists", told)
    portal.hubspot._portal.lists.change(1, several(portal, 2), [])
    first = portal.told("GET", f"{BASE}/lists?count=1")
    assert (first["has-more"], first["offset"]) == (True, 1)
    (one,) = first["lists"]
    assert (one["listId"], one["dynamic"], one["metaData"]["size"]) == (1, True, 2)
    rest = portal.told("GET", f"{BASE}/lists?count=1&offset=1")
    assert ([each["name"] for each in rest["lists"]], rest["has-more"]) == (["Chosen"], False)
    assert portal.told("GET", f"{BASE}/lists/1") == one
    assert portal.told("GET", f"{BASE}/lists/static")["lists"] == rest["lists"]
    assert portal.told("GET", f"{BASE}/lists/dynamic")["lists"] == [one]
    assert portal.told("GET", f"{BASE}/lists/batch?listId=1&listId=9")["lists"] == [one]
    portal.told("GET", f"{BASE}/lists/404", status=404)
