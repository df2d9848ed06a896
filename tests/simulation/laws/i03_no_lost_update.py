"""I3: what a person typed is never overwritten without a row in the journal that holds it.

The one moment that is left out is the call between the last look and a write to Salesforce: neither
CRM writes only if a record still is what it was, and of the two HubSpot tells what it was. A
deletion takes a record with its history. And where a load was killed right after its write, and the
field was edited once more before anybody could look, the journal says only that it may have landed.
"""

from collections.abc import Iterator

from include.crmsync.pipeline.look import AGAIN
from tests.simulation.scene import Scene
from tests.simulation.witness import Lost


def lost_values_are_journalled(scene: Scene) -> Iterator[str]:
    """Each overwritten value is there."""
    erased = any(step.do == "erase" for step in scene.world.history.steps)
    for lost in scene.witness.lost if not erased else ():
        if not _kept(lost, scene):
            _, record_id, name = lost.place
            yield (
                f"{lost.value!r}, typed into {name} of {record_id}, was overwritten in"
                f" {lost.sync_run}, and the journal has no trace of it"
            )


def _kept(lost: Lost, scene: Scene) -> bool:
    system, record_id, name = lost.place
    field = scene.world.mappings[lost.object_type][name]
    spelled = scene.journalled(lost.value, field, system)
    changes = scene.world.state.rows(
        "SELECT before FROM change WHERE sync_run = ? AND action_id = ? AND field = ?",
        *(lost.sync_run, lost.action, name),
    )
    conflicts = scene.world.state.rows(
        f"SELECT {system} FROM conflict WHERE sync_run = ? AND {system}_id = ? AND field = ?",
        *(lost.sync_run, record_id, name),
    )
    doubted = scene.world.state.rows(
        "SELECT 1 FROM action WHERE sync_run = ? AND id = ? AND result = 'superseded'"
        " AND instr(message, ?)",
        *(lost.sync_run, lost.action, AGAIN),
    )
    if doubted:
        return True
    # A create that found its first: what the person typed meanwhile is read and settled next time.
    return any(value in spelled for (value,) in [*changes, *conflicts])
