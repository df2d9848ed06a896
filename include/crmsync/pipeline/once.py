"""A whole sync run without Airflow: the very same steps, one after the other.

For the command line, for debugging and for tests. The order of object types is Airflow's:
parents first. And as there, one that is stopped by something of its own does not stop the others.
"""

from collections.abc import Sequence

from include.crmsync.errors import EVERYBODYS, SyncError
from include.crmsync.model.request import Request
from include.crmsync.model.run import Trigger
from include.crmsync.pipeline import asked, commit, extract, load, plan, validate
from include.crmsync.pipeline.family import FAMILY
from include.crmsync.pipeline.request import remember
from include.crmsync.pipeline.workshop import Workshop

OBJECT_TYPES = ("companies", "contacts", "deals")


def run(
    sync_run: str,
    object_types: Sequence[str] = OBJECT_TYPES,
    *,
    dry_run: bool = False,
    allow_plan: str = "",
    apply_plan: str = "",
    workshop: Workshop,
) -> None:
    """Run every step for each object type; raises what the first step raised that failed.

    An error of one object type is raised when the others have had their turn; where a CRM or the
    state does not answer, nobody else would fare better, and it is raised at once.
    """
    failed: list[SyncError] = []
    for object_type in (name for name in OBJECT_TYPES if name in object_types):
        try:
            extracted = extract.run(
                object_type,
                sync_run,
                trigger=Trigger.COMMAND_LINE,
                dry_run=dry_run,
                apply_plan=apply_plan,
                workshop=workshop,
            )
            go_on(extracted, object_type, sync_run, allow_plan, workshop)
        except EVERYBODYS:
            raise
        except SyncError as error:
            failed.append(error)
    if failed:
        raise failed[0]


def run_request(request: Request, sync_run: str, *, workshop: Workshop) -> None:
    """Run every step for what somebody asked for, parents first; raises what a step raises."""
    remember(request, sync_run, workshop)
    for object_type in FAMILY[request.object_type]:
        extracted = asked.extract(object_type, request.object_type, sync_run, workshop=workshop)
        go_on(extracted, object_type, sync_run, request.allow_plan, workshop)


def go_on(
    extracted: str | None, object_type: str, sync_run: str, allow_plan: str, workshop: Workshop
) -> None:
    """Take the steps that follow an `extract`, as far as there is something to do."""
    if extracted is None:
        return
    names = {"sync_run": sync_run, "object_type": object_type}
    validated = validate.run(extracted, **names, workshop=workshop)
    if validated is None:
        return
    planned = plan.run(validated, **names, allow_plan=allow_plan, workshop=workshop)
    if planned is None:
        return
    loaded = load.run(planned, **names, workshop=workshop)
    commit.run(loaded, **names, workshop=workshop)
