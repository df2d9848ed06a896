"""`python -m tests.end_to_end.driver`: as many histories as you like, each from its own seed.

Starts a sandbox of its own on a free port, plays one history after the other, prints the faults of
each that fails with its diary, and exits with 1 if any did.
"""

import argparse
import logging
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.conftest import ROOT, free_port
from tests.end_to_end.driver.crms import Crms
from tests.end_to_end.driver.history import History


def main() -> int:
    asked = _parser().parse_args()
    logging.getLogger("crmsync").setLevel(logging.ERROR)
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "include.sandbox",
        "--port",
        str(port),
        "--seed",
        "empty",
        "--quiet",
    ]
    sandbox = subprocess.Popen(command, cwd=ROOT)
    try:
        _wait(f"http://127.0.0.1:{port}")
        bad = [
            seed for seed in range(asked.seed, asked.seed + asked.n) if not _play(seed, port, asked)
        ]
    finally:
        sandbox.terminate()
        sandbox.wait(timeout=20)
    print(f"{asked.n} histories, {len(bad)} failed: {bad}")
    return 1 if bad else 0


def _play(seed: int, port: int, asked: argparse.Namespace) -> bool:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        history = History(seed, f"http://127.0.0.1:{port}", Path(folder), richer=not asked.shipped)
        try:
            found = history.play(asked.rounds, asked.edits)
        except Exception:  # noqa: BLE001 -- one broken history does not end the others
            found = [traceback.format_exc()]
        if found and asked.keep:
            kept = Path(asked.keep) / f"seed-{seed}"
            kept.parent.mkdir(parents=True, exist_ok=True)
            Path(folder, "diary.txt").write_text("\n".join(history.log))
            shutil.copytree(folder, kept, dirs_exist_ok=True)
    print(
        f"seed {seed}: {len(found)} faults, {history.runs} runs, {time.monotonic() - began:.1f} s",
        flush=True,
    )
    for one in found[: asked.show]:
        print("  ", one[:1500], flush=True)
    return not found


def _wait(url: str) -> None:
    for _ in range(300):
        try:
            Crms(url).control("GET", "health")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the sandbox did not start")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.end_to_end.driver", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the first history")
    parser.add_argument("-n", type=int, default=10, help="how many histories")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--edits", type=int, default=80, help="in each round")
    parser.add_argument("--shipped", action="store_true", help="only the shipped mappings")
    parser.add_argument("--show", type=int, default=12, help="faults to print of each history")
    parser.add_argument("--keep", default="", help="a folder for the state of those that fail")
    return parser


if __name__ == "__main__":
    sys.exit(main())
