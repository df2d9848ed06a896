"""Judging makes no noise, leaves no file, and does not silence anybody else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

JUDGE = """
import logging, sys
{before}
import pandas as pd
from include.crmsync.criteria.judge import judge
from include.crmsync.criteria.suites import load
from include.crmsync.model.record import System

{logging}
records = [
    {{"record_id": str(at), "email": None, "on_inclusion_list": "true", "last_name": "x",
      "phone": None}}
    for at in range(50)
]
held = judge(pd.DataFrame(records, dtype=object), load("contacts", System.HUBSPOT))
assert len(held) == 50
logging.getLogger("include.crmsync").warning("still heard")
"""


def judge_alone(folder: Path, before: str = "", logging: str = "", after: str = "") -> str:
    """Judge 50 contacts in a process of its own; returns all it said."""
    home, scratch = folder / "home", folder / "scratch"
    home.mkdir()
    scratch.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TMPDIR": str(scratch),
        "AIRFLOW_HOME": str(folder / "airflow"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", JUDGE.format(before=before, logging=logging) + after],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout + done.stderr


ALONE = """
import socket
asked = []
def refuse(*where, **more):
    asked.append(where)
    raise OSError("no network here")
socket.getaddrinfo = socket.socket.connect = socket.create_connection = refuse
"""
AFTER = """
import great_expectations as gx, os
from include.crmsync.criteria.quiet import context
assert asked == [], asked
assert os.environ["GX_ANALYTICS_ENABLED"] == "false"
assert context(gx).variables.config.analytics_enabled is False
"""


@pytest.mark.slow
def test_a_talkative_process_hears_nothing_finds_no_file_and_nothing_is_sent_home(
    tmp_path: Path,
) -> None:
    loud = "logging.basicConfig(level=logging.INFO)"
    said = judge_alone(tmp_path, before=ALONE, logging=loud, after=AFTER)
    assert said == "WARNING:include.crmsync:still heard\n"
    left = [path for folder in ("home", "scratch") for path in (tmp_path / folder).rglob("*")]
    assert left == []


@pytest.mark.slow
@pytest.mark.airflow
def test_under_airflows_logging_only_our_own_line_is_heard(tmp_path: Path) -> None:
    said = judge_alone(tmp_path, before="import airflow").splitlines()
    assert len(said) == 1
    assert "still heard" in said[0]
