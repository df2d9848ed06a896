"""An org with its people and no records, spoken to in process."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from include.sandbox.database import Database
from include.sandbox.salesforce import DEFAULTS, Salesforce
from include.sandbox.seed.staff import staffed
from include.sandbox.settings import fresh
from include.sandbox.world import World
from tests.sandbox.salesforce.client import Client

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
def org() -> Iterator[Client]:
    """Logged in; the clock stands still at 08:00."""
    world = World(Database(), settings={"salesforce": fresh(DEFAULTS)})
    world.clock = StillClock()  # type: ignore[assignment]  # what the org asks of a clock
    salesforce = Salesforce(world)
    salesforce.load(staffed(MORNING))
    client = Client(salesforce, world)
    client.log_in()
    yield client
    world.database.close()
