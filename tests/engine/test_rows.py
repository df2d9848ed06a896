"""Finding the rows that moved by whole columns misses none and changes nothing."""

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from include.crmsync.engine.merge import Versions, settle
from include.crmsync.engine.rows import settle_frames
from include.crmsync.model.record import System, Value
from include.crmsync.model.rule import SyncRule

words = st.none() | st.sampled_from(["Ada", "Grace", "Edsger"])
Triple = tuple[Value, Value, Value]
rows = st.lists(st.tuples(*[st.tuples(words, words, words)] * 2), max_size=12)
rules = st.tuples(st.sampled_from(SyncRule), st.sampled_from(SyncRule))


def another(value: Value) -> Value:
    """An equal value that is another object, as one read from another file is."""
    return None if value is None else "".join(list(value))


def frame(records: list[tuple[Triple, Triple]], version: int, order: list[int]) -> pd.DataFrame:
    index = pd.Index([f"id {number}" for number in order], dtype=object)
    columns: dict[str, Any] = {
        name: [another(records[number][place][version]) for number in order]
        for place, name in enumerate(("one", "two"))
    }
    return pd.DataFrame(columns, index=index, dtype=object)


@given(records=rows, rule=rules, shuffled=st.randoms())
def test_whole_frames_settle_as_single_cells_do(
    records: list[tuple[Triple, Triple]], rule: tuple[SyncRule, SyncRule], shuffled: Any
) -> None:
    order = list(range(len(records)))
    mixed = [order.copy(), order.copy()]
    for one in mixed:
        shuffled.shuffle(one)
    named = dict(zip(("one", "two"), rule, strict=True))
    newest = np.array([number % 2 == 0 for number in order], dtype=bool)
    moved, settled = settle_frames(
        frame(records, 0, order),
        frame(records, 1, mixed[0]),
        frame(records, 2, mixed[1]),
        named,
        newest,
    )
    assert moved.tolist() == [
        number for number in order if any(len(set(one)) > 1 for one in records[number])
    ]
    for place, (name, law) in enumerate(named.items()):
        expected = [
            settle(
                Versions(*records[number][place]),
                law,
                System.SALESFORCE if newest[number] else System.HUBSPOT,
            )
            for number in moved
        ]
        assert settled[name].values.tolist() == expected
