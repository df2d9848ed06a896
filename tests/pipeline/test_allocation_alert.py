"""Whoever looks after the sync hears that changes wait for calls: once a day, with the next step.

The last test loads Airflow in a process of its own; mail and webhook go to listeners on loopback.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from include.crmsync.errors import LimitReached
from include.crmsync.pipeline.alerts import Alert, Concern, Where, failure
from tests.conftest import ROOT
from tests.listeners import mailbox, web_listener
from tests.pipeline.test_alerts import email, slack
from tests.pipeline.test_allocation import direction
from tests.pipeline.two_crms import TwoCrms

HOUR = 3600


@pytest.fixture
def crms(crms: TwoCrms) -> TwoCrms:
    crms.settings["calls_share"] = 1.0
    crms.hubspot.batch_size = crms.salesforce.batch_size = 5
    return crms


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Alert]:
    """Every alert that is sent, as if by mail."""
    found: list[Alert] = []

    def send(alert: Alert) -> list[str]:
        found.append(alert)
        return ["email"]

    monkeypatch.setattr("include.crmsync.pipeline.notify.send", send)
    monkeypatch.setattr("include.crmsync.pipeline.notify.in_a_task", lambda: True)
    return found


def people(crms: TwoCrms, count: int) -> None:
    for number in range(count):
        crms.hubspot_contact(email=f"c{number:03}@example.com", lastname=f"L{number}")


def leave(crms: TwoCrms, calls: int) -> None:
    crms.salesforce.limit, crms.salesforce.used = 1000, 1000 - calls


def test_a_day_without_calls_is_told_once_whatever_object_types_wait(
    crms: TwoCrms, told: list[Alert]
) -> None:
    crms.hubspot.put("companies", {"name": "Acme", "domain": "acme.example.com"})
    people(crms, 3)
    for _ in range(8):
        leave(crms, 0)
        crms.sync("companies", "contacts")
        crms.clock.advance(2.5 * HOUR)
    assert [one.concern for one in told] == [Concern.ALLOCATION]
    crms.clock.advance(5 * HOUR)
    leave(crms, 0)
    crms.sync("companies", "contacts")
    assert len(told) == 2


def test_other_troubles_are_told_again_as_often_as_before() -> None:
    where = Where("crm_sync", "run", "contacts.load")
    assert failure(LimitReached("spent"), where).daily
    assert not failure(RuntimeError(), where).daily
    companies = Where("crm_sync", "run", "companies.load")
    assert failure(RuntimeError(), where).key != failure(RuntimeError(), companies).key


def test_records_that_are_not_even_read_again_are_told_of_as_long_as_they_wait(
    crms: TwoCrms, told: list[Alert], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that reads some of them, and writes all that it read, leaves nothing of its own."""
    monkeypatch.setattr("include.crmsync.pipeline.allocation.RECORDS_A_CALL", 1)
    people(crms, 60)
    crms.clock.advance(HOUR)  # no overlap will read them
    leave(crms, 16)
    crms.sync("contacts")
    assert len(crms.links()) == 20
    told.clear()
    crms.clock.advance(23 * HOUR)
    leave(crms, 35)
    crms.sync("companies")  # whose answers tell what is left
    crms.clock.advance(2 * HOUR)
    sums = direction(crms.sync("contacts"))
    left = 60 - len(crms.links())
    assert (sums["waiting"], left > 0) == (0, True)
    [alert] = told
    assert f"{left} contacts wait, and there is not even room to read them again" in alert.text
    assert "task contacts.extract" in alert.text


RUN = """
import sys
from pathlib import Path
from types import SimpleNamespace

from airflow.sdk.execution_time import task_runner
from airflow.sdk.execution_time.context import set_current_context
from tests.pipeline.two_crms import TwoCrms

task_runner.SUPERVISOR_COMMS = None  # how Airflow tells that a task runs here
crms = TwoCrms(Path(sys.argv[1]))
crms.settings["calls_share"] = 1.0
crms.hubspot.batch_size = crms.salesforce.batch_size = 5
for number in range(40):
    crms.hubspot_contact(email=f"secret{number}@example.com", lastname="Secretive")
task = SimpleNamespace(dag_id="manual_sync_contacts", log_url="http://airflow/the-task")
for calls in (16, 0, 0):
    crms.salesforce.limit, crms.salesforce.used = 1000, 1000 - calls
    with set_current_context({"ti": task}):
        crms.sync("contacts")
    crms.clock.advance(900)
"""


def test_it_arrives_by_mail_and_in_slack_with_the_next_step_and_no_value(tmp_path: Path) -> None:
    with mailbox() as box, web_listener() as hooks:
        channels = {"crmsync_email": email(box), "crmsync_slack": slack(hooks)}
        kept = {name: value for name, value in os.environ.items() if "AIRFLOW" not in name}
        subprocess.run(
            [sys.executable, "-c", RUN, str(tmp_path)],
            capture_output=True,
            check=True,
            cwd=ROOT,
            env=kept
            | {"AIRFLOW_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
            | {f"AIRFLOW_CONN_{one.upper()}": json.dumps(told) for one, told in channels.items()},
        )
        [mail] = box.texts()
        [(_, message)] = hooks.got
    assert "contacts: the allocation of API calls is spent" in mail
    assert "DAG manual_sync_contacts, run run-1, task contacts.load" in mail
    assert "http://airflow/the-task" in mail
    assert "Next step: Nothing is lost: changes wait" in mail
    assert "writes of contacts wait for room in the calls of the day" in message["text"]
    for text in (mail, message["text"]):
        assert "secret" not in text.lower().replace("hook-secret", "")
