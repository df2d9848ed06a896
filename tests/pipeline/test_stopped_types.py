"""An object type that is stopped by something of its own does not stop the others."""

from typing import Any

import pytest

from include.crmsync.errors import ConfigError, GuardTripped, Unavailable
from include.crmsync.model.record import System
from include.crmsync.pipeline.alerts import Where, failure
from tests.pipeline.live_schemas import describe
from tests.pipeline.two_crms import TwoCrms

SALESFORCE, HUBSPOT = System.SALESFORCE, System.HUBSPOT
DEAL: dict[str, Any] = {"Name": "First", "StageName": "Prospecting", "CloseDate": "2026-02-01"}


def test_a_broken_key_stops_its_object_type_alone(crms: TwoCrms) -> None:
    describe(crms)
    crms.sync()
    for kind in ("Contact", "Lead"):
        del crms.salesforce.fields[kind]["crmsync_hubspot_id__c"]
    crms.put(SALESFORCE, "Account", Name="Acme")
    crms.put(SALESFORCE, "Contact", LastName="Lovelace", Email="ada@example.com")
    crms.put(SALESFORCE, "Opportunity", **DEAL)
    crms.clock.advance(25 * 3600)  # by then the schemas are read again
    with pytest.raises(ConfigError, match="crmsync_hubspot_id__c"):
        crms.sync()
    found = {kind: len(crms.records(HUBSPOT, kind)) for kind in ("companies", "contacts", "deals")}
    assert found == {"companies": 1, "contacts": 0, "deals": 1}


def test_what_the_guard_stops_does_not_stop_the_children(crms: TwoCrms) -> None:
    crms.policies["companies"] = frozenset(System)
    accounts = [crms.put(SALESFORCE, "Account", Name=f"Acme {at}") for at in range(11)]
    crms.sync()
    for account in accounts:
        crms.salesforce.remove(account)
    crms.put(SALESFORCE, "Contact", LastName="Lovelace", Email="ada@example.com")
    with pytest.raises(GuardTripped, match="would delete 11 companies"):
        crms.sync()
    assert len(crms.records(HUBSPOT, "companies")) == 11
    assert len(crms.records(HUBSPOT, "contacts")) == 1


def test_where_a_crm_does_not_answer_nobody_else_is_tried(
    crms: TwoCrms, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def silent(mapping: object, *_: object) -> None:
        asked.append(mapping)
        raise Unavailable("Salesforce does not answer")

    monkeypatch.setattr(crms.salesforce, "changed_since", silent)
    with pytest.raises(Unavailable):
        crms.sync()
    assert len(asked) == 1


def test_an_outage_is_told_once_for_all_object_types() -> None:
    keys = {
        failure(Unavailable("no answer"), Where("crm_sync", "r", f"{name}.extract")).key
        for name in ("companies", "contacts", "deals")
    }
    assert len(keys) == 1
