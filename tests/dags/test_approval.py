"""Asking a person before a plan is written: only where the setting says so, else at no cost."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.dags.forking import ROOT, Mother, forking

OBJECT_TYPES = ("companies", "contacts", "deals")
EVERY = """
import json
from airflow.dag_processing.dagbag import DagBag
bag = DagBag("dags")
told = {
    dag.dag_id: {one.task_id: sorted(one.upstream_task_ids) for one in dag.tasks}
    for dag in bag.dags.values()
}
print("TOLD" + json.dumps(told))
"""
READ = """
import json, sys
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(sys.argv[1])
dag = bag.dags.get(sys.argv[2])
told = {
    "errors": bag.import_errors,
    "asks": "airflow.providers.standard.operators.hitl" in sys.modules,
    "timeout": dag.dagrun_timeout.total_seconds(),
    "tasks": {one.task_id: sorted(one.upstream_task_ids) for one in dag.tasks},
    "retries": {one.task_id: one.retries for one in dag.tasks},
    "alerts": {one.task_id: len(one.on_failure_callback) for one in dag.tasks},
}
print("TOLD" + json.dumps(told))
"""


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mother]:
    """As it is before any DAG file is read."""
    own = {
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
    }
    home = tmp_path_factory.mktemp("airflow")
    with forking("import airflow.dag_processing.dagbag", home, own) as mother:
        yield mother


def told(airflow: Mother, file: str = "crm_sync", dag: str = "crm_sync", **settings: str) -> Any:
    """A DAG as Airflow reads it, in a process of its own."""
    return printed(airflow, READ, f"dags/{file}.py", dag, **settings)


def printed(airflow: Mother, code: str, *arguments: str, **settings: str) -> Any:
    """What code prints that reads the DAGs, in a process of its own."""
    lines = airflow.ask(code, *arguments, **settings)
    line = next(line for line in lines if line.startswith("TOLD"))
    return json.loads(line.removeprefix("TOLD"))


@pytest.mark.parametrize("setting", ["", "crm_baseline"])
def test_without_the_setting_nobody_is_asked_and_nothing_is_loaded_for_it(
    airflow: Mother, setting: str
) -> None:
    dag = told(airflow, CRMSYNC_APPROVE=setting)
    assert dag["errors"] == {}
    assert not dag["asks"]
    assert not [task for task in dag["tasks"] if task.endswith("approve")]
    assert dag["timeout"] == 45 * 60


@pytest.mark.parametrize("setting", ["crm_sync", "crm_baseline, crm_sync", "always"])
def test_with_the_setting_each_load_waits_for_an_answer(airflow: Mother, setting: str) -> None:
    dag = told(airflow, CRMSYNC_APPROVE=setting, CRMSYNC_APPROVE_HOURS="2")
    assert dag["errors"] == {}
    for name in OBJECT_TYPES:
        assert dag["tasks"][f"{name}.approve"] == [f"{name}.plan"]
        assert f"{name}.approve" in dag["tasks"][f"{name}.load"]
        assert dag["retries"][f"{name}.approve"] >= 2
        assert dag["alerts"][f"{name}.approve"] == 1
    assert dag["timeout"] == 45 * 60 + 3 * 2 * 3600


def test_a_manual_sync_asks_where_the_setting_names_it_and_others_do_not(airflow: Mother) -> None:
    for object_type, asks in (("contacts", True), ("companies", False)):
        name = f"manual_sync_{object_type}"
        dag = told(airflow, "manual_sync", name, CRMSYNC_APPROVE="manual_sync_contacts")
        assert dag["errors"] == {}
        assert ("contacts.approve" in dag["tasks"]) is asks
        assert ("companies.approve" in dag["tasks"]) is asks
    dag = told(airflow, "manual_sync", "manual_sync_deals")
    assert not dag["asks"]
    assert not [task for task in dag["tasks"] if task.endswith("approve")]


def test_always_means_every_dag_that_writes_a_plan_in_a_task_of_its_own(airflow: Mother) -> None:
    every = printed(airflow, EVERY, CRMSYNC_APPROVE="always")
    loads = {
        (dag, task) for dag, tasks in every.items() for task in tasks if task.endswith(".load")
    }
    assert {"crm_sync", "crm_undo", "crm_retry", "manual_sync_deals"} <= {dag for dag, _ in loads}
    for dag, task in loads:
        approve = f"{task.removesuffix('.load')}.approve"
        assert approve in every[dag][task], dag
