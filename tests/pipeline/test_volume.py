"""Many records, late ones, and clocks that disagree: what a run reads and does not read."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from include.crmsync.errors import Unauthorized
from include.crmsync.model.record import System
from tests.pipeline.two_crms import LIST, TwoCrms


def people(crms: TwoCrms, count: int) -> dict[str, str]:
    """So many linked contacts, all of them outside the overlap: HubSpot id -> Salesforce id."""
    for number in range(count):
        crms.hubspot_contact(email=f"p{number}@example.com", lastname=f"P{number}", jobtitle="Old")
    crms.sync("contacts")
    crms.clock.advance(3600)
    crms.sync("contacts")
    return crms.links()


def title(crms: TwoCrms, salesforce_id: str) -> Any:
    return crms.salesforce.records[salesforce_id].raw["Title"]


@pytest.fixture
def presuming(crms: TwoCrms) -> TwoCrms:
    """A sync that takes every unchanged counterpart for what its base says."""
    crms.settings["read_counterparts"] = 0
    return crms


def test_unchanged_counterparts_of_many_changes_are_looked_at_once_not_twice(
    crms: TwoCrms,
) -> None:
    linked = people(crms, 3)
    calls = {}
    for most in (100, 0):
        crms.settings["read_counterparts"] = most
        for hubspot_id in linked:
            crms.hubspot.edit(hubspot_id, jobtitle=f"New {most}")
        before = crms.salesforce.calls
        crms.sync("contacts")
        calls[most] = crms.salesforce.calls - before
        assert {title(crms, one) for one in linked.values()} == {f"New {most}"}
        crms.clock.advance(3600)
        crms.sync("contacts")
    assert calls[0] == calls[100] - 1


def test_a_presumed_counterpart_that_moved_after_all_is_not_overwritten(
    presuming: TwoCrms,
) -> None:
    [(hubspot_id, salesforce_id)] = people(presuming, 1).items()
    presuming.hubspot.edit(hubspot_id, jobtitle="HubSpot's")
    record = presuming.salesforce.records[salesforce_id]
    # As late as a transaction that is not visible yet: changed, and not among the changes.
    hidden = replace(record, raw={**record.raw, "Title": "Salesforce's"})
    presuming.salesforce.records[salesforce_id] = hidden
    presuming.sync("contacts")
    assert title(presuming, salesforce_id) == "Salesforce's"
    presuming.sync("contacts")
    [conflict] = presuming.conflicts()
    assert {conflict.hubspot, conflict.salesforce} == {"HubSpot's", "Salesforce's"}


def test_a_presumed_counterpart_that_is_gone_is_found_out_and_not_created_anew(
    presuming: TwoCrms,
) -> None:
    [(hubspot_id, salesforce_id)] = people(presuming, 1).items()
    presuming.salesforce.remove(salesforce_id)
    presuming.hubspot.edit(hubspot_id, jobtitle="New")
    presuming.sync("contacts")
    presuming.sync("contacts")
    assert presuming.records(System.SALESFORCE, "Contact") == []
    assert presuming.held()[hubspot_id] == {"counterpart_deleted"}


def test_presumed_or_read_both_systems_end_alike(crms: TwoCrms) -> None:
    linked = people(crms, 6)
    crms.settings["read_counterparts"] = 0
    for number, (hubspot_id, salesforce_id) in enumerate(linked.items()):
        if number % 2:
            crms.hubspot.edit(hubspot_id, jobtitle=f"H{number}", phone="+44 20 7946 0001")
        if number % 3:
            crms.salesforce.edit(salesforce_id, Title=f"S{number}", City=None)
    crms.sync("contacts")
    crms.sync("contacts")
    for hubspot_id, salesforce_id in linked.items():
        ours = crms.hubspot.records[hubspot_id].raw
        theirs = crms.salesforce.records[salesforce_id].raw
        assert ours["jobtitle"] == theirs["Title"]
        assert ours.get("phone") == theirs.get("Phone")


def test_off_the_list_nothing_reaches_a_presumed_counterpart(presuming: TwoCrms) -> None:
    [(hubspot_id, salesforce_id)] = people(presuming, 1).items()
    presuming.hubspot.lists[LIST].clear()
    presuming.salesforce.edit(salesforce_id, Title="New")
    presuming.sync("contacts")
    assert presuming.hubspot.records[hubspot_id].raw["jobtitle"] == "Old"


def test_only_what_changed_is_sent(crms: TwoCrms) -> None:
    [(hubspot_id, salesforce_id)] = people(crms, 1).items()
    sent: list[Any] = []
    write = crms.salesforce.write

    def listening(mapping: Any, writes: Any) -> Any:
        sent.extend((dict(one.values), dict(one.parents)) for one in writes)
        return write(mapping, writes)

    crms.salesforce.write = listening  # type: ignore[method-assign]
    crms.hubspot.edit(hubspot_id, jobtitle="New", nobody_maps_this="x")
    crms.sync("contacts")
    assert sent == [({"Title": "New"}, {})]
    assert title(crms, salesforce_id) == "New"


def test_a_transaction_that_became_visible_late_is_read(crms: TwoCrms) -> None:
    [hubspot_id] = people(crms, 1)
    stamped = crms.clock() - timedelta(minutes=8)
    late = crms.salesforce.put(
        "Contact", {"LastName": "Late", "Email": "late@example.com"}, id="late"
    )
    crms.salesforce.records[late] = replace(crms.salesforce.records[late], modified_at=stamped)
    crms.sync("contacts")
    assert late in crms.links().values()
    assert hubspot_id in crms.links()


@pytest.mark.parametrize("skew", [-3600, 3600])
@pytest.mark.parametrize("system", System)
def test_clocks_that_disagree_by_an_hour_lose_no_change(
    crms: TwoCrms, system: System, skew: int
) -> None:
    here = crms.crm(system)
    here.clock = lambda: crms.clock() + timedelta(seconds=skew)
    [(hubspot_id, salesforce_id)] = people(crms, 1).items()
    for number in range(3):
        crms.clock.advance(900)
        crms.hubspot.edit(hubspot_id, jobtitle=f"H{number}")
        crms.sync("contacts")
        assert title(crms, salesforce_id) == f"H{number}"
        crms.clock.advance(900)
        crms.salesforce.edit(salesforce_id, Title=f"S{number}")
        crms.sync("contacts")
        assert crms.hubspot.records[hubspot_id].raw["jobtitle"] == f"S{number}"


def test_counterparts_that_are_all_hidden_at_once_are_an_error_and_nothing_is_held(
    crms: TwoCrms,
) -> None:
    linked = people(crms, 25)
    for hubspot_id, salesforce_id in linked.items():
        crms.hubspot.edit(hubspot_id, jobtitle="New")
        crms.salesforce.hidden.add(salesforce_id)
    with pytest.raises(Unauthorized, match="0 of 25"):
        crms.sync("contacts")
    assert crms.held() == {}
    assert crms.links() == linked
