"""The only module that knows Airflow: its connections, and how a task says it failed.

Credentials come from Airflow connections and from nowhere else. A task asks Airflow for them.
The command line, which runs without Airflow, reads the same `AIRFLOW_CONN_*` variables that
Airflow would; with none set it takes those of airflow_settings.yaml, which are the sandbox's.
"""

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from include.crmsync.adapters.gateway import Gateway
from include.crmsync.adapters.http import Timeout
from include.crmsync.adapters.hubspot import HubSpot
from include.crmsync.adapters.salesforce import Salesforce
from include.crmsync.adapters.salesforce_auth import SalesforceCredentials
from include.crmsync.errors import ConfigError, Fault, SyncError
from include.crmsync.model.record import System
from include.crmsync.pipeline.settings import ROOT, Settings, from_environment
from include.crmsync.pipeline.workshop import Workshop

HUBSPOT, SALESFORCE = "hubspot_default", "salesforce_default"
"""Airflow connection ids."""

PLACES = 8
"""Places in the code that a fault names, the innermost first."""


@dataclass(frozen=True, slots=True)
class Account:
    """What a connection says, whichever way it was found."""

    id: str
    host: str | None = None
    login: str | None = None
    password: str | None = field(default=None, repr=False)
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def need(self, name: str) -> str:
        """One setting that must be there."""
        value = self.extra.get(name) or getattr(self, name, None)
        if not value:
            raise ConfigError(
                f"the Airflow connection {self.id} has no {name}. Set it under Admin >"
                " Connections; the README's section on real accounts lists what is needed."
            )
        return str(value)


def real_workshop() -> Workshop:
    """Reach both CRMs by Airflow's connections; everything else by the environment."""
    settings = from_environment()
    return Workshop(
        settings=settings,
        connect={System.HUBSPOT: partial(_hubspot, settings), System.SALESFORCE: _salesforce},
        now=partial(datetime.now, UTC),
    )


def workshop_that_waits(timeout: Timeout, sleep: Callable[[float], None]) -> Workshop:
    """For somebody who waits: its gateways wait so long, and pause as they are told to."""
    settings = from_environment()
    habits: dict[str, Any] = {"timeout": timeout, "sleep": sleep}
    workshop = Workshop(
        settings=settings,
        connect={
            System.HUBSPOT: partial(_hubspot, settings, **habits),
            System.SALESFORCE: partial(_salesforce, **habits),
        },
        now=partial(datetime.now, UTC),
    )
    workshop.serve(asked_for=True)
    return workshop


def in_a_task() -> bool:
    """Whether this process runs a task of Airflow's, by Airflow's own test for it.

    The command line is none, though it may load Airflow to ask it for a connection.
    """
    return hasattr(sys.modules.get("airflow.sdk.execution_time.task_runner"), "SUPERVISOR_COMMS")


@contextmanager
def failing_as_airflow_expects() -> Iterator[None]:
    """Inside a task, an error that a retry cannot mend fails at once, without retries.

    Any error that is not ours becomes a `Fault`: Airflow writes the whole of it to the log.
    """
    try:
        yield
    except SyncError as error:
        if error.retry or not in_a_task():
            raise
        from airflow.sdk.exceptions import AirflowFailException

        raise AirflowFailException(str(error)) from error
    except Exception as error:
        if not in_a_task() or type(error).__module__.startswith("airflow"):
            raise
        fault = _fault(error)
    else:
        return
    raise fault from None  # the error itself must not come along


def _fault(error: Exception) -> Fault:
    frames = traceback.extract_tb(error.__traceback__)[-PLACES:]
    places = [f"{Path(one.filename).name}:{one.lineno} in {one.name}" for one in frames]
    return Fault(
        f"{type(error).__name__}, a fault in the code; its message is left out, because it may hold"
        f" values of records. It came from {' < '.join(reversed(places))}"
    )


def _hubspot(settings: Settings, **habits: Any) -> Gateway:
    account = account_of(HUBSPOT)
    host = account.host or "https://api.hubapi.com"
    version = settings.hubspot_api_version
    return HubSpot.connect(account.need("password"), host, version=version, **habits)


def _salesforce(**habits: Any) -> Gateway:
    account = account_of(SALESFORCE)
    key = account.extra.get("private_key")
    instance = str(account.extra.get("instance_url") or account.host or "").rstrip("/")
    stated = {"audience": str(account.extra["audience"])} if account.extra.get("audience") else {}
    credentials = SalesforceCredentials(
        token_url=str(account.extra.get("token_url") or f"{instance}/services/oauth2/token"),
        client_id=account.need("consumer_key"),
        client_secret=None if key else account.need("consumer_secret"),
        private_key=str(key) if key else None,
        username=account.login,
        **stated,
    )
    return Salesforce.connect(credentials, **habits)


def account_of(connection_id: str) -> Account:
    """What a connection says; raises ConfigError where there is none."""
    if "airflow" in sys.modules or os.environ.get("AIRFLOW_HOME"):
        return _from_airflow(connection_id)
    stated = os.environ.get(f"AIRFLOW_CONN_{connection_id.upper()}")
    if stated and not stated.lstrip().startswith("{"):
        return _from_airflow(connection_id)
    return _from_json(connection_id, stated) if stated else _from_file(connection_id)


def _from_airflow(connection_id: str) -> Account:
    from airflow.sdk import Connection

    try:
        found = Connection.get(connection_id)
    except Exception as error:
        raise ConfigError(
            f"Airflow has no connection {connection_id}. Add it under Admin > Connections, or set"
            f" AIRFLOW_CONN_{connection_id.upper()}."
        ) from error
    return Account(connection_id, found.host, found.login, found.password, found.extra_dejson or {})


def _from_json(connection_id: str, stated: str) -> Account:
    try:
        found = json.loads(stated)
    except ValueError:
        raise ConfigError(f"AIRFLOW_CONN_{connection_id.upper()} is not JSON") from None
    extra = found.get("extra") or {}
    if isinstance(extra, str):
        extra = json.loads(extra)
    return Account(
        connection_id, found.get("host"), found.get("login"), found.get("password"), extra
    )


def _from_file(connection_id: str) -> Account:
    path = ROOT / "airflow_settings.yaml"
    stated = yaml.safe_load(path.read_text("utf-8")) if path.exists() else {}
    for one in (stated.get("airflow") or {}).get("connections") or []:
        if one.get("conn_id") == connection_id:
            return Account(
                connection_id,
                one.get("conn_host"),
                one.get("conn_login"),
                one.get("conn_password"),
                one.get("conn_extra") or {},
            )
    raise ConfigError(
        f"there is no connection {connection_id}: set AIRFLOW_CONN_{connection_id.upper()} to"
        f" its JSON, or add it to {path.name}."
    )
