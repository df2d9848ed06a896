"""Where calls are short, what a person asks for goes first: all other work leaves it the last."""

from io import StringIO

import pytest
from rich.console import Console

from include.crmsync.adapters.memory import Memory
from include.crmsync.model.record import System
from include.crmsync.model.request import Request
from include.crmsync.model.run import RunState
from include.crmsync.pipeline import baseline, commit, extract, load, plan, validate
from include.crmsync.pipeline.alerts import Alert
from include.crmsync.pipeline.allocation import room_of
from include.crmsync.pipeline.terminal import show
from tests.pipeline.two_crms import TwoCrms

SHARE = 0.9
HOUR = 3600


@pytest.fixture
def crms(crms: TwoCrms) -> TwoCrms:
    crms.settings |= {"calls_share": 1.0, "scheduled_share": SHARE}
    crms.hubspot.batch_size = crms.salesforce.batch_size = 5
    return crms


def people(crms: TwoCrms, count: int) -> tuple[str, ...]:
    return tuple(
        crms.hubspot_contact(email=f"c{number:03}@example.com", lastname=f"L{number}")
        for number in range(count)
    )


def used(crms: TwoCrms, calls: int) -> None:
    """Let so many of a thousand calls of Salesforce be used."""
    crms.salesforce.limit, crms.salesforce.used = 1000, calls


def scheduled(crms: TwoCrms) -> RunState:
    """A run of contacts that nobody asked for."""
    return stepwise(crms, f"scheduled__{crms.clock()}")


def stepwise(crms: TwoCrms, run: str, request: Request | None = None) -> RunState:
    """A run of contacts with each step in a workshop of its own, as in Airflow."""
    names = {"sync_run": run, "object_type": "contacts"}
    shops = [crms.workshop() for _ in range(5)]
    crms.salesforce.calls = crms.hubspot.calls = 0  # a new connection has sent none
    handed = extract.run("contacts", run, request=request, workshop=shops[0])
    for step, shop in zip((validate, plan, load, commit), shops[1:], strict=True):
        crms.salesforce.calls = crms.hubspot.calls = 0
        if handed is not None:
            handed = step.run(handed, **names, workshop=shop)
    [ended] = shops[0].journal.run(run)
    for shop in shops:
        shop.close()
    crms.clock.advance(900)
    return ended.state


def test_a_scheduled_run_waits_where_a_persons_request_for_the_same_records_goes(
    crms: TwoCrms,
) -> None:
    scheduled(crms)
    ids = people(crms, 3)
    used(crms, 900)
    assert scheduled(crms) is RunState.WAITING
    assert crms.links() == {}
    told = crms.ask(Request("contacts", {System.HUBSPOT: ids}, by_hand=True))
    assert told["state"] == "done"
    assert set(crms.links()) == set(ids)
    assert 900 < crms.salesforce.used <= 1000


def test_every_step_of_a_persons_run_may_use_the_last_calls(crms: TwoCrms) -> None:
    """In Airflow each step is a process of its own, which knows only the run's id."""
    scheduled(crms)
    ids = people(crms, 3)
    used(crms, 900)
    assert stepwise(crms, "manual__1", Request("contacts", {System.HUBSPOT: ids})) is RunState.DONE
    assert set(crms.links()) == set(ids)


def test_what_a_scheduled_run_has_no_room_for_waits_though_a_person_would_have_it(
    crms: TwoCrms,
) -> None:
    scheduled(crms)
    people(crms, 40)
    used(crms, 884)
    assert scheduled(crms) is RunState.DONE
    assert 0 < len(crms.links()) < 40
    assert crms.salesforce.used <= 900
    shop = crms.workshop()
    waiting = [one for one in shop.store.due("contacts") if one.waits]
    shop.close()
    assert len(waiting) == 40 - len(crms.links())
    used(crms, 100)
    scheduled(crms)
    assert len(crms.links()) == 40


def test_what_a_person_asked_for_in_vain_goes_before_all_else_that_waits(crms: TwoCrms) -> None:
    scheduled(crms)
    others = people(crms, 30)
    crms.clock.advance(HOUR)
    used(crms, 884)
    scheduled(crms)
    done = set(crms.links())
    assert 0 < len(done) < 30
    # The last of all, an update among creates: everything speaks for its going last.
    asked = max(done)
    crms.hubspot.edit(asked, jobtitle="Analyst")
    used(crms, 993)
    stepwise(crms, "manual__1", Request("contacts", {System.HUBSPOT: (asked,)}, by_hand=True))
    shop = crms.workshop()
    due = {one.record_id: (one.waits, one.asked) for one in shop.store.due("contacts")}
    shop.close()
    assert due.pop(asked) == ("update", True)
    assert set(due) == {*others} - done
    assert set(due.values()) == {("create", False)}
    crms.clock.advance(HOUR)
    used(crms, 860)
    crms.sync("companies")  # which tells what room there is now
    used(crms, 884)
    scheduled(crms)
    theirs = crms.salesforce.records[crms.links()[asked]]
    assert theirs.raw["Title"] == "Analyst"
    assert len(crms.links()) < 30
    used(crms, 100)
    scheduled(crms)
    assert len(crms.links()) == 30


def test_nobody_crosses_the_ceiling_itself(crms: TwoCrms) -> None:
    scheduled(crms)
    ids = people(crms, 40)
    used(crms, 990)
    crms.ask(Request("contacts", {System.HUBSPOT: ids}, by_hand=True))
    assert crms.salesforce.used <= 1000
    assert len(crms.links()) < 40


def test_a_run_of_crm_sync_that_a_person_triggers_counts_as_asked_for(crms: TwoCrms) -> None:
    scheduled(crms)
    ids = people(crms, 3)
    used(crms, 900)
    assert stepwise(crms, "manual__2026-01-05T08:00:00+00:00") is RunState.DONE
    assert set(crms.links()) == set(ids)


def test_portions_of_very_many_records_leave_the_last_calls_too(crms: TwoCrms) -> None:
    scheduled(crms)
    ids = people(crms, 3)
    used(crms, 900)
    request = Request("contacts", {System.HUBSPOT: ids}, portion=True)
    assert stepwise(crms, "manual__1.00001", request) is RunState.WAITING
    assert crms.links() == {}


def test_a_baseline_is_taken_in_portions_that_stop_there(
    crms: TwoCrms, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    real = extract.run

    def watched(*arguments: object, **named: object) -> object:
        seen.append(bool(getattr(named["request"], "portion")))  # noqa: B009
        return real(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("include.crmsync.pipeline.portions.extract.run", watched)
    people(crms, 3)
    shop = crms.workshop()
    told = {"object_types": ["contacts"], "dry_run": False}
    baseline.understand(told, "manual__1", shop)
    baseline.work("contacts", "manual__1", dry=False, workshop=shop)
    shop.close()
    assert seen
    assert all(seen)
    assert len(crms.links()) == 3


def test_our_own_number_of_calls_is_shared_in_the_same_way(crms: TwoCrms) -> None:
    crms.settings |= {"allocation": {System.SALESFORCE: 80}, "scheduled_share": 0.6}
    crms.salesforce.limit = 100_000  # so that it counts
    for number in range(10):
        crms.hubspot_contact(email=f"n{number}@example.com", lastname="N")
        scheduled(crms)
    assert 40 <= crms.salesforce.used <= 48
    [late] = people(crms, 1)
    assert scheduled(crms) is RunState.WAITING
    request = Request("contacts", {System.HUBSPOT: (late,)}, by_hand=True)
    assert stepwise(crms, "manual__1", request) is RunState.DONE
    assert late in crms.links()
    assert crms.salesforce.used <= 80


def test_the_ceiling_moves_with_the_work_and_forgets_no_call(crms: TwoCrms) -> None:
    """One process may do first a person's work and then other work, on the same connections."""
    crms.settings["allocation"] = {System.SALESFORCE: 100}
    shop = crms.workshop()
    gateway = shop.gateways[System.SALESFORCE]
    assert isinstance(gateway, Memory)
    assert gateway.room == 90
    gateway.account()
    spent = gateway.calls
    shop.serve(asked_for=True)
    assert gateway.room == 100 - spent
    gateway.account()
    shop.serve(asked_for=False)
    assert gateway.room == 90 - gateway.calls
    shop.close()


def test_who_is_told_that_changes_wait_hears_that_requests_still_go(
    crms: TwoCrms, alerts: list[Alert]
) -> None:
    told = alerts
    scheduled(crms)
    people(crms, 3)
    used(crms, 900)
    scheduled(crms)
    crms.clock.advance(24 * 3600)
    used(crms, 1000)
    scheduled(crms)
    first, second = told
    assert "What somebody asks for by hand still goes" in first.text
    assert "still goes" not in second.text


def test_the_summary_tells_what_is_kept(crms: TwoCrms) -> None:
    people(crms, 1)
    used(crms, 500)
    told = crms.sync("contacts")
    [salesforce] = [one for one in told["api_calls"] if one["system"] == "salesforce"]
    assert salesforce["room"] - salesforce["room_scheduled"] == 100
    shop = crms.workshop()
    assert room_of(System.SALESFORCE, shop, SHARE) == salesforce["room_scheduled"]
    shop.close()
    with StringIO() as out:
        show(told, Console(file=out, width=200))
        assert f"room for {salesforce['room']}, 100 of it kept for what people ask for" in (
            out.getvalue()
        )
