"""The vendors' Node clients, unmodified: runs where Node and its packages are installed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Sandbox

HERE = Path(__file__).parent
NODE = shutil.which("node")

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]


@pytest.mark.skipif(NODE is None, reason="Node is not installed")
@pytest.mark.skipif(
    not (HERE / "node_modules").is_dir(), reason="run `npm ci` in tests/sandbox/node first"
)
def test_the_vendors_node_clients_make_their_tour(sandbox: Sandbox) -> None:
    done = subprocess.run(
        [str(NODE), "tour.mjs"],
        cwd=HERE,
        env={**os.environ, "SANDBOX_URL": sandbox.url},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("ok  ") >= 16
