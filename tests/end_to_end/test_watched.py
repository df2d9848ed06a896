"""A real Airflow that is watched from all sides: mail, Slack, StatsD, OpenLineage.

Every mapped field of both CRMs and every credential holds a canary. Runs succeed, are refused, trip
the guard and lose their credentials; then whatever came out of it anywhere is searched.
"""

import json
import re
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from include.crmsync.mappings.loader import load_all
from include.crmsync.model.mapping import FieldType
from include.crmsync.model.record import System
from scripts.airflow_api import AirflowApi
from scripts.stage import Stage
from scripts.surroundings import Local
from tests.conftest import Sandbox, free_port
from tests.end_to_end.outside import Outside
from tests.listeners import (
    Datagrams,
    Mailbox,
    Requests,
    datagram_listener,
    mailbox,
    web_listener,
)

pytestmark = [pytest.mark.airflow, pytest.mark.long]
LIST = "/_sandbox/lists/Salesforce%20inclusion%20list/members"
MAIL_SECRET, HOOK_SECRET, WRONG_TOKEN = "canarymailpw", "canaryhookpath", "canarywrongtoken"
SECRETS = ("sandbox-hubspot-token", "sandbox-client-secret", MAIL_SECRET, HOOK_SECRET, WRONG_TOKEN)
CANARY = "zanarie"
"""Part of every value that is planted; part of nothing else."""
DEALS = 14
"""More than the guard lets be deleted."""


class Watched(Stage):
    """A stage whose processes know where their watchers listen."""

    extra: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | self.extra


@dataclass
class Scene:
    """What ran, and everything that came out of it."""

    local: Local
    airflow: AirflowApi
    box: Mailbox
    slack: Requests
    lineage: Requests
    metrics: Datagrams
    states: dict[str, dict[str, str]] = field(default_factory=dict)
    """What was done -> task -> state."""

    @property
    def outside(self) -> Outside:
        return Outside(self.local.sandbox_url)

    @property
    def sandbox(self) -> Sandbox:
        return Sandbox(self.local.sandbox_url)

    def run(self, what: str, dag: str = "crm_sync", conf: dict[str, Any] | None = None) -> None:
        """Trigger a DAG and wait for its end."""
        run = self.airflow.trigger(dag, conf)
        self.states[what] = {
            task: state for task, state, _ in self.airflow.follow(dag, run, seconds=300)
        }


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("watched") / "local"
    local = Local(folder, free_port(), free_port())
    with ExitStack() as stack:
        box, slack = stack.enter_context(mailbox()), stack.enter_context(web_listener())
        lineage, metrics = (
            stack.enter_context(web_listener()),
            stack.enter_context(datagram_listener()),
        )
        stage = Watched(local, print, sandbox_only=True)
        stage.extra = environment(box, slack, lineage, metrics)
        stack.enter_context(stage)
        stage.start_sandbox("empty")
        stage.settle_airflow()
        stage.start_airflow(triggerer=False)
        found = Scene(local, AirflowApi.sign_in(local), box, slack, lineage, metrics)
        play(found)
        yield found


def environment(
    box: Mailbox, slack: Requests, lineage: Requests, metrics: Datagrams
) -> dict[str, str]:
    extra: dict[str, Any] = {"from_email": "crmsync@example.org", "to": "team@example.org"}
    extra |= {"disable_ssl": True, "disable_tls": True, "retry_limit": 0}
    email = {"conn_type": "smtp", "host": "127.0.0.1", "port": box.port, "login": "crmsync"}
    return {
        "AIRFLOW_CONN_CRMSYNC_EMAIL": json.dumps(email | {"password": MAIL_SECRET, "extra": extra}),
        "AIRFLOW_CONN_CRMSYNC_SLACK": json.dumps(
            {"conn_type": "slackwebhook", "password": f"{slack.url}/{HOOK_SECRET}"}
        ),
        "AIRFLOW__METRICS__STATSD_ON": "True",
        "AIRFLOW__METRICS__STATSD_HOST": "127.0.0.1",
        "AIRFLOW__METRICS__STATSD_PORT": str(metrics.port),
        "AIRFLOW__OPENLINEAGE__TRANSPORT": json.dumps({"type": "http", "url": lineage.url}),
        "AIRFLOW__OPENLINEAGE__NAMESPACE": "crmsync",
    }


def play(scene: Scene) -> None:
    """Plant, sync, refuse, delete, take the credentials away, audit, digest, forget."""
    contact, opportunities = plant(scene)
    for dag in ("crm_drift_audit", "crm_digest", "crm_retention"):
        scene.airflow.ask("PATCH", f"dags/{dag}", {"is_paused": False})
    scene.airflow.unpause("crm_sync")
    scene.run("the first run")
    refuse(scene, contact)
    scene.run("a refusal")
    for id_ in opportunities:
        scene.outside.salesforce("DELETE", f"sobjects/Opportunity/{id_}")
    scene.run("the guard")
    scene.run("the audit", "crm_drift_audit", {"mend": True})
    scene.run("the digest", "crm_digest")
    lose_credentials(scene)
    delete_everywhere(scene, contact)
    scene.run("forgetting", "crm_retention", {"forget": contact})


def plant(scene: Scene) -> tuple[str, list[str]]:
    """A canary in every mapped field of text, in both CRMs; a contact, and opportunities."""
    outside = scene.outside
    account = outside.salesforce("POST", "sobjects/Account", salesforce_fields("companies"))["id"]
    for kind in ("Contact", "Lead"):
        fields = salesforce_fields("contacts", kind) | {"Email": f"{CANARY}.{kind}@example.com"}
        fields |= {"Company": f"{CANARY} Ltd"} if kind == "Lead" else {"AccountId": account}
        outside.salesforce("POST", f"sobjects/{kind}", fields)
    opportunities = []
    for number in range(DEALS):
        fields = salesforce_fields("deals", "Opportunity") | {
            "Name": f"{CANARY} {number}",
            "StageName": "Prospecting",
            "CloseDate": "2026-12-01",
            "AccountId": account,
        }
        opportunities.append(outside.salesforce("POST", "sobjects/Opportunity", fields)["id"])
    properties = hubspot_properties("contacts") | {"email": f"{CANARY}.hubspot@example.com"}
    body = {"properties": properties}
    contact = outside.hubspot("POST", "/crm/v3/objects/contacts", body)["id"]
    scene.sandbox.call("PUT", LIST, {"add": [contact]})
    return str(contact), opportunities


def text_fields(object_type: str) -> list[Any]:
    mapping = load_all()[object_type]
    return [
        one
        for one in mapping.fields
        if one.type in (FieldType.STRING, FieldType.TEXT, FieldType.PHONE) and not one.values
    ]


def value_of(one: Any) -> str:
    return f"+44 20 7946 0{len(one.name):03} x{CANARY}" if one.type is FieldType.PHONE else CANARY


def salesforce_fields(object_type: str, kind: str = "Account") -> dict[str, str]:
    fields = text_fields(object_type)
    return {one.salesforce[kind]: value_of(one) for one in fields if kind in one.salesforce}


def hubspot_properties(object_type: str) -> dict[str, str]:
    return {one.hubspot: value_of(one) for one in text_fields(object_type) if one.hubspot}


def refuse(scene: Scene, contact: str) -> None:
    """A validation rule whose message repeats the value."""
    rule = {"formula": f'CONTAINS(Title, "{CANARY} refused")', "error_field": "Title"}
    rule |= {"error_message": f"{CANARY} refused is no title"}
    rules = {"validation_rules": {"Contact.No_canaries": rule}}
    scene.sandbox.settings(salesforce=rules)
    change = {"properties": {"jobtitle": f"{CANARY} refused"}}
    scene.outside.hubspot("PATCH", f"/crm/v3/objects/contacts/{contact}", change)


def lose_credentials(scene: Scene) -> None:
    connection = {"connection_id": "hubspot_default", "conn_type": "http"}
    body = connection | {"host": scene.local.sandbox_url, "password": WRONG_TOKEN}
    scene.airflow.ask("PATCH", "connections/hubspot_default", body)
    try:
        scene.run("no credentials")
    finally:
        restored = body | {"password": "sandbox-hubspot-token"}
        scene.airflow.ask("PATCH", "connections/hubspot_default", restored)


def delete_everywhere(scene: Scene, contact: str) -> None:
    """What a person who was asked to forget somebody does first."""
    found = scene.outside.query(f"SELECT Id FROM Contact WHERE crmsync_hubspot_id__c = '{contact}'")
    for row in found:
        scene.outside.salesforce("DELETE", f"sobjects/Contact/{row['Id']}")
    scene.outside.hubspot("POST", "/crm/v3/objects/contacts/gdpr-delete", {"objectId": contact})


def told(scene: Scene) -> list[str]:
    """Every alert by mail."""
    return scene.box.texts()


# What happened.


def test_what_was_played_did_happen(scene: Scene) -> None:
    states = scene.states
    # A scheduled run may have done the work of a triggered one.
    assert "failed" not in {*states["the first run"].values(), *states["a refusal"].values()}
    assert states["the guard"]["deals.plan"] == "failed"
    assert set(states["the audit"].values()) == {"success"}
    assert set(states["the digest"].values()) == {"success"}
    assert states["no credentials"]["companies.extract"] == "failed"
    assert set(states["forgetting"].values()) == {"success"}


# Alerts.


def test_the_guard_is_told_by_mail_and_in_slack_with_its_plan(scene: Scene) -> None:
    [mail] = [text for text in told(scene) if "the guard stopped a plan" in text]
    assert "deals: the guard stopped a plan" in mail
    assert "allow_plan" in mail
    [slack] = [body["text"] for _, body in scene.slack.got if "the guard stopped" in body["text"]]
    assert f"delete {DEALS} deals" in slack


def test_lost_credentials_are_told_as_a_suspension_with_the_next_step(scene: Scene) -> None:
    [mail] = [text for text in told(scene) if "no longer lets the sync in" in text]
    assert "renew the token" in mail
    assert "task companies.extract" in mail


def test_the_digest_counts_the_refusal(scene: Scene) -> None:
    [mail] = [text for text in told(scene) if "digest" in text.splitlines()[0]]
    assert "FIELD_CUSTOM_VALIDATION_EXCEPTION" in mail


# Metrics and lineage.


def test_metrics_of_runs_steps_and_standing_arrive_over_udp(scene: Scene) -> None:
    ours = {line.split(":")[0] for line in scene.metrics.got if ".crmsync." in line}
    wanted = {
        "airflow.crmsync.contacts.hubspot.extracted",
        "airflow.crmsync.contacts.hubspot.created",
        "airflow.crmsync.contacts.salesforce.calls",
        "airflow.crmsync.contacts.hubspot.held_now",
        "airflow.crmsync.contacts.salesforce.lag_seconds",
        "airflow.crmsync.contacts.links_now",
        "airflow.crmsync.contacts.load.duration",
        "airflow.crmsync.deals.plan.failed.GuardTripped",
        "airflow.crmsync.companies.extract.failed.Unauthorized",
        "airflow.crmsync.contacts.audit.compared",
    }
    assert wanted - ours == set()


def test_lineage_names_both_systems_datasets_and_where_every_mapped_field_comes_from(
    scene: Scene,
) -> None:
    found = outputs(scene)
    for object_type, mapping in load_all().items():
        for system, kinds in (
            (System.HUBSPOT, (mapping.hubspot,)),
            (System.SALESFORCE, mapping.salesforce),
        ):
            for kind in kinds:
                columns = found[system.value, kind]
                for one in mapping.fields:
                    name = mapping.wire_name(one.name, system, kind)
                    if name is None or not one.rule.writes_to(system) or one.optional:
                        continue
                    if one.constant is not None or one.type is FieldType.PARENT:
                        continue
                    assert columns.get(name), (object_type, kind, name)
                    assert {one["namespace"].split(":")[0] for one in columns[name]} == {
                        str(system.other)
                    }


def outputs(scene: Scene) -> dict[tuple[str, str], dict[str, Any]]:
    """System and dataset -> field -> what it is made of, by all events."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for _, event in scene.lineage.got:
        for output in event.get("outputs") or []:
            facet = output.get("facets", {}).get("columnLineage")
            if facet:
                system = output["namespace"].split(":")[0]
                fields = {name: one["inputFields"] for name, one in facet["fields"].items()}
                found.setdefault((system, output["name"]), {}).update(fields)
    return found


# Secrecy.


def searched(text: str, *words: str) -> list[str]:
    lowered = text.lower()
    return [word for word in words if word.lower() in lowered]


def logs(scene: Scene) -> str:
    """Everything any process of ours wrote, but for the sandbox, which is the CRMs themselves."""
    files = [*(scene.local.home / "logs").rglob("*"), *scene.local.logs.glob("*.log")]
    return "\n".join(
        path.read_text("utf-8", "replace")
        for path in files
        if path.is_file() and path.name != "sandbox.log"
    )


def test_no_value_and_no_secret_is_in_any_log(scene: Scene) -> None:
    text = logs(scene)
    assert "step=load" in text
    assert "GuardTripped" in text or "would delete" in text
    assert searched(text, CANARY, *SECRETS) == []


def test_no_value_and_no_secret_is_in_an_alert_a_metric_or_lineage(scene: Scene) -> None:
    for text in (
        "\n".join(told(scene)),
        json.dumps(scene.slack.got).replace(f"/{HOOK_SECRET}", ""),
        "\n".join(scene.metrics.got),
        json.dumps(scene.lineage.got),
    ):
        assert len(text) > 100
        assert searched(text, CANARY, *SECRETS) == []


def test_no_value_and_no_secret_is_in_airflows_database(scene: Scene) -> None:
    """XComs, rendered fields, run configurations, exceptions, serialized DAGs: every table."""
    path = scene.local.home / "airflow.db"
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    text = "\n".join(database.iterdump())
    xcoms = database.execute("SELECT count(*) FROM xcom").fetchone()[0]
    database.close()
    assert xcoms > 0
    assert searched(text, CANARY, *SECRETS) == []


def test_no_value_and_no_secret_is_on_a_page_of_airflow(scene: Scene) -> None:
    pages = []
    for dag in ("crm_sync", "crm_drift_audit", "crm_digest", "crm_retention"):
        for path in (f"dags/{dag}/details", f"dagSources/{dag}", f"dags/{dag}/dagRuns"):
            pages += [scene.airflow.ask("GET", path)]
        for run in scene.airflow.runs(dag):
            pages += scene.airflow.tasks(dag, run)
    pages.append(scene.airflow.ask("GET", "connections"))
    assert searched(json.dumps(pages), CANARY, *SECRETS) == []


def test_values_are_in_the_state_store_and_in_artifacts_and_those_are_the_owners_alone(
    scene: Scene,
) -> None:
    kept = [scene.local.folder / "state", scene.local.folder / "artifacts"]
    files = [path for folder in kept for path in folder.rglob("*") if path.is_file()]
    assert any(searched(path.read_bytes().decode("latin-1"), CANARY) for path in files)
    for path in files:
        if path.suffix != ".lock":
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    folders = [path for folder in kept for path in (folder, *folder.rglob("*")) if path.is_dir()]
    assert all(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in folders)
    assert stat.S_IMODE(scene.local.folder.stat().st_mode) == 0o700


def test_the_contact_who_was_forgotten_is_in_no_table_and_no_artifact(scene: Scene) -> None:
    database = sqlite3.connect(scene.local.folder / "state" / "crmsync.db")
    text = "\n".join(database.iterdump())
    database.close()
    artifacts = (scene.local.folder / "artifacts").rglob("*.json")
    text += "".join(path.read_text("utf-8") for path in artifacts)
    assert f"{CANARY}.contact@example.com" in text.lower()
    assert f"{CANARY}.hubspot@example.com" not in text.lower()
    # The rule's own words are the org's, not the contact's: its schema is remembered with them.
    text = re.sub(rf'("message": ?|It says: \\?)"{CANARY} refused is no title', "", text)
    assert f"{CANARY} refused" not in text


def test_a_run_that_is_not_over_in_time_is_told(scene: Scene) -> None:
    """The deadline is stored with the run; Airflow itself notices that it is missed."""
    path = scene.local.home / "airflow.db"
    database = sqlite3.connect(path, timeout=30)
    columns = [row[1] for row in database.execute("PRAGMA table_info(deadline)")]
    assert "deadline_time" in columns
    before = len(told(scene))
    # A run with a task that waits: the sandbox answers late.
    scene.sandbox.faults({"system": "hubspot", "do": "delay:20", "times": 3})
    run = scene.airflow.trigger("crm_sync")
    for _ in range(100):
        with database:
            query = "UPDATE deadline SET deadline_time = '2026-01-01 00:00:00' WHERE missed = 0"
            moved = database.execute(query).rowcount
        if moved:
            break
        time.sleep(0.1)
    database.close()
    for _ in range(600):
        if any("has not succeeded" in text for text in told(scene)[before:]):
            break
        time.sleep(0.1)
    scene.sandbox.call("DELETE", "/_sandbox/faults")
    for _ in scene.airflow.follow("crm_sync", run, seconds=300):
        pass
    [mail] = [text for text in told(scene)[before:] if "has not succeeded" in text]
    assert "has not succeeded 30 minutes after it was due" in mail
