"""Very many linked contacts of which one pair in a hundred has drifted: what an audit reads.

`python -m benchmarks.linked --links N --port P` serves a sandbox that holds them. `fill` makes a
state store know the same pairs as they were at the last sync.
"""

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from benchmarks.world import PIECE, _hubspot, _link, _salesforce, serve_world
from include.crmsync.model.run import RunState, SyncRun, Trigger
from include.crmsync.pipeline.workshop import Workshop
from include.crmsync.state.commit import Commit
from include.sandbox.population import Population
from include.sandbox.seed.staff import staffed

DRIFTED = 100
"""One pair in so many."""


def populations(links: int, now: datetime) -> Iterator[Population]:
    """Yield both CRMs' records in pieces; none was modified since the last sync."""
    piece = staffed(now)
    for start in range(0, links, PIECE):
        for number in range(start, min(start + PIECE, links)):
            theirs = _salesforce(number, 0, now)
            if number % DRIFTED == 0:
                theirs.fields["Title"] = "Drifted"
            piece.hubspot.append(_hubspot(number, 0, now))
            piece.salesforce.append(theirs)
        yield piece
        piece = Population()


def fill(links: int, object_type: str, shop: Workshop) -> None:
    """Remember the same pairs, without the drift."""
    now = datetime.now(UTC)
    mapping, at = shop.mappings[object_type], now - timedelta(days=1)
    for start in range(0, links, PIECE):
        run = SyncRun(f"before-{start}", object_type, Trigger.MANUAL, now, RunState.DONE, now)
        shop.journal.start(run)
        some = range(start, min(start + PIECE, links))
        shop.store.commit(Commit(run, links=[_link(number, mapping, at) for number in some]))


def main() -> int:
    """Serve them until a signal."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--links", type=int, required=True)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()

    return serve_world(lambda now: populations(options.links, now), options.port)


if __name__ == "__main__":
    sys.exit(main())
