"""The judge of the stories: the criteria in plain Python, and in the end all that it said again.

A story is about what a run does, and has a handful of records: asking Great Expectations took most
of its time. So the plain judge answers, and what it was asked is kept. `doubts` asks Great
Expectations about all of it, each suite once: no judgement goes unconfirmed. A story about the
criteria themselves has the real judge from the start.
"""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from include.crmsync.criteria.judge import Failure, Judged, examine
from include.crmsync.criteria.suite import Suite
from tests.simulation.judge import plain_judge

ROW = "record_id"
Cells = tuple[Any, ...]


@dataclass
class Asked:
    """What the stories asked about one suite."""

    suite: Suite
    columns: tuple[str, ...]
    said: dict[Cells, list[Failure]] = field(default_factory=dict)
    """The cells of a record, without its id -> the criteria it failed."""


ASKED: dict[str, Asked] = {}


def story_judge(frame: pd.DataFrame, suite: Suite) -> Judged:
    """What the plain judge says, kept to be confirmed."""
    judged = plain_judge(frame, suite)
    if not frame.empty and suite.expectations:
        _keep(frame, suite, judged)
    return judged


def _keep(frame: pd.DataFrame, suite: Suite, judged: Judged) -> None:
    columns = tuple(str(name) for name in frame.columns if name != ROW)
    asked = ASKED.setdefault(repr((suite, columns)), Asked(suite, columns))
    cells = zip(*(frame[name].tolist() for name in columns), strict=True)
    for row_id, row in zip(frame[ROW], cells, strict=True):
        asked.said[row] = judged.failures.get(str(row_id), [])


def doubts() -> list[str]:
    """Where Great Expectations says otherwise; whoever asks begins anew."""
    found = [doubt for asked in ASKED.values() for doubt in _doubts(asked)]
    ASKED.clear()
    return found


def _doubts(asked: Asked) -> list[str]:
    frame = pd.DataFrame(list(asked.said), columns=list(asked.columns), dtype=object)
    frame.insert(0, ROW, [str(at) for at in range(len(frame))])
    confirmed = examine(frame, asked.suite).failures
    return [
        f"{asked.suite.name}: {dict(zip(asked.columns, row, strict=True))}: "
        f"the stories were told {told}, Great Expectations says {confirmed.get(str(at), [])}"
        for at, (row, told) in enumerate(asked.said.items())
        if told != confirmed.get(str(at), [])
    ]
