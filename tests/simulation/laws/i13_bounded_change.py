"""I13: a plan over the guard stops before its first write."""

from collections.abc import Iterator

from tests.simulation.scene import Scene
from tests.simulation.wire import Sent

MOST = 10
"""Deletions that a run of a small world may make."""


def no_mass_deletion(scene: Scene, sent: Sent) -> Iterator[str]:
    """A plan with many deletions writes nothing at all."""
    query = (
        "SELECT count(*) FROM action WHERE sync_run = ? AND object_type = ? AND verb = 'delete'"
        " GROUP BY attempt ORDER BY attempt DESC LIMIT 1"
    )
    names = sent.process.name, sent.process.object_type
    for (count,) in scene.world.state.rows(query, *names):
        if count > MOST:
            yield f"{sent.write.key} was written by a plan that deletes {count} records"
