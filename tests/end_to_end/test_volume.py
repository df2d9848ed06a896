"""Many records over real HTTP: bulk jobs that outlive their run, late search, 429s in storms."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from include.crmsync.adapters.hubspot import HubSpot
from include.crmsync.errors import Rejected
from include.crmsync.model.record import System
from include.crmsync.model.run import Trigger
from include.crmsync.pipeline import commit, extract, load, once, plan, validate
from include.crmsync.pipeline.workshop import Workshop
from tests.end_to_end.conftest import Installation

pytestmark = pytest.mark.sandbox
CONTACTS = "/crm/v3/objects/contacts"
LIST = quote("Salesforce inclusion list")
COUNT = 12


class Killed(BaseException):
    """As SIGKILL would, nothing of ours catches it."""


def listed(installation: Installation, count: int = COUNT) -> list[str]:
    """So many contacts on the inclusion list."""
    inputs = [
        {"properties": {"email": f"p{n}@example.com", "lastname": f"P{n}"}} for n in range(count)
    ]
    made = installation.outside.hubspot("POST", f"{CONTACTS}/batch/create", {"inputs": inputs})
    ids = [one["id"] for one in made["results"]]
    installation.sandbox.call("PUT", f"/_sandbox/lists/{LIST}/members", {"add": ids})
    return ids


@contextmanager
def bulky(installation: Installation) -> Iterator[Workshop]:
    """A workshop that writes more than five records by a job."""
    shop = installation.workshop()
    shop.settings = replace(shop.settings, bulk_threshold=5)
    try:
        yield shop
    finally:
        shop.close()


def planned(shop: Workshop, sync_run: str) -> str:
    names: dict[str, Any] = {"sync_run": sync_run, "object_type": "contacts", "workshop": shop}
    read = extract.run("contacts", sync_run, trigger=Trigger.MANUAL, workshop=shop)
    made = plan.run(str(validate.run(str(read), **names)), **names)
    return str(made)


def jobs(installation: Installation) -> int:
    told = installation.sandbox.calls()["salesforce"]["by_endpoint"]
    opened = (name for name in told if name.startswith("POST") and name.endswith("/jobs/ingest"))
    return sum(told[name] for name in opened)


def emails(installation: Installation) -> list[str]:
    return sorted(row["Email"] for row in installation.outside.query("SELECT Email FROM Contact"))


@pytest.mark.parametrize("moment", ["before data", "after data"])
def test_a_load_killed_beside_its_job_finds_it_again_and_doubles_nothing(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    listed(installation)
    names: dict[str, Any] = {"sync_run": "run", "object_type": "contacts"}
    with bulky(installation) as shop:
        made = planned(shop, "run")
        bulk: Any = shop.gateways[System.SALESFORCE].bulk
        send = type(bulk).send

        def dying(*told: Any) -> None:
            if moment == "after data":
                send(*told)
            raise Killed

        with monkeypatch.context() as patched:
            patched.setattr(type(bulk), "send", dying)
            with pytest.raises(Killed):
                load.run(made, **names, workshop=shop)
    with bulky(installation) as shop:
        commit.run(load.run(made, **names, workshop=shop), **names, workshop=shop)
    assert emails(installation) == sorted(f"p{n}@example.com" for n in range(COUNT))
    assert len(installation.links("contacts")) == COUNT
    assert jobs(installation) == (1 if moment == "after data" else 2)


@pytest.mark.parametrize("moment", ["when it is opened", "when it has its data"])
def test_where_no_job_is_to_be_had_batches_write_everything_once(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    ids = listed(installation)
    names: dict[str, Any] = {"sync_run": "run", "object_type": "contacts"}
    installation.sandbox.settings(salesforce={"daily_bulk_batches": 0})
    with bulky(installation) as shop:
        made = planned(shop, "run")

        def closed(*_: Any) -> str:
            raise Rejected("no bulk jobs here", "FeatureNotEnabled")

        if moment == "when it is opened":
            monkeypatch.setattr(type(shop.gateways[System.SALESFORCE].bulk), "open", closed)
        commit.run(load.run(made, **names, workshop=shop), **names, workshop=shop)
        assert shop.jobs.unsettled("contacts") == []
    assert emails(installation) == sorted(f"p{n}@example.com" for n in range(COUNT))
    assert sorted(one for one, _ in installation.links("contacts")) == sorted(ids)


def test_a_job_left_under_way_is_waited_for_before_the_next_run_reads(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed(installation)
    with bulky(installation) as shop:
        made = planned(shop, "first")
        bulk: Any = shop.gateways[System.SALESFORCE].bulk

        def dying(*_: Any) -> None:
            raise Killed

        with monkeypatch.context() as patched:
            patched.setattr(type(bulk), "ended", dying)
            with pytest.raises(Killed):
                load.run(made, sync_run="first", object_type="contacts", workshop=shop)
    told = installation.sync(object_types=["contacts"])
    assert told["state"] == "done"
    assert jobs(installation) == 1
    assert emails(installation) == sorted(f"p{n}@example.com" for n in range(COUNT))
    assert len(installation.links("contacts")) == COUNT


def test_a_bad_field_in_a_row_of_a_job_costs_that_field_and_no_other(
    installation: Installation,
) -> None:
    """The row is refused as a whole; in the same run its good fields go again, by a batch."""
    listed(installation)
    with bulky(installation) as shop:
        once.run("first", ["contacts"], workshop=shop)
    rule = {"formula": 'Title = "Canary"', "error_message": "No birds", "error_field": "Title"}
    installation.sandbox.settings(salesforce={"validation_rules": {"Contact.No_birds": rule}})
    installation.sandbox.advance(30)
    links = dict(installation.links("contacts"))
    bad = min(links)
    inputs = [
        {"id": id_, "properties": {"city": "London", "jobtitle": "Canary" if id_ == bad else "A"}}
        for id_ in links
    ]
    installation.outside.hubspot("POST", f"{CONTACTS}/batch/update", {"inputs": inputs})
    before = jobs(installation)
    with bulky(installation) as shop:
        once.run("second", ["contacts"], workshop=shop)
        held = [(one.record_id, one.field, one.code) for one in shop.store.held("contacts")]
    assert jobs(installation) == before + 1
    stored = {
        row["Id"]: (row["MailingCity"], row["Title"])
        for row in installation.outside.query("SELECT Id, MailingCity, Title FROM Contact")
    }
    wanted = {there: ("London", None if id_ == bad else "A") for id_, there in links.items()}
    assert stored == wanted
    assert held == [(bad, "title", "FIELD_CUSTOM_VALIDATION_EXCEPTION")]


def test_an_edit_that_search_shows_a_minute_late_is_not_missed(installation: Installation) -> None:
    [hubspot_id] = listed(installation, 1)
    installation.sync(object_types=["contacts"])
    installation.sandbox.settings(hubspot={"index_lag_seconds": 60.0})
    installation.sandbox.advance(30)
    change = {"properties": {"jobtitle": "Analyst"}}
    installation.outside.hubspot("PATCH", f"{CONTACTS}/{hubspot_id}", change)
    installation.sync(object_types=["contacts"])
    [row] = installation.outside.query("SELECT Title FROM Contact")
    assert row["Title"] is None
    installation.sandbox.advance(61)
    installation.sync(object_types=["contacts"])
    [row] = installation.outside.query("SELECT Title FROM Contact")
    assert row["Title"] == "Analyst"


def test_an_idle_run_is_one_call_to_each_system_for_an_object_type(
    installation: Installation,
) -> None:
    installation.sync()
    installation.sync()
    installation.sandbox.forget_calls()
    installation.sync()
    told = installation.sandbox.calls()
    assert told["hubspot"]["total"] == 3
    assert told["salesforce"]["by_endpoint"].pop("POST /services/oauth2/token") == 1
    assert sum(told["salesforce"]["by_endpoint"].values()) == 3


def test_a_storm_of_refusals_for_speed_adds_no_call_but_the_refused_ones(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The pauses that HubSpot asks for are ten seconds each. They are counted elsewhere.
    monkeypatch.setitem(HubSpot.connect.__kwdefaults__ or {}, "sleep", lambda _: None)
    listed(installation)
    installation.sandbox.forget_calls()
    installation.sandbox.faults({"system": "hubspot", "do": "status:429", "times": 3})
    told = installation.sync(object_types=["contacts"])
    assert told["state"] == "done"
    stormy = installation.sandbox.calls()["hubspot"]["total"]
    assert len(installation.links("contacts")) == COUNT
    installation.sandbox.reset("empty")
    calm = Installation(installation.sandbox, installation.folder / "calm")
    listed(calm)
    installation.sandbox.forget_calls()
    calm.sync(object_types=["contacts"])
    assert stormy == installation.sandbox.calls()["hubspot"]["total"] + 3
