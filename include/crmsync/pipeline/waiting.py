"""A step for which no call of the day is left: its object type ends as waiting, nothing is lost.

No watermark has moved and nothing was written, so the next run reads the same changes again. It
is told once, and it is no failure: Airflow skips the steps that follow instead of repeating this
one against a limit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import TracebackType

from include.crmsync.errors import LimitReached
from include.crmsync.model.record import System
from include.crmsync.model.run import Counts, RunState, SyncRun
from include.crmsync.pipeline.allocation import still_goes
from include.crmsync.pipeline.notify import short_of_calls
from include.crmsync.pipeline.step import Step


@dataclass(slots=True)
class EndsWaiting:
    """Around the body of a step: at the limit its object type ends, and nothing is raised."""

    step: str
    started: SyncRun
    work: Step
    before: Mapping[System, int] = field(default_factory=dict)
    """Calls that earlier steps of the run spent."""
    _spent: Mapping[System, int] = field(default_factory=dict)

    def __enter__(self) -> None:
        self._spent = self.work.workshop.gateways.calls()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> bool:
        if not isinstance(error, LimitReached):
            return False
        self._end(str(error))
        return True

    def _end(self, why: str) -> None:
        shop, started = self.work.workshop, self.started
        why += still_goes(shop)
        calls = shop.gateways.calls(since=self._spent)
        counts = {one: Counts(calls=self.before.get(one, 0) + calls[one]) for one in System}
        ended = replace(
            started, state=RunState.WAITING, finished_at=shop.now(), counts=counts, note=why
        )
        shop.journal.finish(ended)
        self.work.tell(waiting=True)
        short_of_calls(f"{started.object_type}.{self.step}", started.id, why, shop)
