"""One object type of a run in portions, from its survey to its report, whatever asks for it.

A baseline, an import and a back-fill differ in which records they survey and what they request
for a portion. What they share is here: the survey is made once, so that a run that died has the
same portions; the whole is one run in the journal, with the sums of its portions; and a table of
every record is left as CSV beside the run's artifacts.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from include.crmsync.model.record import System
from include.crmsync.model.run import Counts, RunState, SyncRun, Trigger
from include.crmsync.pipeline.accounts import check
from include.crmsync.pipeline.plan_report import as_csv
from include.crmsync.pipeline.portion_told import LINKED, Told
from include.crmsync.pipeline.portions import Ask, Work, take
from include.crmsync.pipeline.survey import Survey
from include.crmsync.pipeline.workshop import Workshop

log = logging.getLogger("crmsync")

HEADINGS = ("system", "id", "state", "counterpart", "why", "candidates")


def _nothing(_: Told) -> None:
    """What a portion came to matters to no other."""


def _as_it_is(_: Survey) -> None:
    """Nothing is left to do once every portion is through."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is done of one object type, and how it is told."""

    name: str
    """As the journal and the report call it: `baseline`."""
    object_type: str
    sync_run: str
    dry_run: bool
    look: Callable[[], Survey]
    ask: Ask
    heed: Callable[[Told], None] = _nothing
    """Told what each portion came to, before the next one is asked for."""
    close: Callable[[Survey], None] = _as_it_is
    """Done when all are through; not in a dry run."""


def do(task: Task, shop: Workshop) -> dict[str, int]:
    """Take every portion through the steps, as far as that is not done; counts by state."""
    check(shop)
    run = SyncRun(task.sync_run, task.object_type, Trigger.MANUAL, shop.now(), dry_run=task.dry_run)
    if not _done(run, shop):
        shop.journal.start(run)
        whole = _survey(task, shop)
        counts = {system: Counts() for system in System}
        for told in take(Work(task.object_type, task.sync_run, whole), task.ask, shop):
            task.heed(told)
            counts = {one: counts[one] + told.counts.get(one, Counts()) for one in System}
        if not task.dry_run:
            task.close(whole)
        _finish(task, run, whole, counts, shop)
    return _report(task, shop)


def _survey(task: Task, shop: Workshop) -> Survey:
    reference = shop.artifacts.reference(task.sync_run, task.object_type, "survey")
    if shop.artifacts.exists(reference):
        return shop.artifacts.load(reference, Survey)
    found = task.look()
    shop.artifacts.save(task.sync_run, task.object_type, "survey", found)
    return found


def _finish(
    task: Task, run: SyncRun, whole: Survey, counts: Mapping[System, Counts], shop: Workshop
) -> None:
    sizes = [f"{whole.size(one)} {one.label}" for one in System if whole.size(one)]
    records = " and ".join(sizes) or "no"
    shop.journal.finish(
        replace(
            run,
            state=RunState.PLANNED if run.dry_run else RunState.DONE,
            finished_at=shop.now(),
            counts=counts,
            note=f"{task.name} of {records} records, in {len(whole.portions)} portions",
        )
    )


def _done(run: SyncRun, shop: Workshop) -> bool:
    ended = (RunState.DONE, RunState.PLANNED)
    known = shop.journal.run(run.id)
    return any(one.object_type == run.object_type and one.state in ended for one in known)


def _report(task: Task, shop: Workshop) -> dict[str, int]:
    """Write the table of every record beside the run's artifacts; counts by state."""
    counts: Counter[str] = Counter()
    rows = as_csv(HEADINGS, _rows(task, shop, counts))
    path = shop.artifacts.save_text(task.sync_run, task.object_type, f"{task.name}.csv", rows)
    told = {state: count for state, count in sorted(counts.items()) if count}
    named = ", ".join(f"{count} {state}" for state, count in told.items()) or "no records"
    log.info("%s: %s; every record is in %s", task.object_type, named, path.name)
    return told


def _rows(task: Task, shop: Workshop, counts: Counter[str]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each record, and count it."""
    work = Work(task.object_type, task.sync_run, _survey(task, shop))
    for number in range(1, len(work.survey.portions) + 1):
        name = work.artifact_of(number)
        reference = shop.artifacts.reference(task.sync_run, task.object_type, name)
        told = shop.artifacts.load(reference, Told)
        counts[LINKED] += told.linked_before
        for one in told.lines:
            counts[f"{one.state} ({one.system.label})"] += 1
            yield (
                str(one.system),
                one.record_id,
                one.state,
                one.counterpart,
                one.why,
                " ".join(one.candidates),
            )
