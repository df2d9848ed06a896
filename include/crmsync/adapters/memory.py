"""A Gateway on dicts: the reference that says what a CRM does, for tests of the pipeline.

It behaves like either system where the two agree: writes stamp records from the clock it is
given, creates are upserts on the mapping's unique key, None clears. How values are spelled
is the caller's: what is put in comes out. `fail_next` and `before_next_write` make it
misbehave the ways real ones do: refuse a record, lose an answer before or after the write
happened, or let somebody edit a record in between.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from include.crmsync.adapters import memory_mails
from include.crmsync.adapters.batches import apart
from include.crmsync.adapters.gateway import Blamed, Write, Written
from include.crmsync.adapters.memory_reads import MemoryReads
from include.crmsync.errors import ConfigError, Unavailable
from include.crmsync.model.grant import KeyMade
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import System
from include.crmsync.model.schema import FieldSchema


@dataclass(frozen=True, slots=True)
class Failure:
    """One way a write will go wrong."""

    code: str | None = None
    record: str | None = None
    lost: Literal["before", "after"] | None = None
    retryable: bool = False
    fields: tuple[str, ...] = ()
    """The fields it names; while they are not all among the values, it does not strike."""

    def refuses(self, write: Write) -> bool:
        named = self.record in (None, write.record_id, write.external_key)
        sent = write.values.keys() | write.parents.keys()
        return self.lost is None and named and sent >= set(self.fields)


def _refused(write: Write, refusal: Failure) -> Written:
    code = refusal.code or ""
    text = f"{code}: refused by request of the test"
    blamed = tuple(Blamed(name, code, text) for name in refusal.fields)
    return Written(write.key, write.record_id, code, text, refusal.retryable, blamed=blamed)


def _taken(write: Write, holder: str) -> Written:
    text = f"CONFLICT: Contact already exists. Existing ID: {holder}"
    blamed = (Blamed("email", "CONFLICT", text),) if write.record_id else ()
    return Written(write.key, write.record_id, "CONFLICT", text, blamed=blamed)


@dataclass
class Memory(MemoryReads):
    """One CRM in memory, as it answers who writes."""

    writes: int = 0
    """Records written so far, refused ones not counted."""
    _failures: deque[Failure] = field(default_factory=deque, repr=False)
    _interruptions: deque[Callable[[], None]] = field(default_factory=deque, repr=False)

    def fail_next(
        self,
        code: str | None = None,
        *,
        record: str | None = None,
        lost: Literal["before", "after"] | None = None,
        retryable: bool = False,
        fields: tuple[str, ...] = (),
        times: int = 1,
    ) -> None:
        """Make writes go wrong `times` times.

        With `code`, the next record is refused, or the one with id or external key `record`; with
        `fields`, the refusal names them, and strikes only a write that has them.
        With `lost`, the next batch raises `Unavailable` before or after it was applied.
        """
        self._failures.extend([Failure(code, record, lost, retryable, fields)] * times)

    def before_next_write(self, do: Callable[[], None]) -> None:
        """Call `do` once, just before the next batch is written."""
        self._interruptions.append(do)

    # The gateway.

    def delete(
        self,
        mapping: ObjectMapping,  # noqa: ARG002
        writes: Sequence[Write],
    ) -> Iterator[Sequence[Written]]:
        for batch in apart(writes, self.batch_size):
            yield self._landing(batch, self._delete_one)

    def merge_into(self, mapping: ObjectMapping, write: Write, into: str) -> Written:
        if self.system is System.SALESFORCE:
            raise ConfigError(f"merges_in: Salesforce merges no {mapping.object_type} through REST")
        [answer] = self._landing([write], lambda one: self._merge_one(one, into))
        return answer

    def _merge_one(self, write: Write, into: str) -> Written:
        if write.record_id not in self.records or into not in self.records:
            return Written(write.key, write.record_id, "NOT_FOUND", "NOT_FOUND: no such record")
        self.merge(into, write.record_id)
        self.writes += 1
        return Written(write.key, write.record_id)

    def make_key(self, mapping: ObjectMapping) -> Sequence[KeyMade]:
        self._call()
        name, made = self._key(mapping), []
        here = (mapping.hubspot,) if self.system is System.HUBSPOT else mapping.salesforce
        for kind in (one for one in here if one in self.fields):
            told = "was there" if name in self.fields[kind] else "made"
            key = FieldSchema("string", unique=True, external_id=True)
            self.fields[kind] = {name: key, **self.fields[kind]}
            made.append(KeyMade(kind, name, told))
        return made

    def write(self, mapping: ObjectMapping, writes: Sequence[Write]) -> Iterator[Sequence[Written]]:
        for batch in apart(writes, self.batch_size):
            yield self._landing(batch, lambda write: self._write_one(mapping, write))

    def _landing(self, batch: Sequence[Write], do: Callable[[Write], Written]) -> Sequence[Written]:
        """One call that writes a batch, with whatever is to go wrong."""
        self._call()
        while self._interruptions:
            self._interruptions.popleft()()
        lost = self._take(lambda failure: failure.lost is not None)
        if lost and lost.lost == "before":
            raise Unavailable("the request was lost before it arrived")
        answers = [do(write) for write in batch]
        if lost:
            raise Unavailable("the answer was lost")
        return answers

    def _delete_one(self, write: Write) -> Written:
        refusal = self._take(
            lambda failure: failure.lost is None and failure.record in (None, write.record_id)
        )
        if refusal:
            text = f"{refusal.code}: refused by request of the test"
            return Written(write.key, write.record_id, refusal.code, text, refusal.retryable)
        if write.record_id in self.records:
            self.remove(write.record_id)
            self.writes += 1
        return Written(write.key, write.record_id)

    def _write_one(self, mapping: ObjectMapping, write: Write) -> Written:
        refusal = self._take(lambda failure: failure.refuses(write))
        if refusal:
            return _refused(write, refusal)
        if self._unshared(mapping):
            own = write.record_id or self._keyed(mapping, write)
            taken = memory_mails.holder(write.values.get("email"), self.records.values(), own)
            if taken:
                return _taken(write, taken)
        record_id = write.record_id or self._created(mapping, write)
        if record_id not in self.records:
            return Written(write.key, record_id, "NOT_FOUND", "the record does not exist")
        if write.values or write.parents or not write.roles:
            self._change(record_id, write.values, write.parents)
        for holders, roles in write.roles.items():
            if not self.records.keys() >= roles.given.keys():
                return Written(write.key, record_id, "NOT_FOUND", "who has the role does not exist")
            self._cast(record_id, roles, holders)
        self.writes += 1
        self.ours.add(record_id)
        return Written(write.key, record_id, raw=self._answered(record_id, write))

    def _answered(self, record_id: str, write: Write) -> Mapping[str, Any]:
        """What the answer to a write tells: in HubSpot the properties that it set."""
        if self.system is System.SALESFORCE:
            return {}
        raw = self.records[record_id].raw
        return {name: raw.get(name) for name in write.values}

    def _created(self, mapping: ObjectMapping, write: Write) -> str:
        """The record that holds the external key, new or made before."""
        made: dict[str, Any] = {self._key(mapping): write.external_key}
        if self.system is System.SALESFORCE and self.owner_of_new:
            made["OwnerId"] = self.owner_of_new
        return self._keyed(mapping, write) or self.put(write.kind, made)

    def _keyed(self, mapping: ObjectMapping, write: Write) -> str | None:
        key = self._key(mapping)
        for record in self.records.values():
            if record.kind == write.kind and record.raw.get(key) == write.external_key:
                return record.id
        return None

    def _take(self, fits: Callable[[Failure], bool]) -> Failure | None:
        """The first pending failure that fits, used up."""
        for failure in self._failures:
            if fits(failure):
                self._failures.remove(failure)
                return failure
        return None
