"""Search: filters, one sort, pages by position, and a wall behind ten thousand results.

What a search may ask is limited as HubSpot limits it, and what it sees is the index, which
lags behind the records when that switch is set. Archived records are never found.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from include.sandbox.hubspot.call import Call, whole
from include.sandbox.hubspot.failures import Failure, bad_request
from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.objects import PATH
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.records import read_row
from include.sandbox.hubspot.row import Row
from include.sandbox.hubspot.search_terms import ASSOCIATED, Terms, find_property
from include.sandbox.hubspot.search_words import register
from include.sandbox.hubspot.spans import span_of
from include.sandbox.hubspot.totals import Totals
from include.sandbox.hubspot.unindexed import INDEXED
from include.sandbox.router import Route
from include.sandbox.wire import Answer

GROUPS, FILTERS, ALL_FILTERS = 5, 6, 18
LONGEST_BODY = 3000
"""Characters."""
LARGEST_PAGE = 200
DEFAULT_PAGE = 10
ALL = "1"
"""A condition that holds for every record."""

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Where a page stands."""

    after: int
    limit: int


class Search:
    """Serves searches in every object type."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._totals = Totals()
        with portal.database.reading() as sql:
            register(sql)

    def routes(self) -> list[Route]:
        return [Route("POST", f"{PATH}/search", self._search)]

    def _search(self, call: Call, kind: str) -> Answer:
        what, told = self._portal.types.named(kind), call.fields()
        if len(call.request.body.decode(errors="replace")) > LONGEST_BODY:
            raise bad_request(f"The request is longer than {LONGEST_BODY} characters")
        page = self._page(told)
        rows, total = self._found(what, told, page)
        wanted = told.get("properties") or []
        if not isinstance(wanted, list):
            raise bad_request("Invalid input JSON: properties is a list of names")
        names = [str(name) for name in wanted]
        results = [self._portal.showing.record(what, row, names) for row in rows]
        end = page.after + len(rows)
        body: dict[str, Any] = {"total": total, "results": results}
        if end < total and rows:
            body["paging"] = {"next": {"after": str(end)}}
        return Answer(200, body)

    def _page(self, told: Told) -> Page:
        limit = whole(told.get("limit") or DEFAULT_PAGE, "limit", LARGEST_PAGE)
        after = whole(told.get("after") or 0, "after", 2**53, least=0)
        limit = min(limit, self._portal.page_size("search"))
        if after + limit > self._portal.setting("search_wall"):
            raise Failure(
                400,
                "VALIDATION_ERROR",
                "There was a problem with the request.",
                errors=[{"message": "Paging is limited to 10,000 results", "in": "after"}],
            )
        return Page(after, limit)

    def _found(self, kind: ObjectType, told: Told, page: Page) -> tuple[list[Row], int]:
        source, parameters = self._portal.unindexed.source(kind.name)
        known = self._portal.schema.of(kind.name)
        exact = {*self._portal.schema.unique(kind.name), "email"} if source == INDEXED else set()
        terms = Terms(kind, known, self._portal.types.named, dict(parameters), frozenset(exact))
        where, order = _where(terms, told), _order(terms, told)
        window = f"LIMIT {page.limit} OFFSET {page.after}"
        span = None if told.get("query") else span_of(terms, _groups(told))
        if source == INDEXED and span:
            total = self._portal.records.tallies.within(kind.name, span)
        else:
            total = self._total(terms, source, where)
        with self._portal.database.reading() as sql:
            tail = f"WHERE {where} ORDER BY {order} {window}"
            query = f"SELECT * FROM {source} {tail}"  # noqa: S608
            found = sql.execute(query, terms.parameters).fetchall()
        return [read_row(row) for row in found], total

    def _total(self, terms: Terms, source: str, where: str) -> int:
        name = terms.kind.name

        def count() -> int:
            if where == ALL and source == INDEXED:
                return self._portal.records.tallies.count(name)
            query = f"SELECT count(*) FROM {source} WHERE {where}"  # noqa: S608
            with self._portal.database.reading() as sql:
                return int(sql.execute(query, terms.parameters).fetchone()[0])

        if source != INDEXED or ASSOCIATED in where:
            return count()
        told = {key: value for key, value in terms.parameters.items() if key != "now"}
        question = (name, where, tuple(told.items()))
        return self._totals.of(question, self._portal.records.generation(name), count)


def chosen(portal: Portal, kind: ObjectType, told: Told) -> list[Row]:
    """Every record a search would find, however many there are."""
    source, parameters = portal.unindexed.source(kind.name)
    terms = Terms(kind, portal.schema.of(kind.name), portal.types.named, dict(parameters))
    tail = f"WHERE {_where(terms, told)} ORDER BY {_order(terms, told)}"
    with portal.database.reading() as sql:
        found = sql.execute(f"SELECT * FROM {source} {tail}", terms.parameters)  # noqa: S608
        return [read_row(row) for row in found]


def _where(terms: Terms, told: Told) -> str:
    groups = _groups(told)
    conditions = [" AND ".join(f"({terms.condition(one)})" for one in group) for group in groups]
    parts = [" OR ".join(f"({one})" for one in conditions)] if conditions else []
    if query := str(told.get("query") or "").strip():
        parts.append(terms.words(query))
    return " AND ".join(f"({part})" for part in parts) or ALL


def _groups(told: Told) -> list[list[Told]]:
    groups = told.get("filterGroups") or []
    if not isinstance(groups, list) or not all(isinstance(one, Mapping) for one in groups):
        raise bad_request("Invalid input JSON: filterGroups is a list of objects")
    filters = [one.get("filters") or [] for one in groups]
    if not all(
        isinstance(one, list) and all(isinstance(f, Mapping) for f in one) for one in filters
    ):
        raise bad_request("Invalid input JSON: filters is a list of objects")
    if len(filters) > GROUPS:
        raise bad_request(f"Too many filterGroups: at most {GROUPS} are allowed")
    if any(len(one) > FILTERS for one in filters):
        raise bad_request(f"Too many filters in a group: at most {FILTERS} are allowed")
    if sum(map(len, filters)) > ALL_FILTERS:
        raise bad_request(f"Too many filters: at most {ALL_FILTERS} are allowed in all")
    return [one for one in filters if one]


def _order(terms: Terms, told: Told) -> str:
    sorts = told.get("sorts") or []
    if not isinstance(sorts, list) or len(sorts) > 1:
        raise bad_request("At most one sort is allowed")
    hint = "+" if terms.narrow else ""
    if not sorts:
        return f"{hint}created, id"
    first = sorts[0]
    if isinstance(first, str):
        name, direction = first.removeprefix("-"), "DESCENDING" if first[:1] == "-" else "ASCENDING"
    elif isinstance(first, Mapping):
        name, direction = str(first.get("propertyName")), first.get("direction", "ASCENDING")
    else:
        raise bad_request("Invalid input JSON: a sort is an object")
    if direction not in ("ASCENDING", "DESCENDING"):
        raise bad_request(f"Invalid direction: {direction}")
    word = "DESC" if direction == "DESCENDING" else "ASC"
    compared = terms.compared(find_property(terms.known, name))
    return f"{hint}{compared} {word}, id {word}"
