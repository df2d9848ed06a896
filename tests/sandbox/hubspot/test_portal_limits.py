"""Rate limits: tiers, the day, searches, and the headers that tell what is left."""

import pytest

from include.sandbox.hubspot.limits import OAUTH_BURST, SEARCHES
from tests.sandbox.hubspot.client import Client

CONTACTS = "/crm/v3/objects/contacts"


@pytest.fixture
def limited(portal: Client) -> Client:
    portal.setting("rate_limits", "real")
    return portal


@pytest.mark.parametrize(
    ("tier", "burst", "daily"),
    [
        ("starter", "100", "250000"),
        ("professional", "190", "625000"),
        ("enterprise", "190", "1000000"),
        ("add_on", "250", "2000000"),
    ],
)
def test_each_tier_has_its_limits(limited: Client, tier: str, burst: str, daily: str) -> None:
    limited.setting("account_tier", tier)
    headers = limited.ask("GET", CONTACTS).headers
    assert headers["X-HubSpot-RateLimit-Max"] == burst
    assert headers["X-HubSpot-RateLimit-Interval-Milliseconds"] == "10000"
    assert headers["X-HubSpot-RateLimit-Daily"] == daily
    assert int(headers["X-HubSpot-RateLimit-Daily-Remaining"]) == int(daily) - 1


def test_the_account_tells_what_is_used_of_the_day(portal: Client) -> None:
    portal.setting("rate_limits", "real")
    portal.told("GET", "/crm/v3/owners")
    (used,) = portal.told("GET", "/account-info/v3/api-usage/daily/private-apps")["results"]
    assert (used["currentUsage"], used["usageLimit"], used["fetchStatus"]) == (
        2,
        625_000,
        "SUCCESS",
    )
    # Midnight in New York.
    assert used["resetsAt"] == "2026-01-06T05:00:00Z"


def test_the_day_ends_at_midnight_where_the_portal_is(limited: Client) -> None:
    limited.setting("daily_limit", 1)
    limited.told("GET", CONTACTS)
    refused = limited.told("GET", CONTACTS, status=429)
    assert (refused["policyName"], refused["message"]) == (
        "DAILY",
        "You have reached your daily limit.",
    )
    # It is three in the morning in New York: the next day begins in twenty-one hours.
    limited.world.clock.advance(21 * 3600 - 1)
    limited.told("GET", CONTACTS, status=429)
    limited.world.clock.advance(1)
    limited.told("GET", CONTACTS)


def test_searches_count_into_the_day(limited: Client) -> None:
    limited.setting("daily_limit", 1)
    limited.told("POST", f"{CONTACTS}/search", {})
    assert limited.told("GET", CONTACTS, status=429)["policyName"] == "DAILY"


def test_the_search_of_lists_is_an_ordinary_call(limited: Client) -> None:
    for _ in range(SEARCHES + 1):
        limited.told("POST", "/crm/v3/lists/search", {})


def test_all_object_types_share_the_limit_of_searches(limited: Client) -> None:
    kinds = ("contacts", "companies", "deals", "tickets", "notes", "tasks")
    urls = [f"/crm/v3/objects/{kind}/search" for kind in kinds]
    assert [limited.ask("POST", url, {}).status for url in urls] == [200] * SEARCHES + [429]
    told = limited.told("POST", urls[0], {}, status=429)
    assert (told["policyName"], told["errorType"]) == ("SECONDLY", "RATE_LIMIT")


def test_calls_by_oauth_have_a_limit_of_their_own_and_no_day(limited: Client) -> None:
    form = b"grant_type=refresh_token&refresh_token=r&client_id=i&client_secret=s"
    token = limited.told("POST", "/oauth/v1/token", form)["access_token"]
    bearer = {"authorization": f"Bearer {token}"}
    headers = limited.ask("GET", CONTACTS, headers=bearer).headers
    assert headers["X-HubSpot-RateLimit-Max"] == str(OAUTH_BURST)
    assert "X-HubSpot-RateLimit-Daily" not in headers


def test_limits_that_are_off_show_nothing(portal: Client) -> None:
    assert not [name for name in portal.ask("GET", CONTACTS).headers if "RateLimit" in name]
