"""One pair of CRMs in memory per test, and in the end what their judge said, confirmed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipeline.story_judge import doubts, story_judge
from tests.pipeline.two_crms import TwoCrms


@pytest.fixture
def crms(tmp_path: Path) -> TwoCrms:
    return TwoCrms(tmp_path, judge=story_judge)


@pytest.fixture(scope="session", autouse=True)
def confirmed_by_great_expectations() -> Iterator[None]:
    """An error here is about every story that was judged by the suite it names."""
    yield
    assert doubts() == []
