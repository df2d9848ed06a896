"""The sync rules in full: every situation of three values under every rule, written out by hand.

`-` is blank, `!` is whichever system set the field last. A base that is blank is also a first link.
"""

import numpy as np
import pytest

from include.crmsync.engine.merge import Versions, settle
from include.crmsync.engine.merge_frames import settle_column
from include.crmsync.model.record import System, Value
from include.crmsync.model.rule import SyncRule
from scripts.docs_types import SITUATIONS, rule_rows

TABLE = """
base hubspot salesforce | two_way prefer_salesforce_unless_blank always_salesforce prefer_hubspot_unless_blank always_hubspot
-    -       -          | -       -                              -                 -                           -
-    x       -          | x       x                              -                 x                           x
-    -       y          | y       y                              y                 y                           -
-    x       x          | x       x                              x                 x                           x
-    x       y          | !       y                              y                 x                           x
a    a       a          | a       a                              a                 a                           a
a    x       a          | x       a                              a                 x                           x
a    -       a          | -       a                              a                 -                           -
a    a       y          | y       y                              y                 a                           a
a    a       -          | -       -                              -                 a                           a
a    x       x          | x       x                              x                 x                           x
a    x       y          | !       y                              y                 x                           x
a    -       y          | !       y                              y                 -                           -
a    x       -          | !       -                              -                 x                           x
a    -       -          | -       -                              -                 -                           -
"""  # noqa: E501  a table is read by its columns


def rows() -> list[tuple[Versions, SyncRule, str]]:
    head, *lines = (line.split() for line in TABLE.strip().splitlines())
    rules = [SyncRule(word) for word in head[4:]]
    return [
        (Versions(*(_value(word) for word in line[:3])), rule, expected)
        for line in lines
        for rule, expected in zip(rules, line[4:], strict=True)
    ]


def _value(word: str) -> Value:
    return None if word == "-" else word


def _cell(value: Value) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    cells = np.empty(1, dtype=object)
    cells[0] = value
    return cells


@pytest.mark.parametrize("newest", System)
@pytest.mark.parametrize(("field", "rule", "expected"), rows())
def test_each_situation_ends_as_the_table_says(
    field: Versions, rule: SyncRule, expected: str, newest: System
) -> None:
    value = field.held_by(newest) if expected == "!" else _value(expected)
    assert settle(field, rule, newest) == value
    base, hubspot, salesforce = (
        _cell(one) for one in (field.base, field.hubspot, field.salesforce)
    )
    latest = np.array([newest is System.SALESFORCE])
    assert list(settle_column(base, hubspot, salesforce, rule, latest).values) == [value]


def test_the_table_misses_no_situation_and_no_rule() -> None:
    values = [(one.base, one.hubspot, one.salesforce) for one, _, _ in rows()]
    assert list(dict.fromkeys(values)) == list(SITUATIONS)
    assert {rule for _, rule, _ in rows()} == {*SyncRule} - {SyncRule.DONT_SYNC}


def test_the_documents_table_is_this_one() -> None:
    words = {"-": "blank", "!": "newest"}
    lines = [line.split() for line in TABLE.strip().splitlines()[1:]]
    written = [tuple(words.get(word, word) for word in line if word != "|") for line in lines]
    assert list(rule_rows()) == written
