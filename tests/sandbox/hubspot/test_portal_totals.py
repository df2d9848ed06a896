"""The total of a search by time: always what counting one by one says."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.sandbox.hubspot.failures import Failure
from include.sandbox.hubspot.tallies import FEW, HOUR
from include.sandbox.population import HubSpotRecord, Population
from tests.sandbox.hubspot.client import Client, where

OPERATORS = ("EQ", "GT", "GTE", "LT", "LTE", "BETWEEN")
STAMPS = ("createdate", "lastmodifieddate")
START = datetime(2025, 12, 24, tzinfo=UTC)


def stamps_of(portal: Client, name: str) -> list[int]:
    """What every live contact holds, read one page after the other from the list."""
    found: list[int] = []
    after = ""
    while True:
        body = portal.told("GET", f"/crm/v3/objects/contacts?limit=100&properties={name}{after}")
        for one in body["results"]:
            moment = datetime.fromisoformat(one["properties"][name])
            found.append(round(moment.timestamp() * 1000))
        if "paging" not in body:
            return found
        after = f"&after={body['paging']['next']['after']}"


def expected(stamps: list[int], told: dict[str, Any]) -> int:
    value, high = int(told["value"]), int(told.get("highValue", 0))
    holds = {
        "EQ": lambda one: one == value,
        "GT": lambda one: one > value,
        "GTE": lambda one: one >= value,
        "LT": lambda one: one < value,
        "LTE": lambda one: one <= value,
        "BETWEEN": lambda one: value <= one <= high,
    }[told["operator"]]
    return sum(map(holds, stamps))


def assert_totals(portal: Client, dice: random.Random, times: int = 60) -> None:
    kept = {name: stamps_of(portal, name) for name in STAMPS}
    for _ in range(times):
        name = dice.choice(STAMPS)
        moments = sorted(_moment(dice, kept[name]) for _ in range(2))
        told = where(name, dice.choice(OPERATORS), str(moments[0]), highValue=str(moments[1]))
        total = portal.search("contacts", told, limit=1)["total"]
        assert total == expected(kept[name], told), told


def _moment(dice: random.Random, stamps: list[int]) -> int:
    """Some record's moment, the beginning of its hour, or one beside either."""
    one = dice.choice(stamps or [1_766_534_400_000])
    return dice.choice((one, one // HOUR * HOUR)) + dice.choice((-1, 0, 0, 1, HOUR))


def contact(number: int, created: datetime, modified: datetime) -> HubSpotRecord:
    return HubSpotRecord("contacts", str(200_000 + number), {}, created, modified)


@pytest.fixture
def dice() -> random.Random:
    return random.Random(7)  # noqa: S311  no secret


def test_a_total_follows_every_kind_of_write(portal: Client, dice: random.Random) -> None:
    ids: list[str] = []
    for step in range(60):
        portal.world.clock.advance(dice.choice((0, 1, 1799, 3600)))
        verb = dice.choice(("create", "create", "update", "archive", "merge", "batch", "erase"))
        if verb == "create" or len(ids) < 3:
            ids.append(portal.create(firstname=f"A{step}"))
        elif verb == "update":
            portal.update("contacts", dice.choice(ids), firstname=f"B{step}")
        elif verb == "batch":
            inputs = [{"id": one, "properties": {"city": str(step)}} for one in ids[:3]]
            assert portal.batch("update", *inputs).status == 200
        else:
            _lose(portal, verb, ids)
        if step % 6 == 5:
            assert_totals(portal, dice, 15)


def _lose(portal: Client, verb: str, ids: list[str]) -> None:
    id_ = ids.pop()
    path = "/crm/v3/objects/contacts"
    if verb == "archive":
        portal.told("DELETE", f"{path}/{id_}", status=204)
    elif verb == "erase":
        portal.told("POST", f"{path}/gdpr-delete", {"objectId": id_}, status=204)
    else:
        merged = {"primaryObjectId": ids.pop(), "objectIdToMerge": id_}
        ids.append(str(portal.told("POST", f"{path}/merge", merged)["id"]))


def test_a_total_is_right_where_thousands_share_one_moment(
    portal: Client, dice: random.Random
) -> None:
    lump = START + timedelta(minutes=31)
    portal.hubspot.load(
        Population(
            hubspot=[
                contact(n, START + timedelta(minutes=n), lump if n % 2 else START)
                for n in range(3 * FEW)
            ]
        )
    )
    assert_totals(portal, dice)


def test_a_total_is_right_after_a_write_that_was_taken_back(
    portal: Client, dice: random.Random
) -> None:
    first = portal.create(email="a@example.com")
    inputs = [{"properties": {"firstname": "B"}}, {"properties": {"email": "a@example.com"}}]
    assert portal.batch("create", *inputs).status != 201
    with pytest.raises(Failure):
        _create_and_take_back(portal)
    assert portal.found("contacts") == [first]
    assert_totals(portal, dice)


def _create_and_take_back(portal: Client) -> None:
    with portal.world.database.transaction():
        portal.create(firstname="C")
        raise Failure(400, "VALIDATION_ERROR", "taken back")


def test_a_total_is_what_the_index_shows_while_it_lags(portal: Client) -> None:
    since = where("lastmodifieddate", "GTE", "2026-01-05T08:00:00Z")
    portal.create(firstname="A")
    portal.setting("index_lag_seconds", 5.0)
    portal.create(firstname="B")
    assert portal.search("contacts", since)["total"] == 1
    portal.world.clock.advance(5)
    assert portal.search("contacts", since)["total"] == 2


def test_a_span_with_another_condition_is_no_span(portal: Client) -> None:
    since = where("lastmodifieddate", "GTE", "2026-01-05T08:00:00Z")
    portal.create(firstname="A")
    portal.create(firstname="B")
    named = where("firstname", "EQ", "A")
    assert portal.search("contacts", since, named)["total"] == 1
    assert portal.search("contacts", since, query="B")["total"] == 1
    groups = [{"filters": [since]}, {"filters": [named]}]
    body = portal.told("POST", "/crm/v3/objects/contacts/search", {"filterGroups": groups})
    assert body["total"] == 2


def test_spans_of_both_stamps_are_no_span(portal: Client) -> None:
    id_ = portal.create(firstname="A")
    portal.world.clock.advance(10)
    portal.update("contacts", id_, firstname="B")
    late = "2026-01-05T08:00:05Z"
    old, new = where("createdate", "LT", late), where("lastmodifieddate", "GTE", late)
    assert portal.search("contacts", old, new)["total"] == 1
