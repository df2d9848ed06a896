"""A sync of the sandbox: one workshop over real HTTP, its state in a temporary folder."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from include.crmsync.adapters.hubspot import HubSpot
from include.crmsync.adapters.salesforce import Salesforce
from include.crmsync.adapters.salesforce_auth import SalesforceCredentials
from include.crmsync.mappings.loader import HERE, load_all
from include.crmsync.model.record import System
from include.crmsync.pipeline import once
from include.crmsync.pipeline.settings import Settings
from include.crmsync.pipeline.summary import summary
from include.crmsync.pipeline.workshop import Judge, Workshop
from tests.conftest import ROOT, Sandbox
from tests.end_to_end.outside import Outside
from tests.end_to_end.running import Running, started
from tests.pipeline.story_judge import story_judge
from tests.pipeline.two_crms import empty_store


@dataclass
class Installation:
    """An installation of the sync beside a sandbox."""

    sandbox: Sandbox
    folder: Path
    runs: int = 0
    mappings: Path | None = None
    """A folder of mappings, where a test wants its own."""
    suites: Path | None = None
    """The folder of the suites, where a test writes its own: Great Expectations judges by them."""
    api_version: str = "v3"
    """HubSpot's."""
    judge: Judge | None = story_judge
    """Who judges by the criteria in this process, where it is not Great Expectations."""

    def __post_init__(self) -> None:
        store = self.folder / "crmsync.db"
        if not store.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            store.touch(mode=0o600)
            store.write_bytes(empty_store())

    @property
    def outside(self) -> Outside:
        return Outside(self.sandbox.url)

    def settings(self) -> Settings:
        return Settings(
            state=f"sqlite:///{self.folder / 'crmsync.db'}",
            artifacts=self.folder / "artifacts",
            inclusion_list="Salesforce inclusion list",
            overlap=timedelta(minutes=10),
        )

    def workshop(self) -> Workshop:
        """As `wiring` builds it, without Airflow."""
        credentials = SalesforceCredentials(
            token_url=f"{self.sandbox.url}/services/oauth2/token",
            client_id="sandbox-client-id",
            client_secret="sandbox-client-secret",  # noqa: S106
        )
        connect: dict[System, Callable[[], Any]] = {
            System.HUBSPOT: lambda: HubSpot.connect(
                "sandbox-hubspot-token", self.sandbox.url, version=self.api_version
            ),
            System.SALESFORCE: lambda: Salesforce.connect(credentials),
        }
        shop = Workshop(self.settings(), connect, partial(datetime.now, UTC))
        if self.mappings is not None:
            shop.mappings = load_all(self.mappings)
        if self.suites is not None:
            shop.suites = self.suites
        elif self.judge is not None:
            shop.judge = self.judge
        return shop

    def remap(self, object_type: str, line: str) -> None:
        """From now on, use the shipped mappings, with this line added to one of them."""
        self.mappings = self.folder / "mappings"
        if not self.mappings.exists():
            shutil.copytree(HERE, self.mappings, ignore=shutil.ignore_patterns("*.py", "__*"))
        file = self.mappings / f"{object_type}.yaml"
        file.write_text(f"{file.read_text('utf-8')}{line}\n", "utf-8")

    def sync(self, **options: Any) -> dict[str, Any]:
        """One run in this process; its summary."""
        self.runs += 1
        shop = self.workshop()
        try:
            once.run(f"run-{self.runs}", workshop=shop, **options)
            return summary(f"run-{self.runs}", shop)
        finally:
            shop.close()

    def command(self, *arguments: str, **variables: str) -> "subprocess.Popen[str]":
        """The command line, in a process of its own, with more environment variables."""
        return subprocess.Popen(
            [sys.executable, "-m", "include.crmsync", *arguments],
            cwd=ROOT,
            env=self.environment() | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if "AIRFLOW" not in name}
        extra = {
            "instance_url": self.sandbox.url,
            "consumer_key": "sandbox-client-id",
            "consumer_secret": "sandbox-client-secret",
        }
        return kept | {
            "CRMSYNC_STATE": f"sqlite:///{self.folder / 'crmsync.db'}",
            "CRMSYNC_ARTIFACTS": str(self.folder / "artifacts"),
            "CRMSYNC_DATA_DOCS": str(self.folder / "data_docs"),
            "AIRFLOW_CONN_HUBSPOT_DEFAULT": json.dumps(
                {"conn_type": "http", "host": self.sandbox.url, "password": "sandbox-hubspot-token"}
            ),
            "AIRFLOW_CONN_SALESFORCE_DEFAULT": json.dumps(
                {"conn_type": "salesforce", "host": self.sandbox.url, "extra": extra}
            ),
        }

    def links(self, object_type: str) -> list[tuple[str, str]]:
        """HubSpot id and Salesforce id of every link."""
        shop = self.workshop()
        try:
            ids = shop.store.linked_ids(object_type, System.HUBSPOT)
            found = shop.store.links(object_type, System.HUBSPOT, list(ids))
            return [(link.hubspot_id, link.salesforce_id) for link in found.values()]
        finally:
            shop.close()

    def held(self, object_type: str) -> dict[tuple[str, str], set[str]]:
        """System and record id -> the criteria it fails at this moment."""
        shop = self.workshop()
        try:
            found: dict[tuple[str, str], set[str]] = {}
            for one in shop.store.held(object_type):
                found.setdefault((one.system.value, one.record_id), set()).add(one.criterion)
            return found
        finally:
            shop.close()


@pytest.fixture
def installation(sandbox: Sandbox, tmp_path: Path) -> Installation:
    """A sync that has never run, beside an empty sandbox."""
    return Installation(sandbox, tmp_path)


def demo_of(sandbox: Sandbox, folder: Path) -> Installation:
    """The demo data, after one run that Great Expectations judged."""
    sandbox.reset("demo")
    installed = Installation(sandbox, folder, judge=None)
    told = installed.sync()
    assert told["state"] == "done", told
    return installed


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The Airflow that the tests of one worker share."""
    with started(tmp_path_factory.mktemp("local") / "with a space") as airflow:
        yield airflow
