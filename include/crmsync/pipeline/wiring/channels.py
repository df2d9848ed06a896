"""Where alerts go: by e-mail and to Slack, with Airflow's own notifiers and connections.

A channel is on when its connection exists. `crmsync_email` is of type smtp and says in its extra
whom to write `to`, beside `from_email`; `crmsync_slack` is of type slackwebhook. The notifiers
are asked to notify, not called: called, they would take their text for a Jinja template, and what
a CRM said could then read Airflow's connections.
"""

import html
import logging
from collections.abc import Callable
from typing import Any

from include.crmsync.pipeline.alerts import Alert

log = logging.getLogger("crmsync")

EMAIL, SLACK = "crmsync_email", "crmsync_slack"
"""Airflow connection ids."""


def send(alert: Alert) -> list[str]:
    """Send an alert by every channel that is set up; the names of those that took it."""
    channels: dict[str, Callable[[Alert], bool]] = {"email": _email, "slack": _slack}
    return [name for name, channel in channels.items() if _took(name, channel, alert)]


def at_work() -> tuple[str, str]:
    """The DAG whose task this process is at, and Airflow's page of it; empty outside of tasks."""
    from airflow.sdk import get_current_context

    try:
        ti: Any = get_current_context()["ti"]
    except RuntimeError:
        return "", ""
    return str(ti.dag_id), str(getattr(ti, "log_url", "") or "")


def cause_of(error: BaseException | None) -> BaseException | None:
    """The error of ours behind the one that Airflow was given."""
    from airflow.sdk.exceptions import AirflowFailException

    if isinstance(error, AirflowFailException) and error.__cause__ is not None:
        return error.__cause__
    return error


def _took(name: str, channel: Callable[[Alert], bool], alert: Alert) -> bool:
    try:
        return channel(alert)
    except Exception as error:  # noqa: BLE001  an alert never adds to the trouble it is about
        # Not the message: a webhook's address is its password.
        log.warning("alert=%s channel=%s failed: %s", alert.concern, name, type(error).__name__)
        return False


def _email(alert: Alert) -> bool:
    extra = _extra(EMAIL)
    if extra is None:
        return False
    to = [one.strip() for one in str(extra.get("to") or "").split(",") if one.strip()]
    if not to:
        log.warning("the connection %s says in its extra nobody to write `to`", EMAIL)
        return False
    from airflow.providers.smtp.notifications.smtp import SmtpNotifier

    SmtpNotifier(
        to=to,
        from_email=str(extra.get("from_email") or to[0]),
        subject=" ".join(alert.subject.split()),
        html_content=f"<pre>{html.escape(alert.text)}</pre>",
        smtp_conn_id=EMAIL,
    ).notify({})
    return True


def _slack(alert: Alert) -> bool:
    if _extra(SLACK) is None:
        return False
    from airflow.providers.slack.notifications.slack_webhook import SlackWebhookNotifier

    text = f"*{_slack_text(alert.subject)}*\n{_slack_text(alert.text)}"
    notifier: Any = SlackWebhookNotifier(slack_webhook_conn_id=SLACK, text=text, unfurl_links=False)
    notifier.notify({})
    return True


def _slack_text(text: str) -> str:
    """Without Slack's own marks: else a CRM's words could call everybody in the channel."""
    return html.escape(text, quote=False)


def _extra(connection_id: str) -> dict[str, object] | None:
    """What a connection's extra says; None: there is no such connection, the channel is off."""
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        found = Connection.get(connection_id)
    except AirflowNotFoundException:
        return None
    return dict(found.extra_dejson or {})
