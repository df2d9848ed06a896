"""The call that would cross a ceiling is not sent, whoever set it."""

import pytest
import requests

from include.crmsync.adapters.allowance import DAILY, REMAINING, Allowance, read_use
from include.crmsync.errors import LimitReached, RateLimited
from include.crmsync.model.use import Use
from tests.adapters.scripted import scripted

URL = "https://crm.example/x"


@pytest.mark.parametrize(
    ("headers", "use"),
    [
        ({"Sforce-Limit-Info": "api-usage=18/5000"}, Use(18, 5000)),
        ({"Sforce-Limit-Info": "api-usage=25/5000; per-app-api-usage=17/250(x)"}, Use(25, 5000)),
        ({DAILY: "250000", REMAINING: "249990"}, Use(10, 250_000)),
        ({DAILY: "250000", REMAINING: "250001"}, Use(0, 250_000)),
        ({DAILY: "250000"}, None),
        ({DAILY: "many", REMAINING: "few"}, None),
        ({"Sforce-Limit-Info": "nothing"}, None),
        ({}, None),
    ],
)
def test_either_crms_headers_tell_what_is_used(headers: dict[str, str], use: Use | None) -> None:
    assert read_use(headers) == use


def test_the_smaller_of_both_ceilings_counts() -> None:
    allowance = Allowance()
    assert allowance.room(0) is None
    allowance.limit_to(100, 0.5)
    assert allowance.room(40) == 60
    allowance.use = Use(480, 1000)
    assert allowance.room(40) == 20
    assert allowance.room(90) == 10
    allowance.use = Use(999, 1000)
    assert allowance.room(0) == 0


def test_the_call_that_would_cross_the_accounts_ceiling_is_not_sent() -> None:
    wire, adapter, pauses = scripted(lambda _: (200, {}, {"Sforce-Limit-Info": "api-usage=94/100"}))
    wire.allowance.limit_to(None, 0.95)
    wire.request("GET", URL)
    wire.allowance.use = Use(95, 100)
    with pytest.raises(LimitReached, match="95 of the account's 100"):
        wire.request("GET", f"{URL}?q=canary")
    assert (len(adapter.sent), pauses) == (1, [])


def test_our_own_number_of_calls_is_never_crossed() -> None:
    wire, adapter, _ = scripted(lambda _: (200, {}))
    wire.allowance.limit_to(3, 1.0)
    for _ in range(3):
        wire.request("GET", URL)
    with pytest.raises(LimitReached) as caught:
        wire.request("GET", f"{URL}?q=canary")
    assert len(adapter.sent) == 3
    assert "canary" not in str(caught.value)


def test_a_storm_of_429_does_not_multiply_calls() -> None:
    """Every other call is refused: each is repeated, but only while repeats are few."""
    answers = iter(range(10_000))
    wire, adapter, _ = scripted(lambda _: (429 if next(answers) % 2 else 200, {}))
    done: list[requests.Response] = []

    def ask_on() -> None:
        while len(done) < 1000:
            done.append(wire.request("GET", URL))

    with pytest.raises(RateLimited):
        ask_on()
    assert len(done) >= 10
    assert len(adapter.sent) <= len(done) * 1.1 + 16


def test_a_storm_that_passes_is_not_seen() -> None:
    answers = iter([*([200] * 50), *([429] * 3), *([200] * 50)])
    wire, adapter, _ = scripted(lambda _: (next(answers), {}))
    for _ in range(100):
        wire.request("GET", URL)
    assert len(adapter.sent) == 103


def test_the_ceiling_holds_for_repeats_too() -> None:
    wire, adapter, _ = scripted(lambda _: (503, {}, {"Sforce-Limit-Info": "api-usage=95/100"}))
    wire.allowance.limit_to(None, 0.95)
    with pytest.raises(LimitReached):
        wire.request("GET", URL)
    assert len(adapter.sent) == 1
