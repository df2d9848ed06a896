"""A job of batches: what was asked for, its batches, and how both are shown.

A job is Open until it is Closed or Aborted; work on a batch begins when it is added. A batch
is worked on like a job of the second Bulk API, and only shown in other words. With primary
key chunking the batch that was sent is not processed: others stand in for it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from include.sandbox.salesforce.bulk.job import Job, State

KIND = "Classic"
QUERIES = ("query", "queryAll")


class JobState(StrEnum):
    """Whether a job takes batches."""

    OPEN = "Open"
    CLOSED = "Closed"
    ABORTED = "Aborted"


NOT_PROCESSED = "Not Processed"
_BATCH_STATES = {
    State.OPEN: "Queued",
    State.UPLOADED: "Queued",
    State.RUNNING: "InProgress",
    State.COMPLETE: "Completed",
    State.FAILED: "Failed",
    State.ABORTED: NOT_PROCESSED,
}


@dataclass(slots=True)
class Batch:
    """One batch of a job."""

    work: Job
    sent: bytes = b""
    """As it came; what stands in for another batch has its query."""

    @property
    def state(self) -> str:
        return _BATCH_STATES[self.work.state]

    def shown(self, job_id: str) -> dict[str, Any]:
        work = self.work
        told = {"stateMessage": work.error} if work.error else {}
        return {
            "id": work.id,
            "jobId": job_id,
            "state": self.state,
            **told,
            "createdDate": work.created_at,
            "systemModstamp": work.changed_at,
            "numberRecordsProcessed": _processed(work),
            "numberRecordsFailed": len(work.failures),
            "totalProcessingTime": work.milliseconds,
            "apiActiveProcessingTime": work.milliseconds,
            "apexProcessingTime": 0,
        }


@dataclass(slots=True)
class BatchedJob:
    """One job."""

    id: str
    operation: str
    sobject: str
    version: str
    """As numbers are shown: 62.0."""
    author_id: str
    created_at: datetime
    changed_at: datetime
    content_type: str
    """CSV, XML or JSON: what its batches are, and their results."""
    concurrency: str = "Parallel"
    key: str | None = None
    """The external id field of an upsert."""
    assignment_rule: str | None = None
    chunk_size: int = 0
    """Records of a chunk, where the job wants its query cut by primary key."""
    state: JobState = JobState.OPEN
    batches: list[Batch] = field(default_factory=list)

    @property
    def queries(self) -> bool:
        return self.operation in QUERIES

    def shown(self) -> dict[str, Any]:
        states = [one.state for one in self.batches]
        works = [one.work for one in self.batches]
        spent = sum(one.milliseconds for one in works)
        return {
            "id": self.id,
            "operation": self.operation,
            "object": self.sobject,
            "createdById": self.author_id,
            "createdDate": self.created_at,
            "systemModstamp": self.changed_at,
            "state": str(self.state),
            **({"externalIdFieldName": self.key} if self.key else {}),
            "concurrencyMode": self.concurrency,
            "contentType": self.content_type,
            "numberBatchesQueued": states.count("Queued"),
            "numberBatchesInProgress": states.count("InProgress"),
            "numberBatchesCompleted": states.count("Completed"),
            "numberBatchesFailed": states.count("Failed"),
            "numberBatchesTotal": len(states),
            "numberRecordsProcessed": sum(map(_processed, works)),
            "numberRetries": 0,
            "apiVersion": float(self.version),
            **({"assignmentRuleId": self.assignment_rule} if self.assignment_rule else {}),
            "numberRecordsFailed": sum(len(one.failures) for one in works),
            "totalProcessingTime": spent,
            "apiActiveProcessingTime": spent,
            "apexProcessingTime": 0,
        }


def _processed(work: Job) -> int:
    return len(work.ids) + len(work.successes) + len(work.failures)
