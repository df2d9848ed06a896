"""I12: calls stay within what the plan needs, whatever goes wrong.

A bound per method, run and object type: what a task may need, times how often it was started, and
for writes the batches of the plan.
"""

from collections.abc import Iterator
from math import ceil

from tests.simulation.runs import Ran
from tests.simulation.scene import Scene

PER_TASK = {
    "account": 1,
    "schema": 2,
    "changed_since": 2,
    "archive": 1,
    "owners": 1,
    "members": 1,
    "on_list": 1,
    "conversions": 1,
    "children": 2,
    "associations": 2,
    "field_times": 1,
    "find": 2,  # of strangers, and of those who wait for a value that somebody has
    "find_by_key": 1,
    "fates": 3 + 5,
    "outside": 1,
}
"""What one task may call at most; heirs of heirs are asked after five times."""


def within_bounds(scene: Scene, ran: Ran) -> Iterator[str]:
    """Nothing is called more often than there is reason to."""
    for (object_type, system, method), calls in ran.calls.items():
        tries = sum(times for (one, _), times in ran.started.items() if one == object_type)
        loads = ran.started[object_type, "load"]
        bound = PER_TASK.get(method, 0) * tries
        if method in ("write", "delete", "read", "past"):
            bound = _by_plan(scene, ran, object_type, system) * loads
            bound += 12 * tries if method == "read" else 0
            if method in ("read", "past"):
                bound += _left_open(scene, ran, object_type, system)
        if calls > bound:
            times = f"{calls} times for {object_type}, not {bound}"
            yield f"{ran.name} called {method} of {system} {times}"


def _by_plan(scene: Scene, ran: Ran, object_type: str, system: str) -> int:
    """Batches that the plan's actions come to; each costs a look, a write and a reading back."""
    query = (
        "SELECT count(*) FROM action WHERE sync_run = ? AND object_type = ? AND system = ?"
        " GROUP BY attempt"
    )
    counts = [count for (count,) in scene.world.state.rows(query, ran.name, object_type, system)]
    return sum(ceil(count / scene.world.history.batch) + 2 for count in counts)


def _left_open(scene: Scene, ran: Ran, object_type: str, system: str) -> int:
    """Batches of what runs that were given up may have left open, and this one asked about."""
    given_up = [one for one in scene.runner.ran if one.stopped and one is not ran]
    return sum(_by_plan(scene, one, object_type, system) for one in given_up)
