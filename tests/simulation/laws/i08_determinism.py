"""I8: a plan depends on what was read, on the bases and the mapping; not on the order of rows.

What extract left is judged and planned once more with its rows in another order.
"""

import random
from collections.abc import Iterator
from dataclasses import replace

from include.crmsync.engine.guard import plan_id
from include.crmsync.pipeline import validate
from include.crmsync.pipeline.documents import Extracted, Planned, Validated
from include.crmsync.pipeline.field_times import by_field_times
from include.crmsync.pipeline.plan import _situation
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
    planned: Planned = scene.world.artifacts.load(reference, Planned)
    extracted = scene.world.artifacts.load(planned.extracted, Extracted)
    shop = scene.world.workshop(Process("shuffled"))
    shop.artifacts = copy = MemoryArtifacts()
    copy.documents = dict(scene.world.artifacts.documents)
    copy.documents[planned.extracted] = _shuffled(extracted, scene.world.history.seed)
    judged = validate.run(
        planned.extracted, sync_run=ran.name, object_type=object_type, workshop=shop
    )
    document = copy.load(judged, Validated)
    plan = by_field_times(_situation(document, copy.load(planned.extracted, Extracted), shop), shop)
    if plan_id(plan) != plan_id(planned.plan):
        yield f"{ran.name} plans {object_type} otherwise when rows come in another order"


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
