"""The sandbox as a process of its own, as a person would start it."""

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from tests.conftest import ROOT


@dataclass(frozen=True)
class Process:
    """A sandbox that was started, ready or about to be."""

    popen: "subprocess.Popen[str]"

    def first_line(self) -> str:
        """What it says when it is ready."""
        assert self.popen.stdout
        return self.popen.stdout.readline()

    def urls(self) -> list[str]:
        """Where it is reached, HTTP first; waits until it is ready."""
        line = self.first_line()
        if "https" in line and self.popen.stdout:
            self.popen.stdout.readline()
        return re.findall(r"https?://[\w.]+:\d+", line)

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """End it by a signal; answers with exit status and what it still wrote."""
        self.popen.send_signal(number)
        return self.ended()

    def ended(self) -> tuple[int, str, str]:
        """Wait for its end."""
        out, err = self.popen.communicate(timeout=15)
        return self.popen.returncode, out, err


@contextlib.contextmanager
def started(*arguments: str, seed: str = "empty") -> Iterator[Process]:
    """A sandbox process that does not outlive the block."""
    with subprocess.Popen(
        [sys.executable, "-m", "include.sandbox", "--seed", seed, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as popen:
        try:
            yield Process(popen)
        finally:
            popen.kill()
