"""I7: a task that is cleared and run again gives the same result.

A repeated task that reads nothing afresh has nothing to write: its plan was applied already.
"""

from collections.abc import Iterator

from tests.simulation.scene import Scene
from tests.simulation.wire import Sent


def applied_once(scene: Scene, sent: Sent) -> Iterator[str]:
    """A plan that was applied is not applied again."""
    [ran] = [one for one in scene.runner.ran if one.name == sent.process.name]
    if sent.process.repeated and "extract" not in ran.step.again:
        yield f"{sent.write.key} was written again when {ran.step.again} were cleared"
