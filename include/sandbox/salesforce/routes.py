"""Every address of the Salesforce half, in the order they are tried.

More telling addresses come first: `describe` is no record id. Resources of a version hang
below /services/data/{version}; the rest belongs to logging in and choosing a version.
"""

from collections.abc import Iterator

from include.sandbox.router import Route
from include.sandbox.salesforce.changes import Changes
from include.sandbox.salesforce.collection import Collections
from include.sandbox.salesforce.composite import Composite, Perform
from include.sandbox.salesforce.describe import Describe
from include.sandbox.salesforce.limits import Limits, Meter
from include.sandbox.salesforce.oauth import OAuth
from include.sandbox.salesforce.org import Org
from include.sandbox.salesforce.queries import Queries
from include.sandbox.salesforce.records import Records
from include.sandbox.salesforce.search import Search
from include.sandbox.salesforce.versions import Versions
from include.sandbox.wire import Handler

TOKEN = "/services/oauth2/token"  # noqa: S105  an address
VERSION = "/services/data/{version}"


def routes(org: Org, meter: Meter, perform: Perform) -> Iterator[Route]:
    """The table of one org; `perform` answers the requests inside a composite one."""
    yield from _entrance(org)
    for method, rest, handler, writes in (
        *_reading(org, meter),
        *_composite(org, perform),
        *_collections(org),
        *_records(org),
    ):
        yield Route(method, VERSION + rest, handler, writes)


Line = tuple[str, str, Handler, bool]


def _entrance(org: Org) -> Iterator[Route]:
    oauth, versions = OAuth(org), Versions()
    yield Route("POST", TOKEN, oauth.token)
    yield Route("GET", "/services/oauth2/userinfo", oauth.user_info)
    yield Route("POST", "/services/oauth2/userinfo", oauth.user_info)
    yield Route("GET", "/id/{org}/{user}", oauth.identity)
    yield Route("GET", "/services/data", versions.every)
    yield Route("GET", VERSION, versions.resources)


def _reading(org: Org, meter: Meter) -> Iterator[Line]:
    queries, describe, changes, limits = (
        Queries(org),
        Describe(org),
        Changes(org),
        Limits(org, meter),
    )
    yield "GET", "/query", queries.query, False
    yield "GET", "/queryAll", queries.query_all, False
    yield "GET", "/query/{locator}", queries.more, False
    yield "GET", "/queryAll/{locator}", queries.more, False
    search = Search(org)
    yield "GET", "/parameterizedSearch", search.search, False
    yield "POST", "/parameterizedSearch", search.search, False
    yield "GET", "/limits", limits.limits, False
    yield "GET", "/limits/recordCount", limits.record_count, False
    yield "GET", "/sobjects", describe.everything, False
    yield "GET", "/sobjects/{sobject}", describe.basic, False
    yield "GET", "/sobjects/{sobject}/describe", describe.sobject, False
    yield "GET", "/sobjects/{sobject}/updated", changes.updated, False
    yield "GET", "/sobjects/{sobject}/deleted", changes.deleted, False


def _composite(org: Org, perform: Perform) -> Iterator[Line]:
    composite = Composite(org, perform)
    yield "POST", "/composite", composite.composite, True
    yield "POST", "/composite/batch", composite.batch, True
    yield "POST", "/composite/tree/{sobject}", composite.tree, True


def _collections(org: Org) -> Iterator[Line]:
    collections = Collections(org)
    yield "POST", "/composite/sobjects", collections.create, True
    yield "PATCH", "/composite/sobjects", collections.update, True
    yield "DELETE", "/composite/sobjects", collections.delete, True
    yield "GET", "/composite/sobjects/{sobject}", collections.retrieve_by_address, False
    yield "POST", "/composite/sobjects/{sobject}", collections.retrieve, False
    yield "PATCH", "/composite/sobjects/{sobject}/{field}", collections.upsert, True


def _records(org: Org) -> Iterator[Line]:
    records = Records(org)
    yield "POST", "/sobjects/{sobject}", records.create, True
    yield "GET", "/sobjects/{sobject}/{record_id}", records.read, False
    yield "PATCH", "/sobjects/{sobject}/{record_id}", records.update, True
    yield "DELETE", "/sobjects/{sobject}/{record_id}", records.delete, True
    yield "GET", "/sobjects/{sobject}/{field}/{value:path}", records.read_by_key, False
    yield "PATCH", "/sobjects/{sobject}/{field}/{value:path}", records.upsert, True
    yield "DELETE", "/sobjects/{sobject}/{field}/{value:path}", records.delete_by_key, True
