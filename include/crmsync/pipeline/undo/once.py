"""Taking a run back without Airflow: the very same steps, one after the other.

Children come before their parents, so that a company which the run created is left by its people
before it is deleted.
"""

from include.crmsync.model.run import Trigger
from include.crmsync.model.undo import Undo
from include.crmsync.pipeline import load
from include.crmsync.pipeline.once import OBJECT_TYPES
from include.crmsync.pipeline.undo import asked, commit, extract, plan
from include.crmsync.pipeline.workshop import Workshop

ORDER = tuple(reversed(OBJECT_TYPES))


def run(undo: Undo, sync_run: str, *, allow_plan: str = "", workshop: Workshop) -> None:
    """Run every step for each object type; raises what a step raises."""
    asked.remember(undo, sync_run, workshop)
    for object_type in ORDER:
        names = {"sync_run": sync_run, "object_type": object_type}
        recalled = extract.run(
            object_type, sync_run, trigger=Trigger.COMMAND_LINE, workshop=workshop
        )
        if recalled is None:
            continue
        planned = plan.run(recalled, **names, allow_plan=allow_plan, workshop=workshop)
        if planned is None:
            continue
        loaded = load.run(planned, **names, workshop=workshop)
        commit.run(loaded, **names, workshop=workshop)
