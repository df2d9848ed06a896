"""What every DAG of the project must be, and what crm_sync is.

Airflow is loaded in a process of its own, on a home of its own: its configuration is global.
"""

import json
import os
import subprocess
import sys
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from include.crmsync.errors.catalogue import Category, catalogue
from include.crmsync.pipeline.baseline import EVERY_RULE

ROOT = Path(__file__).parents[2]
READ = """
import json
from airflow.dag_processing.dagbag import DagBag
bag = DagBag("dags")
told = {"errors": bag.import_errors, "dags": {}}
for dag in bag.dags.values():
    told["dags"][dag.dag_id] = {
        "tags": sorted(dag.tags),
        "doc": dag.doc_md or "",
        "description": dag.description,
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "timeout": dag.dagrun_timeout.total_seconds() if dag.dagrun_timeout else None,
        "schedule": str(dag.schedule),
        "paused": dag.is_paused_upon_creation,
        "params": {
            name: {**one.schema, "description": one.description, "default": one.value}
            for name in dag.params
            for one in [dag.params.get_param(name)]
        },
        "tasks": {
            task.task_id: {
                "retries": task.retries,
                "pool": task.pool,
                "upstream": sorted(task.upstream_task_ids),
                "trigger_rule": task.trigger_rule.value,
                "alerts": [one.__name__ for one in task.on_failure_callback],
            }
            for task in dag.tasks
        },
    }
print("TOLD" + json.dumps(told))
"""
STEPS = ("extract", "validate", "plan", "load", "commit")
OBJECT_TYPES = ("companies", "contacts", "deals")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Any:
    home = tmp_path_factory.mktemp("airflow home")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    answer = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning:__main__", "-c", READ],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env=kept
        | {
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "PYTHONPATH": str(ROOT),
        },
    )
    line = next(line for line in answer.stdout.splitlines() if line.startswith("TOLD"))
    return json.loads(line.removeprefix("TOLD"))


def test_no_dag_fails_to_import(told: Any) -> None:
    assert told["errors"] == {}


def test_what_runs_on_request_runs_when_requested(told: Any) -> None:
    on_request = {name: dag for name, dag in told["dags"].items() if dag["schedule"] == "None"}
    assert on_request
    for name, dag in on_request.items():
        assert (name, dag["paused"]) == (name, False)


def test_every_dag_says_what_it_is(told: Any) -> None:
    for dag in told["dags"].values():
        assert dag["tags"]
        assert dag["description"]
        assert len(dag["doc"]) > 200


def test_every_dag_is_safe_to_leave_alone(told: Any) -> None:
    for dag in told["dags"].values():
        assert not dag["catchup"]
        assert dag["max_active_runs"] == 1
        assert dag["timeout"]
        assert all(task["retries"] >= 2 for task in dag["tasks"].values())


def test_every_task_that_fails_for_good_tells_somebody(told: Any) -> None:
    for dag in told["dags"].values():
        assert all(task["alerts"] == ["alert"] for task in dag["tasks"].values())


def test_crm_sync_runs_every_fifteen_minutes_and_ends_before_the_next_hour(told: Any) -> None:
    dag = told["dags"]["crm_sync"]
    assert dag["schedule"] == "*/15 * * * *"
    assert dag["timeout"] <= timedelta(hours=1).total_seconds()


def test_crm_sync_has_five_steps_per_object_type(told: Any) -> None:
    wanted = {f"{group}.{step}" for group in OBJECT_TYPES for step in STEPS}
    assert set(told["dags"]["crm_sync"]["tasks"]) == wanted


def test_each_step_follows_the_one_before_and_parents_come_first(told: Any) -> None:
    tasks = told["dags"]["crm_sync"]["tasks"]
    order = [f"{group}.{step}" for group in OBJECT_TYPES for step in STEPS]
    for earlier, later in pairwise(order):
        assert earlier in tasks[later]["upstream"]


def test_neither_a_type_with_nothing_to_do_nor_a_stopped_one_stops_the_next(told: Any) -> None:
    tasks = told["dags"]["crm_sync"]["tasks"]
    for group in OBJECT_TYPES:
        assert tasks[f"{group}.extract"]["trigger_rule"] == "all_done"
        rules = {tasks[f"{group}.{step}"]["trigger_rule"] for step in STEPS[1:]}
        assert rules == {"all_success"}


def test_only_one_task_at_a_time_writes_to_the_crms(told: Any) -> None:
    tasks = told["dags"]["crm_sync"]["tasks"]
    assert {name for name, task in tasks.items() if task["pool"] == "crm_writes"} == {
        f"{group}.load" for group in OBJECT_TYPES
    }


def test_the_sweep_runs_every_night_and_can_be_told_what_to_let_go(told: Any) -> None:
    dag = told["dags"]["crm_retry_sweep"]
    assert dag["schedule"] == "40 0 * * *"
    assert set(dag["params"]) == {"code", "category", "record", "everything"}
    assert set(dag["tasks"]) == {"sweep"}


def test_the_check_has_a_task_that_starts_only_if_the_pool_is_there(told: Any) -> None:
    dag = told["dags"]["crm_check"]
    assert dag["schedule"] == "None"
    assert {name: task["pool"] for name, task in dag["tasks"].items()} == {
        "slot": "crm_writes",
        "check": "default_pool",
    }
    assert dag["params"]["create_missing"]["type"] == "boolean"


def test_the_retry_takes_the_same_steps_and_offers_the_catalogues_words(told: Any) -> None:
    dag = told["dags"]["crm_retry"]
    steps = {f"{group}.{step}" for group in OBJECT_TYPES for step in STEPS}
    assert set(dag["tasks"]) == {"choose", "tell", *steps}
    assert {name for name, task in dag["tasks"].items() if task["pool"] == "crm_writes"} == {
        f"{group}.load" for group in OBJECT_TYPES
    }
    assert dag["params"]["category"]["enum"] == [None, "", *map(str, Category)]
    known = {code for section in catalogue().values() for code in section}
    assert known.issuperset(dag["params"]["code"]["examples"])
    assert dag["params"]["object_types"]["items"]["enum"] == list(OBJECT_TYPES)


MANUAL = ("contacts", "companies", "deals")


def test_each_object_type_can_be_synced_by_hand_and_by_nothing_else(told: Any) -> None:
    for object_type in MANUAL:
        dag = told["dags"][f"manual_sync_{object_type}"]
        assert dag["schedule"] == "None"
        assert {"check", "tell"} < set(dag["tasks"])
        assert object_type in dag["doc"]
        assert '"ids": [' in dag["doc"]


def test_every_parameter_of_a_manual_sync_says_what_it_is_for(told: Any) -> None:
    for object_type in MANUAL:
        params = told["dags"][f"manual_sync_{object_type}"]["params"]
        assert all(one["description"] and one["title"] for one in params.values())
        assert params["direction"]["enum"] == ["rules", "to_salesforce", "to_hubspot"]
    told_of = {name: set(told["dags"][f"manual_sync_{name}"]["params"]) for name in MANUAL}
    assert "emails" in told_of["contacts"] - told_of["companies"]
    assert "domains" in told_of["companies"] - told_of["contacts"]
    assert "follow_parents" in told_of["deals"] - told_of["companies"]


def test_the_check_comes_before_anything_and_parents_before_children(told: Any) -> None:
    tasks = told["dags"]["manual_sync_deals"]["tasks"]
    assert tasks["check"]["upstream"] == []
    assert "check" in tasks["companies.extract"]["upstream"]
    assert "companies.commit" in tasks["contacts.extract"]["upstream"]
    assert "contacts.commit" in tasks["deals.extract"]["upstream"]
    assert "deals.commit" in tasks["tell"]["upstream"]
    assert tasks["tell"]["trigger_rule"] == "none_failed"


def test_taking_a_run_back_is_dry_unless_told_and_begins_with_the_children(told: Any) -> None:
    dag = told["dags"]["crm_undo"]
    assert dag["params"]["dry_run"]["default"] is True
    assert dag["params"]["delete_created"]["default"] is False
    assert dag["schedule"] == "None"
    tasks = dag["tasks"]
    order = ("deals", "contacts", "companies")
    steps = [f"{name}.{step}" for name in order for step in ("extract", "plan", "load", "commit")]
    assert set(tasks) == {"check", "tell", *steps}
    for earlier, later in pairwise(["check", *steps, "tell"]):
        assert earlier in tasks[later]["upstream"]
    assert {name for name, one in tasks.items() if one["pool"] == "crm_writes"} == {
        f"{name}.load" for name in order
    }


def test_the_baseline_is_a_dry_run_unless_told_otherwise_and_writes_in_the_pool(told: Any) -> None:
    dag = told["dags"]["crm_baseline"]
    assert {name for name, task in dag["tasks"].items() if task["pool"] == "crm_writes"} == {
        f"apply_{name}" for name in OBJECT_TYPES
    }
    order = ["check", *(f"{task}_{name}" for name in OBJECT_TYPES for task in ("look", "apply"))]
    assert set(dag["tasks"]) == set(order)
    for earlier, later in pairwise(order):
        assert earlier in dag["tasks"][later]["upstream"]
    assert dag["params"]["match_by"]["items"]["enum"] == sorted(
        EVERY_RULE, key=("native_links", "domain", "email", "further_emails").index
    )
    assert dag["params"]["dry_run"]["default"] is True


@pytest.mark.parametrize("name", ["crm_baseline", "crm_import", "crm_backfill"])
def test_what_takes_very_many_records_is_dry_unless_told_and_writes_in_the_pool(
    told: Any, name: str
) -> None:
    dag = told["dags"][name]
    assert dag["params"]["dry_run"]["default"] is True
    assert dag["schedule"] == "None"
    for task_id, task in dag["tasks"].items():
        assert (task["pool"] == "crm_writes") == task_id.startswith("apply")
    assert all(one["description"] and one["title"] for one in dag["params"].values())
