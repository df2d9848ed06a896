"""One pair of CRMs in memory per test."""

from pathlib import Path

import pytest

from tests.pipeline.story_judge import story_judge
from tests.pipeline.two_crms import TwoCrms


@pytest.fixture
def crms(tmp_path: Path) -> TwoCrms:
    return TwoCrms(tmp_path, judge=story_judge)
