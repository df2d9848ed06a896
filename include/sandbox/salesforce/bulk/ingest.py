"""Jobs to write, as resources: opened, given their data, watched, and read for their results.

The data comes as one CSV upload, or with the job itself as the second part of a multipart
request. Nothing is written before the upload is declared complete.
"""

from collections.abc import Iterable, Iterator
from email import message_from_bytes
from email.message import Message
from itertools import chain
from typing import Any

from include.sandbox.salesforce.bodies import json_object
from include.sandbox.salesforce.bulk.job import Job, State
from include.sandbox.salesforce.bulk.office import Office, invalid, wrong_state
from include.sandbox.salesforce.bulk.running import unprocessed, writing
from include.sandbox.salesforce.bulk.sheet import write
from include.sandbox.salesforce.errors import Refusal, refusal
from include.sandbox.salesforce.org import Org, Visit
from include.sandbox.salesforce.schema import SObject
from include.sandbox.wire import Answer, Request

KIND = "V2Ingest"
LARGEST = 150_000_000
"""Bytes of data a job may have."""
OPERATIONS = ("insert", "update", "upsert", "delete")


class Ingest:
    """The resources below jobs/ingest."""

    def __init__(self, org: Org, office: Office) -> None:
        self._org = org
        self._office = office

    def create(self, visit: Visit) -> Answer:
        if _content_type(visit.request).startswith("multipart/"):
            body, upload = _parts(visit.request)
            job = self._opened(visit, body)
            self._take(job, upload)
            self._start(job)
        else:
            job = self._opened(visit, json_object(visit.request))
        return Answer(body=job.brief())

    def upload(self, visit: Visit, job_id: str) -> Answer:
        kind = _content_type(visit.request)
        if kind in ("application/json", "application/xml"):
            raise refusal(
                "UNSUPPORTED_MEDIA_TYPE", f"Content type '{kind}' is not supported", status=415
            )
        self._take(self._job(job_id), visit.request.body)
        return Answer(201)

    def change(self, visit: Visit, job_id: str) -> Answer:
        job = self._job(job_id)
        match json_object(visit.request).get("state"):
            case "UploadComplete":
                if job.state is not State.OPEN:
                    raise wrong_state(f"Closing already {job.state} Job not allowed")
                self._start(job)
                return Answer(body={**job.brief(), "state": str(State.UPLOADED)})
            case "Aborted":
                self._office.abort(job)
                return Answer(body=job.brief())
        raise invalid("state must be UploadComplete or Aborted")

    def read(self, visit: Visit, job_id: str) -> Answer:  # noqa: ARG002  every handler takes it
        return Answer(body=self._job(job_id).whole())

    def every(self, visit: Visit) -> Answer:
        wanted = visit.request.get("jobType")
        return self._office.listed(visit, KIND, lambda job: wanted in ("", job.kind))

    def delete(self, visit: Visit, job_id: str) -> Answer:  # noqa: ARG002
        return self._office.drop(self._job(job_id))

    def successes(self, visit: Visit, job_id: str) -> Answer:  # noqa: ARG002
        job = self._job(job_id)
        rows = ([one, str(made).lower(), *row] for one, made, row in job.successes)
        return _table(job, ["sf__Id", "sf__Created", *job.header], rows)

    def failures(self, visit: Visit, job_id: str) -> Answer:  # noqa: ARG002
        job = self._job(job_id)
        rows = ([one, error, *row] for one, error, row in job.failures)
        return _table(job, ["sf__Id", "sf__Error", *job.header], rows)

    def unprocessed(self, visit: Visit, job_id: str) -> Answer:  # noqa: ARG002
        job = self._job(job_id)
        rows = list(unprocessed(job))
        return _table(job, job.header, rows)

    def _job(self, job_id: str) -> Job:
        self._office.worker.wake()
        return self._office.jobs.named(job_id, KIND)

    def _opened(self, visit: Visit, body: dict[str, Any]) -> Job:
        operation = body.get("operation")
        if operation == "hardDelete":
            raise not_enabled()
        if operation not in OPERATIONS:
            raise invalid(f"Operation {operation} is not supported")
        kind = writable(self._org, body.get("object"))
        job = self._office.opened(visit, KIND, kind.name, body)
        job.key = key_field(kind, body) if operation == "upsert" else None
        job.assigns_owner = "assignmentRuleId" in body
        self._office.jobs.add(job)
        return job

    def _take(self, job: Job, upload: bytes) -> None:
        if job.state is not State.OPEN or job.upload is not None:
            raise wrong_state(f"Uploading data is not allowed: the job is {job.state}")
        if len(upload) > LARGEST:
            raise refusal(
                "INVALIDJOB", f"The data of a job may have {LARGEST} bytes, not {len(upload)}"
            )
        job.upload = upload

    def _start(self, job: Job) -> None:
        self._office.count_batches((job.upload or b"").count(b"\n"))
        job.changed_at = self._org.world.clock.now()
        self._office.start(job, writing(self._org, job))


def writable(org: Org, name: Any, *, reads: bool = False) -> SObject:
    """The object of a job to write, or to read; raises Refusal."""
    kind = org.visible.sobject(name) if isinstance(name, str) else None
    if kind is None or not (reads or kind.createable or kind.updateable):
        raise not_supported(str(name))
    return kind


def not_enabled() -> Refusal:
    """The user may not delete for good."""
    return refusal(
        "FEATURENOTENABLED",
        "hardDelete operation requires special user profile permission, please contact"
        " your system administrator",
    )


def not_supported(name: str) -> Refusal:
    """Bulk jobs cannot work on this object."""
    return refusal("INVALIDENTITY", f"Entity '{name}' is not supported by the Bulk API.")


def key_field(kind: SObject, body: dict[str, Any]) -> str:
    """The external id field of an upsert; raises Refusal."""
    named = body.get("externalIdFieldName")
    column = kind.field(named) if isinstance(named, str) else None
    if column is None or not (column.external_id or column.id_lookup):
        raise invalid(f"Invalid external ID field name: {named}")
    return column.name


def _table(job: Job, header: list[str], rows: Iterable[list[str]]) -> Answer:
    table: Iterator[list[str]] = chain([header], rows) if header else iter(())
    body = write(table, job.delimiter, job.line_ending)
    return Answer(200, body, {"Content-Type": "text/csv"})


def _content_type(request: Request) -> str:
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


def _parts(request: Request) -> tuple[dict[str, Any], bytes]:
    """The parts `job` and `content` of a multipart request; raises Refusal."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode("latin-1", "replace")
    message = message_from_bytes(head + request.body)
    parts: dict[str, bytes] = {}
    for part in message.walk():
        name = part.get_param("name", header="content-disposition")
        if not part.is_multipart() and isinstance(name, str):
            parts[name] = _payload(part)
    if "job" not in parts or "content" not in parts:
        raise invalid("a multipart request has the parts job and content")
    job = Request("POST", request.path, body=parts["job"])
    return json_object(job), parts["content"]


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
