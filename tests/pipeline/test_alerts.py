"""What alerts say, when they are sent, and that neither mail nor Slack takes them for a program.

Airflow is loaded in a process of its own; mail and webhook go to listeners on loopback.
"""

import html
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from include.crmsync import errors
from include.crmsync.errors import GuardTripped, LimitReached, SyncError, Unauthorized
from include.crmsync.pipeline import notify
from include.crmsync.pipeline.alerts import Alert, Concern, Where, failure, late
from tests.conftest import ROOT
from tests.listeners import Mailbox, Requests, mailbox, web_listener
from tests.pipeline.two_crms import TwoCrms

WHERE = Where("crm_sync", "scheduled__1", "contacts.plan", "http://airflow/task")
PLAN = "0123456789abcdef"
GUARDED = GuardTripped(f"the plan {PLAN} would clear fields of 80 contacts (more than 50)")
SEND = """
import json, sys
from include.crmsync.pipeline.alerts import Alert, Concern
from include.crmsync.pipeline.wiring.channels import send
told = json.loads(sys.stdin.read())
print("REACHED", *send(Alert(Concern.GUARD, told["subject"], told["text"], "key")))
"""


def test_the_guards_alert_names_the_plan_and_how_to_let_it_through() -> None:
    alert = failure(GUARDED, WHERE)
    assert alert.concern is Concern.GUARD
    assert alert.subject == "[crmsync] contacts: the guard stopped a plan"
    assert f'trigger crm_sync once with {{"allow_plan": "{PLAN}"}}' in alert.text
    assert "DAG crm_sync, run scheduled__1, task contacts.plan" in alert.text
    assert alert.text.endswith(WHERE.url)


def test_of_a_request_the_guards_alert_says_to_ask_for_the_same_again() -> None:
    alert = failure(GUARDED, Where("manual_sync_contacts", "manual__1", "contacts.plan"))
    said = f'trigger manual_sync_contacts once with {{"allow_plan": "{PLAN}"}}, beside all that it'
    assert said in alert.text
    assert "crm_sync" not in alert.text


def test_a_retry_takes_no_plan_so_its_kept_plan_is_applied_instead() -> None:
    alert = failure(GUARDED, Where("crm_retry", "manual__1", "contacts.plan"))
    assert f'trigger crm_sync once with {{"apply_plan": "{PLAN}"}}' in alert.text


@pytest.mark.parametrize(
    ("error", "concern", "step"),
    [
        (LimitReached("spent"), Concern.ALLOCATION, "changes wait"),
        (Unauthorized("401"), Concern.SUSPENSION, "renew the token"),
        (Unauthorized("403 API_DISABLED_FOR_ORG"), Concern.SUSPENSION, "switch the API on"),
        (errors.ConfigError("wrong"), Concern.SETTINGS, "Mend what the message names"),
        (errors.Unavailable("503"), Concern.OUTAGE, "goes on by itself"),
        (errors.Busy("locked"), Concern.STATE, "The lock ends with its holder"),
        (errors.Rejected("400", "INVALID_FIELD"), Concern.REFUSAL, "Mend the mapping"),
    ],
)
def test_each_kind_of_error_has_its_own_next_step(
    error: SyncError, concern: Concern, step: str
) -> None:
    alert = failure(error, WHERE)
    assert alert.concern is concern
    assert str(error) in alert.text
    assert step in alert.text


def test_every_error_of_ours_has_words_of_its_own() -> None:
    classes = [
        one
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, SyncError) and one is not SyncError
    ]
    assert len(classes) > 8
    for one in classes:
        assert failure(one("what happened"), WHERE).concern is not Concern.UNEXPECTED


def test_the_message_of_an_error_nobody_raised_on_purpose_is_not_repeated() -> None:
    alert = failure(KeyError("ada@example.com"), WHERE)
    assert alert.concern is Concern.UNEXPECTED
    assert "KeyError" in alert.text
    assert "ada@example.com" not in alert.text + alert.subject + alert.key


FAULTY = """
import logging, sys, traceback
from airflow.sdk.execution_time import task_runner
from include.crmsync.pipeline.step import step
from tests.pipeline.two_crms import TwoCrms
from pathlib import Path

task_runner.SUPERVISOR_COMMS = None  # how Airflow tells that a task runs here

def reconcile(value):
    raise KeyError(value)

shop = TwoCrms(Path(sys.argv[1])).workshop()
try:
    with step("plan", "contacts", "run", shop):
        reconcile("ada@example.com")
except Exception:
    print(traceback.format_exc())
"""


def test_a_fault_inside_a_task_names_its_places_and_never_repeats_its_message(
    tmp_path: Path,
) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", FAULTY, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env=os.environ | {"AIRFLOW_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
    )
    assert "Fault: KeyError, a fault in the code" in answer.stdout
    assert "in reconcile" in answer.stdout
    assert "ada@example.com" not in answer.stdout + answer.stderr


def test_a_late_run_is_told_with_its_minutes() -> None:
    alert = late(Where("crm_sync", "scheduled__1"), 30)
    assert alert.subject == "[crmsync] a run has not succeeded 30 minutes after it was due"


def sending(monkeypatch: pytest.MonkeyPatch, *reached: str) -> list[Alert]:
    """Have alerts reach these channels; the list of what was sent."""
    sent: list[Alert] = []

    def send(alert: Alert) -> list[str]:
        sent.append(alert)
        return list(reached)

    monkeypatch.setattr(notify, "send", send)
    return sent


def test_one_trouble_is_told_once_in_a_while_and_another_at_once(
    crms: TwoCrms, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = sending(monkeypatch, "email")
    shop = crms.workshop()
    first, other = failure(GUARDED, WHERE), failure(GuardTripped(f"plan {PLAN[::-1]}"), WHERE)
    for alert in (first, first, other):
        notify.tell(alert, shop)
    assert sent == [first, other]
    crms.clock.advance(3 * 3600)
    notify.tell(first, shop)
    assert sent == [first, other, first]
    shop.close()


def test_an_alert_that_reached_nobody_is_sent_again(
    crms: TwoCrms, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = sending(monkeypatch)
    shop = crms.workshop()
    for _ in range(2):
        notify.tell(failure(GUARDED, WHERE), shop)
    assert len(tries) == 2
    shop.close()


def test_an_alert_is_sent_though_the_state_store_does_not_answer(
    crms: TwoCrms, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = sending(monkeypatch, "email")
    shop = crms.workshop()

    class Down:
        def claim(self, *_: object) -> bool:
            raise errors.Unreachable("down")

        def release(self, *_: object) -> None:
            raise errors.Unreachable("down")

    shop.notices = Down()  # type: ignore[assignment]
    assert notify.tell(failure(GUARDED, WHERE), shop) == ["email"]
    assert len(sent) == 1


def sent_by_airflow(home: Path, told: dict[str, str], **connections: Any) -> tuple[list[str], str]:
    """Send an alert in a process that has these Airflow connections: who took it, and the log."""
    kept = {name: value for name, value in os.environ.items() if "AIRFLOW" not in name}
    answer = subprocess.run(
        [sys.executable, "-c", SEND],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=kept
        | {"AIRFLOW_HOME": str(home), "PYTHONPATH": str(ROOT)}
        | {
            f"AIRFLOW_CONN_{name.upper()}": json.dumps(value) for name, value in connections.items()
        },
    )
    [line] = [one for one in answer.stdout.splitlines() if one.startswith("REACHED")] or [
        pytest.fail(answer.stderr)
    ]
    return line.split()[1:], answer.stdout + answer.stderr


def email(box: Mailbox) -> dict[str, Any]:
    extra = {"from_email": "crmsync@example.org", "to": "one@example.org, two@example.org"}
    extra |= {"disable_ssl": True, "disable_tls": True, "retry_limit": 0}  # type: ignore[dict-item]
    return {
        "conn_type": "smtp",
        "host": "127.0.0.1",
        "port": box.port,
        "login": "crmsync",
        "password": "mail-secret",
        "extra": extra,
    }


def slack(hooks: Requests) -> dict[str, Any]:
    return {"conn_type": "slackwebhook", "password": f"{hooks.url}/services/T/B/hook-secret"}


HOSTILE = {
    "subject": "[crmsync] {{ 7 * 7 }} \n\nBcc: thief@example.org",
    "text": "{{ conn.crmsync_slack.password }} <script>alert(1)</script> <!channel> & {% x %}",
}


def test_an_alert_arrives_by_mail_and_in_slack_as_it_was_written(tmp_path: Path) -> None:
    with mailbox() as box, web_listener() as hooks:
        reached, log = sent_by_airflow(
            tmp_path, HOSTILE, crmsync_email=email(box), crmsync_slack=slack(hooks)
        )
        assert reached == ["email", "slack"]
        [mail] = box.mails
        [(path, body)] = hooks.got
    assert mail["Subject"] == "[crmsync] {{ 7 * 7 }} Bcc: thief@example.org"
    assert mail["Bcc"] is None
    assert [one.split(":")[1] for one in box.recipients] == [
        "<one@example.org>",
        "<two@example.org>",
    ]
    [text] = box.texts()
    assert html.escape(HOSTILE["text"]) in text
    assert path == "/services/T/B/hook-secret"
    assert "&lt;!channel&gt;" in body["text"]
    assert "{{ conn.crmsync_slack.password }}" in body["text"]
    assert "hook-secret" not in text + body["text"]
    assert "mail-secret" not in log
    assert "hook-secret" not in log


def test_without_connections_nothing_is_sent_and_nothing_fails(tmp_path: Path) -> None:
    reached, log = sent_by_airflow(tmp_path, HOSTILE)
    assert reached == []
    assert "Traceback" not in log


def test_a_channel_that_fails_keeps_nobody_else_waiting_and_tells_no_secret(tmp_path: Path) -> None:
    with mailbox() as box, web_listener() as hooks:
        hooks.status = 500
        reached, log = sent_by_airflow(
            tmp_path, HOSTILE, crmsync_email=email(box), crmsync_slack=slack(hooks)
        )
    assert reached == ["email"]
    assert "channel=slack failed" in log
    assert "hook-secret" not in log
