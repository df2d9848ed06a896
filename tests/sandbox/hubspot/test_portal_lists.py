"""Lists: dynamic ones by their filters, memberships by page, by record and by when they began."""

from typing import Any

import pytest

from tests.sandbox.hubspot.client import Client

LISTS = "/crm/v3/lists"


def prop(name: str, kind: str, operator: str, **more: Any) -> dict[str, Any]:
    """One filter on a property."""
    operation = {"operationType": kind, "operator": operator, **more}
    return {"filterType": "PROPERTY", "property": name, "operation": operation}


def branch(*filters: dict[str, Any]) -> dict[str, Any]:
    """A branch as HubSpot's own pages make it: OR of ANDs."""
    inner = {"filterBranchType": "AND", "filterBranches": [], "filters": list(filters)}
    return {"filterBranchType": "OR", "filterBranches": [inner], "filters": []}


def made(portal: Client, kind: str = "MANUAL", **more: Any) -> str:
    told = {"name": f"A {kind} list", "objectTypeId": "0-1", "processingType": kind, **more}
    return str(portal.told("POST", LISTS, told)["list"]["listId"])


def members(portal: Client, list_id: str, query: str = "") -> list[str]:
    told = portal.told("GET", f"{LISTS}/{list_id}/memberships{query}")
    return [one["recordId"] for one in told["results"]]


@pytest.fixture
def people(portal: Client) -> dict[str, str]:
    told = {
        "Ada": {"jobtitle": "Head of Engines", "lifecyclestage": "lead", "annualrevenue": "5"},
        "Bob": {"jobtitle": "Spinner", "lifecyclestage": "customer"},
        "Cyd": {"hubspotscore": "7"},
    }
    return {name: portal.create(firstname=name, **values) for name, values in told.items()}


@pytest.mark.parametrize(
    ("filter_", "names"),
    [
        (prop("firstname", "MULTISTRING", "IS_EQUAL_TO", values=["Ada", "BOB"]), "Ada Bob"),
        (prop("firstname", "MULTISTRING", "IS_NOT_EQUAL_TO", values=["ada"]), "Bob Cyd"),
        (prop("jobtitle", "STRING", "CONTAINS", value="engine"), "Ada"),
        (prop("jobtitle", "STRING", "STARTS_WITH", value="Spin"), "Bob"),
        (prop("jobtitle", "STRING", "ENDS_WITH", value="ines"), "Ada"),
        (prop("lifecyclestage", "ENUMERATION", "IS_ANY_OF", values=["lead"]), "Ada"),
        (prop("lifecyclestage", "ENUMERATION", "IS_NONE_OF", values=["lead"]), "Bob Cyd"),
        (prop("jobtitle", "ALL_PROPERTY", "IS_UNKNOWN"), "Cyd"),
        (prop("jobtitle", "ALL_PROPERTY", "IS_KNOWN"), "Ada Bob"),
        (prop("hubspotscore", "NUMBER", "IS_GREATER_THAN", value=6), "Cyd"),
        (prop("hubspotscore", "NUMBER_RANGED", "IS_BETWEEN", lowerBound=1, upperBound=6), ""),
        (
            prop(
                "jobtitle",
                "STRING",
                "CONTAINS",
                value="spin",
                includeObjectsWithNoValueSet=True,
            ),
            "Bob Cyd",
        ),
    ],
)
def test_a_dynamic_list_holds_whom_its_filter_chooses(
    portal: Client, people: dict[str, str], filter_: Any, names: str
) -> None:
    id_ = made(portal, "DYNAMIC", filterBranch=branch(filter_))
    assert members(portal, id_) == [people[name] for name in names.split()]


def test_a_dynamic_list_follows_its_records(portal: Client, people: dict[str, str]) -> None:
    leads = branch(prop("lifecyclestage", "ENUMERATION", "IS_ANY_OF", values=["lead"]))
    id_ = made(portal, "DYNAMIC", filterBranch=leads)
    assert members(portal, id_) == [people["Ada"]]
    portal.update("contacts", people["Cyd"], lifecyclestage="lead")
    portal.told("DELETE", f"/crm/v3/objects/contacts/{people['Ada']}", status=204)
    assert members(portal, id_) == [people["Cyd"]]
    assert portal.told("GET", f"{LISTS}/{id_}")["list"]["size"] == 1
    url = f"{LISTS}/records/0-1/{people['Cyd']}/memberships"
    assert [one["listId"] for one in portal.told("GET", url)["results"]] == [id_]


def test_filters_are_changed_and_shown_when_asked_for(
    portal: Client, people: dict[str, str]
) -> None:
    id_ = made(portal, "DYNAMIC", filterBranch=branch(prop("jobtitle", "ALL_PROPERTY", "IS_KNOWN")))
    new = branch(prop("jobtitle", "ALL_PROPERTY", "IS_UNKNOWN"))
    told = portal.told("PUT", f"{LISTS}/{id_}/update-list-filters", {"filterBranch": new})
    assert (told["updatedList"]["listVersion"], members(portal, id_)) == (2, [people["Cyd"]])
    assert "filterBranch" not in portal.told("GET", f"{LISTS}/{id_}")["list"]
    shown = portal.told("GET", f"{LISTS}/{id_}?includeFilters=true")["list"]
    assert shown["filterBranch"] == new


def test_a_list_can_be_made_of_another_list(portal: Client, people: dict[str, str]) -> None:
    manual = made(portal)
    portal.told("PUT", f"{LISTS}/{manual}/memberships/add", [people["Bob"]])
    filter_ = {"filterType": "IN_LIST", "listId": manual, "operator": "IN_LIST"}
    assert members(portal, made(portal, "DYNAMIC", filterBranch=branch(filter_))) == [people["Bob"]]


@pytest.mark.usefixtures("people")
def test_a_list_of_what_the_sandbox_does_not_know_stays_as_it_is(portal: Client) -> None:
    filter_ = {"filterType": "PAGE_VIEW", "pageUrl": "x", "operator": "HAS_PAGEVIEW_EQ"}
    assert members(portal, made(portal, "DYNAMIC", filterBranch=branch(filter_))) == []


@pytest.mark.parametrize(
    "filters",
    [
        [],
        {"filterBranchType": 1},
        branch({"filterType": "PROPERTY", "property": "email"}),
        branch(prop("nobody", "ALL_PROPERTY", "IS_KNOWN")),
        {"filterBranchType": "AND", "filters": "x"},
    ],
)
def test_filters_that_make_no_sense_are_refused(portal: Client, filters: Any) -> None:
    told = {"name": "L", "objectTypeId": "0-1", "processingType": "DYNAMIC"}
    portal.told("POST", LISTS, {**told, "filterBranch": filters}, status=400)


def test_a_snapshot_is_filtered_once_and_then_changed_by_hand(
    portal: Client, people: dict[str, str]
) -> None:
    known = branch(prop("jobtitle", "ALL_PROPERTY", "IS_KNOWN"))
    id_ = made(portal, "SNAPSHOT", filterBranch=known)
    portal.update("contacts", people["Cyd"], jobtitle="Smith")
    assert members(portal, id_) == [people["Ada"], people["Bob"]]
    portal.told("PUT", f"{LISTS}/{id_}/memberships/remove", [people["Ada"]])
    assert members(portal, id_) == [people["Bob"]]


def test_members_are_paged_forwards_and_backwards(portal: Client, people: dict[str, str]) -> None:
    id_, ids = made(portal), sorted(people.values())
    portal.told("PUT", f"{LISTS}/{id_}/memberships/add", ids)
    assert members(portal, id_, "?limit=2") == ids[:2]
    assert members(portal, id_, f"?limit=2&before={ids[2]}") == [ids[1], ids[0]]


def test_members_are_listed_by_when_they_joined(portal: Client, people: dict[str, str]) -> None:
    id_, ids = made(portal), sorted(people.values())
    for one in reversed(ids):
        portal.told("PUT", f"{LISTS}/{id_}/memberships/add", [one])
        portal.world.clock.advance(1)
    base = f"{LISTS}/{id_}/memberships/join-order?limit=2"
    first = portal.told("GET", base)
    assert [one["recordId"] for one in first["results"]] == [ids[2], ids[1]]
    assert first["results"][0]["membershipTimestamp"] == "2026-01-05T08:00:00Z"
    rest = portal.told("GET", f"{base}&after={first['paging']['next']['after']}")
    assert [one["recordId"] for one in rest["results"]] == [ids[0]]


def test_memberships_are_read_for_many_records(portal: Client, people: dict[str, str]) -> None:
    id_ = made(portal)
    portal.told("PUT", f"{LISTS}/{id_}/memberships/add", [people["Ada"]])
    inputs = [{"objectTypeId": "0-1", "recordId": people[name]} for name in ("Ada", "Bob")]
    told = portal.told("POST", f"{LISTS}/records/memberships/batch/read", {"inputs": inputs})
    found = [one["recordListMemberships"] for one in told["results"]]
    assert [[one["listId"] for one in rows] for rows in found] == [[id_], []]


def test_members_are_added_from_another_list_and_all_taken_off(
    portal: Client, people: dict[str, str]
) -> None:
    source = made(portal)
    portal.told("PUT", f"{LISTS}/{source}/memberships/add", [people["Ada"]])
    target = made(portal, name="Target")
    portal.told("PUT", f"{LISTS}/{target}/memberships/add-from/{source}", status=204)
    assert members(portal, target) == [people["Ada"]]
    portal.told("DELETE", f"{LISTS}/{target}/memberships", status=204)
    assert members(portal, target) == []


def test_a_list_is_renamed_deleted_and_restored(portal: Client) -> None:
    id_ = made(portal)
    told = portal.told("PUT", f"{LISTS}/{id_}/update-list-name?listName=Picked")
    assert told["updatedList"]["name"] == "Picked"
    portal.told("DELETE", f"{LISTS}/{id_}", status=204)
    portal.told("GET", f"{LISTS}/{id_}", status=404)
    portal.told("PUT", f"{LISTS}/{id_}/restore", status=204)
    assert portal.told("GET", f"{LISTS}/{id_}")["list"]["name"] == "Picked"


def test_two_lists_of_one_type_cannot_have_one_name(portal: Client) -> None:
    told = {"name": "inclusion LIST", "objectTypeId": "0-1", "processingType": "MANUAL"}
    refused = portal.told("POST", LISTS, told, status=400)
    assert refused["subCategory"] == "ILS.DUPLICATE_LIST_NAMES"
    portal.told("POST", LISTS, {**told, "objectTypeId": "0-2"})
    other = made(portal)
    url = f"{LISTS}/{other}/update-list-name?listName=Inclusion%20list".replace("%20", " ")
    portal.told("PUT", url, status=400)


def test_lists_are_searched_by_kind_id_and_order(portal: Client) -> None:
    id_ = made(portal)
    search = f"{LISTS}/search"
    by_kind = portal.told("POST", search, {"processingTypes": ["MANUAL"]})
    assert [one["listId"] for one in by_kind["lists"]] == [id_]
    assert portal.told("POST", search, {"listIds": ["1"]})["total"] == 1
    ordered = portal.told("POST", search, {"sort": "-HS_LIST_ID"})["lists"]
    assert [one["listId"] for one in ordered] == [id_, "1"]
    portal.told("POST", search, {"sort": "HS_MOOD"}, status=400)


@pytest.mark.parametrize("sort", ["HS_UPDATED_AT", "-HS_UPDATED_AT", "HS_CREATED_AT"])
def test_a_sort_by_a_moment_is_spelled_in_two_ways(portal: Client, sort: str) -> None:
    """singer's tap-hubspot pages through lists so."""
    spelled = portal.told("POST", f"{LISTS}/search", {"count": 250, "sort": sort})
    short = portal.told("POST", f"{LISTS}/search", {"sort": sort.replace("TED_AT", "TEDAT")})
    assert spelled == short


def test_a_page_of_lists_larger_than_the_largest_is_no_error(portal: Client) -> None:
    """airbyte's source-hubspot asks for a thousand."""
    assert portal.told("POST", f"{LISTS}/search", {"count": 1000})["total"] >= 1


def test_lists_of_the_first_version_keep_their_ids(portal: Client) -> None:
    told = portal.told("POST", f"{LISTS}/idmapping", ["1", "404"])
    assert told["legacyListIdsToIdsMapping"] == [{"listId": "1", "legacyListId": "1"}]
    assert told["missingLegacyListIds"] == ["404"]


def test_a_company_with_a_members_id_is_not_taken_off(portal: Client) -> None:
    person, firm = portal.create(lastname="A"), portal.create("companies", name="B")
    assert person == firm
    id_ = made(portal)
    portal.told("PUT", f"{LISTS}/{id_}/memberships/add", [person])
    portal.told("DELETE", f"/crm/v3/objects/companies/{firm}", status=204)
    assert members(portal, id_) == [person]
