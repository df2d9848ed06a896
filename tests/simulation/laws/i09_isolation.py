"""I9: one poison record delays no other.

A record that is refused whenever it is written is held, and nothing waits because of it.
"""

from collections.abc import Iterator

from include.crmsync.model.record import System
from tests.simulation.scene import Scene


def nobody_waits(scene: Scene) -> Iterator[str]:
    """When all has settled, nothing is left to be tried again."""
    for system, record_id, reason in scene.world.state.rows(
        "SELECT system, record_id, reason FROM retry"
    ):
        record = scene.world.record(System(system), record_id)
        if record is not None and not scene.hidden(record):
            yield f"{record_id} still waits: {reason}"
