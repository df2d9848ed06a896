"""Fixtures for the whole suite: hypothesis profiles, a running sandbox, judgements confirmed."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile("ci", max_examples=300, deadline=None, print_blob=True)
settings.register_profile(
    "deterministic", max_examples=50, deadline=None, derandomize=True, database=None
)
settings.register_profile(
    "many", max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what takes longest begin first, so that no worker is left alone with it in the end."""
    items.sort(key=_turn)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Let a worker run whole files, and files that share something costly one after the other.

    The plugin's own `loadgroup` does not see groups: it writes them into a place that pytest has
    not read since 9.2, and every test goes to any worker, with its file's fixtures made in each.
    """
    if config.getvalue("dist") != "loadgroup":
        return None
    from tests.whole_files import WholeFiles

    return WholeFiles(config, log)


def _turn(item: pytest.Item) -> int:
    marks = {mark.name for mark in item.iter_markers()}
    return 0 if {"airflow", "slow"} <= marks else 1 if "sandbox" in marks else 2


@pytest.fixture(scope="session", autouse=True)
def confirmed_by_great_expectations() -> Iterator[None]:
    """Ask Great Expectations about all that the stories' judge said.

    It is asked once, by the last test of the session: an error here is about every test that was
    judged by the suite it names.
    """
    yield
    if judge := sys.modules.get("tests.pipeline.story_judge"):
        assert judge.doubts() == []


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox, as its control routes show it."""

    url: str

    def call(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(  # noqa: S310
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            text = answer.read()
        return json.loads(text) if text else None

    def reset(self, seed: str = "empty", random_seed: int = 1) -> None:
        self.call("POST", "/_sandbox/reset", {"seed": seed, "random_seed": random_seed})

    def calls(self) -> Any:
        return self.call("GET", "/_sandbox/calls")

    def forget_calls(self) -> None:
        self.call("DELETE", "/_sandbox/calls")

    def faults(self, *faults: dict[str, Any]) -> None:
        self.call("POST", "/_sandbox/faults", list(faults))

    def settings(self, **changes: Any) -> None:
        self.call("PATCH", "/_sandbox/settings", changes)

    def advance(self, seconds: float) -> None:
        self.call("POST", "/_sandbox/clock", {"advance_seconds": seconds})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[Sandbox]:
    """One sandbox process for the session; tests use `sandbox`, which starts empty."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "include.sandbox", "--port", str(port), "--seed", "empty"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    server = Sandbox(f"http://127.0.0.1:{port}")
    try:
        _wait_until_healthy(server, process)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


@pytest.fixture
def sandbox(sandbox_server: Sandbox) -> Sandbox:
    """An empty sandbox with no faults, no counted calls and default settings."""
    sandbox_server.reset("empty")
    return sandbox_server


def _wait_until_healthy(server: Sandbox, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        if process.poll() is not None:
            pytest.fail(f"the sandbox ended at once with exit status {process.returncode}")
        try:
            server.call("GET", "/_sandbox/health")
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    pytest.fail("the sandbox did not become healthy in 30 seconds")
