"""The wire between a run and a CRM: every call is counted, and may go wrong on its way.

Whatever a gateway offers goes through here, a batch of writes as one call each. What was written
is told to the witness with the record as it was just before and just after.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from include.crmsync.adapters.batches import apart
from include.crmsync.adapters.gateway import Write, Written
from include.crmsync.errors import Unavailable
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import Record, System
from tests.simulation.crm import Crm
from tests.simulation.process import Process

Tell = Callable[["Sent"], None]


class Sent:
    """One record's write as it reached a CRM."""

    __slots__ = ("after", "before", "deletes", "process", "system", "write", "written")

    def __init__(
        self, process: Process, system: System, write: Write, before: Record | None
    ) -> None:
        self.process = process
        self.system = system
        self.write = write
        self.before = before
        self.after: Record | None = None
        self.written: Written | None = None
        self.deletes = False

    @property
    def landed(self) -> bool:
        return self.written is not None and self.written.code is None


class Wire:
    """A gateway to one CRM for one process."""

    def __init__(self, crm: Crm, process: Process, tell: Tell) -> None:
        self._crm = crm
        self._process = process
        self._tell = tell

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._crm, name)
        if not callable(found):
            return found

        def call(*arguments: Any, **named: Any) -> Any:
            return self._call(name, lambda: found(*arguments, **named))

        return call

    def limit_to(self, most: int | None, share: float) -> None:
        """Ceilings are set on our side: no call."""
        self._crm.limit_to(most, share)

    def write(self, mapping: ObjectMapping, writes: Sequence[Write]) -> Iterator[Sequence[Written]]:
        yield from self._batches("write", mapping, writes)

    def delete(
        self, mapping: ObjectMapping, writes: Sequence[Write]
    ) -> Iterator[Sequence[Written]]:
        yield from self._batches("delete", mapping, writes)

    def _batches(
        self, name: str, mapping: ObjectMapping, writes: Sequence[Write]
    ) -> Iterator[Sequence[Written]]:
        for batch in apart(writes, self._crm.batch_size):
            yield self._call(name, partial(self._land, name, mapping, batch))

    def _land(self, name: str, mapping: ObjectMapping, batch: Sequence[Write]) -> list[Written]:
        answers: list[Written] = []
        self._crm.calls += 1
        for write in batch:
            told = Sent(self._process, self._crm.system, write, self._held(mapping, write))
            told.deletes = name == "delete"
            one = (
                self._crm._delete_one(write)
                if told.deletes
                else self._crm._write_one(mapping, write)
            )
            told.written = one
            told.after = self._crm.records.get(one.record_id or "")
            self._tell(told)
            answers.append(one)
        return answers

    def _held(self, mapping: ObjectMapping, write: Write) -> Record | None:
        id_ = write.record_id or self._crm._by_key(mapping, write)
        return self._crm.records.get(id_ or "")

    def _call(self, name: str, do: Callable[[], Any]) -> Any:
        key = (self._process.object_type, str(self._crm.system), name)
        self._process.calls[key] = self._process.calls.get(key, 0) + 1
        self._process.calling, self._process.called = name, self._crm.system
        try:
            with self._process.passing("call", name):
                self._crm.allow()
                found = do()
                return list(found) if isinstance(found, Iterator) else found
        except Unavailable:
            self._crm.calls += 1
            raise
        finally:
            self._process.calling, self._process.asked = "", name
