"""The DAGs of the set-up and of retries through the REST API of a running Airflow."""

import urllib.error
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from include.crmsync.pipeline.retry import SHOWN
from tests.end_to_end.outside import Outside
from tests.end_to_end.running import Running

pytestmark = [pytest.mark.airflow, pytest.mark.long, pytest.mark.xdist_group("airflow")]
DAGS = ("crm_check", "crm_retry", "crm_baseline", "crm_import", "crm_backfill")


@pytest.fixture(scope="module")
def quiet(running: Running) -> Iterator[Running]:
    """No scheduled run does our work meanwhile; what runs on request may run."""
    running.away_from_the_schedule()
    running.airflow.pause("crm_sync")
    for name in DAGS:
        running.airflow.unpause(name)
    yield running
    running.airflow.unpause("crm_sync")


def run(quiet: Running, dag: str, conf: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """Trigger a DAG; the run's id, and how each task ended."""
    id_ = quiet.airflow.trigger(dag, conf)
    return id_, {task: state for task, state, _ in quiet.airflow.follow(dag, id_)}


def told(quiet: Running, dag: str, id_: str, task: str) -> Any:
    """What a task handed on."""
    path = f"dags/{dag}/dagRuns/{quote(id_, safe='')}/taskInstances/{task}"
    return quiet.airflow.ask("GET", f"{path}/xcomEntries/return_value")["value"]


def writes(quiet: Running) -> tuple[int, int]:
    calls = quiet.sandbox.calls()
    return calls["hubspot"]["writes"], calls["salesforce"]["writes"]


def test_the_check_finds_everything_in_order_the_pool_included(quiet: Running) -> None:
    id_, tasks = run(quiet, "crm_check", {})
    assert tasks == {"slot": "success", "check": "success"}
    found = told(quiet, "crm_check", id_, "check")
    assert found["warning"] == 0
    assert found["ok"] > 40
    assert "pool crm_writes" in quiet.logs()


def test_the_check_fails_when_something_is_wrong_and_tells_the_rest(quiet: Running) -> None:
    quiet.sandbox.settings(salesforce={"permissions": {"Lead": "read"}})
    try:
        _, tasks = run(quiet, "crm_check", {})
    finally:
        quiet.sandbox.settings(salesforce={"permissions": {}})
    assert tasks["check"] == "failed"
    assert "Salesforce: Lead: edit" in quiet.logs()


def test_a_retry_of_everything_says_what_would_become_of_it(quiet: Running) -> None:
    quiet.sandbox.forget_calls()
    id_, tasks = run(quiet, "crm_retry", {"everything": True, "dry_run": True})
    assert tasks["choose"] == tasks["tell"] == "success"
    assert tasks["contacts.load"] == "skipped"
    found = told(quiet, "crm_retry", id_, "tell")["object_types"]["contacts"]
    assert found["state"] == "planned"
    assert found["counts"]["held"] > 0
    assert len(found["records"]) == min(SHOWN, sum(found["counts"].values()))
    assert writes(quiet) == (0, 0)


@pytest.mark.parametrize(
    ("dag", "conf", "problem"),
    [
        ("crm_retry", {}, "say what: a category, codes, ids, or everything"),
        ("crm_retry", {"ids": ["'; DROP TABLE link --"]}, "not among what failed or is held"),
        ("crm_import", {"objects": ["Lead"], "where": "Id != null) OR (1 = 1"}, "parentheses"),
        ("crm_backfill", {"fields": ["titel"]}, "did you mean title"),
    ],
)
def test_bad_input_fails_the_first_task_with_the_reason(
    quiet: Running, dag: str, conf: dict[str, Any], problem: str
) -> None:
    _, tasks = run(quiet, dag, conf)
    first = "choose" if dag == "crm_retry" else "check"
    assert tasks.pop(first) == "failed"
    assert set(tasks.values()) == {"upstream_failed"}
    assert problem in quiet.logs()


@pytest.mark.parametrize(
    ("dag", "conf"),
    [
        ("crm_retry", {"category": "weather"}),
        ("crm_baseline", {"object_types": ["leads"]}),
        ("crm_baseline", {"dry_run": "no"}),
        ("crm_import", {"objects": ["Task"]}),
        ("crm_backfill", {"object_type": "leads", "fields": ["title"]}),
    ],
)
def test_what_the_form_does_not_offer_is_refused_when_it_is_triggered(
    quiet: Running, dag: str, conf: dict[str, Any]
) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        quiet.airflow.trigger(dag, conf)
    refused.value.close()
    assert refused.value.code == 400


def test_a_baseline_of_what_is_linked_is_dry_and_finds_the_rest(quiet: Running) -> None:
    quiet.sandbox.forget_calls()
    id_, tasks = run(quiet, "crm_baseline", {})
    assert set(tasks.values()) == {"success"}
    found = told(quiet, "crm_baseline", id_, "look_contacts")
    assert found["linked before"] > 0
    assert writes(quiet) == (0, 0)


def test_an_import_by_a_condition_creates_what_was_not_there(quiet: Running) -> None:
    outside = Outside(quiet.local.sandbox_url)
    outside.salesforce("POST", "sobjects/Account", {"Name": "Imported", "BillingCity": "Ely"})
    conf = {"objects": ["Account"], "where": "Name = 'Imported'", "dry_run": False}
    id_, tasks = run(quiet, "crm_import", conf)
    assert set(tasks.values()) == {"success"}
    found = told(quiet, "crm_import", id_, "apply_companies")
    assert found == {"only here (Salesforce)": 1}
    names = outside.all_hubspot("companies", ["name", "city"])
    assert [one["city"] for one in names.values() if one["name"] == "Imported"] == ["Ely"]


def test_a_back_fill_tells_each_link(quiet: Running) -> None:
    id_, tasks = run(quiet, "crm_backfill", {"object_type": "companies", "fields": ["name"]})
    assert set(tasks.values()) == {"success"}
    found = told(quiet, "crm_backfill", id_, "look")
    assert sum(found.values()) > 0
