"""Starting processes and ending them: whatever was started here ends here.

Each runs in a session of its own, so that Ctrl-C reaches only the one who started them, and
its children end with it. Its output goes to a file. On Linux the kernel ends them too should
their starter be killed outright.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from scripts.surroundings import ROOT

PATIENCE = 15.0
"""Seconds a process gets to end by itself."""
_PR_SET_PDEATHSIG = 1


class NotStarted(RuntimeError):
    """A process ended, or was not ready, when it should have been."""


@dataclass(frozen=True, slots=True)
class Process:
    """One running process and where its output goes."""

    name: str
    popen: "subprocess.Popen[bytes]"
    log: Path

    def alive(self) -> bool:
        return self.popen.poll() is None

    def last_lines(self, count: int = 15) -> str:
        lines = self.log.read_text("utf-8", errors="replace").splitlines()
        return "\n".join(lines[-count:])


def start(name: str, command: Sequence[str], environment: Mapping[str, str], log: Path) -> Process:
    """Start a process from the project's folder."""
    with log.open("wb") as output:
        popen = subprocess.Popen(
            command,
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509  we have no threads
        )
    return Process(name, popen, log)


def wait_until(ready: Callable[[], bool], processes: Sequence[Process], seconds: float) -> None:
    """Wait until something is so; raises NotStarted when a process ends or time runs out."""
    deadline = time.monotonic() + seconds
    while not ready():
        for one in processes:
            if not one.alive():
                raise NotStarted(
                    f"{one.name} ended at once with status {one.popen.returncode}. The end of"
                    f" its log, {one.log}:\n{one.last_lines()}"
                )
        if time.monotonic() > deadline:
            names = ", ".join(one.name for one in processes)
            raise NotStarted(f"{names} not ready after {seconds:.0f} s; see {processes[-1].log}")
        time.sleep(0.2)


def end(processes: Sequence[Process]) -> None:
    """Ask every process to end, the last started first; end by force what does not."""
    for one in reversed(processes):
        _signal(one, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    for one in reversed(processes):
        with suppress(subprocess.TimeoutExpired):
            one.popen.wait(max(0.1, deadline - time.monotonic()))
        # Also when it ended by itself: a child of it may have outlived it.
        _signal(one, signal.SIGKILL)
        one.popen.wait()


def _signal(process: Process, number: signal.Signals) -> None:
    try:
        os.killpg(process.popen.pid, number)
    except ProcessLookupError:
        return


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
