"""Deals in pipelines, opportunities of record types: one story each, over CRMs in memory."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from include.crmsync.adapters.gateway import Write
from include.crmsync.mappings.loader import load_all
from include.crmsync.model.pipeline import Pipeline
from include.crmsync.model.record import System
from include.crmsync.model.schema import FieldSchema
from tests.pipeline.live_schemas import alter, describe
from tests.pipeline.two_crms import TwoCrms

SALES = Pipeline("default", "Standard", load_all()["deals"]["stage"].pipelines[0].stages)
RENEWALS = Pipeline("77", "Renewal", {"771": "Prospecting", "772": "Closed Won"})
NEW, WON = "appointmentscheduled", "closedwon"
DEAL: dict[str, Any] = {
    "dealname": "Loom",
    "closedate": "2026-03-01T00:00:00Z",
    "amount": "100",
    "pipeline": "default",
    "dealstage": NEW,
}

ENGINE: dict[str, Any] = {
    "Name": "Engine",
    "StageName": "Prospecting",
    "CloseDate": "2026-03-01",
}


@pytest.fixture(autouse=True)
def two_pipelines(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mapping of these stories has two pipelines, each a record type in Salesforce."""
    plain = TwoCrms.workshop

    def workshop(self: TwoCrms) -> Any:
        shop = plain(self)
        deals = shop.mappings["deals"]
        pipelines = (SALES, RENEWALS)
        values = {ours: theirs for one in pipelines for ours, theirs in one.stages.items()}
        fields = tuple(
            replace(one, pipelines=pipelines, values=values) if one.name == "stage" else one
            for one in deals.fields
        )
        shop.mappings = {**shop.mappings, "deals": replace(deals, fields=fields)}
        return shop

    monkeypatch.setattr(TwoCrms, "workshop", workshop)


@pytest.fixture
def deal(crms: TwoCrms) -> str:
    """A deal in the first pipeline, synced."""
    made = crms.put(System.HUBSPOT, "deals", **DEAL)
    crms.sync()
    assert crms.sync()["state"] == "nothing_to_do"
    return made


def opportunity(crms: TwoCrms, deal: str) -> dict[str, Any]:
    return dict(crms.salesforce.records[crms.links("deals")[deal]].raw)


def rests(crms: TwoCrms) -> bool:
    written = crms.writes()
    crms.sync()
    return crms.sync()["state"] == "nothing_to_do" and crms.writes() == written


def test_a_deal_is_created_as_the_record_type_of_its_pipeline(crms: TwoCrms) -> None:
    here = crms.put(System.HUBSPOT, "deals", **DEAL)
    there = crms.put(System.HUBSPOT, "deals", **DEAL | {"pipeline": "77", "dealstage": "772"})
    crms.sync()
    told = [opportunity(crms, one) for one in (here, there)]
    assert [(one["RecordTypeId"], one["StageName"]) for one in told] == [
        ("Standard", "Prospecting"),
        ("Renewal", "Closed Won"),
    ]
    assert rests(crms)


def test_an_opportunity_is_created_in_the_pipeline_of_its_record_type(crms: TwoCrms) -> None:
    crms.put(System.SALESFORCE, "Opportunity", **ENGINE, RecordTypeId="Renewal")
    crms.sync()
    [made] = crms.records(System.HUBSPOT, "deals")
    assert (made.raw["pipeline"], made.raw["dealstage"]) == ("77", "771")
    assert rests(crms)


def test_one_stage_name_is_another_stage_in_each_pipeline(crms: TwoCrms, deal: str) -> None:
    crms.hubspot.edit(deal, pipeline="77", dealstage="771")
    crms.sync()
    told = opportunity(crms, deal)
    assert (told["RecordTypeId"], told["StageName"]) == ("Renewal", "Prospecting")
    crms.salesforce.edit(crms.links("deals")[deal], RecordTypeId="Standard")
    crms.sync()
    raw = crms.hubspot.records[deal].raw
    assert (raw["pipeline"], raw["dealstage"]) == ("default", NEW)
    assert rests(crms)


def test_a_pipeline_that_stays_is_not_sent(
    crms: TwoCrms, deal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Write] = []
    for crm in (crms.hubspot, crms.salesforce):
        monkeypatch.setattr(crm, "write", noting(crm.write, sent))
    crms.hubspot.edit(deal, dealstage=WON)
    crms.sync()
    crms.salesforce.edit(crms.links("deals")[deal], StageName="Prospecting")
    crms.sync()
    assert [dict(one.values) for one in sent] == [{"StageName": "Closed Won"}, {"dealstage": NEW}]


def noting(write: Any, sent: list[Write]) -> Any:
    def noted(mapping: Any, writes: Sequence[Write]) -> Any:
        sent.extend(writes)
        return write(mapping, writes)

    return noted


def test_a_deal_moved_to_a_pipeline_that_is_not_mapped_pauses_until_it_is_back(
    crms: TwoCrms, deal: str
) -> None:
    crms.hubspot.edit(deal, pipeline="elsewhere", dealstage="1", amount="200")
    crms.sync()
    assert crms.held("deals") == {deal: {"pipeline_mapped"}}
    assert opportunity(crms, deal)["Amount"] == 100
    assert rests(crms)
    crms.salesforce.edit(crms.links("deals")[deal], NextStep="Call")
    crms.sync()
    assert crms.hubspot.records[deal].raw.get("hs_next_step") is None
    assert deal in crms.links("deals")
    crms.hubspot.edit(deal, pipeline="default", dealstage=WON)
    crms.sync()
    told = opportunity(crms, deal)
    assert (told["StageName"], told["Amount"]) == ("Closed Won", 200)
    assert crms.hubspot.records[deal].raw["hs_next_step"] == "Call"
    assert crms.held("deals") == {}
    assert rests(crms)


def test_an_opportunity_of_another_record_type_stays_out_and_says_why(crms: TwoCrms) -> None:
    there = crms.put(System.SALESFORCE, "Opportunity", **ENGINE, RecordTypeId="Partner")
    crms.put(System.SALESFORCE, "Opportunity", **ENGINE)
    crms.sync()
    assert crms.records(System.HUBSPOT, "deals") == []
    assert crms.held("deals")[there] == {"pipeline_mapped"}
    crms.salesforce.edit(there, RecordTypeId="Standard")
    crms.sync()
    assert len(crms.records(System.HUBSPOT, "deals")) == 1


def test_a_stage_that_is_not_mapped_stays_behind_alone(crms: TwoCrms, deal: str) -> None:
    crms.salesforce.edit(
        crms.links("deals")[deal], StageName="Perception Analysis", NextStep="Call"
    )
    crms.sync()
    raw = crms.hubspot.records[deal].raw
    assert (raw["dealstage"], raw["hs_next_step"]) == (NEW, "Call")
    assert crms.held("deals") == {crms.links("deals")[deal]: {"picklist_value"}}


def test_moved_in_one_system_and_staged_in_the_other_is_a_conflict(
    crms: TwoCrms, deal: str
) -> None:
    crms.hubspot.edit(deal, pipeline="77", dealstage="771")
    crms.clock.advance(60)
    crms.salesforce.edit(crms.links("deals")[deal], StageName="Closed Won")
    crms.sync()
    [conflict] = crms.conflicts()
    assert (conflict.hubspot, conflict.salesforce) == ("77/Prospecting", "Closed Won")
    raw = crms.hubspot.records[deal].raw
    assert (raw["pipeline"], raw["dealstage"]) == ("default", WON)
    assert rests(crms)


def test_pipelines_and_record_types_that_do_not_exist_are_mapping_issues(crms: TwoCrms) -> None:
    describe(crms)
    fields, types = crms.salesforce.fields["Opportunity"], {"012A": "Standard", "012B": "Master"}
    fields["RecordTypeId"] = FieldSchema("reference", options=types)
    stages = dict.fromkeys([*SALES.stages, *RENEWALS.stages], "")
    alter(crms, "deals", "dealstage", options=stages)
    alter(crms, "deals", "pipeline", options={"default": "Sales", "77": "Renewals"})
    here = crms.put(System.HUBSPOT, "deals", **DEAL)
    there = crms.put(System.HUBSPOT, "deals", **DEAL | {"pipeline": "77", "dealstage": "771"})
    crms.sync()
    shop = crms.workshop()
    [lost] = [one.issue for one in shop.live.issues("deals")]
    shop.close()
    assert (lost.field, lost.system, lost.problem) == ("stage", "salesforce", "pipelines_lost")
    assert "Renewal" in lost.reason
    assert "`pipelines`" in lost.reason
    assert opportunity(crms, here)["RecordTypeId"] == "012A"
    assert crms.held("deals") == {there: {"pipeline_mapped"}}
    fields["RecordTypeId"] = FieldSchema("reference", options={**types, "012C": "Renewal"})
    crms.clock.advance(90_000)
    crms.sync()
    assert opportunity(crms, there)["RecordTypeId"] == "012C"
    assert crms.held("deals") == {}


def test_a_deal_without_a_company_syncs_and_one_whose_company_waits_waits(crms: TwoCrms) -> None:
    alone = crms.put(System.HUBSPOT, "deals", **DEAL)
    company = crms.put(System.HUBSPOT, "companies")
    child = crms.put(System.HUBSPOT, "deals", {"companies": company}, **DEAL)
    contact = crms.hubspot_contact(email="ada@example.com", lastname="Lovelace")
    crms.hubspot.put_below(contact, companies=company)
    crms.sync()
    assert set(crms.links("deals")) == {alone}
    assert crms.held("deals") == {child: {"parent_linked"}}
    crms.hubspot.edit(company, name="Analytical Engines")
    crms.sync()
    assert set(crms.links("deals")) == {alone, child}
    account = crms.links("companies")[company]
    there = crms.salesforce.records[crms.links("deals")[child]]
    assert there.parents["companies"] == account
    assert rests(crms)
