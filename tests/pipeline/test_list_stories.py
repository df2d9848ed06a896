"""Whole runs about the inclusion list: what it gates, what it does not, and what it costs."""

from typing import Any

import pytest

from include.crmsync.model.record import System
from tests.pipeline.two_crms import LIST, TwoCrms

HUBSPOT, SALESFORCE = System.HUBSPOT, System.SALESFORCE
ADA: dict[str, Any] = {"email": "ada@example.com", "lastname": "Lovelace"}


@pytest.fixture
def readings(crms: TwoCrms, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every reading of the list."""
    plain, found = crms.hubspot.members, list[str]()

    def members(list_name: str) -> frozenset[str]:
        found.append(list_name)
        return plain(list_name)

    monkeypatch.setattr(crms.hubspot, "members", members)
    return found


def test_what_is_created_in_salesforce_is_not_gated_and_its_later_edits_are(
    crms: TwoCrms,
) -> None:
    theirs = crms.put(SALESFORCE, "Contact", Email=ADA["email"], LastName="Lovelace")
    crms.sync()
    [made] = crms.records(HUBSPOT, "contacts")
    assert crms.links() == {made.id: theirs}
    crms.sync()
    crms.salesforce.edit(theirs, Title="CEO")
    crms.sync()
    assert crms.hubspot.records[made.id].raw.get("jobtitle") is None
    crms.hubspot.edit(made.id, mobilephone="+44 20 7946 0001")
    crms.sync()
    assert crms.salesforce.records[theirs].raw.get("MobilePhone") is None
    crms.hubspot.lists[LIST].add(made.id)
    crms.sync()
    assert crms.hubspot.records[made.id].raw["jobtitle"] == "CEO"
    assert crms.salesforce.records[theirs].raw["MobilePhone"] == "+44 20 7946 0001"


def test_somebody_who_is_in_both_is_linked_off_the_list_too_and_nothing_travels(
    crms: TwoCrms,
) -> None:
    theirs = crms.put(SALESFORCE, "Contact", Email=ADA["email"], LastName="Byron")
    ada = crms.hubspot_contact(listed=False, **ADA)
    crms.sync()
    assert crms.links() == {ada: theirs}
    assert crms.hubspot.records[ada].raw["lastname"] == "Lovelace"
    assert crms.salesforce.records[theirs].raw["LastName"] == "Byron"


def test_the_list_is_read_once_a_run_and_not_at_all_by_a_quiet_one(
    crms: TwoCrms, readings: list[str]
) -> None:
    crms.hubspot_contact(**ADA)
    crms.hubspot_contact(email="ben@example.com", lastname="Ben")
    crms.put(HUBSPOT, "companies", name="Engines")
    crms.rules["companies"] = {"needs_contact": frozenset()}
    crms.sync()
    assert len(readings) == 1
    crms.sync()
    readings.clear()
    told = crms.sync()
    assert told["state"] == "nothing_to_do"
    assert readings == []


def test_while_somebody_waits_for_the_list_only_they_are_asked_about(
    crms: TwoCrms, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = crms.hubspot_contact(listed=False, **ADA)
    crms.sync()
    crms.sync()
    asked: list[Any] = []
    plain = crms.hubspot.on_list

    def on_list(list_name: str, ids: Any) -> frozenset[str]:
        asked.append((list_name, set(ids)))
        return plain(list_name, ids)

    monkeypatch.setattr(crms.hubspot, "on_list", on_list)
    told = crms.sync()
    assert told["state"] == "nothing_to_do"
    assert asked == [(LIST, {ada})]
    crms.hubspot.lists[LIST].add(ada)
    crms.sync()
    assert ada in crms.links()
