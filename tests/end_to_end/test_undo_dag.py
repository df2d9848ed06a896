"""crm_undo through the REST API of a running Airflow: looked at, taken back, and left alone."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.end_to_end.outside import Outside
from tests.end_to_end.running import DAG, Running

pytestmark = [pytest.mark.airflow, pytest.mark.long, pytest.mark.xdist_group("airflow")]
UNDO = "crm_undo"


def run(running: Running, dag: str, conf: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """Trigger a DAG; the run's id, and how each task ended."""
    id_ = running.airflow.trigger(dag, conf)
    return id_, {task: state for task, state, _ in running.airflow.follow(dag, id_)}


def told(running: Running, id_: str) -> Any:
    path = f"dags/{UNDO}/dagRuns/{quote(id_, safe='')}/taskInstances/tell/xcomEntries/return_value"
    return running.airflow.ask("GET", path)["value"]


def fax(outside: Outside, salesforce_id: str) -> Any:
    [found] = outside.query(f"SELECT Fax FROM Contact WHERE Id = '{salesforce_id}'")
    return found["Fax"]


def linked(outside: Outside) -> tuple[str, str]:
    """A contact that both CRMs have, by the key that the sync wrote."""
    [found, *_] = outside.query(
        "SELECT Id, crmsync_hubspot_id__c FROM Contact"
        " WHERE crmsync_hubspot_id__c != null AND Fax = null ORDER BY Id LIMIT 1"
    )
    return found["crmsync_hubspot_id__c"], found["Id"]


def test_a_run_is_looked_at_taken_back_and_not_done_again(running: Running) -> None:
    running.away_from_the_schedule()
    outside = Outside(running.local.sandbox_url)
    hubspot_id, salesforce_id = linked(outside)
    change = {"properties": {"fax": "+44 20 7946 0999"}}
    outside.hubspot("PATCH", f"/crm/v3/objects/contacts/{hubspot_id}", change)
    synced, tasks = run(running, DAG, {})
    assert tasks["contacts.commit"] == "success"
    assert fax(outside, salesforce_id) == "+44 20 7946 0999"
    running.sandbox.forget_calls()
    asked = {"sync_run": synced, "ids": [hubspot_id]}
    _, tasks = run(running, UNDO, asked)
    assert tasks["tell"] == "success"
    assert running.sandbox.calls()["salesforce"]["writes"] == 0
    assert fax(outside, salesforce_id) == "+44 20 7946 0999"
    undone, tasks = run(running, UNDO, asked | {"dry_run": False})
    assert tasks["tell"] == "success"
    assert fax(outside, salesforce_id) is None
    assert told(running, undone)
    run(running, DAG, {})
    assert fax(outside, salesforce_id) is None
    assert "7946 0999" not in running.logs()


def test_what_cannot_be_taken_back_is_said_before_anything_is_read(running: Running) -> None:
    running.sandbox.forget_calls()
    _, tasks = run(running, UNDO, {"sync_run": "no such run", "dry_run": False})
    assert tasks["check"] == "failed"
    calls = running.sandbox.calls()
    assert (calls["hubspot"]["total"], calls["salesforce"]["total"]) == (0, 0)
    assert "the journal knows no run of this id" in running.logs()
