"""Writing very many records at once, by jobs that the CRM runs on its own.

Worth it from some thousand records of one kind and verb; below that, batches answer sooner.
A job is journalled before it has any data, so that a killed run finds it again, waits for it,
and never sends its actions twice. What a run left under way is waited for before anything is
read: what it writes is then read, not overlooked.
"""

import logging
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Protocol

from include.crmsync.adapters.batches import chunks
from include.crmsync.adapters.gateway import Bulk, Write, Written
from include.crmsync.errors import Rejected, StateError
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.plan import Action
from include.crmsync.model.record import System
from include.crmsync.pipeline.workshop import Workshop
from include.crmsync.state.jobs import Job

log = logging.getLogger("crmsync")

ROWS = 100_000
"""Records in one job: with forty fields each it stays below the 150 MB a job may have."""

NO_JOBS = frozenset(
    {
        *("EXCEEDEDQUOTA", "EXCEEDED_QUOTA", "ExceededQuota", "LIMIT_EXCEEDED"),
        *("FEATURENOTENABLED", "FeatureNotEnabled", "FUNCTIONALITY_NOT_ENABLED"),
    }
)
"""A CRM's words for an account that has no jobs, or none left today: batches do as well."""

Many = tuple[list[Action], list[Write]]
"""Actions of one kind and verb, and their writes, in one order."""


class Settle(Protocol):
    """What a load does with answers, and how it says what it is about to write."""

    def intend(self, actions: Sequence[Action]) -> None: ...

    def settle(self, answers: Sequence[Written], actions: Sequence[Action]) -> None: ...


def many(
    actions: Sequence[Action], writes: Sequence[Write], bulk: Bulk | None, threshold: int
) -> Iterator[Many]:
    """Yield what is worth a job of its own; the rest is for batches."""
    if bulk is None:
        return
    both = zip(actions, writes, strict=True)
    fit = sorted((one for one in both if bulk.takes(one[1])), key=lambda one: _alike(one[1]))
    for _, group in groupby(fit, key=lambda one: _alike(one[1])):
        alike = list(group)
        if len(alike) > threshold:
            for some in chunks(alike, ROWS):
                yield [action for action, _ in some], [write for _, write in some]


def opened(mapping: ObjectMapping, writes: Sequence[Write], bulk: Bulk) -> str | None:
    """The id of a new job; None where the account has none to give, so that batches have to do."""
    try:
        return bulk.open(mapping, writes)
    except Rejected as refused:
        _in_batches(refused, writes)
        return None


def _in_batches(refused: Rejected, writes: Sequence[Write]) -> None:
    """Say that batches do what no job will; raises what has another reason."""
    if refused.code not in NO_JOBS:
        raise refused
    log.warning("no bulk job runs, %d records go in batches: %s", len(writes), refused)


def write_many(some: Many, job: Job, load: Settle, shop: Workshop) -> None:
    """Write by one job, which is open: note it, give it its data, hear its answers."""
    actions, writes = some
    shop.jobs.opened(job, shop.now())
    load.intend(actions)
    try:
        _bulk(job, shop).send(job.id, shop.mappings[job.object_type], writes)
    except Rejected as refused:
        _in_batches(refused, writes)  # the job stays open, and is called off like one without data
    hear(job, some, load, shop)


def hear(job: Job, some: Many, load: Settle, shop: Workshop) -> None:
    """Wait for a job and settle its actions; what it leaves open is looked up the usual way."""
    actions, writes = some
    by_key = {action.id: action for action in actions}
    bulk = _bulk(job, shop)
    if bulk.ended(job.id):
        for answers in bulk.answers(job.id, shop.mappings[job.object_type], writes):
            load.settle(answers, [by_key[answer.key] for answer in answers])
    shop.jobs.settled(job.id, shop.now())


def wait_for_left(object_type: str, shop: Workshop) -> None:
    """Let every job that an earlier run left under way come to its end, or call it off."""
    for job in shop.jobs.unsettled(object_type):
        _bulk(job, shop).ended(job.id)
        shop.jobs.settled(job.id, shop.now())


def _bulk(job: Job, shop: Workshop) -> Bulk:
    bulk = shop.gateways[System(job.system)].bulk
    if bulk is None:
        raise StateError(f"{job.system.label} has no bulk jobs, and job {job.id} is journalled")
    return bulk


def _alike(write: Write) -> tuple[str, bool]:
    return write.kind, write.record_id is None
