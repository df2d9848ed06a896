"""The calls of the day, as the sandbox counts them: never crossed, and nothing lost at the end."""

from dataclasses import replace

import pytest

from include.crmsync.adapters import failures
from include.crmsync.model.record import System
from include.crmsync.pipeline.settings import Settings
from tests.end_to_end.conftest import Installation
from tests.end_to_end.test_schema import CONTACTS, told_of

pytestmark = pytest.mark.sandbox
MEMBERS = "/_sandbox/lists/Salesforce%20inclusion%20list/members"


def people(installation: Installation, count: int) -> None:
    """So many listed contacts in HubSpot."""
    inputs = [
        {"properties": {"email": f"c{number}@example.com", "lastname": f"L{number}"}}
        for number in range(count)
    ]
    made = installation.outside.hubspot("POST", f"{CONTACTS}/batch/create", {"inputs": inputs})
    ids = [one["id"] for one in made["results"]]
    installation.sandbox.call("PUT", MEMBERS, {"add": ids})


def spent(installation: Installation) -> int:
    """How many calls of the day Salesforce says are used."""
    shop = installation.workshop()
    try:
        known = shop.uses.latest(System.SALESFORCE)
        assert known is not None
        return known[0].used
    finally:
        shop.close()


def limit(installation: Installation, calls: int) -> None:
    installation.sandbox.settings(salesforce={"daily_api_limit": calls})


def test_the_orgs_limit_is_never_reached_and_what_waited_arrives(
    installation: Installation,
) -> None:
    installation.sync()
    people(installation, 60)
    limit(installation, spent(installation) + 12)
    told = installation.sync()
    assert told["state"] in ("done", "waiting")
    for _ in range(3):
        installation.sync()
    use = spent(installation)
    shop = installation.workshop()
    limit_now = shop.uses.latest(System.SALESFORCE)
    shop.close()
    assert limit_now is not None
    assert use <= limit_now[0].limit * 0.95 + 1
    limit(installation, 100_000)
    installation.sync()
    installation.sync()
    assert len(installation.links("contacts")) == 60


def test_with_no_call_left_the_run_waits_and_the_next_one_reads_from_the_same_place(
    installation: Installation,
) -> None:
    installation.sync()
    people(installation, 3)
    limit(installation, 1)
    told = installation.sync()
    assert told["state"] == "waiting"
    assert told_of(told)["state"] == "waiting"
    limit(installation, 100_000)
    told = installation.sync()
    assert told["state"] == "done"
    assert len(installation.links("contacts")) == 3


def test_a_storm_of_429_from_hubspot_does_not_multiply_calls(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(failures.WAITS, "TEN_SECONDLY_ROLLING", 0.1)
    installation.sync()
    people(installation, 10)
    installation.sandbox.forget_calls()
    installation.sandbox.faults(
        *({"system": "hubspot", "do": "status:429", "skip": skip, "times": 1} for skip in (1, 4, 8))
    )
    installation.sync()
    with_storm = installation.sandbox.calls()["hubspot"]["total"]
    assert len(installation.links("contacts")) == 10
    # Three refused calls, and their three repeats are all that the storm cost.
    assert with_storm <= 3 + 25


def test_our_own_number_of_calls_is_kept_over_runs(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Installation.settings

    def settings(self: Installation) -> Settings:
        return replace(plain(self), allocation={System.HUBSPOT: 40})

    monkeypatch.setattr(Installation, "settings", settings)
    people(installation, 80)
    installation.sandbox.forget_calls()
    for _ in range(6):
        installation.sync()
    assert installation.sandbox.calls()["hubspot"]["total"] <= 40
