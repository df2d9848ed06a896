"""I8: a plan depends on what was read, on the bases and the mapping; not on the order of rows.

What extract left is judged and planned once more with its rows in another order.
"""

import random
from collections.abc import Iterator
from dataclasses import replace

from include.crmsync.engine.guard import plan_id
from include.crmsync.model.plan import Plan
from include.crmsync.pipeline import plan, validate
from include.crmsync.pipeline.documents import Extracted, Planned
from tests.simulation.artifacts import MemoryArtifacts
from tests.simulation.process import Process
from tests.simulation.runs import Ran
from tests.simulation.scene import Scene


def same_plan_from_shuffled_rows(
    scene: Scene, ran: Ran, object_type: str, task: str
) -> Iterator[str]:
    """The plan made of shuffled rows is the plan that was made."""
    reference = ran.references.get((object_type, "plan"))
    if not scene.world.history.shuffled or task != "plan" or reference is None:
        return
    if ran.crossed & {(object_type, "validate"), (object_type, "plan")}:
        return  # another run changed the bases meanwhile: the plan was not made of what is now
    planned: Planned = scene.world.artifacts.load(reference, Planned)
    again = _planned_again(scene, ran, planned.extracted, object_type)
    if again is None or plan_id(again) != plan_id(planned.plan):
        yield f"{ran.name} plans {object_type} otherwise when rows come in another order"


def _planned_again(scene: Scene, ran: Ran, extracted: str, object_type: str) -> Plan | None:
    process = Process("shuffled")
    shop = scene.world.workshop(process)
    shop.artifacts = copy = MemoryArtifacts()
    copy.documents = dict(scene.world.artifacts.documents)
    read = copy.load(extracted, Extracted)
    copy.documents[extracted] = _shuffled(read, scene.world.history.seed)
    scene.world.processes.append(process)
    try:
        with scene.world.state.undone():
            names = {"sync_run": ran.name, "object_type": object_type}
            judged = validate.run(extracted, **names, workshop=shop)
            assert judged is not None, "no call is left to judge with"
            made = plan.run(judged, **names, allow_plan=ran.allowed, workshop=shop)
    finally:
        scene.world.processes.pop()
    return copy.load(made, Planned).plan if made else None


def _shuffled(extracted: Extracted, seed: int) -> Extracted:
    order = random.Random(seed)  # noqa: S311
    return replace(
        extracted,
        changed={
            system: tuple(order.sample(records, len(records)))
            for system, records in reversed([*extracted.changed.items()])
        },
        counterparts={
            system: tuple(order.sample(records, len(records)))
            for system, records in extracted.counterparts.items()
        },
        keys=dict(reversed([*extracted.keys.items()])),
    )
