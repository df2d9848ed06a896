"""An empty portal, spoken to in process."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from include.sandbox.database import Database
from include.sandbox.hubspot import DEFAULTS, HubSpot
from include.sandbox.population import HubSpotList, HubSpotOwner, Population
from include.sandbox.settings import fresh
from include.sandbox.world import World
from tests.sandbox.hubspot.client import Client

MORNING = datetime(2026, 1, 5, 8, tzinfo=UTC)


class StillClock:
    """Time that moves only when it is told to."""

    def __init__(self) -> None:
        self._now = MORNING

    def now(self) -> datetime:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


@pytest.fixture
def portal() -> Iterator[Client]:
    """Two owners, one of them gone, an inclusion list, no records; the clock stands still."""
    world = World(Database(), settings={"hubspot": fresh(DEFAULTS)})
    world.clock = StillClock()  # type: ignore[assignment]  # what the portal asks of a clock
    hubspot = HubSpot(world)
    hubspot.load(
        Population(
            owners=[
                HubSpotOwner("81", "amara@crm.example.com", "Amara", "Osei"),
                HubSpotOwner("93", "kim@crm.example.com", "Kim", "Norden", archived=True),
            ],
            lists=[HubSpotList("1", "Inclusion list", "DYNAMIC", [])],
        )
    )
    yield Client(hubspot, world)
    world.database.close()
