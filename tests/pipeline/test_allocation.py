"""At the ceiling nothing is lost: what there is no room for waits, and goes by itself."""

import importlib
from typing import Any

import pytest

from include.crmsync.errors import LimitReached
from include.crmsync.model.outcome import Result
from include.crmsync.model.record import System
from include.crmsync.pipeline.alerts import Alert, Concern
from tests.pipeline.two_crms import TwoCrms


@pytest.fixture
def crms(crms: TwoCrms) -> TwoCrms:
    crms.settings["calls_share"] = 1.0
    crms.hubspot.batch_size = crms.salesforce.batch_size = 5
    return crms


def direction(told: dict[str, Any], origin: System = System.HUBSPOT) -> dict[str, Any]:
    [entry] = [one for one in told["object_types"] if one["object_type"] == "contacts"]
    [found] = [one for one in entry["directions"] if one["from"] == origin]
    return dict(found)


def people(crms: TwoCrms, count: int) -> list[str]:
    return [
        crms.hubspot_contact(email=f"c{number:03}@example.com", lastname=f"L{number}")
        for number in range(count)
    ]


def results(crms: TwoCrms) -> dict[str, Result]:
    shop = crms.workshop()
    try:
        found = shop.journal.outcomes(f"run-{crms.runs}", "contacts")
        return {id_: one.result for id_, one in found.items()}
    finally:
        shop.close()


def leave(crms: TwoCrms, calls: int) -> None:
    """Let Salesforce have so many calls left of a thousand."""
    crms.salesforce.limit, crms.salesforce.used = 1000, 1000 - calls


def test_what_does_not_fit_waits_and_goes_when_there_is_room(crms: TwoCrms) -> None:
    people(crms, 40)
    leave(crms, 16)
    told = crms.sync("contacts")
    counted = direction(told)
    assert told["state"] == "done"
    assert counted["created"] + counted["waiting"] == counted["extracted"] == 40
    assert counted["waiting"] > 0 < counted["created"]
    assert crms.salesforce.used <= 1000
    leave(crms, 500)
    crms.clock.advance(900)
    told = crms.sync("contacts")
    assert len(crms.links()) == 40
    assert direction(told)["waiting"] == 0


def test_a_plan_that_needs_more_than_there_is_never_crosses_the_limit(crms: TwoCrms) -> None:
    people(crms, 60)
    for _ in range(12):
        leave(crms, 14)
        crms.sync("contacts")
        assert crms.salesforce.used <= 1000
        crms.clock.advance(900)
    leave(crms, 500)
    crms.sync("contacts")
    crms.clock.advance(900)
    crms.sync("contacts")
    assert len(crms.links()) == 60


def test_with_no_call_left_nothing_is_read_and_nothing_is_forgotten(crms: TwoCrms) -> None:
    crms.sync("contacts")
    crms.clock.advance(3600)
    [one] = people(crms, 1)
    leave(crms, 0)
    told = crms.sync("contacts")
    assert told["state"] == "waiting"
    assert crms.salesforce.used == 1000
    leave(crms, 500)
    crms.clock.advance(900)
    crms.sync("contacts")
    assert set(crms.links()) == {one}


def test_our_own_allocation_is_kept_whatever_the_account_has(crms: TwoCrms) -> None:
    people(crms, 40)
    crms.settings["allocation"] = {System.SALESFORCE: 16}
    before = crms.salesforce.calls
    counted = direction(crms.sync("contacts"))
    assert counted["waiting"] > 0
    for _ in range(3):
        crms.clock.advance(900)
        crms.sync("contacts")
    assert crms.salesforce.calls - before <= 16
    crms.clock.advance(25 * 3600)
    crms.settings["allocation"] = {System.SALESFORCE: 500}
    crms.sync("contacts")
    assert len(crms.links()) == 40


def test_deletions_go_before_creates_and_creates_before_updates(crms: TwoCrms) -> None:
    crms.policies["contacts"] = frozenset(System)
    old = people(crms, 20)
    crms.sync("contacts")
    crms.clock.advance(3600)
    crms.sync("contacts")
    for id_ in old[:3]:
        crms.hubspot.remove(id_)
    for id_ in old[10:]:
        crms.hubspot.edit(id_, jobtitle="Analyst")
    for number in range(5):
        crms.hubspot_contact(email=f"new{number}@example.com", lastname="New")
    leave(crms, 24)
    crms.sync("contacts")
    found = results(crms)
    waits = {id_.split(":")[1] for id_, one in found.items() if one is Result.WAITING}
    landed = {id_.split(":")[1] for id_, one in found.items() if one is Result.APPLIED}
    assert waits <= {"update"}
    assert {"delete", "create"} <= landed


def test_what_failed_before_is_not_repeated_above_its_share(crms: TwoCrms) -> None:
    [bad] = people(crms, 1)
    crms.salesforce.fail_next("UNABLE_TO_LOCK_ROW", record=bad, retryable=True)
    leave(crms, 200)
    crms.sync("contacts")
    crms.clock.advance(900)
    leave(crms, 200)
    crms.sync("contacts")
    assert crms.links() == {}
    crms.clock.advance(900)
    leave(crms, 200)
    good = crms.hubspot_contact(email="good@example.com", lastname="Good")
    crms.sync("contacts")
    assert set(crms.links()) == {good}
    crms.clock.advance(900)
    leave(crms, 900)
    crms.sync("contacts")
    crms.clock.advance(900)
    leave(crms, 900)
    crms.sync("contacts")
    assert set(crms.links()) == {good, bad}


def test_people_are_told_once_that_changes_wait(crms: TwoCrms, alerts: list[Alert]) -> None:
    told = alerts
    people(crms, 40)
    for calls in (16, 0, 0):
        leave(crms, calls)
        crms.sync("contacts")
        crms.clock.advance(60)
    assert [one.concern for one in told] == [Concern.ALLOCATION]
    assert "Nothing is lost" in told[0].text
    assert "@example.com" not in str(told)


def test_from_the_command_line_nobody_is_told_and_airflow_is_not_loaded(
    crms: TwoCrms, monkeypatch: pytest.MonkeyPatch
) -> None:
    def send(_: Alert) -> list[str]:
        raise AssertionError("nothing is to be sent")

    monkeypatch.setattr("include.crmsync.pipeline.notify.send", send)
    monkeypatch.setattr("include.crmsync.pipeline.notify.in_a_task", lambda: False)
    people(crms, 1)
    leave(crms, 0)
    assert crms.sync("contacts")["state"] == "waiting"


def test_the_summary_tells_the_calls_and_what_the_plan_was_to_need(crms: TwoCrms) -> None:
    people(crms, 7)
    leave(crms, 1000)
    before = crms.salesforce.calls
    told = crms.sync("contacts")
    [salesforce] = [one for one in told["api_calls"] if one["system"] == "salesforce"]
    assert salesforce["ours"] == crms.salesforce.calls - before > 0
    assert (salesforce["used"], salesforce["limit"]) == (crms.salesforce.used, 1000)
    assert salesforce["room"] == 1000 - crms.salesforce.used
    counted = direction(told, System.SALESFORCE)
    assert counted["forecast"] > 0
    [hubspot] = [one for one in told["api_calls"] if one["system"] == "hubspot"]
    assert hubspot["limit"] is None


def test_the_limit_reached_in_the_middle_of_a_load_leaves_the_rest_waiting(crms: TwoCrms) -> None:
    """Somebody else spends the calls while we write."""
    people(crms, 30)
    leave(crms, 1000)
    plain = crms.salesforce._landing

    def landing(batch: Any, do: Any) -> Any:
        answers = plain(batch, do)
        if crms.salesforce.writes >= 10:
            leave(crms, 0)
        return answers

    setattr(crms.salesforce, "_landing", landing)  # noqa: B010 -- mypy forbids the plain way
    told = crms.sync("contacts")
    setattr(crms.salesforce, "_landing", plain)  # noqa: B010
    counted = direction(told)
    assert counted["created"] + counted["waiting"] == 30
    assert counted["waiting"] > 0
    leave(crms, 500)
    for _ in range(2):
        crms.clock.advance(900)
        crms.sync("contacts")
    assert len(crms.links()) == 30
    assert len(crms.records(System.SALESFORCE, "Contact")) == 30


class TestTheLimitInAStepThatDecides:
    """Validating and planning take calls, too: at the limit they end as extracting does."""

    def _spent(self, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let one step of one run meet the limit, as its first call would."""
        module = importlib.import_module(f"include.crmsync.pipeline.{step}")
        name = {"validate": "directory_of", "plan": "by_field_times"}[step]
        real, left = getattr(module, name), [1]

        def spent(*arguments: Any) -> Any:
            if left:
                left.pop()
                raise LimitReached("REQUEST_LIMIT_EXCEEDED: the calls of the day are spent")
            return real(*arguments)

        monkeypatch.setattr(module, name, spent)

    @pytest.mark.parametrize("step", ["validate", "plan"])
    def test_ends_the_object_type_as_waiting_and_the_next_run_goes_on(
        self, crms: TwoCrms, step: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        crms.sync()
        crms.clock.advance(3600)
        [one] = people(crms, 1)
        writes = crms.salesforce.writes
        self._spent(step, monkeypatch)
        told = crms.sync("contacts")
        assert told["state"] == "waiting"
        assert "calls of the day are spent" in told["object_types"][0]["note"]
        assert direction(told)["calls"] > 0
        assert (crms.links(), crms.salesforce.writes) == ({}, writes)
        crms.clock.advance(900)
        assert crms.sync("contacts")["state"] == "done"
        assert set(crms.links()) == {one}

    @pytest.mark.parametrize("step", ["validate", "plan"])
    def test_does_not_stop_the_other_object_types(
        self, crms: TwoCrms, step: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        crms.hubspot.put("companies", {"name": "Acme", "domain": "acme.example.com"})
        people(crms, 1)
        self._spent(step, monkeypatch)
        told = crms.sync("companies", "contacts")
        assert [one["state"] for one in told["object_types"]] == ["waiting", "done"]

    @pytest.mark.parametrize("step", ["validate", "plan"])
    def test_is_told_like_any_other_limit(
        self, crms: TwoCrms, step: str, monkeypatch: pytest.MonkeyPatch, alerts: list[Alert]
    ) -> None:
        told = alerts
        people(crms, 1)
        self._spent(step, monkeypatch)
        crms.sync("contacts")
        assert [one.concern for one in told] == [Concern.ALLOCATION]
        assert f"contacts.{step}" in told[0].text
