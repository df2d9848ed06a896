"""Other processes that use the store: run as `python -m tests.state.processes VERB URL`.

Each says a word on its output when it is ready and waits for a line on its input, so that
tests need no sleeping and no guessing.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from include.crmsync.errors import Busy
from include.crmsync.model.outcome import Outcome, Result
from include.crmsync.state.connect import open_engine
from include.crmsync.state.journal import Journal
from include.crmsync.state.store import Store
from tests.builders import MORNING
from tests.state.values import CONTACTS

ROOT = Path(__file__).parents[2]
Process = subprocess.Popen[str]


@contextmanager
def process(verb: str, url: str) -> Iterator[Process]:
    """Start another process and wait for its first word; killed at the end if it still runs."""
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "tests.state.processes", verb, url],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as started:
        try:
            assert said(started) == "ready"
            yield started
        finally:
            started.kill()


def said(process: Process) -> str:
    """The next line of a process."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def tell(process: Process) -> None:
    """Let a process go on."""
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def hold(url: str) -> None:
    """Hold the lock of contacts until told to let go."""
    engine = open_engine(url)
    with Store(engine).exclusive("contacts"):
        say("ready")
        sys.stdin.readline()
    engine.dispose()
    say("released")


def open_store(url: str) -> None:
    """Open the store when told to."""
    say("ready")
    sys.stdin.readline()
    engine = open_engine(url)
    Store(engine).watermarks("contacts")
    engine.dispose()
    say("opened")


def write(url: str) -> None:
    """Intend two actions of a planned run, record the first, and hang."""
    journal = Journal(open_engine(url))
    journal.intend("first", CONTACTS, ["a1", "a2"], MORNING)
    journal.record("first", CONTACTS, [Outcome("a1", Result.APPLIED, "sf1")], MORNING)
    say("ready")
    sys.stdin.readline()


def compete(url: str) -> None:
    """When told to, try for the lock of contacts; say whether it was had, keep it until told."""
    engine = open_engine(url)
    say("ready")
    sys.stdin.readline()
    try:
        with Store(engine).exclusive("contacts"):
            say("mine")
            sys.stdin.readline()
    except Busy:
        say("busy")
    engine.dispose()


if __name__ == "__main__":
    verbs = {"hold": hold, "open": open_store, "write": write, "compete": compete}
    verbs[sys.argv[1]](sys.argv[2])
