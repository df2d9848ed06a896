"""`make bench`: measure, and write the table of docs/benchmarks.md.

Every case runs in fresh processes against a sandbox of its own, with HubSpot's real limits
on. `--sizes` and `--count` make a short run: `make bench BENCH="--sizes 1000 --count 100000"`.
The drift audit is measured alone, since it takes longest: `make bench BENCH=--audit=1000000`.
Nothing here is a test: a number that is worse than yesterday's is a thing to look at.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from benchmarks.audit_table import audit_of, with_audit
from benchmarks.floors import Floor, floor
from benchmarks.table import document

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs" / "benchmarks.md"
PORT = 8790


def main() -> int:
    """Measure what was asked for, and write the document."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", default="0,1000,10000,100000", help="changed records each way")
    parser.add_argument("--count", type=int, default=1_000_000, help="records to reconcile")
    parser.add_argument(
        "--airflow",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="time an idle run inside Airflow too; without it the page has no such section",
    )
    parser.add_argument("--audit", type=int, help="audit so many links, and measure nothing else")
    parser.add_argument("--dry", action="store_true", help="print, and leave the document alone")
    options = parser.parse_args()
    known = DOCUMENT.read_text("utf-8") if DOCUMENT.exists() else ""
    if options.audit:
        text = with_audit(known, _audit(options.audit), _machine())
    else:
        text = _measured(options, known)
    sys.stdout.write(text)
    if not options.dry:
        DOCUMENT.write_text(text, "utf-8")
    return 0


def _measured(options: argparse.Namespace, known: str) -> str:
    """The document with everything measured anew, but for the audit."""
    sizes = [int(size) for size in options.sizes.split(",") if size]
    cases: list[tuple[Floor, dict[str, Any]]] = [(floor(size), _case(size)) for size in sizes]
    reconciled = _told("benchmarks.reconcile", "--count", str(options.count))
    in_airflow = _told("benchmarks.in_airflow") if options.airflow else None
    return document(cases, reconciled, in_airflow, _machine()) + audit_of(known)


def _case(size: int) -> dict[str, Any]:
    with _world("benchmarks.world", "--changed", str(size)) as url:
        return _told("benchmarks.case", "--url", url, "--changed", str(size))


def _audit(links: int) -> dict[str, Any]:
    with _world("benchmarks.linked", "--links", str(links)) as url:
        return _told("benchmarks.audit", "--url", url, "--links", str(links))


@contextmanager
def _world(*module: str) -> Iterator[str]:
    """A sandbox of its own, with HubSpot's real limits."""
    command = [sys.executable, "-m", *module]
    process = subprocess.Popen([*command, "--port", str(PORT)], cwd=ROOT, env=_environment())  # noqa: S603
    url = f"http://127.0.0.1:{PORT}"
    try:
        _wait(url, process)
        limits = {"hubspot": {"rate_limits": "real"}}
        requests.patch(f"{url}/_sandbox/settings", json=limits, timeout=60).raise_for_status()
        yield url
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        try:
            requests.get(f"{url}/_sandbox/health", timeout=5)
        except requests.ConnectionError:
            time.sleep(0.3)
        else:
            return
    raise SystemExit(f"the sandbox ended with status {process.returncode}")


def _told(module: str, *arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", module, *arguments]
    ended = subprocess.run(  # noqa: S603  our own modules
        command, cwd=ROOT, env=_environment(), stdout=subprocess.PIPE, text=True, check=True
    )
    line = ended.stdout.splitlines()[-1]
    sys.stderr.write(f"{module} {' '.join(arguments)}: {line}\n")
    told: dict[str, Any] = json.loads(line)
    return told


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    today = datetime.now(UTC).date().isoformat()
    cores, python = os.cpu_count(), platform.python_version()
    return f"{today}, {platform.machine()}, {cores} cores, {memory:.0f} GB, Python {python}"


if __name__ == "__main__":
    sys.exit(main())
