"""I11: a base holds what both systems held, once it is known that they did.

Where a system made something else of what it was sent, the base is what it stored, and beside it
stands what it was sent: that is what the other one held.
"""

import json
from collections.abc import Iterator

from include.crmsync.model.mapping import FieldType
from include.crmsync.model.record import System
from tests.simulation import spelling
from tests.simulation.runs import Ran
from tests.simulation.scene import Linked, Scene


def both_held_it(scene: Scene, ran: Ran, object_type: str, task: str) -> Iterator[str]:
    """Every value of a base was in either record at some time."""
    if task != "commit":
        return
    for pair in scene.linked():
        if pair.object_type == object_type:
            yield from _judged(pair, ran, scene)


def _judged(pair: Linked, ran: Ran, scene: Scene) -> Iterator[str]:
    mapping = scene.world.mappings[pair.object_type]
    [(base, sent)] = scene.world.state.rows(
        "SELECT json(base), json(bounced) FROM link WHERE id = ? AND sync_run = ?",
        *(pair.id, ran.name),
    ) or [(None, None)]
    held = {
        name
        for system in System
        for _, name in scene.held().get((system, pair.record(system).id), ())
    }
    left = _left_to_the_next_run(pair, scene)
    told_of, bounced = (_decoded(one) if one else {} for one in (base, sent))
    apart = _apart(told_of)
    for name, value in told_of.items():
        if value is None and (name in held or left):
            continue  # what stayed behind at creation: a blank base is no base
        field = next((one for one in mapping.fields if one.name == name), None)
        if field is None or field.type is FieldType.PARENT:
            continue
        for system in System:
            record = pair.record(system)
            told = value if system is System.SALESFORCE else apart.get(name, value)
            seen = scene.witness.ever(system, record.id, name)
            if not spelling.named(field, system, record.kind):
                continue
            if field.type is FieldType.OWNER and not spelling.owner_known(told, system):
                continue
            if told not in seen and (name not in bounced or bounced[name] not in seen):
                yield f"the base of {name} is {told!r}, which {record.id} never held"


def _left_to_the_next_run(pair: Linked, scene: Scene) -> bool:
    """Whether something of the pair goes another way than was asked for, and waits."""
    query = "SELECT 1 FROM retry WHERE object_type = ? AND system = ? AND record_id = ?"
    return any(
        scene.world.state.rows(query, pair.object_type, str(system), pair.record(system).id)
        for system in System
    )


def _apart(base: dict[str, str | None]) -> dict[str, str | None]:
    """What is known to be apart: HubSpot's value stands beside Salesforce's; empty is a blank."""
    ends = "@hubspot"
    return {
        name.removesuffix(ends): one or None
        for name, one in base.items()
        if name.endswith(ends) and one is not None
    }


def _decoded(base: str) -> dict[str, str | None]:
    told: dict[str, str | None] = json.loads(base)
    return told
