"""A process that has imported Airflow once, and answers each question in a child of its own.

Importing Airflow takes seconds, and a DAG file has to be read by a process that has read no other.
Airflow's own DAG processor goes about it the same way: it forks. A child begins with what was
imported and nothing more; its environment and its answer are its own.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
MOTHER = """
import json, os, sys, traceback
exec(sys.argv[1])
for line in sys.stdin:
    code, arguments, settings = json.loads(line)
    sys.stdout.flush()
    child = os.fork()
    if not child:
        os.environ.update(settings)
        sys.argv = ["-c", *arguments]
        failed = 1
        try:
            exec(code, {"__name__": "__main__"})
            failed = 0
        except BaseException:
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(failed)
    _, status = os.waitpid(child, 0)
    print("ENDED", os.waitstatus_to_exitcode(status), flush=True)
"""


@dataclass(frozen=True)
class Mother:
    """The process, ready for questions."""

    process: "subprocess.Popen[str]"

    def ask(self, code: str, *arguments: str, **settings: str) -> list[str]:
        """The lines that code prints in a fresh child; fails where the child does."""
        asks, answers = self.process.stdin, self.process.stdout
        assert asks is not None
        assert answers is not None
        asks.write(json.dumps([code, arguments, settings]) + "\n")
        asks.flush()
        lines = []
        while not (line := answers.readline()).startswith("ENDED"):
            assert line, "the process ended, see what it said"
            lines.append(line.rstrip("\n"))
        assert line.split() == ["ENDED", "0"], "\n".join(lines)
        return lines


@contextmanager
def forking(
    imports: str, home: Path, environment: Mapping[str, str] | None = None
) -> Iterator[Mother]:
    """A process that has run `imports`, with an Airflow home of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    own: dict[str, Any] = {"AIRFLOW_HOME": str(home), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", MOTHER, imports],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=kept | own | dict(environment or {}),
    ) as process:
        yield Mother(process)
