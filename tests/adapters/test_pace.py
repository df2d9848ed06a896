"""A pace lets so many start in a window, and makes nobody wait longer than it must."""

from collections.abc import Callable

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from include.crmsync.adapters.pace import HubSpotPace, Pace

SEARCH = "https://crm.example/crm/v3/objects/contacts/search"
OTHER = "https://crm.example/crm/v3/objects/contacts/batch/read"


class Time:
    """A clock that only sleeping and working move."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds


def prepared(url: str) -> requests.PreparedRequest:
    return requests.Request("POST", url).prepare()


@given(gaps=st.lists(st.floats(0, 0.5), max_size=60))
def test_no_window_ever_holds_more_starts_than_allowed(gaps: list[float]) -> None:
    time = Time()
    pace = Pace(5, 1.0, time, time.sleep)
    starts: list[float] = []
    for gap in gaps:
        time.sleep(gap)
        pace.wait()
        starts.append(time.at)
    assert all(six - first > 1.0 for first, six in zip(starts, starts[5:], strict=False))


def test_a_burst_within_the_limit_does_not_wait() -> None:
    time = Time()
    pace = Pace(5, 1.0, time, time.sleep)
    for _ in range(5):
        pace.wait()
    assert time.at == 0
    pace.wait()
    assert time.at == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize(("url", "count"), [(SEARCH, 6), (OTHER, 191)])
def test_searches_and_other_calls_have_windows_of_their_own(url: str, count: int) -> None:
    time = Time()
    pace: Callable[[requests.PreparedRequest], None] = HubSpotPace(time, time.sleep)
    for _ in range(count - 1):
        pace(prepared(url))
    pace(prepared(OTHER if url == SEARCH else SEARCH))
    assert time.at == 0
    pace(prepared(url))
    assert time.at > 0
