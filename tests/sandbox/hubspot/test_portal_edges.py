"""Tokens, limits, merges, privacy deletes, and the shape of every error."""

import json
from typing import Any

import pytest

from include.sandbox.hubspot.limits import SEARCHES, TIERS
from include.sandbox.wire import Request
from tests.sandbox.hubspot.client import Client, codes

CONTACTS = "/crm/v3/objects/contacts"
BURST = TIERS["professional"][0]


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Bearer wrong"}, {"authorization": "Basic x"}]
)
def test_without_a_good_token_nothing_is_told(portal: Client, headers: dict[str, str]) -> None:
    answer = portal.ask("GET", CONTACTS, headers=headers)
    assert (answer.status, answer.body["category"]) == (401, "INVALID_AUTHENTICATION")


def test_an_oauth_token_is_good_for_half_an_hour(portal: Client) -> None:
    form = b"grant_type=refresh_token&refresh_token=r&client_id=i&client_secret=s"
    token = portal.told("POST", "/oauth/v1/token", form)["access_token"]
    bearer = {"authorization": f"Bearer {token}"}
    assert portal.ask("GET", CONTACTS, headers=bearer).status == 200
    portal.world.clock.advance(1800)
    refused = portal.ask("GET", CONTACTS, headers=bearer)
    assert (refused.status, refused.body["category"]) == (401, "EXPIRED_AUTHENTICATION")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/crm/v3/nonsense", 404), ("PUT", CONTACTS, 405), ("GET", f"{CONTACTS}/404", 404)],
)
def test_every_error_has_one_shape_and_a_correlation_id(
    portal: Client, method: str, path: str, status: int
) -> None:
    answer = portal.ask(method, path)
    assert answer.status == status
    assert {"status", "message", "correlationId", "category"} <= set(answer.body)
    assert answer.headers["X-HubSpot-Correlation-Id"] == answer.body["correlationId"]


def test_a_broken_handler_is_a_server_error_and_is_logged(
    portal: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(portal.hubspot._portal.records, "page", lambda *_, **__: 1 / 0)
    answer = portal.ask("GET", CONTACTS)
    assert (answer.status, answer.body["category"]) == (500, "SERVER_ERROR")
    assert "ZeroDivisionError" not in json.dumps(answer.body)
    assert "ZeroDivisionError" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("method", "path", "name", "writes"),
    [
        ("GET", "/crm/v3/owners/", "GET /crm/v3/owners", False),
        ("POST", f"{CONTACTS}/batch/read", "POST /crm/v3/objects/contacts/batch/read", False),
        ("POST", "/crm/v3/objects/0-2/search", "POST /crm/v3/objects/companies/search", False),
        ("PATCH", f"{CONTACTS}/1", "PATCH /crm/v3/objects/contacts/{object_id}", True),
        (
            "POST",
            "/crm/associations/2026-09/contacts/0-2/batch/create",
            "POST /crm/associations/2026-09/contacts/companies/batch/create",
            True,
        ),
        (
            "GET",
            "/crm/v3/lists/object-type-id/0-1/name/a b",
            "GET /crm/v3/lists/object-type-id/contacts/name/{name}",
            False,
        ),
        ("GET", "/crm/v3/nonsense", "GET (unknown)", False),
    ],
)
def test_calls_are_counted_under_their_pattern(
    portal: Client, method: str, path: str, name: str, writes: bool
) -> None:
    assert portal.hubspot.endpoint(Request(method, path)) == (name, writes)


def test_the_burst_limit_refuses_and_opens_again(portal: Client) -> None:
    portal.setting("rate_limits", "real")
    left = [
        portal.ask("GET", CONTACTS).headers["X-HubSpot-RateLimit-Remaining"] for _ in range(BURST)
    ]
    assert (left[0], left[-1]) == (str(BURST - 1), "0")
    refused = portal.told("GET", CONTACTS, status=429)
    assert (refused["category"], refused["policyName"]) == ("RATE_LIMITS", "TEN_SECONDLY_ROLLING")
    portal.world.clock.advance(10)
    portal.told("GET", CONTACTS)


def test_searches_have_a_limit_of_their_own(portal: Client) -> None:
    portal.setting("rate_limits", "fast")
    answers = [portal.ask("POST", f"{CONTACTS}/search", {}) for _ in range(SEARCHES + 1)]
    assert [one.status for one in answers] == [200] * SEARCHES + [429]
    assert "X-HubSpot-RateLimit-Max" not in answers[0].headers
    assert answers[-1].body["message"] == "You have reached your secondly limit."
    portal.world.clock.advance(0.1)
    assert portal.ask("POST", f"{CONTACTS}/search", {}).status == 200


@pytest.fixture
def merged(portal: Client) -> tuple[str, str]:
    """Two contacts merged: the winner's id, and the loser's."""
    winner = portal.create(email="win@example.com", firstname="Win", crmsync_salesforce_id="003W")
    loser = portal.create(email="lose@example.com", firstname="Lose", phone="1")
    company = portal.create("companies", name="A")
    url = f"/crm/v4/objects/contacts/{loser}/associations/default/companies/{company}"
    portal.told("PUT", url)
    body = {"primaryObjectId": winner, "objectIdToMerge": loser}
    portal.told("POST", f"{CONTACTS}/merge", body)
    return winner, loser


def test_the_winner_keeps_its_values_and_takes_what_it_lacks(
    portal: Client, merged: tuple[str, str]
) -> None:
    names = "firstname", "phone", "email", "hs_additional_emails", "hs_merged_object_ids"
    told = portal.read("contacts", merged[0], *names)["properties"]
    assert [told[name] for name in names] == [
        "Win",
        "1",
        "win@example.com",
        "lose@example.com",
        merged[1],
    ]


def test_the_losers_id_answers_with_the_winner(portal: Client, merged: tuple[str, str]) -> None:
    winner, loser = merged
    assert portal.read("contacts", loser)["id"] == winner
    assert [one["id"] for one in portal.batch("read", {"id": loser}).body["results"]] == [winner]
    assert portal.told("GET", f"{CONTACTS}?archived=true")["results"] == []


def test_the_losers_email_and_associations_are_the_winners(
    portal: Client, merged: tuple[str, str]
) -> None:
    body = {"properties": {"email": "lose@example.com"}}
    told = portal.told("POST", CONTACTS, body, status=409)
    assert told["message"].endswith(f": {merged[0]}")
    url = f"/crm/v4/objects/contacts/{merged[0]}/associations/companies"
    assert len(portal.told("GET", url)["results"]) == 1


@pytest.mark.usefixtures("merged")
def test_the_winner_still_holds_its_unique_values(portal: Client) -> None:
    body: Any = {"properties": {"lastname": "B", "crmsync_salesforce_id": "003W"}}
    assert codes(portal.ask("POST", CONTACTS, body)) == ["CONFLICTING_UNIQUE_VALUE"]


def test_a_privacy_delete_leaves_no_trace(portal: Client) -> None:
    portal.create(email="a@example.com")
    body = {"objectId": "a@example.com", "idProperty": "email"}
    portal.told("POST", f"{CONTACTS}/gdpr-delete", body, status=204)
    assert portal.told("GET", f"{CONTACTS}?archived=true")["results"] == []
    assert portal.told("GET", CONTACTS)["results"] == []
