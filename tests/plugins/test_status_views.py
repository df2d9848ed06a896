"""What pages show, without HTTP."""

from datetime import UTC, datetime, timedelta

import pytest

from sync_status.views.charts import HEIGHT, WIDTH, chart
from sync_status.views.words import ago, counted, moment

NOW = datetime(2026, 11, 24, 9, 20, tzinfo=UTC)


def test_bars_stand_at_the_right_and_the_highest_fills_the_chart() -> None:
    drawn = chart("x", [("a", 10), ("b", 0), ("c", 1000)])
    low, none, high = drawn.bars
    assert high.height == HEIGHT
    assert none.height == 0
    assert low.height == 2
    assert high.x + high.width <= WIDTH
    assert high.x > WIDTH * 0.9
    assert high.title == "c: 1,000"


def test_no_values_make_an_empty_chart() -> None:
    assert chart("x", []).bars == ()


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (None, "never"),
        (NOW, "0 s ago"),
        (NOW - timedelta(seconds=90), "1 min ago"),
        (NOW - timedelta(days=3, hours=2), "3 d ago"),
        (NOW + timedelta(hours=2), "in 2 h"),
    ],
)
def test_how_long_ago(at: datetime | None, said: str) -> None:
    assert ago(at, NOW) == said


def test_moments_and_numbers() -> None:
    assert moment(NOW) == "2026-11-24 09:20:00 UTC"
    assert moment(None) == counted(None) == "-"
    assert counted(1234567) == "1,234,567"
