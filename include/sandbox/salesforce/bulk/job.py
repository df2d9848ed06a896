"""A bulk job: what was asked for, how far it is, and how it is shown.

A job to write goes from Open to UploadComplete when its data is there, then to InProgress
and to JobComplete; one that cannot be read as a whole is Failed, one that was called off is
Aborted. A job to read begins at UploadComplete.
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from include.sandbox.salesforce.errors import missing
from include.sandbox.salesforce.ids import canonical, numbered
from include.sandbox.salesforce.values import wire_time
from include.sandbox.soql.statement import Statement

KEPT = timedelta(days=7)
"""How long a job and its results can be asked for."""
PAGE = 1000
"""Jobs a list shows at once."""
DELIMITERS = {
    "BACKQUOTE": "`",
    "CARET": "^",
    "COMMA": ",",
    "PIPE": "|",
    "SEMICOLON": ";",
    "TAB": "\t",
}
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}


class State(StrEnum):
    """How far a job is."""

    OPEN = "Open"
    UPLOADED = "UploadComplete"
    RUNNING = "InProgress"
    COMPLETE = "JobComplete"
    FAILED = "Failed"
    ABORTED = "Aborted"


ENDED = (State.COMPLETE, State.FAILED, State.ABORTED)


@dataclass(slots=True)
class Job:
    """One job, to write (`V2Ingest`) or to read (`V2Query`)."""

    id: str
    kind: str
    operation: str
    sobject: str
    version: str
    """As numbers are shown: 62.0."""
    author_id: str
    created_at: datetime
    changed_at: datetime
    state: State
    key: str | None = None
    """The external id field of an upsert."""
    delimiter: str = "COMMA"
    line_ending: str = "LF"
    assigns_owner: bool = True
    upload: bytes | None = None
    successes: list[tuple[str, bool, list[str]]] = field(default_factory=list)
    """Id, whether it was created, and the row as it was sent."""
    failures: list[tuple[str, str, list[str]]] = field(default_factory=list)
    """Id, the error, and the row as it was sent."""
    fates: bytearray = field(default_factory=bytearray)
    """One for each success and nought for each failure, in the order of the rows."""
    header: list[str] = field(default_factory=list)
    statement: Statement | None = None
    ids: list[str] = field(default_factory=list)
    """What a job to read found."""
    milliseconds: int = 0
    error: str | None = None

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    def brief(self) -> dict[str, Any]:
        """The job as the answer to its creation shows it."""
        shown: dict[str, Any] = {
            "id": self.id,
            "operation": self.operation,
            "object": self.sobject,
            "createdById": self.author_id,
            "createdDate": wire_time(self.created_at),
            "systemModstamp": wire_time(self.changed_at),
            "state": str(self.state),
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": float(self.version),
        }
        if self.kind == "V2Ingest" and self.state is State.OPEN:
            shown["contentUrl"] = f"services/data/v{self.version}/jobs/ingest/{self.id}/batches"
        if self.key:
            shown["externalIdFieldName"] = self.key
        return shown | {"lineEnding": self.line_ending, "columnDelimiter": self.delimiter}

    def whole(self) -> dict[str, Any]:
        """The job as it shows when it is asked for."""
        shown = self.brief() | {"jobType": self.kind, "retries": 0}
        shown["totalProcessingTime"] = self.milliseconds
        if self.kind == "V2Query":
            return shown | self._error() | {"numberRecordsProcessed": len(self.ids)}
        return (
            shown
            | self._error()
            | {
                "apiActiveProcessingTime": self.milliseconds,
                "apexProcessingTime": 0,
                "numberRecordsProcessed": len(self.successes) + len(self.failures),
                "numberRecordsFailed": len(self.failures),
            }
        )

    def listed(self) -> dict[str, Any]:
        """The job as a list shows it."""
        return self.brief() | {"jobType": self.kind}

    def _error(self) -> dict[str, Any]:
        return {"errorMessage": self.error} if self.error else {}


class Jobs:
    """Every job of the org, oldest first."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._last = 0

    def next_id(self, prefix: str = "750") -> str:
        self._last += 1
        return numbered(prefix, self._last)

    def add(self, job: Job) -> None:
        for one in [one for one in self._jobs.values() if job.created_at - one.created_at > KEPT]:
            self.drop(one)
        self._jobs[job.id] = job

    def named(self, job_id: str, kind: str) -> Job:
        """A job by its id, of 15 or 18 characters; raises Refusal."""
        found = self._jobs.get(canonical(job_id) or "")
        if found is None or found.kind != kind:
            raise missing()
        return found

    def of_kind(self, kind: str) -> Iterator[Job]:
        return (one for one in list(self._jobs.values()) if one.kind == kind)

    def drop(self, job: Job) -> None:
        self._jobs.pop(job.id, None)

    def clear(self) -> None:
        """Forget every job; one that is running ends at its next step."""
        for one in self._jobs.values():
            one.state = State.ABORTED
        self._jobs.clear()
