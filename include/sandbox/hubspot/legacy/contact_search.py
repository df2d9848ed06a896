"""Contacts version 1's search: words, in names, e-mails, phones and companies."""

from include.sandbox.hubspot.call import Call
from include.sandbox.hubspot.legacy.contact_shape import ContactShape, Wanted, wanted_of
from include.sandbox.hubspot.legacy.pages import limit_of, position_of
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.records import read_row
from include.sandbox.hubspot.search_terms import Terms
from include.sandbox.router import Route
from include.sandbox.wire import Answer

LARGEST_PAGE, DEFAULT_PAGE = 100, 20


class ContactSearch:
    """Serves the search for contacts."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._shape = ContactShape(portal)

    def routes(self) -> list[Route]:
        return [Route("GET", "/contacts/v1/search/query", self._search)]

    def _search(self, call: Call) -> Answer:
        kind, query = self._portal.types.of("contacts"), call.request.get("q").strip()
        limit, offset = limit_of(call, LARGEST_PAGE, DEFAULT_PAGE), position_of(call)
        source, parameters = self._portal.unindexed.source(kind.name)
        terms = Terms(
            kind, self._portal.schema.of(kind.name), self._portal.types.named, dict(parameters)
        )
        where = terms.words(query) if query else "1"
        with self._portal.database.reading() as sql:
            counted = f"SELECT count(*) FROM {source} WHERE {where}"  # noqa: S608
            total = int(sql.execute(counted, terms.parameters).fetchone()[0])
            chosen = f"SELECT * FROM {source} WHERE {where} ORDER BY id"  # noqa: S608
            page = f"{chosen} LIMIT {limit} OFFSET {offset}"
            rows = [read_row(row) for row in sql.execute(page, terms.parameters)]
        wanted = Wanted(wanted_of(call.names("property"), kind))
        body = {
            "query": query,
            "offset": offset + len(rows),
            "total": total,
            "has-more": offset + len(rows) < total,
            "contacts": [self._shape.shown(row, wanted) for row in rows],
        }
        return Answer(200, body)
