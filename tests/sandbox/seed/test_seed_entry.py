"""Which seeds there are, and that each is the same whenever it is asked for."""

from datetime import timedelta, timezone

import pytest

from include.sandbox.seed import population, populations
from include.sandbox.seed.staff import staffed
from tests.sandbox.seed.demo import NOW


def test_empty_has_people_stages_and_the_list_but_no_records() -> None:
    empty = population("empty", 1, NOW)
    assert empty == staffed(NOW)
    assert empty.hubspot == []
    assert {one.sobject for one in empty.salesforce} == {
        "Organization",
        "User",
        "Group",
        "OpportunityStage",
    }
    assert [(one.name, one.members) for one in empty.lists] == [("Salesforce inclusion list", [])]


@pytest.mark.parametrize("seed", ["empty", "demo", "250"])
def test_a_seed_is_the_same_every_time(seed: str) -> None:
    assert population(seed, 7, NOW) == population(seed, 7, NOW)


@pytest.mark.parametrize("seed", ["demo", "250"])
def test_another_random_seed_gives_other_data(seed: str) -> None:
    assert population(seed, 7, NOW) != population(seed, 8, NOW)


def test_the_demo_moves_with_now_and_stays_the_same_otherwise() -> None:
    earlier, later = population("demo", 1, NOW), population("demo", 1, NOW + timedelta(days=3))
    for one, other in zip(earlier.hubspot, later.hubspot, strict=True):
        assert other.created_at - one.created_at == timedelta(days=3)
        assert other.id == one.id
        assert other.properties.get("email") == one.properties.get("email")


def test_now_may_be_told_in_any_time_zone() -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=9)))
    assert population("demo", 1, elsewhere) == population("demo", 1, NOW)


@pytest.mark.parametrize("seed", ["", "Demo", "big", "-5", "1.5", "1_000", "٣", " 7"])
def test_an_unknown_seed_is_refused_in_plain_words(seed: str) -> None:
    with pytest.raises(ValueError, match="say empty, demo, or a number of contacts"):
        populations(seed, 1, NOW)
