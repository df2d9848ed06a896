"""Whole lists, and all that meet a condition: what may be asked, and how it goes on."""

from collections.abc import Sequence
from typing import Any

import pytest

from include.crmsync.adapters.gateway import Write
from include.crmsync.errors import ConfigError
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import System
from include.crmsync.pipeline import members
from include.crmsync.pipeline.listing import listing
from tests.pipeline.two_crms import LIST, TwoCrms

EMEA = "Region__c = 'EMEA'"


def problems(crms: TwoCrms, **told: Any) -> tuple[str, ...]:
    shop = crms.workshop()
    try:
        with pytest.raises(ConfigError) as refused:
            listing(told, shop)
        return refused.value.problems
    finally:
        shop.close()


def ask(crms: TwoCrms, name: str = "manual__1", **told: Any) -> dict[str, Any]:
    """Both tasks, each with a workshop of its own."""
    shop = crms.workshop()
    members.understand(told, name, shop)
    shop.close()
    shop = crms.workshop()
    try:
        return members.sync(name, shop)
    finally:
        shop.close()


def people(crms: TwoCrms, number: int, listed: str = "Fair") -> list[str]:
    """Contacts in HubSpot who may sync, and are on a list."""
    ids = [
        crms.hubspot_contact(email=f"p{one}@example.com", lastname=f"P{one}")
        for one in range(number)
    ]
    crms.hubspot.lists[listed] = set(ids)
    return ids


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ({}, "say which records: fill in list, or object and where"),
        (
            {"list": "1", "object": "Contact", "where": EMEA},
            "say which records in one way: a list, or a condition, and not both",
        ),
        ({"where": EMEA}, "where needs the object whose records it chooses"),
        ({"object": "Contact"}, "say which records: fill in list, or object and where"),
        ({"list": "1", "limit": 0}, "limit must be a whole number from 1 to 10000000"),
        ({"list": "1", "limit": "ten"}, "limit must be a whole number from 1 to 10000000"),
        ({"list": "1", "chunk": 10**6}, "chunk must be a whole number from 1 to 50000"),
        ({"list": 42.5}, "list must be a text, and is a number"),
        ({"list": "a\nb"}, "list holds characters that cannot be printed"),
        ({"list": "1", "object_type": "tickets"}, "object_type must be companies or contacts"),
        ({"object": "Contct", "where": EMEA}, "object must be one that is mapped; did you mean"),
        ({"list": "1", "ids": ["1"]}, "there is no parameter ids"),
    ],
)
def test_what_is_wrong_is_said(told: dict[str, Any], problem: str, crms: TwoCrms) -> None:
    found = problems(crms, **told)
    assert any(one.startswith(problem) for one in found), found


@pytest.mark.parametrize(
    "where",
    [
        "WHERE Name = 'x'",
        "Name != null LIMIT 1",
        "Name != null ORDER BY Name",
        "Name != null; DELETE",
        "Name = 'x') OR (Name != null",
        "Name = 'x' -- ",
        "Name = 'x",
        "Name != null FROM User",
        "Id != null ALL ROWS",
        "Id != null FOR UPDATE",
        "Id != null WITH SECURITY_ENFORCED",
        "Id != null GROUP BY Name HAVING COUNT(Id) > 1",
        "Id != null USING SCOPE everything",
        "Id != null OFFSET 5",
        "/* */ Id != null",
        "(Id != null",
        "Name = '" + "x" * 2000 + "'",
        "Id != null\x00",
    ],
)
def test_a_condition_chooses_records_and_can_do_nothing_else(where: str, crms: TwoCrms) -> None:
    found = problems(crms, object="Contact", where=where)
    assert all(one.startswith("where ") for one in found)


@pytest.mark.parametrize(
    "where",
    [
        EMEA,
        "Name LIKE 'O\\'Brien%' AND (Email != null OR Phone != null)",
        "Title = 'Head; of -- ORDER BY (LIMIT'",
        "Id IN (SELECT ContactId FROM OpportunityContactRole)",
        "LastModifiedDate > 2026-01-01T00:00:00Z",
    ],
)
def test_a_condition_may_be_what_a_condition_can_be(where: str, crms: TwoCrms) -> None:
    shop = crms.workshop()
    found = listing({"object": "Contact", "where": where}, shop)
    assert (found.request.object_type, found.request.system) == ("contacts", System.SALESFORCE)
    shop.close()


def test_everybody_on_a_list_is_synced_in_chunks_and_nobody_else(crms: TwoCrms) -> None:
    crms.hubspot_contact(email="other@example.com", lastname="Other")
    ids = people(crms, 7)
    told = ask(crms, list="Fair", chunk=3)
    assert told["chunks"] == 3
    assert set(crms.links()) == set(ids)
    assert told["object_types"]["contacts"]["hubspot"]["created"] == 7


def test_a_limit_leaves_the_rest_alone(crms: TwoCrms) -> None:
    ids = people(crms, 5)
    ask(crms, list="Fair", limit=2)
    assert set(crms.links()) == set(ids[:2])


def test_all_that_meet_a_condition_are_synced(crms: TwoCrms) -> None:
    here = crms.put(System.SALESFORCE, "Contact", Email="a@x.example.com", LastName="A", Region="1")
    crms.put(System.SALESFORCE, "Contact", Email="b@x.example.com", LastName="B", Region="2")
    crms.put(System.SALESFORCE, "Lead", Email="c@x.example.com", LastName="C", Company="C")
    crms.salesforce.conditions[EMEA] = lambda record: record.raw.get("Region") == "1"
    ask(crms, object="Contact", where=EMEA)
    assert list(crms.links().values()) == [here]


def test_a_list_that_does_not_exist_is_told_before_anything_is_synced(crms: TwoCrms) -> None:
    with pytest.raises(ConfigError, match="no list"):
        ask(crms, list="Nobody's")


def test_a_dry_run_of_a_list_writes_nothing(crms: TwoCrms) -> None:
    people(crms, 4)
    ask(crms, list="Fair", chunk=2, dry_run=True)
    assert crms.writes() == 0
    assert crms.links() == {}


class Killed(BaseException):
    """What ends a process."""


def test_a_killed_task_goes_on_with_the_chunk_it_was_at(
    crms: TwoCrms, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = people(crms, 6)
    shop = crms.workshop()
    members.understand({"list": "Fair", "chunk": 2}, "manual__1", shop)
    shop.close()
    write, read = crms.salesforce.write, crms.hubspot.read
    reads: list[str] = []
    batches: list[int] = []

    def killed_at_the_second(mapping: ObjectMapping, writes: Sequence[Write]) -> Any:
        batches.append(len(writes))
        if len(batches) == 2:
            raise Killed
        return write(mapping, writes)

    def noted(mapping: ObjectMapping, asked: Sequence[str]) -> Any:
        reads.extend(asked)
        return read(mapping, asked)

    monkeypatch.setattr(crms.salesforce, "write", killed_at_the_second)
    shop = crms.workshop()
    with pytest.raises(Killed):
        members.sync("manual__1", shop)
    shop.close()
    assert set(crms.links()) == set(ids[:2])
    monkeypatch.setattr(crms.hubspot, "read", noted)
    shop = crms.workshop()
    told = members.sync("manual__1", shop)
    shop.close()
    assert set(crms.links()) == set(ids)
    assert len(crms.records(System.SALESFORCE, "Contact")) == 6
    assert set(reads).isdisjoint(ids[:2])
    assert told["object_types"]["contacts"]["hubspot"]["created"] == 6


def test_who_fails_a_criterion_is_held_and_the_rest_of_the_chunk_goes(crms: TwoCrms) -> None:
    ids = people(crms, 3)
    crms.hubspot.lists[LIST].discard(ids[1])
    ask(crms, list="Fair")
    assert set(crms.links()) == {ids[0], ids[2]}
    assert crms.held() == {ids[1]: {"on_inclusion_list"}}


def test_an_empty_list_is_no_fault(crms: TwoCrms) -> None:
    crms.hubspot.lists["Empty"] = set()
    assert ask(crms, list="Empty")["chunks"] == 0
