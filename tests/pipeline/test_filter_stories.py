"""The mapping's own filter: Salesforce records outside it take no part, in either direction."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from include.crmsync.model.record import System
from include.crmsync.pipeline.workshop import Workshop
from tests.pipeline.test_audit import audited
from tests.pipeline.two_crms import TwoCrms

ADA = {"Email": "ada@example.com", "LastName": "Lovelace"}


@pytest.fixture
def crms(crms: TwoCrms, monkeypatch: pytest.MonkeyPatch) -> TwoCrms:
    plain = TwoCrms.workshop

    def filtered(self: TwoCrms) -> Workshop:
        shop = plain(self)
        only = {"Contact": "Region__c = 'EMEA'"}
        shop.mappings = {
            **shop.mappings,
            "contacts": replace(shop.mappings["contacts"], where=only),
        }
        return shop

    monkeypatch.setattr(TwoCrms, "workshop", filtered)
    return crms


def contact(crms: TwoCrms, *, inside: bool, **values: Any) -> str:
    id_ = crms.put(System.SALESFORCE, "Contact", **{**ADA, **values})
    if not inside:
        crms.salesforce.beyond.add(id_)
    return id_


def test_who_is_outside_is_not_even_read(crms: TwoCrms) -> None:
    contact(crms, inside=False)
    told = crms.sync("contacts")
    assert crms.links() == {}
    assert crms.held() == {}
    assert told["object_types"][0]["state"] == "nothing_to_do"


def test_an_audit_takes_no_pair_for_drift_whose_record_left_the_filter(crms: TwoCrms) -> None:
    theirs = contact(crms, inside=True, Title="Analyst")
    for _ in range(2):
        crms.sync("contacts")
        crms.clock.advance(3600)
    [ours] = crms.links()
    crms.hubspot.lists["Salesforce inclusion list"].add(ours)
    record = crms.salesforce.records[theirs]
    unseen = replace(record, raw={**record.raw, "Title": "Countess"})
    crms.salesforce.records[theirs] = unseen
    assert audited(crms, mend=False) == {"compared": 1, "equal": 0, "mended": 0, "drift": 1}
    crms.salesforce.beyond.add(theirs)
    assert audited(crms, mend=True) == {"compared": 1, "equal": 0, "mended": 0, "filtered": 1}


def test_an_audit_asks_about_the_filter_only_for_pairs_that_differ(
    crms: TwoCrms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A filter costs a call for some hundred ids: for a million links, thousands of calls."""
    alike = contact(crms, inside=True, Title="Analyst")
    theirs = contact(crms, inside=True, Email="grace@example.com", Title="Analyst")
    for _ in range(2):
        crms.sync("contacts")
        crms.clock.advance(3600)
    crms.hubspot.lists["Salesforce inclusion list"] |= set(crms.links())
    record = crms.salesforce.records[theirs]
    crms.salesforce.records[theirs] = replace(record, raw={**record.raw, "Title": "Countess"})
    crms.salesforce.beyond |= {alike, theirs}
    asked: list[str] = []
    plain = crms.salesforce.outside

    def outside(mapping: Any, ids: Sequence[str]) -> frozenset[str]:
        asked.extend(ids)
        return plain(mapping, ids)

    monkeypatch.setattr(crms.salesforce, "outside", outside)
    assert audited(crms) == {"compared": 2, "equal": 1, "mended": 0, "filtered": 1}
    assert asked == [theirs]


def test_who_is_inside_syncs_and_stops_both_ways_when_it_leaves(crms: TwoCrms) -> None:
    theirs = contact(crms, inside=True)
    crms.sync("contacts")
    [ours] = crms.links()
    crms.hubspot.lists["Salesforce inclusion list"].add(ours)
    crms.salesforce.beyond.add(theirs)
    crms.salesforce.edit(theirs, Phone="+44 20 7946 0000")
    crms.hubspot.edit(ours, jobtitle="Analyst")
    crms.sync("contacts")
    assert crms.salesforce.records[theirs].raw.get("Title") is None
    assert crms.hubspot.records[ours].raw.get("phone") is None
    assert crms.held()[theirs] == {"in_salesforce_filter"}
    assert crms.held()[ours] == {"counterpart_free"}
    # Back inside: what waited on both sides travels when the record is next modified.
    crms.salesforce.beyond.clear()
    crms.salesforce.edit(theirs, Fax="1234567")
    crms.sync("contacts")
    assert crms.salesforce.records[theirs].raw["Title"] == "Analyst"
    assert crms.hubspot.records[ours].raw["phone"] == "+44 20 7946 0000"
    assert crms.held() == {}


def test_a_match_outside_is_found_and_not_created_a_second_time(crms: TwoCrms) -> None:
    theirs = contact(crms, inside=False)
    ours = crms.hubspot_contact(email="ada@example.com", lastname="Byron")
    crms.sync("contacts")
    assert len(crms.records(System.SALESFORCE, "Contact")) == 1
    assert crms.salesforce.records[theirs].raw["LastName"] == "Lovelace"
    assert crms.hubspot.records[ours].raw["lastname"] == "Byron"
    assert crms.held() == {theirs: {"in_salesforce_filter"}}


def test_a_deletion_outside_is_followed_all_the_same(crms: TwoCrms) -> None:
    crms.policies["contacts"] = frozenset({System.HUBSPOT})
    theirs = contact(crms, inside=True)
    crms.sync("contacts")
    [ours] = crms.links()
    crms.salesforce.beyond.add(theirs)
    crms.salesforce.remove(theirs)
    crms.sync("contacts")
    assert ours not in crms.hubspot.records


def test_without_a_filter_nobody_is_asked(crms: TwoCrms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    contact(crms, inside=False)
    crms.sync("contacts")
    assert len(crms.links()) == 1
