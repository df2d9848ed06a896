"""Batches keep twins apart, and a bad row harms only itself."""

from collections.abc import Sequence
from itertools import chain
from math import log2

from hypothesis import given
from hypothesis import strategies as st

from include.crmsync.adapters.batches import UNANSWERED, apart, settle
from include.crmsync.adapters.failures import Refused
from include.crmsync.adapters.gateway import Write, Written


def update(number: int, record_id: str) -> Write:
    return Write(str(number), "contacts", record_id, {})


def create(number: int, external_key: str) -> Write:
    return Write(str(number), "contacts", None, {}, external_key=external_key)


writes = st.lists(st.tuples(st.sampled_from([update, create]), st.sampled_from("abcdef"))).map(
    lambda drawn: [make(number, name) for number, (make, name) in enumerate(drawn)]
)


@given(writes=writes, size=st.integers(1, 4))
def test_no_batch_touches_a_record_twice(writes: list[Write], size: int) -> None:
    for batch in apart(writes, size):
        touched = [(write.record_id, write.external_key) for write in batch]
        assert len(set(touched)) == len(touched) <= size


@given(writes=writes, size=st.integers(1, 4))
def test_every_write_is_in_one_batch_and_twins_keep_their_order(
    writes: list[Write], size: int
) -> None:
    batched = list(chain.from_iterable(apart(writes, size)))
    assert sorted(write.key for write in batched) == sorted(write.key for write in writes)
    for name in "abcdef":
        numbers = [int(write.key) for write in batched if write.record_id == name]
        assert numbers == sorted(numbers)


def test_writes_without_twins_fill_their_batches() -> None:
    batches = apart([update(number, str(number)) for number in range(250)], 100)
    assert [len(batch) for batch in batches] == [100, 100, 50]


class AllOrNothing:
    """A CRM that refuses a batch whole for one bad row, and may name the row."""

    def __init__(self, bad: set[str], *, names: bool) -> None:
        self.bad = bad
        self.names = names
        self.calls = 0
        self.landed: list[str] = []

    def send(self, rows: Sequence[Write]) -> list[Written]:
        self.calls += 1
        found = [row.key for row in rows if row.key in self.bad]
        if found:
            raise Refused("refused", "BAD", status=400, body=found)
        self.landed += [row.key for row in rows]
        return [Written(row.key, "id") for row in rows]

    def blame(self, refusal: Refused, rows: Sequence[Write]) -> list[Write]:
        return [row for row in rows if row.key in refusal.body[:1]] if self.names else []


def word(refusal: Refused, row: Write) -> Written:
    return Written(row.key, code=refusal.code)


rows = [update(number, str(number)) for number in range(100)]


@given(bad=st.sets(st.integers(0, 99).map(str), max_size=6), names=st.booleans())
def test_each_good_row_is_written_once_and_each_bad_row_gets_its_word(
    bad: set[str], *, names: bool
) -> None:
    crm = AllOrNothing(bad, names=names)
    answers = settle(rows, crm.send, crm.blame, word)
    assert sorted(answer.key for answer in answers) == sorted(row.key for row in rows)
    assert {answer.key for answer in answers if answer.code} == bad
    assert sorted(crm.landed) == sorted({row.key for row in rows} - bad)
    assert crm.calls <= 1 + len(bad) * 2 * (log2(len(rows)) + 1)


def test_a_named_row_costs_two_more_calls() -> None:
    crm = AllOrNothing({"42"}, names=True)
    settle(rows, crm.send, crm.blame, word)
    assert crm.calls == 3


def test_a_row_the_crm_never_answers_is_given_up_as_retryable() -> None:
    def send(batch: Sequence[Write]) -> list[Written]:
        return [Written(row.key, "id") for row in batch if row.key != "3"]

    answers = settle(rows[:8], send, lambda *_: (), word)
    [lost] = [answer for answer in answers if answer.code]
    assert (lost.key, lost.code, lost.retryable) == ("3", UNANSWERED, True)
    assert len(answers) == 8
