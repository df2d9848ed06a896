"""Salesforce's Bulk API 2.0: jobs that write or read by the hundred thousand.

A job to write is opened, given one CSV, declared complete, and then runs on its own; what
became of each row is read from its results, where the order of rows is not promised, so rows
are known by their key column. A job to read is a query whose rows come in large parts. While
a job runs it is asked about at growing intervals, because every question is a call.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import requests

from include.crmsync.adapters.failures import Refused
from include.crmsync.adapters.gateway import Write, Written
from include.crmsync.adapters.salesforce_api import SalesforceApi
from include.crmsync.adapters.salesforce_sheet import (
    error_of,
    from_sheet,
    key_column,
    sayable,
    to_sheet,
)
from include.crmsync.adapters.salesforce_write import is_assigned, written
from include.crmsync.adapters.scrub import scrub
from include.crmsync.errors import Rejected, Unavailable
from include.crmsync.model.mapping import ObjectMapping

INGEST, QUERY = "jobs/ingest", "jobs/query"

PART = 50_000
"""Rows of one part of a query's results."""

FIRST_PAUSE, LONGEST_PAUSE = 2.0, 30.0
PATIENCE = 1800.0
"""Seconds: between two questions about a job, and until it is left to the next attempt."""

UNPROCESSED = "NOT_PROCESSED"
"""Our word for a row that a job did not come to."""

WRONG_STATE = "INVALIDJOBSTATE"
ENDED = frozenset({"JobComplete", "Failed", "Aborted"})
CSV = {"Content-Type": "text/csv; charset=UTF-8", "Accept": "application/json"}


class SalesforceBulk:
    """The jobs of one org."""

    def __init__(self, api: SalesforceApi, sleep: Callable[[float], None] = time.sleep) -> None:
        self._api = api
        self._sleep = sleep
        self._known: dict[str, Mapping[str, Any]] = {}
        """What was last told of a job that has run: it does not change any more."""

    def takes(self, write: Write) -> bool:
        # A job has no header that lets an assignment rule choose the owner, and a sheet no roles.
        return sayable(write) and not is_assigned(write) and not write.roles

    def open(self, mapping: ObjectMapping, writes: Sequence[Write]) -> str:
        body = {"object": writes[0].kind, "contentType": "CSV", "lineEnding": "LF"}
        if writes[0].record_id is None:
            body |= {"operation": "upsert", "externalIdFieldName": mapping.salesforce_key}
        else:
            body |= {"operation": "update"}
        return self._created(INGEST, body)

    def send(self, job: str, mapping: ObjectMapping, writes: Sequence[Write]) -> None:
        sheet = to_sheet(mapping, writes)
        self._once("PUT", f"{INGEST}/{job}/batches", data=sheet, headers=CSV)
        self._once("PATCH", f"{INGEST}/{job}", json={"state": "UploadComplete"})
        self._sleep(FIRST_PAUSE)

    def ended(self, job: str) -> bool:
        try:
            told = self._told(INGEST, job)
        except Refused as refusal:
            if refusal.status != HTTPStatus.NOT_FOUND:
                raise
            return False  # its results are kept for seven days
        if told.get("state") == "Open":
            self._once("PATCH", f"{INGEST}/{job}", json={"state": "Aborted"})
            return False
        told = self._known[job] = self._run(INGEST, job, told)
        return told["state"] != "Aborted" or bool(told.get("numberRecordsProcessed"))

    def answers(
        self, job: str, mapping: ObjectMapping, writes: Sequence[Write]
    ) -> Iterator[Sequence[Written]]:
        told = self._known.get(job) or self._told(INGEST, job)
        processed = int(told.get("numberRecordsProcessed") or 0)
        failed = int(told.get("numberRecordsFailed") or 0)
        if told.get("state") == "Failed" and not processed:
            raise _refused(told)
        column = key_column(mapping, writes[0])
        waiting = {write.record_id or write.external_key or "": write for write in writes}
        if processed > failed:
            yield list(self._landed(job, column, waiting))
        if failed:
            yield list(self._failed(job, column, mapping, waiting))
        text = "the bulk job ended before it came to this record"
        yield [
            Written(one.key, one.record_id, UNPROCESSED, text, retryable=True)
            for one in waiting.values()
        ]

    def query(self, soql: str, *, include_deleted: bool = False) -> Iterator[dict[str, str | None]]:
        """Yield what a query finds, every value as text and a blank one as None."""
        operation = "queryAll" if include_deleted else "query"
        job = self._created(QUERY, {"operation": operation, "query": soql})
        told = self._run(QUERY, job, self._told(QUERY, job))
        if told["state"] != "JobComplete":
            raise _refused(told)
        locator = ""
        while locator != "null":
            answer = self._part(job, locator)
            rows = list(from_sheet(answer))
            if str(len(rows)) != answer.headers.get("Sforce-NumberOfRecords"):
                raise Unavailable(f"GET {QUERY}: a part of the results is not whole")
            yield from rows
            locator = answer.headers.get("Sforce-Locator") or "null"

    def _part(self, job: str, locator: str) -> requests.Response:
        query = {"maxRecords": str(PART)} | ({"locator": locator} if locator else {})
        return self._api.send("GET", f"{QUERY}/{job}/results", query=query)

    def _landed(self, job: str, column: str, waiting: dict[str, Write]) -> Iterator[Written]:
        for row in self._results(job, "successfulResults"):
            write = waiting.pop(row.get(column) or "", None)
            if write is not None:
                yield Written(write.key, record_id=row.get("sf__Id") or write.record_id)

    def _failed(
        self, job: str, column: str, mapping: ObjectMapping, waiting: dict[str, Write]
    ) -> Iterator[Written]:
        for row in self._results(job, "failedResults"):
            write = waiting.pop(row.get(column) or "", None)
            if write is not None:
                yield written(write, error_of(row), mapping.salesforce_key, mapping.orgs_words)

    def _results(self, job: str, which: str) -> Iterable[Mapping[str, str | None]]:
        return from_sheet(self._api.send("GET", f"{INGEST}/{job}/{which}"))

    def _created(self, path: str, body: Mapping[str, Any]) -> str:
        # May be repeated: a job that nobody knows of has no data, and writes nothing.
        return str(_object(self._api.send("POST", path, json=body))["id"])

    def _told(self, path: str, job: str) -> Mapping[str, Any]:
        return _object(self._api.send("GET", f"{path}/{job}"))

    def _run(self, path: str, job: str, told: Mapping[str, Any]) -> Mapping[str, Any]:
        """What is told of a job once it has ended; raises Unavailable when patience does first."""
        pause, waited = FIRST_PAUSE, 0.0
        while told.get("state") not in ENDED:
            if waited > PATIENCE:
                raise Unavailable(f"the Salesforce bulk job {job} is still running; asked again")
            self._sleep(pause)
            waited, pause = waited + pause, min(pause * 2, LONGEST_PAUSE)
            told = self._told(path, job)
        return told

    def _once(self, method: str, path: str, **body: Any) -> None:
        """A step of a job that was taken already, where only its answer was lost, is taken."""
        try:
            self._api.send(method, path, **body)
        except Refused as refusal:
            if refusal.code != WRONG_STATE:
                raise


def _object(answer: requests.Response) -> Mapping[str, Any]:
    told = answer.json()
    if not isinstance(told, dict) or not told.get("id"):
        raise Unavailable("Salesforce's answer about a bulk job names no job")
    return told


def _refused(told: Mapping[str, Any]) -> Rejected:
    code, _, text = str(told.get("errorMessage") or told.get("state")).partition(":")
    return Rejected(f"the bulk job {told['id']} failed: {scrub(text.strip(), {})}", code.strip())
