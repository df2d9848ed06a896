"""Queries under way: which rows each of them has, as they were when it was asked.

The ids of the first rows are noted at once, those of a long query when a page needs them, or
right before the next write, whichever comes first: so a query over a million records answers
as fast as one over ten thousand, and still nothing is repeated or skipped while records
change. A cursor lives for two days.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from include.sandbox.clock import Clock
from include.sandbox.salesforce.errors import refusal
from include.sandbox.salesforce.ids import numbered
from include.sandbox.salesforce.store import Store
from include.sandbox.soql.statement import Statement

LIFETIME = timedelta(days=2)
AT_ONCE = 10_000
"""Ids that are noted when a query is asked."""
_GROWTH = 8
"""How many times as many ids are noted when more are needed."""
_MOST = 500
_MOST_UNREAD = 8
"""Long queries that wait with their ids; one more, and the oldest has to read them."""


@dataclass(slots=True)
class Rows:
    """The rows of a query: their ids as far as they are noted, and how many there are."""

    statement: Statement
    ids: list[str]
    total: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """A query under way. Queries for the same rows, asked at the same state, share them."""

    statement: Statement
    rows: Rows
    opened_at: datetime

    @property
    def total(self) -> int:
        return self.rows.total


class Cursors:
    """The cursors of one org."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._cursors: OrderedDict[str, Cursor] = OrderedDict()
        self._unread: OrderedDict[tuple[Any, ...], Rows] = OrderedDict()
        self._opened = 0
        store.before_change.append(self._read_all)

    def open(self, statement: Statement) -> tuple[str, Cursor]:
        """A cursor over all rows of a statement, and its name."""
        with self._store.joined():
            rows = self._unread.get(_key(statement)) or self._rows(statement)
        cursor = Cursor(statement, rows, self._clock.now())
        return self._keep(cursor), cursor

    def over(self, statement: Statement, ids: Sequence[str]) -> str:
        """The name of a cursor over these rows."""
        rows = Rows(statement, [*ids], len(ids))
        return self._keep(Cursor(statement, rows, self._clock.now()))

    def named(self, name: str, offset: str) -> Cursor:
        """The cursor a locator names, if it has a row there; raises Refusal."""
        cursor = self._cursors.get(name)
        expired = cursor is None or self._clock.now() - cursor.opened_at > LIFETIME
        if cursor is None or expired or not offset.isdigit() or int(offset) >= cursor.total:
            raise refusal("INVALID_QUERY_LOCATOR", "invalid query locator")
        return cursor

    def ids(self, cursor: Cursor, start: int, end: int) -> list[str]:
        """The ids of some of its rows."""
        rows = cursor.rows
        if len(rows.ids) < min(end, rows.total):
            with self._store.joined():
                self._read(rows, max(end, _GROWTH * len(rows.ids)) - len(rows.ids))
        return rows.ids[start:end]

    def _keep(self, cursor: Cursor) -> str:
        self._opened += 1
        name = numbered("01g", self._opened)
        self._cursors[name] = cursor
        while len(self._cursors) > _MOST:
            self._cursors.popitem(last=False)
        return name

    def _rows(self, statement: Statement) -> Rows:
        rows = Rows(statement, [], AT_ONCE)
        self._read(rows, AT_ONCE)
        if len(rows.ids) == AT_ONCE:
            rows.total = int(self._store.select(statement.total(), statement.params)[0][0])
            self._unread[_key(statement)] = rows
        while len(self._unread) > _MOST_UNREAD:
            self._read(self._unread.popitem(last=False)[1], None)
        return rows

    def _read_all(self) -> None:
        """Note what is not noted yet: it is about to change."""
        while self._unread:
            self._read(self._unread.popitem()[1], None)

    def _read(self, rows: Rows, at_most: int | None) -> None:
        sql = rows.statement.ids(len(rows.ids), at_most)
        found = self._store.select(sql, rows.statement.params)
        rows.ids += [row[0] for row in found]
        if at_most is None or len(found) < at_most:
            rows.total = len(rows.ids)


def _key(statement: Statement) -> tuple[Any, ...]:
    return statement.ids(), *statement.params
