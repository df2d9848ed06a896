"""Pipelines and record types over both public APIs."""

from dataclasses import replace
from typing import Any

import pytest

from include.crmsync.mappings.loader import load_all
from include.crmsync.model.pipeline import Pipeline
from include.crmsync.pipeline.workshop import Workshop
from tests.end_to_end.conftest import Installation

pytestmark = pytest.mark.sandbox
DEALS = "/crm/v3/objects/deals"


class World:
    """Two pipelines in HubSpot, two record types in Salesforce, and a mapping that pairs them."""

    def __init__(self, installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
        self.installation, self.outside = installation, installation.outside
        self.pipeline, self.stages = self.new_pipeline("Renewals")
        self.types = {name: self._record_type(name) for name in ("Standard", "Renewal")}
        mappings = dict(load_all())
        deals = mappings["deals"]
        stages = dict(zip(self.stages, ("Prospecting", "Closed Won"), strict=True))
        [usual] = deals["stage"].pipelines
        pipelines = (
            replace(usual, record_type="Standard"),
            Pipeline(self.pipeline, "Renewal", stages),
        )
        fields = (
            replace(one, pipelines=pipelines, values={**one.values, **stages})
            if one.name == "stage"
            else one
            for one in deals.fields
        )
        mappings["deals"] = replace(deals, fields=tuple(fields))
        monkeypatch.setattr(Workshop, "mappings", mappings)

    def new_pipeline(self, label: str) -> tuple[str, list[str]]:
        stages = [
            {"label": name, "displayOrder": at, "metadata": {"probability": chance}}
            for at, (name, chance) in enumerate((("Open", "0.5"), ("Renewed", "1.0")))
        ]
        body = {"label": label, "displayOrder": 1, "stages": stages}
        made = self.outside.hubspot("POST", "/crm/v3/pipelines/deals", body)
        by_label = {one["label"]: str(one["id"]) for one in made["stages"]}
        return str(made["id"]), [by_label["Open"], by_label["Renewed"]]

    def _record_type(self, name: str) -> str:
        body = {
            "Name": name,
            "DeveloperName": name,
            "SobjectType": "Opportunity",
            "IsActive": True,
        }
        return str(self.outside.salesforce("POST", "sobjects/RecordType", body)["id"])

    def sync(self) -> str:
        self.installation.sandbox.advance(30)
        return str(self.installation.sync()["state"])

    def deal(self, **properties: str) -> str:
        usual = {"dealname": "Loom", "closedate": "2026-03-01", "amount": "100"}
        made = self.outside.hubspot("POST", DEALS, {"properties": usual | properties})
        return str(made["id"])

    def edit(self, deal: str, **properties: str) -> None:
        self.outside.hubspot("PATCH", f"{DEALS}/{deal}", {"properties": properties})

    def in_hubspot(self, deal: str) -> tuple[str, str]:
        path = f"{DEALS}/{deal}?properties=pipeline,dealstage"
        told = self.outside.hubspot("GET", path)["properties"]
        return told["pipeline"], told["dealstage"]

    def opportunity(self, deal: str) -> dict[str, Any]:
        id_ = dict(self.installation.links("deals"))[deal]
        found: dict[str, Any] = self.outside.salesforce("GET", f"sobjects/Opportunity/{id_}")
        return found

    def rests(self) -> bool:
        """Whether the second run from now has nothing to do, and none of them writes."""
        self.installation.sandbox.forget_calls()
        states = [self.sync(), self.sync()]
        calls = self.installation.sandbox.calls()
        writes = [calls[system]["writes"] for system in ("hubspot", "salesforce")]
        return states[1] == "nothing_to_do" and writes == [0, 0]


@pytest.fixture
def world(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(installation, monkeypatch)


def test_pipelines_and_record_types_follow_each_other(world: World) -> None:
    usual = world.deal(pipeline="default", dealstage="qualifiedtobuy")
    other = world.deal(pipeline=world.pipeline, dealstage=world.stages[0])
    world.sync()
    told = [world.opportunity(one) for one in (usual, other)]
    assert [(one["RecordTypeId"], one["StageName"]) for one in told] == [
        (world.types["Standard"], "Qualification"),
        (world.types["Renewal"], "Prospecting"),
    ]
    assert world.rests()
    world.edit(usual, pipeline=world.pipeline, dealstage=world.stages[1])
    body = {"RecordTypeId": world.types["Standard"], "StageName": "Closed Won"}
    id_ = world.opportunity(other)["Id"]
    world.outside.salesforce("PATCH", f"sobjects/Opportunity/{id_}", body)
    world.sync()
    there = world.opportunity(usual)
    assert (there["RecordTypeId"], there["StageName"]) == (world.types["Renewal"], "Closed Won")
    assert world.in_hubspot(other) == ("default", "closedwon")
    assert world.rests()


def test_a_deal_in_another_pipeline_is_paused_until_it_is_back(world: World) -> None:
    deal = world.deal(pipeline="default", dealstage="qualifiedtobuy")
    world.sync()
    pipeline, [stage, _] = world.new_pipeline("Partners")
    world.edit(deal, pipeline=pipeline, dealstage=stage, amount="200")
    world.sync()
    assert world.installation.held("deals") == {("hubspot", deal): {"pipeline_mapped"}}
    assert world.opportunity(deal)["Amount"] == 100
    assert world.rests()
    world.edit(deal, pipeline="default", dealstage="closedwon")
    world.sync()
    told = world.opportunity(deal)
    assert (told["StageName"], told["Amount"]) == ("Closed Won", 200)
    assert world.installation.held("deals") == {}
    assert world.rests()
