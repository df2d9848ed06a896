"""The thread that works on bulk jobs, one job at a time, in the order they were given.

It lives while there is work. Between two chunks it lets waiting requests through, and it
stands still while the org's setting says so, until it is woken again.
"""

import sqlite3
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from include.sandbox.salesforce.bulk.job import Job, State

PAUSE = 0.0005
"""Seconds between chunks: long enough for a waiting request to get the database."""


@dataclass(frozen=True, slots=True)
class _Task:
    job: Job
    steps: Iterator[None]


class Worker:
    """Runs jobs behind the requests' back."""

    def __init__(self, held: Callable[[], bool]) -> None:
        self._held = held
        self._lock = threading.Lock()
        self._tasks: deque[_Task] = deque()
        self._thread: threading.Thread | None = None

    def add(self, job: Job, steps: Iterator[None]) -> None:
        with self._lock:
            self._tasks.append(_Task(job, steps))
        self.wake()

    def wake(self) -> None:
        """Go on, if there is work and nothing holds it."""
        with self._lock:
            if self._thread is None and self._ready():
                self._thread = threading.Thread(target=self._run, name="bulk", daemon=True)
                self._thread.start()

    def forget(self) -> None:
        """Drop what waits; the job under way sees that it was called off."""
        with self._lock:
            self._tasks.clear()

    def settle(self) -> None:
        """Wait until there is nothing to do."""
        while thread := self._thread:
            thread.join()

    def _run(self) -> None:
        while task := self._next():
            try:
                self._step(task)
            except sqlite3.ProgrammingError:
                # The sandbox is closing.
                task.job.state = State.ABORTED
            except Exception as error:  # noqa: BLE001  the job fails, the thread goes on
                traceback.print_exc(file=sys.stderr)
                task.job.state, task.job.error = State.FAILED, f"InternalServerError : {error}"
            time.sleep(PAUSE)

    def _step(self, task: _Task) -> None:
        for _ in task.steps:
            return
        with self._lock:
            if self._tasks and self._tasks[0] is task:
                self._tasks.popleft()

    def _next(self) -> _Task | None:
        """The job to go on with; without one the thread ends."""
        with self._lock:
            while self._tasks and self._tasks[0].job.state in (State.COMPLETE, State.FAILED):
                self._tasks.popleft()
            if self._ready():
                return self._tasks[0]
            self._thread = None
            return None

    def _ready(self) -> bool:
        return bool(self._tasks) and (self._tasks[0].job.ended or not self._held())
