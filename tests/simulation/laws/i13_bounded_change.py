"""I13: a plan over the guard stops before its first write, unless it was let through."""

from collections.abc import Iterator

from tests.simulation.scene import Scene
from tests.simulation.wire import Sent

MOST = 10
"""Deletions that a run of a small world may make."""


def no_mass_deletion(scene: Scene, sent: Sent) -> Iterator[str]:
    """A plan with many deletions writes nothing at all."""
    deletes = scene.runner.deletions(sent.process.name, sent.process.object_type)
    if len(deletes) <= MOST:
        return
    ran = next(one for one in scene.runner.ran if one.name == sent.process.name)
    stopped = {name: what for one in scene.runner.ran for name, what in one.tripped.items()}
    if deletes not in [stopped.get(name) for name in ran.allowed.split()]:
        yield f"{sent.write.key} was written by a plan that deletes {len(deletes)} records"
