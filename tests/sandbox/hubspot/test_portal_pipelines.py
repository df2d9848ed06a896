"""Pipelines and stages: made, changed, deleted, and kept while they are in use."""

from typing import Any

import pytest

from tests.sandbox.hubspot.client import Client, codes

BASE = "/crm/v3/pipelines/deals"
STRICT = "/crm/pipelines/2026-09/deals"
WON = {"label": "Won", "displayOrder": 1, "metadata": {"probability": "1.0"}}
OPEN = {"label": "Open", "displayOrder": 0, "metadata": {"probability": "0.5"}}
RENEWALS = {"label": "Renewals", "displayOrder": 1, "stages": [WON, OPEN]}


@pytest.fixture
def renewals(portal: Client) -> Any:
    return portal.told("POST", BASE, RENEWALS, status=201)


def test_a_pipeline_is_made_with_its_stages_in_order(portal: Client, renewals: Any) -> None:
    assert renewals["id"].isdigit()
    assert [one["label"] for one in renewals["stages"]] == ["Open", "Won"]
    assert renewals["stages"][1]["metadata"] == {"isClosed": "true", "probability": "1.0"}
    listed = portal.told("GET", BASE)["results"]
    assert [one["label"] for one in listed] == ["Sales Pipeline", "Renewals"]


def test_its_stages_are_options_of_deals(portal: Client, renewals: Any) -> None:
    won = renewals["stages"][1]["id"]
    id_ = portal.create("deals", dealname="A", pipeline=renewals["id"], dealstage=won)
    assert portal.read("deals", id_, "hs_is_closed_won")["properties"]["hs_is_closed_won"] == "true"
    told = portal.told("GET", "/crm/v3/properties/deals/dealstage")
    assert won in {one["value"] for one in told["options"]}


def test_a_pipeline_is_renamed_and_replaced(portal: Client, renewals: Any) -> None:
    url = f"{BASE}/{renewals['id']}"
    assert portal.told("PATCH", url, {"label": "Again"})["label"] == "Again"
    told = portal.told("PUT", url, {**RENEWALS, "stages": [OPEN]})
    assert [one["id"] for one in told["stages"]] == [renewals["stages"][0]["id"]]


def test_two_pipelines_or_stages_cannot_have_one_label(portal: Client, renewals: Any) -> None:
    portal.told("POST", BASE, RENEWALS, status=409)
    portal.told("POST", f"{BASE}/{renewals['id']}/stages", WON, status=409)


def test_a_stage_is_made_changed_and_deleted(portal: Client, renewals: Any) -> None:
    stages = f"{BASE}/{renewals['id']}/stages"
    lost = {"label": "Lost", "displayOrder": 2, "metadata": {"probability": "0.0"}}
    made = portal.told("POST", stages, lost, status=201)
    assert made["metadata"]["isClosed"] == "true"
    told = portal.told("PATCH", f"{stages}/{made['id']}", {"label": "Gone"})
    assert (told["label"], told["metadata"]["probability"]) == ("Gone", "0.0")
    portal.told("PUT", f"{stages}/{made['id']}", lost)
    assert portal.told("GET", f"{stages}/{made['id']}")["label"] == "Lost"
    portal.told("DELETE", f"{stages}/{made['id']}", status=204)
    portal.told("GET", f"{stages}/{made['id']}", status=404)
    assert len(portal.told("GET", stages)["results"]) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": ""},
        {"displayOrder": "first"},
        {"stages": "none"},
        {"stages": [{**OPEN, "metadata": {}}]},
        {"stages": [{**OPEN, "metadata": {"probability": "0.55"}}]},
        {"stages": [OPEN, OPEN]},
    ],
)
def test_a_pipeline_that_makes_no_sense_is_refused(portal: Client, wrong: dict[str, Any]) -> None:
    assert portal.ask("POST", BASE, {**RENEWALS, **wrong}).status in (400, 409)


def test_only_some_objects_go_through_stages(portal: Client) -> None:
    portal.told("POST", "/crm/v3/pipelines/notes", RENEWALS, status=400)
    assert portal.told("GET", "/crm/v3/pipelines/contacts")["results"] == []


def test_tickets_are_open_or_closed_by_their_stage(portal: Client) -> None:
    closed = {"label": "Done", "displayOrder": 1, "metadata": {"ticketState": "CLOSED"}}
    url = "/crm/v3/pipelines/tickets/0/stages"
    made = portal.told("POST", url, closed, status=201)
    assert made["metadata"] == {"isClosed": "true", "ticketState": "CLOSED"}
    portal.create("tickets", subject="A", hs_pipeline_stage=made["id"])


@pytest.fixture
def used(portal: Client, renewals: Any) -> Any:
    open_ = renewals["stages"][0]["id"]
    portal.create("deals", dealname="A", pipeline=renewals["id"], dealstage=open_)
    return renewals


def test_from_2026_09_on_what_is_in_use_is_not_deleted(portal: Client, used: Any) -> None:
    told = portal.told("DELETE", f"{STRICT}/{used['id']}", status=400)
    assert told["subCategory"] == "PipelineError.STAGE_ID_IN_USE"
    open_, won = (one["id"] for one in used["stages"])
    portal.told("DELETE", f"{STRICT}/{used['id']}/stages/{open_}", status=400)
    portal.told("DELETE", f"{STRICT}/{used['id']}/stages/{won}", status=204)
    portal.told("PUT", f"{STRICT}/{used['id']}", {**RENEWALS, "stages": [WON]}, status=400)


def test_the_check_for_use_can_be_turned_off_and_on(portal: Client, used: Any) -> None:
    flag = "validateDealStageUsagesBeforeDelete"
    portal.told("DELETE", f"{BASE}/{used['id']}?{flag}=true", status=400)
    portal.told("DELETE", f"{STRICT}/{used['id']}?{flag}=false", status=204)


def test_earlier_versions_delete_what_is_in_use(portal: Client, used: Any) -> None:
    portal.told("DELETE", f"{BASE}/{used['id']}", status=204)
    told = {"properties": {"dealname": "B", "dealstage": used["stages"][0]["id"]}}
    assert codes(portal.ask("POST", "/crm/v3/objects/deals", told)) == ["INVALID_OPTION"]


def test_the_last_pipeline_and_the_last_stage_stay(portal: Client, renewals: Any) -> None:
    stages = f"{BASE}/{renewals['id']}/stages"
    portal.told("DELETE", f"{stages}/{renewals['stages'][0]['id']}", status=204)
    portal.told("DELETE", f"{stages}/{renewals['stages'][1]['id']}", status=400)
    portal.told("DELETE", f"{BASE}/{renewals['id']}", status=204)
    portal.told("DELETE", f"{BASE}/default", status=400)


def test_an_audit_tells_what_was_done(portal: Client, renewals: Any) -> None:
    url = f"{BASE}/{renewals['id']}"
    portal.told("PATCH", url, {"label": "Again"})
    stage = f"{url}/stages/{renewals['stages'][0]['id']}"
    portal.told("PATCH", stage, {"label": "Ajar"})
    deeds = portal.told("GET", f"{url}/audit")["results"]
    assert [(one["action"], one["portalId"]) for one in deeds] == [
        ("UPDATE", 4242),
        ("CREATE", 4242),
    ]
    assert [one["action"] for one in portal.told("GET", f"{stage}/audit")["results"]] == ["UPDATE"]
