"""The demo, made once for all tests that read it."""

import pytest

from include.sandbox.seed import population
from tests.sandbox.seed.demo import NOW, Seen


@pytest.fixture(scope="session")
def demo() -> Seen:
    return Seen(population("demo", 1, NOW))
