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


def told(limit: int, remaining: int, window: str = "10000") -> requests.Response:
    response = requests.Response()
    response.headers["X-HubSpot-RateLimit-Max"] = str(limit)
    response.headers["X-HubSpot-RateLimit-Remaining"] = str(remaining)
    response.headers["X-HubSpot-RateLimit-Interval-Milliseconds"] = window
    return response


def test_a_lower_limit_that_an_answer_tells_is_kept() -> None:
    time = Time()
    pace = HubSpotPace(time, time.sleep)
    pace(prepared(OTHER))
    pace.heed(told(100, 99))
    for _ in range(99):
        pace(prepared(OTHER))
    assert time.at == 0
    pace(prepared(OTHER))
    assert time.at == pytest.approx(10, abs=0.1)


def test_what_others_have_used_up_is_waited_out() -> None:
    time = Time()
    pace = HubSpotPace(time, time.sleep)
    pace(prepared(OTHER))
    pace.heed(told(190, 1))
    pace(prepared(OTHER))
    assert time.at == 0
    pace(prepared(OTHER))
    assert time.at == pytest.approx(10, abs=0.1)


@pytest.mark.parametrize("answer", [requests.Response(), told(190, 0, "86400000")])
def test_an_answer_that_tells_nothing_of_the_window_changes_nothing(
    answer: requests.Response,
) -> None:
    time = Time()
    pace = HubSpotPace(time, time.sleep)
    pace.heed(answer)
    for _ in range(190):
        pace(prepared(OTHER))
    assert time.at == 0
