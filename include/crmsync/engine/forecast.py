"""How many calls a plan needs, and how much of it there is room for.

Counted as the load spends them: a look before each window of updates, a write for each batch,
what is read back, and the few that a batch may need beside it (parents, a refused field). So it
is an upper bound, and what fits by it never crosses a ceiling. What does not fit waits: first
goes what somebody asked for, then deletions, then creates, then updates.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import ceil

from include.crmsync.model.plan import Action, Plan, Verb
from include.crmsync.model.record import System

BESIDE = 4
"""Calls that a load may need beside those that grow with its actions."""
JOB = 10
"""Calls of a bulk job: opened, given its data, started, asked about, its answers read."""

PRIORITY = (Verb.DELETE, Verb.MERGE, Verb.CREATE, Verb.FREE, Verb.UPDATE)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many records a call takes, in one system."""

    window: int
    """Read by id."""
    batch: int
    """Written."""
    bulk: int | None = None
    """Records above which they are written by a bulk job; None: there are none."""
    past: int = 0
    """Of which one call tells what they held before."""
    looks_back: int = 0
    """Up to so many records are looked back at once they are written."""


def calls_for(count: int, sizes: Sizes) -> int:
    """At most so many calls write so many records."""
    if count == 0:
        return 0
    windows, batches = ceil(count / sizes.window), ceil(count / sizes.batch)
    if sizes.bulk is not None and count > sizes.bulk:
        batches = min(batches, JOB * (1 + len(PRIORITY)))
    back = ceil(count / sizes.past) + 1 if sizes.past and count <= sizes.looks_back else 0
    # A look and a reading back for each window; and one batch more for each verb.
    return BESIDE + 2 * windows + batches + 1 + back


def forecast(plan: Plan, system: System, sizes: Sizes) -> int:
    """At most so many calls of a system a plan needs."""
    return _needed([one for one in plan.actions if one.system is system], sizes)


def in_order(actions: Sequence[Action], asked: Collection[tuple[System, str]] = ()) -> list[Action]:
    """What matters most first, each kind of action in the order of the plan.

    `asked`: records that somebody asked for go before all others.
    """

    def weight(one: Action) -> tuple[bool, int]:
        return (one.system.other, one.origin_id) not in asked, PRIORITY.index(one.verb)

    return sorted(actions, key=weight)


def fitting(actions: Sequence[Action], room: int, sizes: Sizes) -> int:
    """How many of these actions, the first ones, there is room for."""
    count = len(actions)
    while count > 0 and _needed(actions[:count], sizes) > room:
        count -= count % sizes.batch or sizes.batch
    return count


def _needed(actions: Sequence[Action], sizes: Sizes) -> int:
    """Each merge is a call of its own; the others share theirs."""
    return calls_for(len(actions), sizes) + sum(one.verb is Verb.MERGE for one in actions)
