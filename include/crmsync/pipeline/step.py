"""What every step does around its own work: one log line, one journal entry when it fails.

The log line carries counts and references, never a value. A failure is journalled with its
message, then left to rise: Airflow retries it, or a person reads it.
"""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

from include.crmsync.errors import SyncError, Unreachable
from include.crmsync.model.record import System
from include.crmsync.model.run import RunState
from include.crmsync.pipeline.allocation import serve
from include.crmsync.pipeline.measures import Measure, of_run, of_step
from include.crmsync.pipeline.wiring import failing_as_airflow_expects, real_workshop
from include.crmsync.pipeline.wiring.metrics import emit
from include.crmsync.pipeline.workshop import Workshop
from include.crmsync.state.uses import Spent

log = logging.getLogger("crmsync")


@dataclass(slots=True)
class Step:
    """One step at work: its workshop, and what its log line will say."""

    workshop: Workshop
    facts: dict[str, object] = field(default_factory=dict)

    def tell(self, **facts: object) -> None:
        self.facts.update(facts)


@contextmanager
def own(workshop: Workshop | None) -> Iterator[Workshop]:
    """A workshop for work that is no step of a run: the given one, or a real one of its own."""
    shop = workshop or real_workshop()
    with failing_as_airflow_expects():
        try:
            yield shop
        finally:
            if workshop is None:
                shop.close()


@contextmanager
def step(
    name: str, object_type: str, sync_run: str, workshop: Workshop | None = None
) -> Iterator[Step]:
    """Run the body as one step of one sync run."""
    began = time.monotonic()
    work = Step(workshop or real_workshop())
    before = work.workshop.gateways.calls()
    with failing_as_airflow_expects():
        try:
            _serve(work.workshop, object_type, sync_run)
            yield work
            seconds = time.monotonic() - began
            emit(lambda: _measures(name, object_type, sync_run, seconds, work))
        except SyncError as error:
            _journal_failure(work.workshop, object_type, sync_run, f"{name}: {error}")
            _measure_failure(name, object_type, began, error)
            raise
        except Exception as error:
            _journal_failure(
                work.workshop, object_type, sync_run, f"{name}: {type(error).__name__}"
            )
            _measure_failure(name, object_type, began, error)
            raise
        finally:
            _note_calls(work.workshop, (sync_run, object_type, name), before)
            if workshop is None:
                work.workshop.close()
    facts = " ".join(f"{key}={value}" for key, value in work.facts.items())
    log.info(
        "step=%s object_type=%s %s seconds=%.1f", name, object_type, facts, time.monotonic() - began
    )


def _serve(workshop: Workshop, object_type: str, sync_run: str) -> None:
    """Let the step go as far into the calls of the day as its run may."""
    for run in workshop.journal.run(sync_run):
        if run.object_type == object_type:
            serve(run, workshop)


def _measures(
    name: str, object_type: str, sync_run: str, seconds: float, work: Step
) -> list[Measure]:
    """The step's own numbers; after the last step of a run, the run's as well."""
    told = of_step(name, object_type, seconds)
    for run in work.workshop.journal.run(sync_run):
        if run.object_type == object_type:
            told += of_run(run, work.workshop)
    return told


def _measure_failure(name: str, object_type: str, began: float, error: Exception) -> None:
    seconds = time.monotonic() - began
    emit(lambda: of_step(name, object_type, seconds, type(error).__name__))


def _note_calls(
    workshop: Workshop, whose: tuple[str, str, str], before: Mapping[System, int]
) -> None:
    """Remember what the step spent; where the state does not answer, its own failure says so."""
    sync_run, object_type, name = whose
    gateways = workshop.gateways
    spent = Spent(sync_run, object_type, name, gateways.calls(since=before), gateways.uses())
    with suppress(Unreachable):
        workshop.uses.note(spent, workshop.now())


def _journal_failure(workshop: Workshop, object_type: str, sync_run: str, note: str) -> None:
    for run in workshop.journal.run(sync_run):
        if run.object_type == object_type:
            now = workshop.now()
            workshop.journal.finish(replace(run, state=RunState.FAILED, finished_at=now, note=note))
