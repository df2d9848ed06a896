"""`make bench` measures: every record changes on both sides, which the guard must not mind."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.long
def test_a_case_over_the_guards_number_is_measured() -> None:
    told = [sys.executable, "-m", "benchmarks", "--dry", "--sizes", "600", "--count", "20000"]
    ended = subprocess.run(told, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "\n| 600 | " in ended.stdout
    assert "## An idle run in Airflow" in ended.stdout
