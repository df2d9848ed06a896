"""Linked contacts of which so many changed on each side: what a benchmark syncs.

`python -m benchmarks.world --changed N --port P` serves a sandbox that holds 2 N linked pairs.
Of each pair one side changed since the last run, half of them in HubSpot, half in Salesforce,
spread over half an hour. `remember` makes the state store know the same pairs as they were
before, so that a benchmark of one run need not pay for a first load.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from include.crmsync.model.link import Link
from include.crmsync.model.mapping import FieldType, ObjectMapping
from include.crmsync.model.record import System, Value
from include.crmsync.model.rule import SyncRule
from include.crmsync.model.run import RunState, SyncRun, Trigger
from include.crmsync.state.commit import Commit
from include.crmsync.state.journal import Journal
from include.crmsync.state.store import Store
from include.sandbox import seeding
from include.sandbox.__main__ import main as serve
from include.sandbox.population import HubSpotRecord, Population, SalesforceRecord
from include.sandbox.seed.draft import HUBSPOT_KEY, SALESFORCE_KEY
from include.sandbox.seed.ids import salesforce_id
from include.sandbox.seed.staff import SHARED, staffed

PIECE = 20_000
IDLE = 1_000
"""Pairs of a world in which nothing changed."""
SPREAD = timedelta(minutes=30)
BEFORE, AFTER = "Buyer", "Head of Purchasing"
KIND = "Contact"


def pairs(changed: int) -> int:
    """How many linked pairs a world has."""
    return 2 * changed or IDLE


def populations(changed: int, now: datetime) -> Iterator[Population]:
    """Yield both CRMs' records in pieces."""
    piece = staffed(now)
    for start in range(0, pairs(changed), PIECE):
        for number in range(start, min(start + PIECE, pairs(changed))):
            piece.hubspot.append(_hubspot(number, changed, now))
            piece.salesforce.append(_salesforce(number, changed, now))
        yield piece
        piece = Population()


def remember(store: Store, journal: Journal, mapping: ObjectMapping, changed: int) -> None:
    """Tell the state store of the same pairs, as they were an hour ago."""
    now = datetime.now(UTC)
    run = SyncRun("before", mapping.object_type, Trigger.MANUAL, now, RunState.DONE, now)
    journal.start(run)
    at = now - timedelta(hours=1)
    links = [_link(number, mapping, at - timedelta(days=1)) for number in range(pairs(changed))]
    store.commit(Commit(run, links=links, watermarks=dict.fromkeys(System, at)))


def _hubspot(number: int, changed: int, now: datetime) -> HubSpotRecord:
    owner = SHARED[number % len(SHARED)]
    moved = bool(changed) and number < changed
    properties: dict[str, str | None] = {
        "email": f"person{number + 1}@example.com",
        "firstname": "Ada",
        "lastname": f"Person {number + 1}",
        "jobtitle": AFTER if moved else BEFORE,
        "phone": f"+44 1632 {number:07d}",
        "hubspot_owner_id": owner.hubspot_id,
        HUBSPOT_KEY: salesforce_id(KIND, number + 1),
    }
    created = now - timedelta(days=2)
    return HubSpotRecord(
        "contacts",
        str(number + 1),
        properties,
        created,
        _modified(number, changed, now, moved=moved),
    )


def _salesforce(number: int, changed: int, now: datetime) -> SalesforceRecord:
    owner = SHARED[number % len(SHARED)]
    moved = bool(changed) and number >= changed
    fields: dict[str, Any] = {
        "Id": salesforce_id(KIND, number + 1),
        "Email": f"person{number + 1}@example.com",
        "FirstName": "Ada",
        "LastName": f"Person {number + 1}",
        "Title": AFTER if moved else BEFORE,
        "Phone": f"+44 1632 {number:07d}",
        "HasOptedOutOfEmail": False,
        "OwnerId": owner.salesforce_id,
        SALESFORCE_KEY: str(number + 1),
    }
    created = now - timedelta(days=2)
    return SalesforceRecord(KIND, fields, created, _modified(number, changed, now, moved=moved))


def _modified(number: int, changed: int, now: datetime, *, moved: bool) -> datetime:
    if not moved:
        return now - timedelta(days=2)
    return now - SPREAD * (1 - (number % max(changed, 1)) / max(changed, 1)) - timedelta(seconds=30)


def _link(number: int, mapping: ObjectMapping, at: datetime) -> Link:
    known: dict[str, Value] = {
        "email": f"person{number + 1}@example.com",
        "first_name": "Ada",
        "last_name": f"Person {number + 1}",
        "title": BEFORE,
        "phone": f"+44 1632 {number:07d}",
        "owner": SHARED[number % len(SHARED)].email,
    }
    base = {
        one.name: known.get(one.name, "false" if one.type is FieldType.BOOLEAN else None)
        for one in mapping.fields
        if one.rule is not SyncRule.DONT_SYNC and KIND in one.salesforce
    }
    return Link(
        mapping.object_type,
        str(number + 1),
        salesforce_id(KIND, number + 1),
        kind=KIND,
        base=base,
        hubspot_modified_at=at,
        salesforce_modified_at=at,
    )


def main() -> int:
    """Serve a world until a signal."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--changed", type=int, required=True)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()

    return serve_world(lambda now: populations(options.changed, now), options.port)


def serve_world(made: Callable[[datetime], Iterator[Population]], port: int) -> int:
    """Serve a sandbox of records made as told, until a signal."""

    def ours(seed: str, random_seed: int, now: datetime) -> Iterator[Population]:  # noqa: ARG001
        return made(now)

    seeding.populations = ours  # type: ignore[attr-defined]
    return serve(["--port", str(port), "--seed", "empty", "--quiet"])


if __name__ == "__main__":
    sys.exit(main())
