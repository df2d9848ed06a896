"""The resources below /services/async: jobs of batches, to write and to query.

A batch is worked on as soon as it is added. A query that cannot be read, or an upload that is
no table, fails its batch and says why there; the job itself goes on.
"""

import re
from datetime import datetime
from typing import Any

from include.sandbox.salesforce.batches import results
from include.sandbox.salesforce.batches.job import (
    KIND,
    QUERIES,
    Batch,
    BatchedJob,
    JobState,
)
from include.sandbox.salesforce.batches.uploads import line_ending, table
from include.sandbox.salesforce.batches.wording import (
    JSON,
    TYPES,
    info,
    listed,
    told,
    wants_json,
    xml,
)
from include.sandbox.salesforce.bulk.ingest import OPERATIONS, key_field, not_enabled, writable
from include.sandbox.salesforce.bulk.job import KEPT, Job, State
from include.sandbox.salesforce.bulk.office import Office, invalid, wrong_state
from include.sandbox.salesforce.bulk.query import check
from include.sandbox.salesforce.bulk.running import reading, writing
from include.sandbox.salesforce.bulk.sheet import Unreadable
from include.sandbox.salesforce.errors import Refusal, refusal
from include.sandbox.salesforce.ids import canonical
from include.sandbox.salesforce.org import Org, Visit
from include.sandbox.salesforce.queries import Queries
from include.sandbox.wire import Answer

MOST_ROWS, MOST_BYTES = 10_000, 10_000_000
"""What a batch may have."""
USUAL_CHUNK, LARGEST_CHUNK = 100_000, 250_000
_CHUNK_SIZE = re.compile(r"chunkSize\s*=\s*(\d{1,9})", re.IGNORECASE)


class Batches:
    """Takes jobs and their batches, and shows what became of them."""

    def __init__(self, org: Org, office: Office, queries: Queries) -> None:
        self._org = org
        self._office = office
        self._queries = queries
        self._jobs: dict[str, BatchedJob] = {}
        office.forgetting.append(self._jobs.clear)

    def create(self, visit: Visit) -> Answer:
        job = self._opened(visit, told(visit.request))
        for old in [one for one in self._jobs.values() if job.created_at - one.created_at > KEPT]:
            del self._jobs[old.id]
        self._jobs[job.id] = job
        return info("jobInfo", job.shown(), as_json=wants_json(visit.request), status=201)

    def read(self, visit: Visit, job_id: str) -> Answer:
        return info("jobInfo", self._job(job_id).shown(), as_json=wants_json(visit.request))

    def change(self, visit: Visit, job_id: str) -> Answer:
        job = self._job(job_id)
        state = told(visit.request).get("state")
        if state not in ("Closed", "Aborted"):
            raise invalid(f"Unable to change the state of a job to {state}")
        if job.state is JobState.ABORTED or (job.state is not JobState.OPEN and state == "Closed"):
            raise wrong_state(f"Changing the state of a job that is {job.state} is not allowed")
        job.state, job.changed_at = JobState(state), self._org.world.clock.now()
        if state == "Aborted":
            self._abort(job)
        return info("jobInfo", job.shown(), as_json=wants_json(visit.request))

    def add(self, visit: Visit, job_id: str) -> Answer:
        """A further batch."""
        job = self._job(job_id)
        if job.state is not JobState.OPEN:
            raise wrong_state(f"Job is not open: it is {job.state}")
        self._office.count_batches(1)
        batch = Batch(self._work(job), visit.request.body)
        job.batches.append(batch)
        if job.queries:
            self._query(job, batch)
        else:
            self._write(job, batch)
        return info("batchInfo", batch.shown(job.id), as_json=_in_json(job, visit), status=201)

    def every(self, visit: Visit, job_id: str) -> Answer:
        job = self._job(job_id)
        shown = [one.shown(job.id) for one in job.batches]
        return listed(shown, as_json=_in_json(job, visit))

    def read_batch(self, visit: Visit, job_id: str, batch_id: str) -> Answer:
        job, batch = self._batch(job_id, batch_id)
        return info("batchInfo", batch.shown(job.id), as_json=_in_json(job, visit))

    def sent(self, visit: Visit, job_id: str, batch_id: str) -> Answer:  # noqa: ARG002
        job, batch = self._batch(job_id, batch_id)
        return Answer(200, batch.sent, {"Content-Type": TYPES[job.content_type]})

    def result(self, visit: Visit, job_id: str, batch_id: str) -> Answer:
        """What became of the records, or the ids of what a query found."""
        job, batch = self._ended(job_id, batch_id)
        if not job.queries:
            return results.fates(batch.work, job.content_type)
        result_id = _result_of(batch)
        if _in_json(job, visit):
            return Answer(200, [result_id], {"Content-Type": JSON})
        return xml("result-list", f"<result>{result_id}</result>")

    def rows(self, visit: Visit, job_id: str, batch_id: str, result_id: str) -> Answer:
        """What a query found."""
        job, batch = self._ended(job_id, batch_id)
        if not job.queries or canonical(result_id) != _result_of(batch):
            raise refusal("INVALIDBATCH", f"Invalid result id: {result_id}")
        base = f"{visit.base}/sobjects"
        return results.rows(self._org.store, batch.work, job.content_type, base)

    # Jobs

    def _opened(self, visit: Visit, facts: dict[str, Any]) -> BatchedJob:
        operation = facts.get("operation")
        if operation == "hardDelete":
            raise not_enabled()
        if operation not in (*OPERATIONS, *QUERIES):
            raise invalid(f"Unable to parse operation: {operation}")
        kind = writable(self._org, facts.get("object"), reads=operation in QUERIES)
        content_type = str(facts.get("contentType") or "XML").upper()
        if content_type not in TYPES:
            raise invalid(f"Content type {facts['contentType']} is not supported")
        now = self._org.world.clock.now()
        return BatchedJob(
            id=self._office.jobs.next_id(),
            operation=operation,
            sobject=kind.name,
            version=visit.version.removeprefix("v"),
            author_id=visit.user_id,
            created_at=now,
            changed_at=now,
            content_type=content_type,
            concurrency=str(facts.get("concurrencyMode") or "Parallel"),
            key=key_field(kind, facts) if operation == "upsert" else None,
            assignment_rule=facts.get("assignmentRuleId") or None,
            chunk_size=_chunk_size(visit) if operation in QUERIES else 0,
        )

    def _job(self, job_id: str) -> BatchedJob:
        self._office.worker.wake()
        if found := self._jobs.get(canonical(job_id) or ""):
            return found
        raise invalid(f"Invalid job id: {job_id}")

    def _batch(self, job_id: str, batch_id: str) -> tuple[BatchedJob, Batch]:
        job = self._job(job_id)
        full = canonical(batch_id)
        for one in job.batches:
            if one.work.id == full:
                return job, one
        raise refusal("INVALIDBATCH", f"Invalid batch id: {batch_id}")

    def _ended(self, job_id: str, batch_id: str) -> tuple[BatchedJob, Batch]:
        job, batch = self._batch(job_id, batch_id)
        if batch.work.state is not State.COMPLETE:
            raise refusal("INVALIDBATCH", f"Batch not completed: it is {batch.state}")
        return job, batch

    def _abort(self, job: BatchedJob) -> None:
        for one in job.batches:
            if not one.work.ended:
                self._office.abort(one.work)

    # Batches

    def _work(self, job: BatchedJob) -> Job:
        now = self._org.world.clock.now()
        work = Job(
            id=self._office.jobs.next_id("751"),
            kind=KIND,
            operation=job.operation,
            sobject=job.sobject,
            version=job.version,
            author_id=job.author_id,
            created_at=now,
            changed_at=now,
            state=State.UPLOADED,
            key=job.key,
            assigns_owner=job.assignment_rule is not None,
        )
        self._office.jobs.add(work)
        return work

    def _write(self, job: BatchedJob, batch: Batch) -> None:
        work = batch.work
        try:
            work.upload = table(job.content_type, batch.sent)
            _check_size(work.upload)
        except Unreadable as trouble:
            _fail(work, str(trouble), self._org.world.clock.now())
            return
        work.line_ending = line_ending(work.upload)
        self._office.start(work, writing(self._org, work))

    def _query(self, job: BatchedJob, batch: Batch) -> None:
        work = batch.work
        try:
            soql = batch.sent.decode("utf-8", "replace").strip()
            work.statement = self._queries.compiled(soql, all_rows=job.operation == "queryAll")
            check(work.statement)
        except Refusal as refused:
            fault = refused.faults[0]
            told = f"InvalidBatch : Failed to process query: {fault.code}: {fault.message}"
            _fail(work, told, self._org.world.clock.now())
            return
        if job.chunk_size:
            self._chunk(job, batch)
        else:
            self._office.start(work, reading(self._org, work))

    def _chunk(self, job: BatchedJob, batch: Batch) -> None:
        """Let a batch for each range of ids stand in for the one that was sent."""
        statement = batch.work.statement
        if statement is None:
            return
        found = self._org.store.select(statement.ids(), statement.params)
        ids = sorted(row[0] for row in found)
        batch.work.state = State.ABORTED
        for start in range(0, len(ids), job.chunk_size):
            part = Batch(self._work(job), batch.sent)
            part.work.statement = statement
            part.work.ids = ids[start : start + job.chunk_size]
            part.work.state = State.COMPLETE
            job.batches.append(part)


def _in_json(job: BatchedJob, visit: Visit) -> bool:
    accepts = JSON in visit.request.headers.get("accept", "")
    return job.content_type == "JSON" or accepts


def _result_of(batch: Batch) -> str:
    return canonical(f"752{batch.work.id[3:15]}") or ""


def _fail(work: Job, why: str, now: datetime) -> None:
    work.state, work.error, work.changed_at = State.FAILED, why, now


def _check_size(upload: bytes) -> None:
    if len(upload) > MOST_BYTES:
        raise Unreadable(f"InvalidBatch : Exceeded max size limit of {MOST_BYTES}")
    if upload.count(b"\n") > MOST_ROWS + 1:
        raise Unreadable(f"InvalidBatch : Batch has more than {MOST_ROWS} records")


def _chunk_size(visit: Visit) -> int:
    header = visit.request.headers.get("sforce-enable-pkchunking", "").strip()
    if not header or header.lower() == "false":
        return 0
    wish = _CHUNK_SIZE.search(header)
    size = int(wish[1]) if wish else USUAL_CHUNK
    if not 0 < size <= LARGEST_CHUNK:
        raise invalid(f"The chunk size is at most {LARGEST_CHUNK}, not {size}")
    return size
