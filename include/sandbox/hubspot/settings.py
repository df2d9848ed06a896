"""HubSpot's live switches and their defaults."""

from typing import Any

from include.sandbox.settings import Choice, fresh
from include.sandbox.world import World

DEFAULTS: dict[str, Any] = {
    "index_lag_seconds": 0.0,
    "index_lag_jitter_seconds": 0.0,
    "index_lag_seed": 1,
    "rate_limits": Choice("off", "real", "fast"),
    "account_tier": Choice("professional", "starter", "enterprise", "add_on"),
    "daily_limit": 0,
    "search_wall": 10_000,
    "page_sizes": {
        "objects": 100,
        "search": 200,
        "associations": 500,
        "memberships": 250,
        "lists": 500,
    },
    "merge_makes_a_new_record": False,
    "required_on_create": {},
    "conditional_required": {},
    "tokens": {},
    "oauth_lifetime_seconds": 1800,
    "oauth_checks_refresh_tokens": False,
}
"""`index_lag_seconds`: for how long search does not see a write; `index_lag_jitter_seconds` adds
up to as much again, by a dice with `index_lag_seed`. `rate_limits`: "real" refuses beyond
HubSpot's own limits, "fast" with windows ten times shorter; `account_tier` says whose limits,
`daily_limit` another number of calls a day. `search_wall`: the position behind which search
refuses to page. `page_sizes`: what a page holds at most; a smaller one than HubSpot's makes
small data take several pages. `merge_makes_a_new_record`: merged companies and deals get a
third id. `required_on_create`: object type -> names; `conditional_required`: object type ->
[{"when": {name: value}, "require": [names]}]; both hold from version 2026-09 on. `tokens`:
token -> the scopes it has; "oauth" stands for those from the token endpoint, and a token that
is not named has all. `oauth_lifetime_seconds`: how long one of those is good.
`oauth_checks_refresh_tokens`: refuse a refresh token that was not handed out here."""


def live(world: World) -> dict[str, Any]:
    """The switches as they are set now."""
    if "hubspot" not in world.settings:
        world.settings["hubspot"] = fresh(DEFAULTS)
    told: dict[str, Any] = world.settings["hubspot"]
    return told
