"""Every address of the Salesforce half, in the order they are tried.

More telling addresses come first: `describe` is no record id. Resources of a version hang
below /services/data/{version}; the rest belongs to logging in and choosing a version.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from include.sandbox.router import Route
from include.sandbox.salesforce.batches.resources import Batches
from include.sandbox.salesforce.bulk.ingest import Ingest
from include.sandbox.salesforce.bulk.office import Office
from include.sandbox.salesforce.bulk.query import BulkQuery
from include.sandbox.salesforce.changes import Changes
from include.sandbox.salesforce.collection import Collections
from include.sandbox.salesforce.composite import Composite, Perform
from include.sandbox.salesforce.describe import Describe
from include.sandbox.salesforce.graph import Graphs
from include.sandbox.salesforce.limits import Limits, Meter
from include.sandbox.salesforce.oauth import OAuth
from include.sandbox.salesforce.org import Org, Visit
from include.sandbox.salesforce.pages import Pages
from include.sandbox.salesforce.queries import Queries
from include.sandbox.salesforce.records import Records
from include.sandbox.salesforce.relations import Relations
from include.sandbox.salesforce.search import Search
from include.sandbox.salesforce.soap import login
from include.sandbox.salesforce.tooling.resources import Tooling
from include.sandbox.salesforce.versions import Versions
from include.sandbox.wire import Answer, Handler

TOKEN = "/services/oauth2/token"  # noqa: S105  an address
REVOKE = "/services/oauth2/revoke"
INTROSPECT = "/services/oauth2/introspect"
SOAP = "/services/Soap/"
ASYNC = "/services/async/"
"""Where jobs of batches are; sessions and refusals have another shape there."""
OPEN = (TOKEN, REVOKE, INTROSPECT, "/services/data")
"""Addresses that need no session; nor do those below SOAP."""
VERSION = "/services/data/{version}"


@dataclass(frozen=True, slots=True)
class Desk:
    """What the routes of an org lead to besides the org itself."""

    meter: Meter
    perform: Perform
    """Answers the requests inside a composite one."""
    office: Office
    tooling: Tooling


def routes(org: Org, desk: Desk) -> Iterator[Route]:
    """The table of one org."""
    yield from _entrance(org)
    queries = Queries(org)
    for method, rest, handler, writes in (
        *_queries(queries, desk.tooling),
        *_reading(org, desk),
        *_pages(Pages(org)),
        *_tooling(desk.tooling),
        *_bulk(org, desk.office, queries),
        *_composite(org, desk.perform),
        *_collections(org),
        *_records(org, queries),
    ):
        yield Route(method, VERSION + rest, handler, writes)
    for method, rest, handler, writes in _batches(Batches(org, desk.office, queries)):
        yield Route(method, ASYNC + "{version}/job" + rest, handler, writes)


Line = tuple[str, str, Handler, bool]


def _entrance(org: Org) -> Iterator[Route]:
    oauth, versions = OAuth(org), Versions(lambda: org.organization_id)
    yield Route("POST", TOKEN, oauth.token)
    yield Route("GET", "/services/oauth2/userinfo", oauth.user_info)
    yield Route("POST", "/services/oauth2/userinfo", oauth.user_info)
    yield Route("GET", "/id/{org}/{user}", oauth.identity)
    yield Route("GET", REVOKE, oauth.revoke)
    yield Route("POST", REVOKE, oauth.revoke)
    yield Route("POST", INTROSPECT, oauth.introspect)
    yield Route("POST", SOAP + "{kind}/{number}", login)
    yield Route("GET", "/services/data", versions.every)
    yield Route("GET", VERSION, versions.resources)


def _queries(queries: Queries, tooling: Tooling) -> Iterator[Line]:
    def query(visit: Visit) -> Answer:
        return tooling.query_beside(visit) if tooling.serves(visit) else queries.query(visit)

    yield "GET", "/query", query, False
    yield "GET", "/queryAll", queries.query_all, False
    yield "GET", "/query/{locator}", queries.more, False
    yield "GET", "/queryAll/{locator}", queries.more, False


def _tooling(tooling: Tooling) -> Iterator[Line]:
    yield "GET", "/tooling/query", tooling.query, False
    yield "GET", "/tooling/query/{locator}", tooling.more, False
    yield "GET", "/tooling/sobjects", tooling.everything, False
    yield "GET", "/tooling/sobjects/{sobject}", tooling.basic, False
    yield "POST", "/tooling/sobjects/{sobject}", tooling.create, True
    yield "GET", "/tooling/sobjects/{sobject}/describe", tooling.describe, False
    yield "GET", "/tooling/sobjects/{sobject}/{record_id}", tooling.read, False
    yield "PATCH", "/tooling/sobjects/{sobject}/{record_id}", tooling.update, True
    yield "DELETE", "/tooling/sobjects/{sobject}/{record_id}", tooling.delete, True


def _bulk(org: Org, office: Office, queries: Queries) -> Iterator[Line]:
    ingest, query = Ingest(org, office), BulkQuery(org, office, queries)
    yield "POST", "/jobs/ingest", ingest.create, True
    yield "GET", "/jobs/ingest", ingest.every, False
    yield "GET", "/jobs/ingest/{job_id}", ingest.read, False
    yield "PATCH", "/jobs/ingest/{job_id}", ingest.change, True
    yield "DELETE", "/jobs/ingest/{job_id}", ingest.delete, True
    yield "PUT", "/jobs/ingest/{job_id}/batches", ingest.upload, True
    yield "GET", "/jobs/ingest/{job_id}/successfulResults", ingest.successes, False
    yield "GET", "/jobs/ingest/{job_id}/failedResults", ingest.failures, False
    yield "GET", "/jobs/ingest/{job_id}/unprocessedrecords", ingest.unprocessed, False
    yield "POST", "/jobs/query", query.create, False
    yield "GET", "/jobs/query", query.every, False
    yield "GET", "/jobs/query/{job_id}", query.read, False
    yield "PATCH", "/jobs/query/{job_id}", query.change, False
    yield "DELETE", "/jobs/query/{job_id}", query.delete, False
    yield "GET", "/jobs/query/{job_id}/results", query.results, False


def _batches(batches: Batches) -> Iterator[Line]:
    yield "POST", "", batches.create, False
    yield "GET", "/{job_id}", batches.read, False
    yield "POST", "/{job_id}", batches.change, False
    yield "POST", "/{job_id}/batch", batches.add, True
    yield "GET", "/{job_id}/batch", batches.every, False
    yield "GET", "/{job_id}/batch/{batch_id}", batches.read_batch, False
    yield "GET", "/{job_id}/batch/{batch_id}/request", batches.sent, False
    yield "GET", "/{job_id}/batch/{batch_id}/result", batches.result, False
    yield "GET", "/{job_id}/batch/{batch_id}/result/{result_id}", batches.rows, False


def _reading(org: Org, desk: Desk) -> Iterator[Line]:
    describe, changes = Describe(org), Changes(org)
    limits = Limits(org, desk.meter, desk.office)
    search = Search(org)
    yield "GET", "/search", search.by_sosl, False
    yield "GET", "/parameterizedSearch", search.search, False
    yield "POST", "/parameterizedSearch", search.search, False
    yield "GET", "/limits", limits.limits, False
    yield "GET", "/limits/recordCount", limits.record_count, False
    yield "GET", "/sobjects", describe.everything, False
    yield "GET", "/sobjects/{sobject}", describe.basic, False
    yield "GET", "/sobjects/{sobject}/describe", describe.sobject, False
    yield "GET", "/sobjects/{sobject}/updated", changes.updated, False
    yield "GET", "/sobjects/{sobject}/deleted", changes.deleted, False


def _pages(pages: Pages) -> Iterator[Line]:
    yield "GET", "/recent", pages.nothing, False
    yield "GET", "/tabs", pages.nothing, False
    yield "GET", "/theme", pages.theme, False
    yield "GET", "/quickActions", pages.nothing, False
    yield "GET", "/sobjects/{sobject}/listviews", pages.list_views, False
    yield "GET", "/sobjects/{sobject}/quickActions", pages.actions, False
    yield "GET", "/sobjects/{sobject}/describe/layouts", pages.layouts, False
    yield "GET", "/sobjects/{sobject}/describe/layouts/{record_type}", pages.layout, False
    yield "GET", "/sobjects/{sobject}/describe/compactLayouts", pages.compact_layouts, False
    yield "GET", "/sobjects/{sobject}/describe/approvalLayouts", pages.approval_layouts, False
    yield "GET", "/sobjects/{sobject}/describe/{rest:path}", pages.elsewhere, False


def _composite(org: Org, perform: Perform) -> Iterator[Line]:
    composite = Composite(org, perform)
    yield "POST", "/composite", composite.composite, True
    yield "POST", "/composite/batch", composite.batch, True
    yield "POST", "/composite/graph", Graphs(org, composite).perform, True
    yield "POST", "/composite/tree/{sobject}", composite.tree, True


def _collections(org: Org) -> Iterator[Line]:
    collections = Collections(org)
    yield "POST", "/composite/sobjects", collections.create, True
    yield "PATCH", "/composite/sobjects", collections.update, True
    yield "DELETE", "/composite/sobjects", collections.delete, True
    yield "GET", "/composite/sobjects/{sobject}", collections.retrieve_by_address, False
    yield "POST", "/composite/sobjects/{sobject}", collections.retrieve, False
    yield "PATCH", "/composite/sobjects/{sobject}/{field}", collections.upsert, True


def _records(org: Org, queries: Queries) -> Iterator[Line]:
    records = Records(org)
    relations = Relations(org, records, queries)
    yield "POST", "/sobjects/{sobject}", records.create, True
    yield "GET", "/sobjects/{sobject}/{record_id}", records.read, False
    yield "PATCH", "/sobjects/{sobject}/{record_id}", records.update, True
    yield "DELETE", "/sobjects/{sobject}/{record_id}", records.delete, True
    yield "GET", "/sobjects/{sobject}/{field}/{value:path}", relations.read, False
    yield "PATCH", "/sobjects/{sobject}/{field}/{value:path}", records.upsert, True
    yield "DELETE", "/sobjects/{sobject}/{field}/{value:path}", records.delete_by_key, True
