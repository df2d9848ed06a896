"""A sandbox and an Airflow on this machine, started together and ended together.

`make demo`, `make up` and the end-to-end tests stand on it. Airflow's parts run as separate
processes, because each of them then ends on a plain signal; the API server is last to be
waited for, since it is what a person opens.
"""

import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from scripts.processes import NotStarted, Process, end, start, wait_until
from scripts.surroundings import Local, is_free

Tell = Callable[[str], None]
PARTS = (
    ("api-server", ("api-server", "--workers", "1")),
    ("scheduler", ("scheduler", "--skip-serve-logs")),
    ("dag-processor", ("dag-processor",)),
)
TRIGGERER = ("triggerer", ("triggerer", "--skip-serve-logs"))


@dataclass
class Stage:
    """What is running, and how to end it."""

    local: Local
    tell: Tell
    sandbox_only: bool
    """Refuse to start if a connection points anywhere else."""
    told: Mapping[str, str] = field(default_factory=dict)
    """Settings that every process gets beside the local installation's."""
    running: list[Process] = field(default_factory=list)

    def __enter__(self) -> "Stage":
        self.local.prepare()
        self.local.password()
        return self

    def __exit__(self, *_: object) -> None:
        end(self.running)
        self.running.clear()

    @property
    def environment(self) -> dict[str, str]:
        return self.local.environment(sandbox_only=self.sandbox_only) | dict(self.told)

    def start_sandbox(self, seed: str = "demo") -> None:
        """Start the sandbox on its kept data; the seed fills it the first time."""
        self._claim(self.local.sandbox_port, "CRMSYNC_SANDBOX_PORT", "the sandbox")
        command = ["-m", "include.sandbox", "--port", str(self.local.sandbox_port)]
        command += ["--seed", seed, "--db", str(self.local.sandbox_database)]
        self._start("sandbox", command)
        url = f"{self.local.sandbox_url}/_sandbox/health"
        wait_until(lambda: answers(url), self.running, 60)
        self.tell(f"sandbox CRMs: {self.local.sandbox_url}/_sandbox/")

    def settle_airflow(self) -> None:
        """Bring Airflow's database and settings up to date."""
        flags = ["--sandbox-only"] if self.sandbox_only else []
        command = ["-m", "scripts.airflow_settings", self.local.sandbox_url, *flags]
        process = self._start("airflow-settings", command)
        if process.popen.wait(timeout=180) != 0:
            raise NotStarted(f"Airflow's settings were not applied:\n{process.last_lines()}")
        self.running.remove(process)

    def start_airflow(self, *, triggerer: bool) -> None:
        """Start Airflow's parts and wait until all of them report healthy."""
        self._claim(self.local.airflow_port, "CRMSYNC_AIRFLOW_PORT", "Airflow")
        parts = (*PARTS, TRIGGERER) if triggerer else PARTS
        for name, arguments in parts:
            self._start(name, ["-m", "airflow", *arguments])
        self.tell("Airflow is starting ...")
        wait_until(lambda: answers(f"{self.local.airflow_url}/api/v2/version"), self.running, 180)
        self.tell(f"Airflow: {self.local.airflow_url}")

    def _start(self, name: str, command: Sequence[str]) -> Process:
        log = self.local.logs / f"{name}.log"
        process = start(name, [sys.executable, *command], self.environment, log)
        self.running.append(process)
        return process

    def _claim(self, port: int, variable: str, who: str) -> None:
        if not is_free(port):
            raise NotStarted(
                f"port {port} is taken, so {who} cannot start. End what listens there, or choose"
                f" another: {variable}={port + 1} make ..."
            )


def answers(url: str) -> bool:
    """Whether an address answers at all."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  our own address
            return bool(answer.status < 500)  # noqa: PLR2004
    except urllib.error.HTTPError as refusal:
        return refusal.code < 500  # noqa: PLR2004
    except (urllib.error.URLError, OSError):
        return False
