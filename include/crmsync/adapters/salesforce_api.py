"""The conversation with one Salesforce org, on simple-salesforce.

The client is given a session token and our `Wire` as its session: it builds addresses and
headers, the Wire sends. An expired session is renewed once and the request repeated; a
second refusal is a person's to mend. Answers are read here for shape only: a page without
records is a broken answer, never an empty one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import quote_plus, urlencode

import requests
from simple_salesforce.api import Salesforce as Client

from include.crmsync.adapters.failures import SessionExpired
from include.crmsync.adapters.fingerprint import fingerprint
from include.crmsync.adapters.http import Wire
from include.crmsync.adapters.plain_http import allow_plain_http
from include.crmsync.adapters.salesforce_auth import SalesforceCredentials, log_in
from include.crmsync.errors import Unavailable

T = TypeVar("T")

VERSION = "62.0"

KEEP_OWNER = {"Sforce-Auto-Assign": "FALSE"}
"""Without it an active assignment rule may give a lead we write to somebody else, and the
sync would carry that owner back as if a person had chosen it."""
ASSIGN_OWNER = {"Sforce-Auto-Assign": "TRUE"}
"""For a new lead that comes without an owner: the org's active assignment rule chooses."""


class SalesforceApi:
    """Queries and collections of one org."""

    def __init__(self, credentials: SalesforceCredentials, wire: Wire, version: str) -> None:
        self.wire = wire
        self.fingerprint = fingerprint(credentials.token_url, credentials.client_id)
        self._credentials = credentials
        self._version = version
        self.user_id: str | None = None
        self._client = self._open()

    def query(self, soql: str, *, include_deleted: bool = False) -> Iterator[Mapping[str, Any]]:
        """Yield every record a query finds, page by page; deleted ones too, if asked for."""
        yield from self.rest_of(self.first_page(soql, include_deleted=include_deleted))

    def first_page(self, soql: str, *, include_deleted: bool = False) -> Mapping[str, Any]:
        """A query's first page; `totalSize` tells how many records there are in all."""
        page: Mapping[str, Any] = self._ask(
            lambda: self._client.query(soql, include_deleted=include_deleted)
        )
        _records(page)
        return page

    def first_pages(
        self, queries: Sequence[str], *, include_deleted: bool = False
    ) -> list[Mapping[str, Any]]:
        """The first page of each query, all in one call; a query that fails is asked alone."""
        if len(queries) == 1:
            return [self.first_page(queries[0], include_deleted=include_deleted)]
        resource = "queryAll" if include_deleted else "query"
        asked = [
            {"method": "GET", "url": f"v{self._version}/{resource}/?q={quote_plus(soql)}"}
            for soql in queries
        ]
        body = {"batchRequests": asked}
        answer = self._ask(
            lambda: self._client.restful("composite/batch", method="POST", json=body)
        )
        told = answer.get("results") if isinstance(answer, Mapping) else None
        if not isinstance(told, list) or len(told) != len(queries):
            raise Unavailable("POST composite/batch: the answer is not a list of results")
        return [
            self._page_or_ask(*both, include_deleted=include_deleted)
            for both in zip(told, queries, strict=True)
        ]

    def rest_of(self, page: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Yield the records of a page and of every one that follows it."""
        while True:
            yield from _records(page)
            if page.get("done") or not page.get("nextRecordsUrl"):
                return
            page = self._next(page["nextRecordsUrl"])

    def send(
        self, method: str, path: str, *, query: Mapping[str, Any] | None = None, **body: Any
    ) -> requests.Response:
        """Any other request, its answer as it is: `json`, or `data` with its `headers`."""

        def call() -> requests.Response:
            headers = {**self._client.headers, **body.get("headers", {})}
            address = f"{self._client.base_url}{path}"
            return self.wire.request(method, address, params=query, **{**body, "headers": headers})

        return self._ask(call)

    def retrieve(self, kind: str, ids: list[str], fields: list[str]) -> list[Any]:
        """Records by id, None for one that is missing."""
        return self._listed("POST", f"composite/sobjects/{kind}", {"ids": ids, "fields": fields})

    def update(self, records: list[dict[str, Any]]) -> list[Any]:
        """Update a collection; an answer per record, in order."""
        return self._listed("PATCH", "composite/sobjects", _collection(records), KEEP_OWNER)

    def insert(self, records: list[dict[str, Any]]) -> list[Any]:
        """Create a collection; an answer per record, in order.

        Twice makes everything twice: it is sent through `Wire.once`.
        """
        return self._listed("POST", "composite/sobjects", _collection(records))

    def upsert(
        self, kind: str, key: str, records: list[dict[str, Any]], *, assign: bool = False
    ) -> list[Any]:
        """Create or update a collection by external id; an answer per record, in order.

        `assign`: the org's assignment rule chooses the owners.
        """
        path, headers = f"composite/sobjects/{kind}/{key}", ASSIGN_OWNER if assign else KEEP_OWNER
        return self._listed("PATCH", path, _collection(records), headers)

    def delete(self, ids: list[str]) -> list[Any]:
        """Move a collection to the Recycle Bin; an answer per record, in order."""
        query = urlencode({"ids": ",".join(ids), "allOrNone": "false"}, safe=",")
        return self._listed("DELETE", f"composite/sobjects?{query}", None)

    def describe(self, kind: str) -> Mapping[str, Any]:
        """What the org says about an object and its fields."""
        answer = self._ask(lambda: self._client.restful(f"sobjects/{kind}/describe"))
        return dict(answer or {})

    def _page_or_ask(self, told: Any, soql: str, *, include_deleted: bool) -> Mapping[str, Any]:
        """A query's answer in a batch; one that was refused is asked alone, and says why."""
        if isinstance(told, Mapping) and told.get("statusCode") == HTTPStatus.OK:
            page: Mapping[str, Any] = told["result"]
            _records(page)
            return page
        return self.first_page(soql, include_deleted=include_deleted)

    def _next(self, address: str) -> Any:
        return self._ask(lambda: self._client.query_more(address, identifier_is_url=True))

    def _listed(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None = None,
    ) -> list[Any]:
        answer = self._ask(
            lambda: self._client.restful(path, method=method, json=body, headers=headers or {})
        )
        if not isinstance(answer, list):
            raise Unavailable(f"{method} {path}: the answer is not a list of records")
        return answer

    def _ask(self, call: Callable[[], T]) -> T:
        try:
            return call()
        except SessionExpired:
            self._client = self._open()
            return call()

    def _open(self) -> Client:
        session = log_in(self.wire, self._credentials)
        allow_plain_http(self.wire, session.instance_url)
        self.user_id = session.user_id
        return Client(
            session_id=session.token,
            instance_url=session.instance_url,
            session=self.wire,
            version=self._version,
        )


def _collection(records: list[dict[str, Any]]) -> dict[str, Any]:
    return {"allOrNone": False, "records": records}


def _records(page: Any) -> list[Mapping[str, Any]]:
    found = page.get("records") if isinstance(page, Mapping) else None
    if not isinstance(found, list):
        raise Unavailable("GET query: the answer holds no list of records")
    return found
