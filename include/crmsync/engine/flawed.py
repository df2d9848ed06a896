"""Flaws in the way of a value: the first one that stops it, as an obstacle."""

from collections.abc import Iterable, Mapping, Sequence

from include.crmsync.engine.obstacle import Obstacle
from include.crmsync.model.flaw import Flaw
from include.crmsync.model.plan import Verb
from include.crmsync.model.record import System, Value

Flaws = Mapping[System, Mapping[str, Sequence[Flaw]]]
"""System -> record in it -> what is wrong with its values, the most telling first."""


def flawed(
    flaws: Iterable[Flaw], name: str, value: Value, verb: Verb, kind: str
) -> Obstacle | None:
    """What a record's flaws say against writing one of its values to a record of `kind`."""
    for one in flaws:
        if one.stops(name, value, verb, kind):
            return Obstacle(one.criterion, one.reason)
    return None
