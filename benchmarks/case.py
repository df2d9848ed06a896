"""One benchmark in a process of its own: so many changed each way, one run, what it cost.

The peak memory of a process is all of it, so every case starts a fresh one. The case prints
one line of JSON: calls by endpoint as the sandbox counted them, refusals for going too fast,
seconds by step, and the peak.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import requests

from benchmarks.world import remember
from include.crmsync.adapters.hubspot import HubSpot
from include.crmsync.adapters.salesforce import Salesforce
from include.crmsync.adapters.salesforce_auth import SalesforceCredentials
from include.crmsync.model.record import System
from include.crmsync.model.run import Trigger
from include.crmsync.pipeline import commit, extract, load, plan, validate
from include.crmsync.pipeline.accounts import check
from include.crmsync.pipeline.settings import Settings
from include.crmsync.pipeline.workshop import Workshop

TYPE = "contacts"
EVERYTHING = 2.0
"""Share of the linked records that a run may update: here all of them change, in both systems."""
PLAIN_QUERY = "GET /services/data/{version}/query"


def workshop(url: str, folder: Path, bulk_threshold: int) -> Workshop:
    """As in production, but for the inclusion list: every contact may sync."""
    credentials = SalesforceCredentials(
        token_url=f"{url}/services/oauth2/token",
        client_id="sandbox-client-id",
        client_secret="sandbox-client-secret",  # noqa: S106  the sandbox's, and public
    )
    connect: dict[System, Callable[[], Any]] = {
        System.HUBSPOT: lambda: HubSpot.connect("sandbox-hubspot-token", url),
        System.SALESFORCE: lambda: Salesforce.connect(credentials),
    }
    settings = Settings(
        state=f"sqlite:///{folder / 'state.db'}",
        artifacts=folder / "artifacts",
        inclusion_list=None,
        bulk_threshold=bulk_threshold,
        guard_updates=EVERYTHING,
    )
    return Workshop(settings, connect, partial(datetime.now, UTC))


def run(shop: Workshop, sync_run: str) -> dict[str, float]:
    """One run of contacts; seconds by step."""
    took: dict[str, float] = {}
    names: dict[str, Any] = {"sync_run": sync_run, "object_type": TYPE, "workshop": shop}
    handed: str | None = None

    def committed(last: Any) -> None:
        commit.run(last, **names)

    steps: list[tuple[str, Callable[[Any], str | None]]] = [
        ("extract", lambda _: extract.run(TYPE, sync_run, trigger=Trigger.MANUAL, workshop=shop)),
        ("validate", lambda last: validate.run(last, **names)),
        ("plan", lambda last: plan.run(last, **names)),
        ("load", lambda last: load.run(last, **names)),
        ("commit", committed),
    ]
    for name, step in steps:
        began = time.monotonic()
        handed = step(handed)
        took[name] = round(time.monotonic() - began, 2)
        took[f"{name}_peak"] = peak()
        if handed is None:
            break
    return took


def _remember_elsewhere(changed: int, url: str, folder: Path) -> None:
    """Fill the state store in a process of its own: its memory is not the run's."""
    process = get_context("spawn").Process(target=_remember, args=(changed, url, folder))
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit("the state store could not be filled")


def _remember(changed: int, url: str, folder: Path) -> None:
    shop = workshop(url, folder, 0)
    remember(shop.store, shop.journal, shop.mappings[TYPE], changed)
    shop.close()


def _refusals(shop: Workshop) -> list[int]:
    """A list that fills with every answer that says we were too fast."""
    seen: list[int] = []

    def look(answer: requests.Response, *_: Any, **__: Any) -> None:
        if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            seen.append(answer.status_code)

    for gateway in shop.gateways.values():
        gateway._api.wire.hooks["response"].append(look)  # type: ignore[attr-defined]
    return seen


def peak() -> float:
    """The most memory this process ever had, in MB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 0)


def main() -> int:
    """Run one case and print what it cost."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--changed", type=int, required=True)
    parser.add_argument("--bulk-threshold", type=int, default=2000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        shop = workshop(options.url, Path(folder), options.bulk_threshold)
        _remember_elsewhere(options.changed, options.url, Path(folder))
        check(shop)  # signs in, and asks once which accounts these are
        ready = peak()
        requests.delete(f"{options.url}/_sandbox/calls", timeout=60)
        refused = _refusals(shop)
        took = run(shop, "measured")
        counted = requests.get(f"{options.url}/_sandbox/calls", timeout=60).json()
        [ended] = shop.journal.run("measured")
        counts = {str(system): one.updated for system, one in ended.counts.items()}
        plain = counted["salesforce"]["by_endpoint"].get(PLAIN_QUERY, 0)
        told = {
            "ready": ready,
            "took": took,
            "peak": peak(),
            "calls": counted,
            "plain_queries": plain,
            "updated": counts,
            "refused": len(refused),
        }
        sys.stdout.write(json.dumps(told) + "\n")
        shop.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
