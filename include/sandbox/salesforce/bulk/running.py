"""Jobs at work: rows written two hundred at a time, each two hundred one transaction.

A job is a generator that stops after each chunk, so that other requests come in between and
a job that was called off ends where it is. What is wrong with the table as a whole fails the
job; what is wrong with a row is that row's own failure.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import Any

from include.sandbox.salesforce.bodies import Draft
from include.sandbox.salesforce.bulk.columns import Put, columns, drafted
from include.sandbox.salesforce.bulk.job import Job, State
from include.sandbox.salesforce.bulk.sheet import Unreadable, rows
from include.sandbox.salesforce.deeds import Deed, Deeds, Result, attempt, failure, key_of, repeated
from include.sandbox.salesforce.errors import Refusal
from include.sandbox.salesforce.ids import canonical
from include.sandbox.salesforce.org import Org
from include.sandbox.salesforce.schema import SObject

CHUNK = 200


def writing(org: Org, job: Job) -> Iterator[None]:
    """Do what a job to write asks for, chunk by chunk."""
    if not _begun(org, job):
        return
    try:
        table = rows(job.upload or b"", job.delimiter, job.line_ending)
        job.header = next(table, [])
        yield from _chunks(org, job, table)
    except Unreadable as trouble:
        job.error, job.state = str(trouble), State.FAILED
    _close(org, job)


def reading(org: Org, job: Job) -> Iterator[None]:
    """Find the records a job to read asks for."""
    if not _begun(org, job):
        return
    yield
    if job.statement is not None and not job.ended:
        found = org.store.select(job.statement.ids(), job.statement.params)
        job.ids = [row[0] for row in found]
    _close(org, job)


def _chunks(org: Org, job: Job, table: Iterator[list[str]]) -> Iterator[None]:
    kind = org.present.named(job.sobject)
    puts = columns(job.header, org.visible.named(job.sobject), org.visible)
    _check_header(job, [name.strip().lower() for name in job.header])
    while chunk := list(islice(table, CHUNK)):
        with org.store.transaction():
            if job.ended:
                return
            before = org.world.clock.now()
            _write(org, job, (kind, puts), chunk)
        spent = org.world.clock.now() - before
        job.milliseconds += max(1, round(spent.total_seconds() * 1000))
        yield


def _write(org: Org, job: Job, into: tuple[SObject, list[Put]], chunk: list[list[str]]) -> None:
    drafts = [_drafted(*into, row) for row in chunk]
    good = [one for one in drafts if isinstance(one, Draft)]
    author = org.author_of(job.author_id, assigns_owner=job.assigns_owner)
    make = _maker(job, into[0], Deeds(org, author), good)
    for row, one in zip(chunk, drafts, strict=True):
        result = attempt(make(one)) if isinstance(one, Draft) else one
        _keep(job, row, one, result)


def _drafted(kind: SObject, puts: list[Put], row: list[str]) -> Draft | Result:
    try:
        return drafted(kind, puts, row)
    except Refusal as refused:
        return failure(refused.faults)


def _maker(job: Job, kind: SObject, deeds: Deeds, drafts: list[Draft]) -> Callable[[Draft], Deed]:
    match job.operation:
        case "insert":
            return deeds.create
        case "delete":
            return lambda draft: deeds.delete(draft.record_id or "")
        case "update":
            ids = (canonical(one.record_id) for one in drafts if one.record_id)
            return partial(deeds.update, twice=repeated(ids))
    key = kind.field(job.key or "Id") or kind.fields[0]
    return partial(deeds.upsert, key=key, twice=repeated(key_of(one, key) for one in drafts))


def _keep(job: Job, row: list[str], draft: Draft | Result, result: Result) -> None:
    job.fates.append(result["success"])
    if result["success"]:
        created = result.get("created", job.operation == "insert")
        job.successes.append((str(result["id"]), created, row))
        return
    record_id = draft.record_id if isinstance(draft, Draft) else None
    job.failures.append((record_id or "", _error(result["errors"][0]), row))


def _error(fault: dict[str, Any]) -> str:
    """A fault as a row of failed results spells it: CODE:message:fields --."""
    fields = " ".join(fault["fields"])
    return f"{fault['statusCode']}:{fault['message']}:{fields}{' ' if fields else ''}--"


def _check_header(job: Job, names: list[str]) -> None:
    if job.operation == "delete" and names not in ([], ["id"]):
        raise Unreadable("InvalidBatch : The 'delete' batch must contain only ids")


def _begun(org: Org, job: Job) -> bool:
    """Whether it is under way now; one that was called off meanwhile, or by a reset, is not."""
    with org.world.database.transaction():
        if job.ended:
            return False
        job.state = State.RUNNING
        return True


def _close(org: Org, job: Job) -> None:
    with org.world.database.transaction():
        if not job.ended:
            job.state, job.upload = State.COMPLETE, None
        job.changed_at = org.world.clock.now()


def unprocessed(job: Job) -> Iterator[list[str]]:
    """Rows that an ended job did not come to: they are worked on in order."""
    if job.upload is None or not job.ended:
        return
    done = len(job.successes) + len(job.failures)
    with suppress(Unreadable):
        table = rows(job.upload, job.delimiter, job.line_ending)
        job.header = next(table, [])
        yield from islice(table, done, None)
