"""Companies version 2: all of them, those that changed lately, single ones, and by domain."""

from collections.abc import Callable
from typing import Any

from include.sandbox.hubspot.call import Call, is_id
from include.sandbox.hubspot.failures import bad_request, not_found
from include.sandbox.hubspot.legacy.pages import limit_of, offset_of, position_of, since
from include.sandbox.hubspot.legacy.record_shape import RecordShape, names_in
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.recency import CREATED, MODIFIED, Recency
from include.sandbox.hubspot.records import read_row
from include.sandbox.hubspot.row import Row
from include.sandbox.router import Route
from include.sandbox.wire import Answer

BASE = "/companies/v2/companies"
LARGEST_PAGE, DEFAULT_PAGE = 250, 100
LARGEST_RECENT, DEFAULT_RECENT = 100, 20


class CompanyCalls:
    """Serves companies."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._recency = Recency(portal.database)
        self._shape = RecordShape(portal)
        self._kind = portal.types.of("companies")

    def routes(self) -> list[Route]:
        return [
            Route("GET", f"{BASE}/paged", self._paged),
            Route("GET", f"{BASE}/recent/modified", self._recently(MODIFIED)),
            Route("GET", f"{BASE}/recent/created", self._recently(CREATED)),
            Route("GET", f"{BASE}/{{company_id}}", self._one),
            Route("POST", "/companies/v2/domains/{domain}/companies", self._of_domain),
        ]

    def _paged(self, call: Call) -> Answer:
        limit, after = limit_of(call, LARGEST_PAGE, DEFAULT_PAGE), offset_of(call)
        rows = self._portal.records.page("companies", after, limit + 1, archived=False)
        names, past = names_in(call, self._portal, "companies")
        shown = rows[:limit]
        body = {
            "companies": [self._shape.company(row, names, past) for row in shown],
            "has-more": len(rows) > limit,
            "offset": shown[-1].id if shown else 0,
        }
        return Answer(200, body)

    def _recently(self, by: str) -> Callable[[Call], Answer]:
        def answer(call: Call) -> Answer:
            limit, offset = limit_of(call, LARGEST_RECENT, DEFAULT_RECENT), position_of(call)
            start = since(call, self._portal.now())
            found = self._recency.newest(["companies"], by, start, limit, offset=offset)
            total = self._recency.count(["companies"], by, start)
            end = offset + len(found)
            body = {
                "results": [self._shape.company(one.row, None) for one in found],
                "hasMore": end < total,
                "offset": end,
                "total": total,
            }
            return Answer(200, body)

        return answer

    def _one(self, call: Call, company_id: str) -> Answer:
        row = self._portal.by(self._kind, "", [company_id]).get(company_id)
        if row is None:
            raise not_found()
        audits = call.flag("includePropertyVersions")
        past = list(self._portal.schema.of("companies")) if audits else []
        return Answer(200, self._shape.company(row, None, past))

    def _of_domain(self, call: Call, domain: str) -> Answer:
        told = call.fields()
        options = told.get("requestOptions")
        names = options.get("properties") if isinstance(options, dict) else None
        if names is not None and not isinstance(names, list):
            raise bad_request("Invalid input JSON: properties is a list of names")
        limit = told.get("limit", 20)
        if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= 100:
            raise bad_request("Invalid value for limit: must be from 1 to 100")
        rows = self._named(domain, _after(told.get("offset")), limit + 1)
        shown = rows[:limit]
        wanted = [str(name) for name in names] if names is not None else None
        last = shown[-1].id if shown else 0
        body: dict[str, Any] = {
            "results": [self._shape.company(row, wanted) for row in shown],
            "hasMore": len(rows) > limit,
            "offset": {"companyId": last, "isPrimary": True},
        }
        return Answer(200, body)

    def _named(self, domain: str, after: int, limit: int) -> list[Row]:
        query = (
            "SELECT * FROM hs_record WHERE type = 'companies' AND archived IS NULL AND id > ? "
            "AND lower(json_extract(properties, '$.domain')) = ? ORDER BY id LIMIT ?"
        )
        with self._portal.database.reading() as sql:
            rows = sql.execute(query, (after, domain.strip().lower(), limit)).fetchall()
        return [read_row(row) for row in rows]


def _after(offset: Any) -> int:
    told = str(offset.get("companyId", 0)) if isinstance(offset, dict) else "0"
    if not is_id(told):
        raise bad_request(f"Invalid value for offset: {told}")
    return int(told)
