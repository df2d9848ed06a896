"""Requests over real HTTP: lists, conditions, the command line, and two processes at once."""

from typing import Any

import pytest

from include.crmsync.errors import ConfigError
from include.crmsync.pipeline import asked, members, once
from include.crmsync.pipeline.request import manual
from include.crmsync.pipeline.workshop import Workshop
from tests.end_to_end.conftest import Installation

pytestmark = pytest.mark.sandbox
LIST = "Salesforce inclusion list"
MEMBERS = "/_sandbox/lists/Salesforce%20inclusion%20list/members"


@pytest.fixture
def demo(installation: Installation) -> Installation:
    """The demo data, and a sync that has never run."""
    installation.sandbox.reset("demo")
    return installation


def listed(shop: Workshop, name: str = "manual__1", **told: Any) -> dict[str, Any]:
    members.understand(told, name, shop)
    return members.sync(name, shop)


def test_a_list_by_its_name_or_its_id_is_the_same(demo: Installation) -> None:
    shop = demo.workshop()
    by_name = members.understand({"list": LIST, "dry_run": True}, "manual__1", shop)
    [page] = [one for one in lists(demo) if one["name"] == LIST]
    by_id = members.understand({"list": page["listId"], "dry_run": True}, "manual__2", shop)
    shop.close()
    assert by_name == by_id
    assert by_name["records"] > 0


def lists(demo: Installation) -> list[dict[str, Any]]:
    told: dict[str, Any] = demo.outside.hubspot("POST", "/crm/v3/lists/search", {"query": ""})
    return list(told["lists"])


def test_a_list_of_other_records_or_of_nobody_is_told(demo: Installation) -> None:
    shop = demo.workshop()
    [page] = [one for one in lists(demo) if one["name"] == LIST]
    with pytest.raises(ConfigError, match="is one of contacts, not of companies"):
        members.understand({"list": page["listId"], "object_type": "companies"}, "m", shop)
    with pytest.raises(ConfigError, match="no list with the id 987654"):
        members.understand({"list": "987654"}, "m", shop)
    with pytest.raises(ConfigError, match="near it: 'Salesforce inclusion list'"):
        members.understand({"list": "Salesforce inclusion lst"}, "m", shop)
    shop.close()


def test_all_that_meet_a_condition_are_synced_and_nobody_else(demo: Installation) -> None:
    shop = demo.workshop()
    told = listed(shop, object="Account", where="Name != null", limit=3, chunk=2)
    assert told["chunks"] == 2
    assert len(demo.links("companies")) == 3
    shop.close()


def test_salesforces_own_words_for_a_condition_that_it_does_not_take(demo: Installation) -> None:
    shop = demo.workshop()
    with pytest.raises(ConfigError) as refused:
        members.understand({"object": "Contact", "where": "Shoe__c = 'size 44'"}, "m", shop)
    assert "INVALID_FIELD" in str(refused.value)
    assert "Shoe__c" in str(refused.value)
    assert "size 44" not in str(refused.value)
    with pytest.raises(ConfigError, match="MALFORMED_QUERY") as refused:
        members.understand({"object": "Contact", "where": "Email = = 'ada@x.org'"}, "m", shop)
    assert "ada@x.org" not in str(refused.value)
    shop.close()


def test_hostile_values_in_a_condition_find_nobody_and_break_nothing(demo: Installation) -> None:
    shop = demo.workshop()
    where = "LastName = 'x\\' OR Name != null OR Name = \\''"
    told = members.understand({"object": "Contact", "where": where}, "m", shop)
    shop.close()
    assert told["records"] == 0


def test_named_records_of_both_systems_are_found_and_told(demo: Installation) -> None:
    shop = demo.workshop()
    request = manual("contacts", {"ids": ["101", "99999999"], "follow_parents": True}, shop)
    once.run_request(request, "manual__1", workshop=shop)
    told = asked.tell("contacts", "manual__1", shop)["object_types"][-1]
    shop.close()
    assert told["state"] == "done"
    assert told["note"] == "not found in HubSpot, or not to be seen: 99999999"
    assert [ours for ours, _ in demo.links("contacts")] == ["101"]


def test_the_command_line_says_all_that_is_wrong_and_syncs_what_is_right(
    demo: Installation,
) -> None:
    wrong = demo.command("sync-records", "contacts", "--id", "x", "--email", "a@b.c")
    _, told = wrong.communicate(timeout=120)
    assert wrong.returncode == 1
    assert "in one way: ids or emails, and not both" in told
    assert "ids: the 1st is no HubSpot id" in told
    right = demo.command("sync-records", "contacts", "--id", "101", "--follow-parents")
    out, told = right.communicate(timeout=120)
    assert right.returncode == 0, told
    assert "manual" not in out
    assert [ours for ours, _ in demo.links("contacts")] == ["101"]


def test_two_processes_at_once_over_one_pair_never_write_twice(demo: Installation) -> None:
    """The schedule's run and two by hand, started together: one writes, the others wait."""
    demo.sync()
    made = demo.outside.hubspot(
        "POST",
        "/crm/v3/objects/contacts",
        {"properties": {"email": "race@example.com", "lastname": "Race", "company": "Race"}},
    )
    demo.outside.hubspot("PUT", MEMBERS, {"add": [made["id"]]})
    runs = [
        demo.command("run"),
        demo.command("sync-records", "contacts", "--id", made["id"]),
        demo.command("sync-records", "contacts", "--email", "race@example.com"),
    ]
    ended: list[tuple[int, str]] = []
    for one in runs:
        _, told = one.communicate(timeout=300)
        ended.append((one.returncode, told))
    assert [code for code, _ in ended] == [0, 0, 0], ended
    found = demo.outside.query("SELECT Id FROM Contact WHERE Email = 'race@example.com'")
    assert len(found) == 1
    assert demo.sync()["state"] in ("done", "nothing_to_do")
