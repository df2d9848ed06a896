"""The lag of the search index: what a search shows while it has not caught up."""

import pytest

from tests.sandbox.hubspot.client import Client, where


@pytest.fixture
def lagging(portal: Client) -> Client:
    portal.setting("index_lag_seconds", 5.0)
    return portal


def test_a_new_record_is_found_when_the_index_has_it(lagging: Client) -> None:
    id_ = lagging.create(email="a@example.com")
    mail = where("email", "EQ", "a@example.com")
    assert lagging.found("contacts", mail) == []
    assert lagging.read("contacts", id_)["id"] == id_
    lagging.world.clock.advance(5)
    assert lagging.found("contacts", mail) == [id_]


def test_a_changed_record_shows_its_old_values_for_a_while(lagging: Client) -> None:
    id_ = lagging.create(firstname="Old")
    lagging.world.clock.advance(5)
    lagging.update("contacts", id_, firstname="New")
    (shown,) = lagging.search("contacts", properties=["firstname"])["results"]
    assert shown["properties"]["firstname"] == "Old"
    lagging.world.clock.advance(5)
    (shown,) = lagging.search("contacts", properties=["firstname"])["results"]
    assert shown["properties"]["firstname"] == "New"


def test_an_archived_record_is_found_for_a_while(lagging: Client) -> None:
    id_ = lagging.create(lastname="A")
    lagging.world.clock.advance(5)
    lagging.told("DELETE", f"/crm/v3/objects/contacts/{id_}", status=204)
    assert lagging.found("contacts") == [id_]
    lagging.world.clock.advance(5)
    assert lagging.found("contacts") == []


def visible(portal: Client, seed: int) -> list[int]:
    """After how many seconds each of some new records was found."""
    portal.setting("index_lag_seconds", 1.0)
    portal.setting("index_lag_jitter_seconds", 9.0)
    portal.setting("index_lag_seed", seed)
    ids = [portal.create("companies", name="A") for _ in range(12)]
    seen: dict[str, int] = {}
    for second in range(11):
        for id_ in portal.found("companies", limit=100):
            seen.setdefault(id_, second)
        portal.world.clock.advance(1)
    return [seen[id_] for id_ in ids]


def test_every_write_may_lag_by_a_different_time(portal: Client) -> None:
    times = visible(portal, 7)
    assert len(set(times)) > 3
    assert min(times) >= 1
    assert max(times) <= 10


def test_the_same_seed_lags_the_same(portal: Client) -> None:
    first = visible(portal, 7)
    portal.hubspot.reset()
    assert visible(portal, 7) == first
    portal.hubspot.reset()
    assert visible(portal, 8) != first
