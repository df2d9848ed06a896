"""Runs side by side: scheduled, by hand, from the command line; one of them writes at a time."""

import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from include.crmsync.errors import Busy, LeaseLost
from include.crmsync.model.record import System
from include.crmsync.model.request import Request
from include.crmsync.pipeline import alone, once
from tests.pipeline.two_crms import TwoCrms

ADA: dict[str, Any] = {"email": "ada@example.com", "lastname": "Lovelace"}
PATIENCE = timedelta(seconds=60)


def scheduled(crms: TwoCrms, name: str = "scheduled__1") -> None:
    shop = crms.workshop()
    try:
        once.run(name, ["contacts"], workshop=shop)
    finally:
        shop.close()


def by_hand(crms: TwoCrms, id_: str, name: str = "manual__1") -> None:
    shop = crms.workshop()
    try:
        request = Request("contacts", {System.HUBSPOT: (id_,)}, by_hand=True)
        once.run_request(request, name, workshop=shop)
    finally:
        shop.close()


def waiting(caplog: pytest.LogCaptureFixture) -> str:
    """What the run says that waits, once it does."""
    for _ in range(3000):
        told = [one.getMessage() for one in caplog.records if "Waited" in one.getMessage()]
        if told:
            return told[0]
        time.sleep(0.01)
    pytest.fail("nobody waits")


def test_by_hand_while_the_schedule_writes_is_told_who_writes(crms: TwoCrms) -> None:
    ada = crms.hubspot_contact(**ADA)
    heard: list[str] = []

    def meanwhile() -> None:
        with pytest.raises(Busy) as busy:
            by_hand(crms, ada)
        heard.append(str(busy.value))

    crms.salesforce.before_next_write(meanwhile)
    scheduled(crms)
    assert heard[0].startswith("scheduled__1 is writing contacts since 2026-01-05 08:")
    assert crms.salesforce.writes == 1


@pytest.mark.parametrize("first", ["scheduled", "by hand"])
def test_the_second_waits_and_then_finds_what_the_first_wrote(
    first: str, crms: TwoCrms, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="crmsync")
    crms.settings["lease_wait"] = PATIENCE
    ada = crms.hubspot_contact(**ADA)
    runs = [lambda: scheduled(crms), lambda: by_hand(crms, ada)]
    if first != "scheduled":
        runs.reverse()
    said: list[str] = []
    with ThreadPoolExecutor(1) as pool:
        second: list[Future[None]] = []

        def meanwhile() -> None:
            second.append(pool.submit(runs[1]))
            said.append(waiting(caplog))
            assert crms.salesforce.writes == 0

        crms.salesforce.before_next_write(meanwhile)
        runs[0]()
        second[0].result(PATIENCE.total_seconds())
    assert said[0].startswith("scheduled__1" if first == "scheduled" else "manual__1")
    assert len(crms.records(System.SALESFORCE, "Contact")) == 1
    assert set(crms.links()) == {ada}
    crms.sync()
    assert crms.salesforce.writes == 1


def test_what_a_dead_writer_left_is_nobodys_to_wait_for(crms: TwoCrms) -> None:
    ada = crms.hubspot_contact(**ADA)
    crms.salesforce.fail_next(lost="after")
    with pytest.raises(Exception, match="lost"):
        scheduled(crms)
    by_hand(crms, ada)
    assert len(crms.records(System.SALESFORCE, "Contact")) == 1
    assert set(crms.links()) == {ada}


def test_a_writer_that_was_followed_unawares_is_stopped_and_repeats_itself(crms: TwoCrms) -> None:
    """As if the database had ended the session that held the lock."""
    ada = crms.hubspot_contact(**ADA)

    def meanwhile() -> None:
        shop = crms.workshop()
        shop.leases._take("contacts", "the next", shop.now())
        shop.close()

    crms.salesforce.before_next_write(meanwhile)
    with pytest.raises(LeaseLost, match="scheduled__1 has lost its lease on contacts to the next"):
        scheduled(crms)
    assert crms.links() == {}
    scheduled(crms)
    assert set(crms.links()) == {ada}
    assert len(crms.records(System.SALESFORCE, "Contact")) == 1


def test_a_wait_is_bounded(crms: TwoCrms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alone, "LOOK", 0.01)
    crms.settings["lease_wait"] = timedelta(seconds=0.1)
    shop, other = crms.workshop(), crms.workshop()
    with (
        alone.writing_alone("contacts", "first", shop),
        pytest.raises(Busy, match="first is writing contacts"),
        alone.writing_alone("contacts", "second", other),
    ):
        pytest.fail("two wrote at once")
    with alone.writing_alone("contacts", "second", other):
        last = other.leases.last("contacts")
    assert last is not None
    assert (last.holder, last.token) == ("second", 2)
    shop.close()
    other.close()
