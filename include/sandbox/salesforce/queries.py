"""Query resources: SOQL in, pages of records out.

A query that does not fit one page leaves a cursor behind, and later pages read the rows it
noted: see cursors.py.
"""

import re
import sqlite3
from collections.abc import Sequence
from typing import Any, Protocol

from include.sandbox.salesforce.cursors import Cursor, Cursors
from include.sandbox.salesforce.errors import Refusal, refusal
from include.sandbox.salesforce.org import Visit
from include.sandbox.salesforce.schema import Schema
from include.sandbox.salesforce.settings import Settings
from include.sandbox.salesforce.store import Store
from include.sandbox.soql.compiler import Context, compile_query
from include.sandbox.soql.errors import SoqlError
from include.sandbox.soql.parser import parse
from include.sandbox.soql.statement import Offspring, Statement, record
from include.sandbox.wire import Answer
from include.sandbox.world import World

SMALLEST, LARGEST = 200, 2000
"""Rows a page may be asked to have."""
_BATCH_SIZE = re.compile(r"batchSize\s*=\s*(\d+)", re.IGNORECASE)


class Place(Protocol):
    """Where records lie and what they look like."""

    @property
    def store(self) -> Store: ...
    @property
    def visible(self) -> Schema: ...
    @property
    def world(self) -> World: ...
    @property
    def settings(self) -> Settings: ...


class Queries:
    """The resources query, queryAll and their further pages."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._cursors = Cursors(place.store, place.world.clock)

    def query(self, visit: Visit) -> Answer:
        return Answer(body=self.page(visit, soql_of(visit)))

    def query_all(self, visit: Visit) -> Answer:
        return Answer(body=self.page(visit, soql_of(visit), all_rows=True))

    def more(self, visit: Visit, locator: str) -> Answer:
        """A further page; the locator is the cursor's id and where to go on."""
        name, _, offset = locator.rpartition("-")
        cursor = self._cursors.named(name, offset)
        return Answer(body=self._page_at(visit, name, cursor, int(offset)))

    def page(self, visit: Visit, soql: str, *, all_rows: bool = False) -> dict[str, Any]:
        """The first page of a query; raises Refusal."""
        statement = self.compiled(soql, all_rows=all_rows)
        try:
            if statement.counts_only:
                return self._counted(statement)
            if statement.aggregates:
                return self._groups(statement)
            return self._first(visit, statement)
        except sqlite3.OperationalError as error:
            raise refusal("QUERY_TOO_COMPLICATED", f"Query is too complicated: {error}") from error

    def compiled(self, soql: str, *, all_rows: bool = False) -> Statement:
        """A query ready to run; raises Refusal."""
        context = Context(self._place.visible, self._place.world.clock.now(), all_rows)
        try:
            return compile_query(parse(soql), context)
        except SoqlError as error:
            raise refusal(error.code, error.text(soql)) from None

    def _counted(self, statement: Statement) -> dict[str, Any]:
        statement.columns.append("COUNT(*)")
        [[total]] = self._place.store.select(statement.rows(), statement.params)
        limit = total if statement.limit is None else statement.limit
        return {"totalSize": min(total, limit), "done": True, "records": []}

    def _groups(self, statement: Statement) -> dict[str, Any]:
        rows = self._place.store.select(statement.rows(LARGEST + 1), statement.params)
        if len(rows) > LARGEST:
            raise refusal(
                "EXCEEDED_ID_LIMIT",
                "Aggregate query does not support queryMore(), use LIMIT to restrict the results"
                " to a single batch",
            )
        records = [
            record(statement.cells, row, {"type": "AggregateResult"}, "", {}) for row in rows
        ]
        return {"totalSize": len(records), "done": True, "records": records}

    def _first(self, visit: Visit, statement: Statement) -> dict[str, Any]:
        size = self._page_size(visit)
        with self._place.store.joined():
            rows = self._place.store.select(statement.rows(size + 1), statement.params)
            if len(rows) > size:
                name, cursor = self._cursors.open(statement)
                return self._shown(visit, name, cursor, size, rows[:size])
            records = self._records(visit, statement, rows)
        return {"totalSize": len(rows), "done": True, "records": records}

    def _page_at(self, visit: Visit, name: str, cursor: Cursor, offset: int) -> dict[str, Any]:
        end = offset + self._page_size(visit)
        ids = self._cursors.ids(cursor, offset, end)
        statement = cursor.statement
        found = self._place.store.select(statement.rows_of(len(ids)), ids)
        by_id = {row[statement.id_index]: row for row in found}
        rows = [by_id[one] for one in ids if one in by_id]
        return self._shown(visit, name, cursor, end, rows)

    def _shown(
        self, visit: Visit, name: str, cursor: Cursor, end: int, rows: Sequence[Any]
    ) -> dict[str, Any]:
        page: dict[str, Any] = {"totalSize": cursor.total, "done": end >= cursor.total}
        if not page["done"]:
            page["nextRecordsUrl"] = f"{visit.base}/query/{name}-{end}"
        return page | {"records": self._records(visit, cursor.statement, rows)}

    def _records(
        self, visit: Visit, statement: Statement, rows: Sequence[Any]
    ) -> list[dict[str, Any]]:
        base = f"{visit.base}/sobjects"
        ids = [row[statement.id_index] for row in rows]
        children = {
            cell.key: self._below(visit, cell.statement, ids)
            for cell in statement.cells
            if isinstance(cell, Offspring)
        }
        kind = statement.sobject
        return [
            record(
                statement.cells, row, {"type": kind, "url": f"{base}/{kind}/{one}"}, base, children
            )
            for one, row in zip(ids, rows, strict=True)
        ]

    def _below(
        self, visit: Visit, statement: Statement, parent_ids: list[str]
    ) -> dict[str, dict[str, Any]]:
        params = [*parent_ids, *statement.params]
        rows = self._place.store.select(statement.rows_below(len(parent_ids)), params)
        size = self._page_size(visit)
        by_parent: dict[str, list[Any]] = {}
        for row in rows:
            by_parent.setdefault(row[0], []).append(row)
        return {
            parent: self._children(visit, statement, found, size)
            for parent, found in by_parent.items()
        }

    def _children(
        self, visit: Visit, statement: Statement, rows: list[Any], size: int
    ) -> dict[str, Any]:
        """The children of one parent; those beyond a page wait behind an address."""
        page: dict[str, Any] = {"totalSize": len(rows), "done": len(rows) <= size}
        if not page["done"]:
            name = self._cursors.over(statement, [row[statement.id_index] for row in rows])
            page["nextRecordsUrl"] = f"{visit.base}/query/{name}-{size}"
        return page | {"records": self._records(visit, statement, rows[:size])}

    def _page_size(self, visit: Visit) -> int:
        wish = _BATCH_SIZE.search(visit.request.headers.get("sforce-query-options", ""))
        if wish is None:
            return max(1, min(LARGEST, int(self._place.settings["page_size"])))
        return max(SMALLEST, min(LARGEST, int(wish[1])))


def soql_of(visit: Visit) -> str:
    """The query of a request; raises Refusal."""
    soql = visit.request.get("q").strip()
    if not soql:
        raise _no_query()
    return soql


def _no_query() -> Refusal:
    return refusal("MALFORMED_QUERY", "Query string is required: pass it as parameter q")
