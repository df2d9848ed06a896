"""I15: a child is written only when its parent's link exists."""

from collections.abc import Iterator

from tests.simulation.scene import Scene
from tests.simulation.wire import Sent


def parents_are_linked(scene: Scene, sent: Sent) -> Iterator[str]:
    """Every parent in a payload is a record that is linked."""
    crm = scene.world.crms[sent.system]
    for object_type, parent in sent.write.parents.items():
        if parent is None:
            continue
        if parent not in crm.records and parent not in crm.bin:
            yield f"{sent.write.key} names the parent {parent}, which never was"
        if object_type == "companies" and scene.parent_link(sent.system, parent) is None:
            yield f"{sent.write.key} names the parent {parent}, which is not linked"
