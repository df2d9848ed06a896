"""I20: two runs never write one object type at the same time."""

from collections.abc import Iterator

from tests.simulation.scene import Scene
from tests.simulation.wire import Sent


def one_writes(scene: Scene, sent: Sent) -> Iterator[str]:
    """While a load is at work on an object type, nobody else writes it."""
    for other in scene.world.processes:
        if other is sent.process or other.name == sent.process.name or other.dead:
            continue
        if other.calling in ("write", "delete") and other.object_type == sent.process.object_type:
            yield f"{sent.process.name} wrote {sent.write.key} while {other.name} was writing"


def no_transaction_is_open(scene: Scene, _: Sent) -> Iterator[str]:
    """Nothing locks the store while a CRM is called."""
    if scene.world.state.in_transaction:
        yield "a transaction was open during a call"
