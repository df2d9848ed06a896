"""Small bar charts, worked out here so that a template only draws them.

A chart is SVG with sizes as numbers: no script, and no style of its own. What it shows is told in
words beside it too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, GAP = 300, 48, 2
LEAST = 2
"""The height of a bar that stands for something, however little."""
PLACES = 40
"""Bars there is room for; fewer stand at the right, where the newest is."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, from the top left."""

    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars on one ground."""

    title: str
    bars: tuple[Bar, ...]
    highest: int
    width: int = WIDTH
    height: int = HEIGHT


def chart(title: str, values: Sequence[tuple[str, int]]) -> Chart:
    """A bar for each value, in their order; the highest fills the chart."""
    highest = max((number for _, number in values), default=0)
    places = max(len(values), PLACES)
    step, first = WIDTH / places, places - len(values)
    return Chart(
        title,
        tuple(_bar(first + place, step, value, highest) for place, value in enumerate(values)),
        highest,
    )


def _bar(place: int, step: float, value: tuple[str, int], highest: int) -> Bar:
    label, number = value
    height = max(LEAST, HEIGHT * number / highest) if number else 0
    width = max(step - GAP, 1)
    x, y = round(place * step, 1), round(HEIGHT - height, 1)
    return Bar(x, y, round(width, 1), round(height, 1), f"{label}: {number:,}")
