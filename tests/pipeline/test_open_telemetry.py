"""Our numbers as an OpenTelemetry collector gets them: name, kind, unit, value.

Airflow is loaded in a process of its own, and starts its metrics as it does in a task.
"""

import os
import subprocess
import sys
from pathlib import Path

from tests.collector import Collector, collector
from tests.conftest import ROOT

EMIT = """
from airflow.sdk.configuration import conf
from airflow.sdk.observability import stats
from airflow.sdk.observability.metrics import stats_utils

stats.initialize(factory=stats_utils.get_stats_factory(), export_legacy_names=True)

from include.crmsync.pipeline.measures import Kind, Measure, of_step
from include.crmsync.pipeline.wiring.metrics import emit

emit(lambda: of_step("plan", "deals", 1.5, "GuardTripped"))
emit(lambda: [Measure(Kind.GAUGE, "crmsync.contacts.hubspot.lag_seconds", 590.5)])
emit(lambda: [Measure(Kind.COUNT, "crmsync.contacts.hubspot.created", 3)] * 2)
"""


def sent(home: Path, told: Collector, **settings: str) -> str:
    """Emit in a process with these settings; what it logged."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AIRFLOW", "OTEL"))
    }
    answer = subprocess.run(
        [sys.executable, "-c", EMIT],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env=kept
        | {"AIRFLOW_HOME": str(home), "PYTHONPATH": str(ROOT)}
        | {"OTEL_EXPORTER_OTLP_ENDPOINT": told.url}
        | settings,
    )
    return answer.stdout + answer.stderr


def test_counters_gauges_and_timers_arrive_by_their_names(tmp_path: Path) -> None:
    with collector() as told:
        log = sent(
            tmp_path,
            told,
            AIRFLOW__METRICS__OTEL_ON="True",
            OTEL_SERVICE_NAME="our-sync",
            OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE="delta",
        )
    assert "were not told" not in log
    assert told.paths == {"/v1/metrics"}
    found = {one.name: one for one in told.told}
    assert set(found) == {
        "airflow.crmsync.deals.plan.duration",
        # OpenTelemetry's names are all in lower case.
        "airflow.crmsync.deals.plan.failed.guardtripped",
        "airflow.crmsync.contacts.hubspot.lag_seconds",
        "airflow.crmsync.contacts.hubspot.created",
    }
    assert {one.service for one in told.told} == {"our-sync"}
    took = found["airflow.crmsync.deals.plan.duration"]
    assert (took.kind, took.unit, took.value) == ("exponential_histogram", "ms", 1500.0)
    lag = found["airflow.crmsync.contacts.hubspot.lag_seconds"]
    assert (lag.kind, lag.value) == ("gauge", 590.5)
    created = found["airflow.crmsync.contacts.hubspot.created"]
    assert (created.kind, created.value) == ("sum", 6)
    assert created.delta
    assert found["airflow.crmsync.deals.plan.failed.guardtripped"].value == 1


def test_nothing_is_sent_until_it_is_switched_on(tmp_path: Path) -> None:
    with collector() as told:
        sent(tmp_path, told)
    assert told.raw == []


def test_a_collector_that_does_not_answer_stops_nothing(tmp_path: Path) -> None:
    """The exporter gives up within the time that it is allowed."""
    with collector() as gone:
        pass
    sent(
        tmp_path,
        gone,
        AIRFLOW__METRICS__OTEL_ON="True",
        OTEL_EXPORTER_OTLP_TIMEOUT="1",
    )
