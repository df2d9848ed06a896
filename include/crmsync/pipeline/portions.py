"""Records in portions through the ordinary steps, one after the other, however often it dies.

Each portion is a sync run of its own, with a request for its records: extracted, validated,
planned, written and committed before the next one begins. A run that died goes on with the first
portion that has not ended; what that one had written is found again by its keys and its journal.
What a portion came to is kept as a small document, and its own artifacts are removed, so that
neither memory nor disk grows with the number of records.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from include.crmsync.errors import LimitReached
from include.crmsync.model.request import Request
from include.crmsync.model.run import RunState
from include.crmsync.pipeline import extract
from include.crmsync.pipeline.once import go_on
from include.crmsync.pipeline.portion_told import Told, told
from include.crmsync.pipeline.surroundings import lend
from include.crmsync.pipeline.survey import Portion, Survey
from include.crmsync.pipeline.workshop import Workshop

ENDED = frozenset({RunState.DONE, RunState.NOTHING_TO_DO, RunState.PLANNED})

Ask = Callable[[Portion], Request | None]
"""The request for a portion; None: nothing of it is left to do."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is done in portions: of one object type, in one run."""

    object_type: str
    sync_run: str
    survey: Survey

    def run_of(self, number: int) -> str:
        """The sync run of a portion; the first is 1."""
        return f"{self.sync_run}.{number:05}"

    def artifact_of(self, number: int) -> str:
        return f"portion-{number:05}"


def take(work: Work, ask: Ask, shop: Workshop) -> Iterator[Told]:
    """Take every portion through the steps, and yield what each came to."""
    # Portions would push the pages of ordinary runs out.
    shop.settings = replace(shop.settings, data_docs=None)
    for number, portion in enumerate(work.survey.portions, 1):
        reference = shop.artifacts.reference(
            work.sync_run, work.object_type, work.artifact_of(number)
        )
        if shop.artifacts.exists(reference):
            yield shop.artifacts.load(reference, Told)
            continue
        found = _take_one(work, number, portion, ask, shop)
        shop.artifacts.save(work.sync_run, work.object_type, work.artifact_of(number), found)
        shop.artifacts.forget_run(work.run_of(number))
        yield found


def _take_one(
    work: Work,
    number: int,
    portion: Portion,
    ask: Ask,
    shop: Workshop,
) -> Told:
    run, object_type = work.run_of(number), work.object_type
    if not _ended(run, object_type, shop):
        request = ask(portion)
        if request is None:
            return Told(linked_before=len(portion.ids))
        request = replace(request, portion=True)
        lend(work.sync_run, run, shop)
        extracted = extract.run(object_type, run, request=request, workshop=shop)
        go_on(extracted, object_type, run, request.allow_plan, shop)
        _refuse_waiting(run, object_type, shop)
    return told(portion, run, object_type, shop)


def _ended(run: str, object_type: str, shop: Workshop) -> bool:
    return any(
        one.object_type == object_type and one.state in ENDED for one in shop.journal.run(run)
    )


def _refuse_waiting(run: str, object_type: str, shop: Workshop) -> None:
    """The calls of the day are spent: the rest is for later, from this portion on."""
    for one in shop.journal.run(run):
        if one.object_type == object_type and one.state is RunState.WAITING:
            raise LimitReached(
                f"{one.note}. Everything before is remembered: clear this task once there are"
                " calls again, and it goes on from here"
            )
