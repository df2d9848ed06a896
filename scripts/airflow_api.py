"""The few calls of Airflow's REST API that the demo and the tests make."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from scripts.processes import NotStarted
from scripts.surroundings import Local

FINISHED = ("success", "failed")


@dataclass(frozen=True, slots=True)
class AirflowApi:
    """One Airflow, signed in to."""

    url: str
    token: str

    @classmethod
    def sign_in(cls, local: Local, user: str = "admin") -> "AirflowApi":
        known = {"username": user, "password": local.password(user)}
        answer = _ask("POST", f"{local.airflow_url}/auth/token", known, {})
        return cls(local.airflow_url, answer["access_token"])

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One call; raises urllib's HTTPError with Airflow's own status."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return _ask(method, f"{self.url}/api/v2/{path}", body, headers)

    def unpause(self, dag_id: str, *, seconds: float = 120) -> None:
        """Let a DAG run, once the DAG processor has found it; raises NotStarted if it never is."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.ask("PATCH", f"dags/{dag_id}", {"is_paused": False})
            except urllib.error.HTTPError as refusal:
                if refusal.code != 404 or time.monotonic() > deadline:  # noqa: PLR2004
                    raise NotStarted(
                        f"Airflow does not know the DAG {dag_id}: {self.broken()}"
                    ) from refusal
                time.sleep(0.5)
            else:
                return

    def knows(self, dag_id: str) -> bool:
        """Whether Airflow has a DAG, parsed in this start or an earlier one."""
        try:
            self.ask("GET", f"dags/{dag_id}")
        except urllib.error.HTTPError as refusal:
            if refusal.code == 404:  # noqa: PLR2004
                return False
            raise
        return True

    def runs(self, dag_id: str) -> list[str]:
        """Ids of its latest runs, the newest first."""
        found = self.ask("GET", f"dags/{dag_id}/dagRuns?order_by=-id&limit=100")["dag_runs"]
        return [run["dag_run_id"] for run in found]

    def pause(self, dag_id: str) -> None:
        self.ask("PATCH", f"dags/{dag_id}", {"is_paused": True})

    def broken(self) -> str:
        """Import errors, in words."""
        errors = self.ask("GET", "importErrors")["import_errors"]
        found = [f"{one['filename']}: {one['stack_trace'].splitlines()[-1]}" for one in errors]
        return "; ".join(found) or "it has no import errors, so the DAG is still being parsed"

    def trigger(self, dag_id: str, conf: Mapping[str, Any] | None = None) -> str:
        """Start a run; its id."""
        body = {"logical_date": None, "conf": dict(conf or {})}
        run: str = self.ask("POST", f"dags/{dag_id}/dagRuns", body)["dag_run_id"]
        return run

    def state(self, dag_id: str, run_id: str) -> str:
        state: str = self.ask("GET", f"dags/{dag_id}/dagRuns/{_quoted(run_id)}")["state"]
        return state

    def tasks(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        path = f"dags/{dag_id}/dagRuns/{_quoted(run_id)}/taskInstances?limit=100"
        tasks: list[dict[str, Any]] = self.ask("GET", path)["task_instances"]
        return tasks

    def follow(
        self, dag_id: str, run_id: str, *, seconds: float = 900
    ) -> Iterator[tuple[str, str, float]]:
        """Yield each task as it ends: its id, its state, its seconds; until the run has ended."""
        told: set[str] = set()
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            state = self.state(dag_id, run_id)
            for task in self.tasks(dag_id, run_id):
                ended = task["state"] in (*FINISHED, "skipped", "upstream_failed")
                if ended and task["task_id"] not in told:
                    told.add(task["task_id"])
                    yield task["task_id"], task["state"], float(task["duration"] or 0)
            if state in FINISHED:
                return
            time.sleep(0.5)
        raise NotStarted(f"the run {run_id} of {dag_id} did not end within {seconds:.0f} s")


def _quoted(run_id: str) -> str:
    return quote(run_id, safe="")


def _ask(method: str, url: str, body: Any, headers: Mapping[str, str]) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310  our own address
        url, data, {"Content-Type": "application/json", **headers}, method=method
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        text = answer.read()
    return json.loads(text) if text else None
