"""What a drift audit of very many links takes: seconds and peak memory, both CRMs made up.

The records are made from their ids as they are asked for, so that what is measured is the audit's
own work and memory. The state store is filled by a process of its own. One pair in a hundred
has drifted.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.case import peak
from benchmarks.world import _link
from include.crmsync.adapters.gateway import Owner
from include.crmsync.adapters.memory import Memory
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import Record, System
from include.crmsync.model.run import RunState, SyncRun, Trigger
from include.crmsync.pipeline import audit
from include.crmsync.pipeline.presume import _record
from include.crmsync.pipeline.settings import Settings
from include.crmsync.pipeline.surroundings import directory_of
from include.crmsync.pipeline.workshop import Workshop
from include.crmsync.state.commit import Commit
from include.sandbox.seed.staff import SHARED

TYPE = "contacts"
FILL = 20_000


class MadeUp(Memory):
    """A CRM that holds what every base says, but for one record in a hundred."""

    shop: Workshop

    def read(self, mapping: ObjectMapping, ids: Sequence[str]) -> Iterator[Record]:
        self.calls += -(-len(ids) // (100 if self.system is System.HUBSPOT else 2000))
        links = self.shop.store.links(TYPE, self.system, ids)
        known = directory_of("measured", mapping, self.shop)
        for number, id_ in enumerate(ids):
            record = _record(links[id_], mapping, self.system, known)
            if record is None:
                raise SystemExit("a base does not tell its records")
            if number % 100 == 0 and self.system is System.SALESFORCE:
                record = Record(**_fields(record) | {"raw": {**record.raw, "Title": "Drifted"}})
            yield record


def _fields(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in Record.__slots__}


def workshop(folder: Path) -> Workshop:
    """A workshop between two made-up CRMs."""
    now = partial(datetime.now, UTC)
    settings = Settings(f"sqlite:///{folder / 'state.db'}", folder / "artifacts", None)
    crms = {
        system: MadeUp(
            system,
            now,
            people=[
                Owner(getattr(one, f"{system}_id"), one.email, "", active=True) for one in SHARED
            ],
        )
        for system in System
    }
    shop = Workshop(settings, {system: partial(crms.__getitem__, system) for system in System}, now)
    for crm in crms.values():
        crm.shop = shop
    return shop


def fill(links: int, folder: Path) -> None:
    """Remember so many linked pairs."""
    shop = workshop(folder)
    now = datetime.now(UTC)
    for start in range(0, links, FILL):
        run = SyncRun(f"before-{start}", TYPE, Trigger.MANUAL, now, RunState.DONE, now)
        shop.journal.start(run)
        mapping = shop.mappings[TYPE]
        some = range(start, min(start + FILL, links))
        at = now - timedelta(days=1)
        shop.store.commit(Commit(run, links=[_link(number, mapping, at) for number in some]))
    shop.close()


def main() -> int:
    """Audit, and print one line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--links", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        process = get_context("spawn").Process(target=fill, args=(options.links, folder))
        process.start()
        process.join()
        shop = workshop(folder)
        ready, began = peak(), time.monotonic()
        told = audit.run(TYPE, "measured", workshop=shop)
        seconds = round(time.monotonic() - began, 1)
        shop.close()
    told |= {"links": options.links, "ready_mb": int(ready), "peak_mb": int(peak())}
    sys.stdout.write(f"{json.dumps(told)} in {seconds} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
