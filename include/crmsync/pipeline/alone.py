"""Writing an object type alone: whoever comes second waits, and says for whom.

Runs of every kind (scheduled, by hand, from the command line) write under one lease for each object
type. The wait is bounded: after it the task fails with `Busy` and Airflow runs it again later.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from include.crmsync.errors import Busy
from include.crmsync.pipeline.workshop import Workshop

log = logging.getLogger("crmsync")

LOOK = 1.0
"""Seconds between two tries."""
TELL = 60.0
"""Seconds between two lines that say who is waited for."""


@contextmanager
def writing_alone(object_type: str, sync_run: str, shop: Workshop) -> Iterator[None]:
    """Hold the lease of an object type; raises Busy when it was waited for in vain."""
    with ExitStack() as stack:
        _enter(stack, object_type, sync_run, shop)
        yield


def _enter(stack: ExitStack, object_type: str, sync_run: str, shop: Workshop) -> None:
    began, told = time.monotonic(), -TELL
    patience = shop.settings.lease_wait.total_seconds()
    while (busy := _tried(stack, object_type, sync_run, shop)) is not None:
        waited = time.monotonic() - began
        if waited >= patience:
            raise busy
        if waited - told >= TELL:
            told = waited
            log.info("%s Waited %.0f s of at most %.0f.", busy, waited, patience)
        time.sleep(min(LOOK, patience - waited))


def _tried(stack: ExitStack, object_type: str, sync_run: str, shop: Workshop) -> Busy | None:
    """Enter, or say who is in the way."""
    try:
        stack.enter_context(shop.store.exclusive(object_type, sync_run, shop.now()))
    except Busy as busy:
        return busy
    return None
