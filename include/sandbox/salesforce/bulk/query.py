"""Jobs to read, as resources: a query whose rows come as CSV, a part at a time.

A job notes the ids of its rows when it runs; each part of the results reads the records as
they are then. What a bulk query may not ask is refused when the job is made.
"""

import base64
import binascii
from collections.abc import Sequence

from include.sandbox.salesforce.bodies import json_object
from include.sandbox.salesforce.bulk.extract import table
from include.sandbox.salesforce.bulk.job import Job, State
from include.sandbox.salesforce.bulk.office import Office, invalid, wrong_state
from include.sandbox.salesforce.bulk.running import reading
from include.sandbox.salesforce.bulk.sheet import write
from include.sandbox.salesforce.errors import Refusal, refusal
from include.sandbox.salesforce.org import Org, Visit
from include.sandbox.salesforce.queries import Queries
from include.sandbox.soql.statement import Cell, Compound, Offspring, Parent, Statement
from include.sandbox.wire import Answer

KIND = "V2Query"
USUAL_PART = 50_000
"""Rows of a part when the request names no number."""


class BulkQuery:
    """The resources below jobs/query."""

    def __init__(self, org: Org, office: Office, queries: Queries) -> None:
        self._org = org
        self._office = office
        self._queries = queries

    def create(self, visit: Visit) -> Answer:
        body = json_object(visit.request)
        if body.get("operation") not in ("query", "queryAll"):
            raise invalid(f"Operation {body.get('operation')} is not supported")
        soql = body.get("query")
        if not isinstance(soql, str) or not soql.strip():
            raise invalid("a query job needs a query")
        statement = self._queries.compiled(soql, all_rows=body["operation"] == "queryAll")
        check(statement)
        self._office.count_query()
        job = self._office.opened(visit, KIND, statement.sobject, body)
        job.statement = statement
        self._office.jobs.add(job)
        shown = job.brief()
        self._office.start(job, reading(self._org, job))
        return Answer(body=shown)

    def read(self, visit: Visit, job_id: str) -> Answer:  # noqa: ARG002  every handler takes it
        return Answer(body=self._job(job_id).whole())

    def every(self, visit: Visit) -> Answer:
        wanted = visit.request.get("jobType")
        return self._office.listed(visit, KIND, lambda job: wanted in ("", job.kind))

    def change(self, visit: Visit, job_id: str) -> Answer:
        job = self._job(job_id)
        if json_object(visit.request).get("state") != "Aborted":
            raise invalid("state must be Aborted")
        self._office.abort(job)
        return Answer(body=job.brief())

    def delete(self, visit: Visit, job_id: str) -> Answer:  # noqa: ARG002
        return self._office.drop(self._job(job_id))

    def results(self, visit: Visit, job_id: str) -> Answer:
        job = self._job(job_id)
        if job.state is not State.COMPLETE or job.statement is None:
            raise wrong_state(f"Job not in a state that has results: {job.state}")
        start = _offset(visit.request.get("locator"))
        if start > len(job.ids) or (start and start == len(job.ids)):
            raise _bad_locator()
        end = min(start + _part_size(visit.request.get("maxRecords")), len(job.ids))
        body = write(
            table(self._org.store, job.statement, job.ids[start:end]),
            job.delimiter,
            job.line_ending,
        )
        headers = {
            "Content-Type": "text/csv",
            "Sforce-NumberOfRecords": str(end - start),
            "Sforce-Locator": _locator(end) if end < len(job.ids) else "null",
        }
        return Answer(200, body, headers)

    def _job(self, job_id: str) -> Job:
        self._office.worker.wake()
        return self._office.jobs.named(job_id, KIND)


def check(statement: Statement) -> None:
    """Raise Refusal for what a bulk query may not ask."""
    if statement.aggregates or statement.counts_only:
        raise refusal("API_ERROR", "Aggregate queries are not supported in Bulk Query")
    if statement.offset is not None:
        raise refusal("API_ERROR", "OFFSET is not supported in Bulk Query")
    _check_cells(statement.cells)


def _check_cells(cells: Sequence[Cell]) -> None:
    for cell in cells:
        match cell:
            case Offspring():
                raise refusal("API_ERROR", "Aggregate Relationships not supported in Bulk Query")
            case Compound():
                raise refusal("API_ERROR", "Selecting compound data not supported in Bulk Query")
            case Parent():
                _check_cells(cell.cells)


def _part_size(told: str) -> int:
    if not told:
        return USUAL_PART
    if not told.isdecimal() or len(told) > 9 or int(told) < 1:
        raise refusal("INVALID_INPUT", f"maxRecords is a whole number of at least 1, not {told}")
    return int(told)


def _locator(offset: int) -> str:
    return base64.urlsafe_b64encode(str(offset).encode()).decode().rstrip("=")


def _offset(locator: str) -> int:
    if locator in ("", "null"):
        return 0
    try:
        text = base64.urlsafe_b64decode(locator + "=" * (-len(locator) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        raise _bad_locator() from None
    if not text.isdecimal() or len(text) > 9:
        raise _bad_locator()
    return int(text)


def _bad_locator() -> Refusal:
    return refusal("INVALID_QUERY_LOCATOR", "invalid query locator")
