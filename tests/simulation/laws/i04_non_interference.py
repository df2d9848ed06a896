"""I4: what is not mapped, or has not changed, is never sent.

And I18: what is written is in the plan. Both are seen in the payload, beside the journalled plan.
"""

from collections.abc import Iterator

from include.crmsync.model.mapping import FieldType
from tests.simulation import spelling
from tests.simulation.scene import Scene
from tests.simulation.wire import Sent


def only_what_changed(scene: Scene, sent: Sent) -> Iterator[str]:
    """Each field of a payload is a change of the plan."""
    if sent.deletes:
        return
    mapping = scene.world.mappings[sent.process.object_type]
    changes = _changes(scene, sent)
    for one in mapping.fields:
        name = spelling.named(one, sent.system, sent.write.kind)
        if name is None or name not in sent.write.values:
            continue
        value = spelling.meaning(sent.write.values[name], one, sent.system)
        if one.name not in changes:
            yield f"{sent.write.key} sends {one.name}, which is not in the plan"
        elif one.type is not FieldType.PARENT and changes[one.name][1] != value:
            planned = changes[one.name][1]
            yield f"{sent.write.key} sends {value!r} as {one.name}, planned was {planned!r}"
    known = {spelling.named(one, sent.system, sent.write.kind) for one in mapping.fields}
    for name in sent.write.values.keys() - known:
        yield f"{sent.write.key} sends {name}, which is not mapped"


def nothing_unchanged(scene: Scene, sent: Sent) -> Iterator[str]:
    """An update's change changes something."""
    if sent.deletes or sent.write.record_id is None:
        return
    for name, (before, after) in _changes(scene, sent).items():
        if before == after:
            yield f"{sent.write.key} writes {name}, which holds {after!r} already"


def written_as_planned(scene: Scene, sent: Sent) -> Iterator[str]:
    """Every write is an action that was journalled, and about to be written."""
    query = "SELECT intended_at FROM action WHERE sync_run = ? AND object_type = ? AND id = ?"
    names = sent.process.name, sent.process.object_type, sent.write.key
    found = scene.world.state.rows(query, *names)
    if not found:
        yield f"{sent.write.key} was written and is in no plan"
    elif all(moment is None for (moment,) in found):
        yield f"{sent.write.key} was written without an intent"


def _changes(scene: Scene, sent: Sent) -> dict[str, tuple[str | None, str | None]]:
    query = (
        "SELECT field, before, after FROM change WHERE sync_run = ? AND object_type = ?"
        " AND action_id = ? ORDER BY attempt"
    )
    names = sent.process.name, sent.process.object_type, sent.write.key
    return {name: (before, after) for name, before, after in scene.world.state.rows(query, *names)}
