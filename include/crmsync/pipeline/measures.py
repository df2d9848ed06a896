"""What a step and a run come to, as numbers for whoever watches: counts, seconds, calls, lag.

Names carry what they are about (`crmsync.contacts.hubspot.updated`), since plain StatsD knows no
tags. Counters are of what happened, gauges of how things stand. Never an id, never a value.
docs/metrics.md lists every one of them, and a test holds it to that.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum

from include.crmsync.model.drift import Audit
from include.crmsync.model.record import System
from include.crmsync.model.run import RunState, SyncRun
from include.crmsync.pipeline.workshop import Workshop

PREFIX = "crmsync"
ENDED = (RunState.DONE, RunState.NOTHING_TO_DO)


class Kind(StrEnum):
    """How a measure is to be read."""

    COUNT = "count"
    GAUGE = "gauge"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True)
class Measure:
    """One number."""

    kind: Kind
    name: str
    value: float


def of_step(name: str, object_type: str, seconds: float, error: str = "") -> list[Measure]:
    """How long a step took, and that it failed."""
    about = f"{PREFIX}.{object_type}.{name}"
    told = [Measure(Kind.SECONDS, f"{about}.duration", seconds)]
    return [*told, Measure(Kind.COUNT, f"{about}.failed.{error}", 1)] if error else told


def of_run(run: SyncRun, shop: Workshop) -> list[Measure]:
    """What a run of one object type did, if it has just come to its end."""
    if run.state not in ENDED:
        return []
    return [*_counts(run), *_standing(run.object_type, shop)]


def of_audit(audit: Audit, shop: Workshop) -> list[Measure]:
    """What an audit found."""
    counts = shop.audits.counts(audit.id, audit.object_type)
    drifted = sum(pairs for _, cause, pairs in counts if cause.mendable)
    about = f"{PREFIX}.{audit.object_type}.audit"
    return [
        Measure(Kind.GAUGE, f"{about}.compared", audit.compared),
        Measure(Kind.GAUGE, f"{about}.equal", audit.equal),
        Measure(Kind.GAUGE, f"{about}.drifted", drifted),
    ]


def _counts(run: SyncRun) -> Iterator[Measure]:
    for system, counts in run.counts.items():
        told = asdict(counts) | {"warned": sum(counts.warned.values())}
        for what, count in told.items():
            if count:
                name = f"{PREFIX}.{run.object_type}.{system}.{what}"
                yield Measure(Kind.COUNT, name, count)


def _standing(object_type: str, shop: Workshop) -> Iterator[Measure]:
    about = f"{PREFIX}.{object_type}"
    held = shop.store.held_counts(object_type)
    waiting = shop.store.retries(object_type)
    yield Measure(Kind.GAUGE, f"{about}.links_now", shop.store.living(object_type))
    for system in System:
        yield Measure(Kind.GAUGE, f"{about}.{system}.held_now", held.get(system, 0))
        yield Measure(Kind.GAUGE, f"{about}.{system}.waiting_now", len(waiting.get(system, set())))
    for system, at in shop.store.watermarks(object_type).items():
        lag = max((shop.now() - at).total_seconds(), 0)
        yield Measure(Kind.GAUGE, f"{about}.{system}.lag_seconds", round(lag, 1))
