"""crm_sync in a real Airflow that sends its metrics to an OpenTelemetry collector."""

from collections.abc import Iterator

import pytest

from scripts.airflow_api import AirflowApi
from scripts.stage import Stage
from scripts.surroundings import Local
from tests.collector import Collector, collector
from tests.conftest import free_port

pytestmark = [pytest.mark.airflow, pytest.mark.long]
PREFIX = "airflow.crmsync."


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collector]:
    """What a collector was told of one run over the demo data."""
    local = Local(tmp_path_factory.mktemp("otel") / "local", free_port(), free_port())
    with collector() as found:
        settings = {
            "AIRFLOW__METRICS__OTEL_ON": "True",
            "OTEL_EXPORTER_OTLP_ENDPOINT": found.url,
            "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "delta",
        }
        with Stage(local, print, sandbox_only=True, told=settings) as stage:
            stage.start_sandbox("demo")
            stage.settle_airflow()
            stage.start_airflow(triggerer=False)
            airflow = AirflowApi.sign_in(local)
            airflow.unpause("crm_sync")
            run = airflow.trigger("crm_sync")
            states = {
                task: state for task, state, _ in airflow.follow("crm_sync", run, seconds=300)
            }
            assert "failed" not in states.values()
        yield found


def test_what_every_step_says_arrives_though_its_process_ends_at_once(told: Collector) -> None:
    names = {one.name.removeprefix(PREFIX) for one in told.told if one.name.startswith(PREFIX)}
    wanted = {
        f"{object_type}.{step}.duration"
        for object_type in ("companies", "contacts", "deals")
        for step in ("extract", "validate", "plan", "load", "commit")
    }
    wanted |= {
        "contacts.hubspot.extracted",
        "contacts.hubspot.created",
        "contacts.salesforce.calls",
        "contacts.hubspot.held_now",
        "contacts.salesforce.lag_seconds",
        "contacts.links_now",
    }
    assert wanted - names == set()
    assert told.paths == {"/v1/metrics"}


def test_counters_gauges_and_durations_keep_their_kinds(told: Collector) -> None:
    assert {one.kind for one in told.named(f"{PREFIX}contacts.hubspot.created")} == {"sum"}
    assert {one.kind for one in told.named(f"{PREFIX}contacts.links_now")} == {"gauge"}
    took = told.named(f"{PREFIX}contacts.load.duration")
    assert {(one.kind, one.unit) for one in took} == {("exponential_histogram", "ms")}
    assert sum(one.value for one in told.named(f"{PREFIX}contacts.hubspot.created")) > 0
    assert max(one.value for one in told.named(f"{PREFIX}contacts.links_now")) > 0


def test_airflows_own_metrics_come_with_their_tags_and_ours_carry_none(told: Collector) -> None:
    ours = [one for one in told.told if one.name.startswith(PREFIX)]
    assert {str(one.attributes) for one in ours} == {"{}"}
    assert any(one.attributes.get("dag_id") == "crm_sync" for one in told.told)


def test_no_value_of_a_record_is_among_them(told: Collector) -> None:
    sent = b"".join(told.raw)
    assert b"crmsync.contacts" in sent
    assert b"example." not in sent  # part of every address and domain of the demo data
    assert "@" not in str(told.told)
