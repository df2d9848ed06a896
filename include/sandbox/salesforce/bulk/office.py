"""What both kinds of bulk jobs share: the list of jobs, the worker, the day's allowance."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from include.sandbox.salesforce.bulk.job import DELIMITERS, LINE_ENDINGS, PAGE, Job, Jobs, State
from include.sandbox.salesforce.bulk.worker import Worker
from include.sandbox.salesforce.errors import Refusal, refusal
from include.sandbox.salesforce.org import Org, Visit
from include.sandbox.wire import Answer

DAY = timedelta(days=1)
ROWS_IN_BATCH = 10_000


class Office:
    """Takes jobs in and looks after them."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self.jobs = Jobs()
        self.worker = Worker(lambda: self.org.settings["hold_bulk_jobs"] is True)
        self._since: datetime | None = None
        self.batches_used = 0
        self.queries_used = 0
        self.forgetting: list[Callable[[], None]] = []
        """Called when everything starts over."""

    def forget(self) -> None:
        """Start over, without jobs; rows that one of them is writing are written first."""
        self.worker.forget()
        with self.org.world.database.transaction():
            self.jobs.clear()
        for forget in self.forgetting:
            forget()
        self._since, self.batches_used, self.queries_used = None, 0, 0

    def opened(self, visit: Visit, kind: str, sobject: str, body: dict[str, Any]) -> Job:
        """A new job of this kind, as the request words it; raises Refusal."""
        now = self.org.world.clock.now()
        job = Job(
            id=self.jobs.next_id(),
            kind=kind,
            operation=str(body.get("operation")),
            sobject=sobject,
            version=visit.version.removeprefix("v"),
            author_id=visit.user_id,
            created_at=now,
            changed_at=now,
            state=State.OPEN if kind == "V2Ingest" else State.UPLOADED,
            delimiter=_choice(body, "columnDelimiter", DELIMITERS, "COMMA"),
            line_ending=_choice(body, "lineEnding", LINE_ENDINGS, "LF"),
        )
        if str(body.get("contentType") or "CSV").upper() != "CSV":
            raise invalid(f"contentType {body.get('contentType')} is not supported")
        return job

    def start(self, job: Job, steps: Iterator[None]) -> None:
        job.state = State.UPLOADED
        self.worker.add(job, steps)

    def count_batches(self, rows: int) -> None:
        """Take batches from the day's allowance; raises Refusal when it is used up."""
        self._new_day()
        if self.batches_used >= self.org.settings["daily_bulk_batches"]:
            raise refusal("EXCEEDEDQUOTA", "ApiBatchItems Limit exceeded.")
        self.batches_used += -(-rows // ROWS_IN_BATCH)

    def count_query(self) -> None:
        """Take a query job from the day's allowance; raises Refusal when it is used up."""
        self._new_day()
        if self.queries_used >= self.org.settings["daily_bulk_queries"]:
            raise refusal("LIMIT_EXCEEDED", "Max bulk v2 query jobs per 24 hrs has been exceeded.")
        self.queries_used += 1

    def abort(self, job: Job) -> None:
        """Call a job off; the two hundred rows under way are still written."""
        with self.org.world.database.transaction():
            if job.state in (State.COMPLETE, State.FAILED):
                raise wrong_state(f"Aborting already {job.state} job is not allowed")
            job.state, job.changed_at = State.ABORTED, self.org.world.clock.now()

    def drop(self, job: Job) -> Answer:
        """Delete a job that is not at work and not waiting for its data."""
        if job.state in (State.OPEN, State.RUNNING):
            raise wrong_state(f"Deleting {job.state} job is not allowed. Abort it first.")
        job.state = job.state if job.ended else State.ABORTED
        self.jobs.drop(job)
        return Answer(204)

    def listed(self, visit: Visit, kind: str, keep: Callable[[Job], bool]) -> Answer:
        """A page of jobs, newest first."""
        locator = visit.request.get("queryLocator")
        start = int(locator) if locator.isdecimal() and len(locator) < 9 else 0
        every = [one for one in self.jobs.of_kind(kind) if keep(one)][::-1]
        end = start + PAGE
        done = end >= len(every)
        path = "query" if kind == "V2Query" else "ingest"
        further = None if done else f"{visit.base}/jobs/{path}?queryLocator={end}"
        records = [one.listed() for one in every[start:end]]
        return Answer(body={"done": done, "records": records, "nextRecordsUrl": further})

    def _new_day(self) -> None:
        now = self.org.world.clock.now()
        if self._since is None or not timedelta() <= now - self._since < DAY:
            self._since, self.batches_used, self.queries_used = now, 0, 0


def invalid(message: str) -> Refusal:
    """The job cannot be what it is asked to be."""
    return refusal("INVALIDJOB", f"InvalidJob : {message}")


def wrong_state(message: str) -> Refusal:
    """The job is too far for that, or not far enough."""
    return refusal("INVALIDJOBSTATE", message)


def _choice(body: dict[str, Any], name: str, choices: dict[str, str], usual: str) -> str:
    told = body.get(name)
    if told is None:
        return usual
    if not isinstance(told, str) or told.upper() not in choices:
        raise invalid(f"{name} {told} is not one of {', '.join(choices)}")
    return told.upper()
