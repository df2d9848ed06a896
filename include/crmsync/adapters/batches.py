"""Cutting work into batches, and finding the one bad row in a batch refused whole.

`apart` keeps two writes that touch one record out of each other's batch: a CRM refuses or
reorders twins, and only the order of batches is ours. `settle` turns an all-or-nothing
batch call into one answer per row: rows the CRM answered are done, rows it named are
asked about on their own, and where it names none the batch is halved until the bad row
stands alone. No row that was written is sent again, and the calls stay near
2 x bad x log2(rows).
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from include.crmsync.adapters.failures import Refused
from include.crmsync.adapters.gateway import Write, Written

T = TypeVar("T")

UNANSWERED = "NOT_ANSWERED"
"""Our word where the CRM took a batch and then said nothing about a row of it."""

Send = Callable[[Sequence[Write]], Iterable[Written]]
"""Sends some rows; answers those it can, or raises `Refused` for all of them."""

Blame = Callable[[Refused, Sequence[Write]], Sequence[Write]]
"""The rows a refusal names; empty where it names none."""

Word = Callable[[Refused, Write], Written]
"""One row's answer from a refusal of that row alone."""


def chunks(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Cut into lists of at most `size`, in order."""
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch


def apart(writes: Iterable[Write], size: int) -> list[list[Write]]:
    """Batches of at most `size` where no record and no external key is twice in one.

    Two writes of one record keep their order: the later one is in a later batch.
    """
    batches: list[list[Write]] = []
    last: dict[Hashable, int] = {}
    first_with_room = 0
    for write in writes:
        target = max(first_with_room, last.get(_touched(write), -1) + 1)
        while target < len(batches) and len(batches[target]) >= size:
            target += 1
        if target == len(batches):
            batches.append([])
        batches[target].append(write)
        last[_touched(write)] = target
        while first_with_room < len(batches) and len(batches[first_with_room]) >= size:
            first_with_room += 1
    return batches


def settle(rows: Sequence[Write], send: Send, blame: Blame, word: Word) -> list[Written]:
    """Send rows until each has its own answer."""
    answers: list[Written] = []
    waiting = [list(rows)]
    while waiting:
        batch = waiting.pop()
        try:
            said = list(send(batch))
        except Refused as refusal:
            if len(batch) == 1:
                answers.append(word(refusal, batch[0]))
            else:
                waiting += _parted(batch, blame(refusal, batch))
            continue
        answers += said
        waiting += _left(batch, said, answers)
    return answers


def _left(batch: list[Write], said: list[Written], answers: list[Written]) -> list[list[Write]]:
    """What a batch left unanswered, smaller than before; a lone row is given up."""
    answered = {answer.key for answer in said}
    left = [row for row in batch if row.key not in answered]
    if len(left) == 1 == len(batch):
        text = "the CRM took the request and did not say what became of this record"
        answers.append(Written(left[0].key, code=UNANSWERED, message=text, retryable=True))
        return []
    if len(left) < len(batch):
        return [left] if left else []
    return _parted(batch, ())


def _parted(batch: list[Write], named: Sequence[Write]) -> list[list[Write]]:
    """Two smaller batches: the rows named and the rest, or else two halves."""
    keys = {row.key for row in named}
    here = [row for row in batch if row.key in keys]
    if 0 < len(here) < len(batch):
        return [here, [row for row in batch if row.key not in keys]]
    middle = len(batch) // 2
    return [batch[:middle], batch[middle:]]


def _touched(write: Write) -> Hashable:
    if write.record_id is not None:
        return ("record", write.record_id)
    return ("external key", write.kind, write.external_key)
