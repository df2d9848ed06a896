"""HubSpot's live switches and their defaults."""

from typing import Any

from include.sandbox.settings import Choice, fresh
from include.sandbox.world import World

DEFAULTS: dict[str, Any] = {
    "index_lag_seconds": 0.0,
    "rate_limits": Choice("off", "real", "fast"),
    "search_wall": 10_000,
    "page_sizes": {
        "objects": 100,
        "search": 200,
        "associations": 500,
        "memberships": 250,
        "lists": 500,
    },
}
"""`index_lag_seconds`: for how long search does not see a write. `rate_limits`: "real" refuses
beyond HubSpot's own limits, "fast" with windows ten times shorter. `search_wall`: the position
behind which search refuses to page. `page_sizes`: what a page holds at most; a smaller one than
HubSpot's makes small data take several pages."""


def live(world: World) -> dict[str, Any]:
    """The switches as they are set now."""
    if "hubspot" not in world.settings:
        world.settings["hubspot"] = fresh(DEFAULTS)
    told: dict[str, Any] = world.settings["hubspot"]
    return told
