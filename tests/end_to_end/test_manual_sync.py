"""Every manual DAG through the REST API of a running Airflow: good, odd and hostile payloads."""

import urllib.error
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from include.crmsync.model.record_id import whole_id
from tests.end_to_end.outside import Outside
from tests.end_to_end.running import Running

pytestmark = [pytest.mark.airflow, pytest.mark.long, pytest.mark.xdist_group("airflow")]
ADA = "101"
"""Of the demo's story: linked, and on the inclusion list."""
LIST = "Salesforce inclusion list"


@pytest.fixture(scope="module")
def quiet(running: Running) -> Iterator[Running]:
    """No scheduled run does our work meanwhile; the manual DAGs may run."""
    running.away_from_the_schedule()
    running.airflow.pause("crm_sync")
    for name in ("contacts", "companies", "deals", "list"):
        running.airflow.unpause(f"manual_sync_{name}")
    yield running
    running.airflow.unpause("crm_sync")


def run(quiet: Running, name: str, conf: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """Trigger a DAG; the run's id, and how each task ended."""
    dag = f"manual_sync_{name}"
    id_ = quiet.airflow.trigger(dag, conf)
    return id_, {task: state for task, state, _ in quiet.airflow.follow(dag, id_)}


def told(quiet: Running, name: str, id_: str, task: str = "tell") -> Any:
    """What a task handed on."""
    path = f"dags/manual_sync_{name}/dagRuns/{quote(id_, safe='')}/taskInstances/{task}"
    return quiet.airflow.ask("GET", f"{path}/xcomEntries/return_value")["value"]


def writes(quiet: Running) -> tuple[int, int]:
    calls = quiet.sandbox.calls()
    return calls["hubspot"]["writes"], calls["salesforce"]["writes"]


def edit(quiet: Running, title: str) -> None:
    change = {"properties": {"jobtitle": title}}
    Outside(quiet.local.sandbox_url).hubspot("PATCH", f"/crm/v3/objects/contacts/{ADA}", change)


def test_contacts_dry_then_for_real_one_way_with_a_forced_field(quiet: Running) -> None:
    edit(quiet, "By request")
    quiet.sandbox.forget_calls()
    id_, tasks = run(quiet, "contacts", {"ids": [ADA, "987654321"], "dry_run": True})
    assert tasks["contacts.plan"] == "success"
    assert tasks["contacts.load"] == "skipped"
    assert writes(quiet) == (0, 0)
    [part] = told(quiet, "contacts", id_)["object_types"]
    assert part["state"] == "planned"
    assert part["note"] == "not found in HubSpot, or not to be seen: 987654321"
    conf = {
        "emails": mail_of(quiet),
        "follow_parents": True,
        "direction": "to_salesforce",
        "force_fields": ["title"],
    }
    id_, tasks = run(quiet, "contacts", conf)
    assert tasks["companies.extract"] == tasks["contacts.commit"] == tasks["tell"] == "success"
    assert told(quiet, "contacts", id_, "check")["force_fields"] == ["title"]
    assert writes(quiet) == (0, 1)
    part = told(quiet, "contacts", id_)["object_types"][-1]
    assert (part["state"], part["from"]["hubspot"]["updated"]) == ("done", 1)


def mail_of(quiet: Running) -> list[str]:
    path = f"/crm/v3/objects/contacts/{ADA}?properties=email"
    return [Outside(quiet.local.sandbox_url).hubspot("GET", path)["properties"]["email"]]


def test_companies_and_deals_of_salesforce(quiet: Running) -> None:
    outside = Outside(quiet.local.sandbox_url)
    for name, kind in (("companies", "Account"), ("deals", "Opportunity")):
        [found, *_] = outside.query(f"SELECT Id FROM {kind} ORDER BY Id LIMIT 1")
        id_, tasks = run(quiet, name, {"system": "salesforce", "ids": [found["Id"]]})
        assert tasks[f"{name}.extract"] == tasks["tell"] == "success"
        part = told(quiet, name, id_)["object_types"][-1]
        assert part["state"] == "done"
        assert part["from"]["salesforce"]["extracted"] == 1


def test_a_list_in_chunks(quiet: Running) -> None:
    id_, tasks = run(quiet, "list", {"list": LIST, "limit": 3, "chunk": 2, "dry_run": True})
    assert tasks == {"members": "success", "sync": "success"}
    found = told(quiet, "list", id_, "sync")
    assert found["chunks"] == 2
    assert found["object_types"]["contacts"]["hubspot"]["extracted"] >= 3


@pytest.mark.parametrize(
    ("name", "conf"),
    [
        ("contacts", {"system": "pipedrive", "ids": ["1"]}),
        ("contacts", {"ids": ["1"], "direction": "sideways"}),
        ("contacts", {"ids": {"$gt": ""}}),
        ("contacts", {"ids": ["1"], "dry_run": "yes"}),
        ("contacts", {"ids": ["1"], "allow_plan": "'; DROP TABLE link; --"}),
        ("list", {"list": ["1"]}),
        ("list", {"list": "1", "chunk": 0}),
    ],
)
def test_what_is_of_no_form_is_refused_as_it_is_triggered(
    name: str, conf: dict[str, Any], quiet: Running
) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        quiet.airflow.trigger(f"manual_sync_{name}", conf)
    refused.value.close()
    assert refused.value.code in (400, 422)


def test_what_makes_no_request_fails_in_the_first_task_and_reads_nothing(quiet: Running) -> None:
    quiet.sandbox.forget_calls()
    conf = {
        "ids": ["../../etc/passwd", whole_id("003Ws00000AbCde"), "<script>"],
        "emails": ["canary@nowhere.example.com"],
        "force_fields": ["{{ var.value.x }}"],
    }
    _, tasks = run(quiet, "contacts", conf)
    assert tasks["check"] == "failed"
    assert set(tasks.values()) == {"failed", "upstream_failed"}
    _, tasks = run(quiet, "list", {"object": "Contact", "where": "Id != null) OR (Name != null"})
    assert tasks["members"] == "failed"
    assert sum(one["total"] for one in quiet.sandbox.calls().values()) == 0
    logs = quiet.logs()
    assert "in one way: ids or emails, and not both" in logs
    assert "ids: the 1st and the 3rd are no HubSpot id" in logs
    assert "where has parentheses that do not match" in logs
    assert "canary@nowhere" not in logs
