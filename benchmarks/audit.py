"""What a drift audit of very many links takes: calls, seconds and peak memory.

By the real clients, against a sandbox that holds both records of every link. The state store is
filled by a process of its own, so that the peak is the audit's alone. Prints one line of JSON.
"""

import argparse
import json
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path

import requests

from benchmarks.case import TYPE, peak, workshop
from benchmarks.linked import fill
from include.crmsync.pipeline import audit
from include.crmsync.pipeline.accounts import check


def main() -> int:
    """Audit, and print what it cost."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--links", type=int, required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _fill_elsewhere(options.links, options.url, folder)
        shop = workshop(options.url, folder, 0)
        check(shop)  # signs in, and asks once which accounts these are
        requests.delete(f"{options.url}/_sandbox/calls", timeout=60)
        ready, began, worked = peak(), time.monotonic(), time.process_time()
        told = audit.run(TYPE, "measured", workshop=shop)
        took = {
            "seconds": round(time.monotonic() - began, 1),
            "processor_seconds": round(time.process_time() - worked, 1),
        }
        counted = requests.get(f"{options.url}/_sandbox/calls", timeout=60).json()
        shop.close()
    measured = took | {"ready": ready, "peak": peak(), "calls": counted}
    sys.stdout.write(json.dumps({"links": options.links, "told": told} | measured) + "\n")
    return 0


def _fill_elsewhere(links: int, url: str, folder: Path) -> None:
    process = get_context("spawn").Process(target=_fill, args=(links, url, folder))
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit("the state store could not be filled")


def _fill(links: int, url: str, folder: Path) -> None:
    shop = workshop(url, folder, 0)
    fill(links, TYPE, shop)
    shop.close()


if __name__ == "__main__":
    sys.exit(main())
