"""The digest: what stands in the way, by object type, and how much of it is new.

One message a day, a week, or at once when something new is there. Counts, criteria and single
ids; never a value. Nothing new and nothing that failed: nothing is sent.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from include.crmsync.errors.catalogue import advice
from include.crmsync.model.record import System
from include.crmsync.pipeline.alerts import Alert, Concern
from include.crmsync.pipeline.once import OBJECT_TYPES
from include.crmsync.pipeline.step import step
from include.crmsync.pipeline.wiring.channels import send
from include.crmsync.pipeline.workshop import Workshop
from include.crmsync.state.tallies import HeldTally, RefusalTally

KEY = "digest"
OFTEN = 3
"""Runs in a row in which a record was tried in vain, before it is told."""

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Digest:
    """What there is to tell."""

    since: datetime | None
    held: tuple[HeldTally, ...]
    refused: tuple[RefusalTally, ...]
    failed: dict[str, int]
    waiting: dict[str, int]
    conflicts: dict[str, int]
    drifted: dict[str, int]

    @property
    def is_news(self) -> bool:
        """Whether anything is there that the last digest did not tell."""
        return bool(self.refused or self.failed or any(one.new for one in self.held))


def run(workshop: Workshop | None = None) -> dict[str, int]:
    """Send a digest if there is news; what it counted."""
    with step("digest", "all", "", workshop) as work:
        shop = work.workshop
        found, now = gather(shop), shop.now()
        told = {
            "held": sum(one.records for one in found.held),
            "new": sum(one.new for one in found.held),
            "refused": sum(one.records + one.partly for one in found.refused),
            "failed": sum(found.failed.values()),
        }
        reached = send(words(found, now)) if found.is_news else []
        if reached or not found.is_news:
            shop.notices.told(KEY, now)
        work.tell(**told, channels=",".join(reached) or "none")
        return told


def gather(shop: Workshop) -> Digest:
    """Count what stands in the way now, and what happened since the last digest."""
    last = shop.notices.told_at(KEY)
    since = last or BEGINNING
    return Digest(
        since=last,
        held=tuple(shop.tallies.held(since)),
        refused=tuple(shop.tallies.refused(since)),
        failed=shop.tallies.failed(since),
        waiting=shop.tallies.waiting(OFTEN),
        conflicts=shop.tallies.conflicts(since),
        drifted=_drifted(shop),
    )


def words(found: Digest, now: datetime) -> Alert:
    """The digest as a message."""
    new = sum(one.new for one in found.held)
    lines = [f"Since {found.since:%Y-%m-%d %H:%M} UTC." if found.since else "The first digest."]
    for object_type in OBJECT_TYPES:
        own = list(_lines(found, object_type))
        if own:
            lines += ["", object_type.upper(), *own]
    lines += ["", "Each criterion and code is explained in docs/runbook.md, docs/criteria.md and"]
    lines += ["docs/errors.md. `python -m include.crmsync summary` tells the reasons in words."]
    subject = f"[crmsync] digest: {new} newly held, {sum(found.failed.values())} failed runs"
    return Alert(Concern.DIGEST, subject, "\n".join(lines), f"{KEY}:{now:%Y-%m-%dT%H:%M}")


def _lines(found: Digest, object_type: str) -> Iterator[str]:
    if runs := found.failed.get(object_type):
        yield f"  {runs} runs failed"
    for one in (one for one in found.held if one.object_type == object_type):
        label = System(one.system).label
        new = f", {one.new} of them new" if one.new else ""
        yield f"  {one.records} held in {label}: {one.criterion}{new} (e.g. {one.example})"
    for refusal in (one for one in found.refused if one.object_type == object_type):
        yield _refusal(refusal)
    if tries := found.waiting.get(object_type):
        yield f"  {tries} tried in vain {OFTEN} runs in a row or more"
    if settled := found.conflicts.get(object_type):
        yield f"  {settled} conflicts settled by rule"
    if drift := found.drifted.get(object_type):
        yield f"  {drift} fields have drifted, by the latest audit"


def _refusal(found: RefusalTally) -> str:
    said = advice(System(found.system), found.code or None)
    label = System(found.system).label
    told = [f"{found.records} refused by {label}"] if found.records else []
    if found.partly:
        told.append(f"{found.partly} written but for a field that {label} refused")
    why = f"{found.code or 'no code'}, {said.category}: {said.title}. {said.remedy}"
    return f"  {' and '.join(told)}: {why}"


def _drifted(shop: Workshop) -> dict[str, int]:
    latest = shop.audits.latest()
    if latest is None:
        return {}
    return {
        audit.object_type: sum(
            pairs
            for _, cause, pairs in shop.audits.counts(latest, audit.object_type)
            if cause.mendable
        )
        for audit in shop.audits.audit(latest)
    }
