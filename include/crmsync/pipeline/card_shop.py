"""A workshop for looking at a single record: it reads, and leaves nothing behind but its calls.

Its artifacts stay in memory, so that no value of a record touches a disk; what a run would keep
besides (a schema, a derived suite) is not kept. Owners and the inclusion list are borrowed from the
artifacts of the latest runs, where they are at hand: asking for all of them would cost a page more
calls than the record itself.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from include.crmsync.errors import StateError, Unavailable
from include.crmsync.model.record import System
from include.crmsync.pipeline.documents import Members, People
from include.crmsync.pipeline.surroundings import EVERY_TYPE
from include.crmsync.pipeline.workshop import Workshop
from include.crmsync.state.artifacts import Artifacts, Document
from include.crmsync.state.suites import KeptSuite, Suites

LOOK = "card"
"""What goes for the id of a sync run."""
MOST_AT_ONCE = 4
WAIT = 5.0
"""Seconds that one waits for its turn."""
KEPT = 600.0
"""Seconds after which connections are read anew: a token may have been renewed."""
OWNERS_AGE = timedelta(hours=24)
LIST_AGE = timedelta(hours=1)
LATEST = 20
"""Runs whose artifacts are looked through."""


class Scratch(Artifacts):
    """Artifacts of a look, in memory; those of runs are read where they lie."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._kept: dict[str, object] = {}

    def save(self, sync_run: str, object_type: str, step: str, document: object) -> str:
        reference = self.reference(sync_run, object_type, step)
        self._kept[reference] = document
        return reference

    def exists(self, reference: str) -> bool:
        return reference in self._kept

    def load(self, reference: str, type_: type[Document]) -> Document:
        found = self._kept.get(reference)
        if not isinstance(found, type_):
            raise StateError(f"nothing is at hand of {reference!r}")
        return found

    def forget_all(self) -> None:
        """Begin anew, with the next record."""
        self._kept.clear()

    def borrowed(self, runs: Iterable[str], name: str, type_: type[Document]) -> Document | None:
        """What the newest of these runs has read of a whole system."""
        for run in runs:
            try:
                return super().load(self.reference(run, EVERY_TYPE, name), type_)
            except StateError:
                continue
        return None


class Unkept(Suites):
    """Derived suites as runs have kept them; a look keeps none."""

    def __init__(self, suites: Suites) -> None:
        self._suites = suites

    def latest(self, object_type: str, system: System, limit: int = 1) -> list[KeptSuite]:
        return self._suites.latest(object_type, system, limit)

    def keep(self, object_type: str, system: System, kept: KeptSuite) -> None:
        """Leave things as they are."""


class Looks:
    """Workshops for looks, each used again and again, so that a log-in serves many."""

    def __init__(self, make: Callable[[], Workshop]) -> None:
        self._make = make
        self._idle: queue.SimpleQueue[tuple[float, Workshop]] = queue.SimpleQueue()
        self._room = threading.BoundedSemaphore(MOST_AT_ONCE)

    @contextmanager
    def workshop(self) -> Iterator[Workshop]:
        """One that nobody else is using; raises Unavailable when all stay busy."""
        if not self._room.acquire(timeout=WAIT):
            raise Unavailable("too many records are being looked at; try again in a moment")
        try:
            until, shop = self._taken()
            try:
                yield shop
            finally:
                self._idle.put((until, shop))
        finally:
            self._room.release()

    def _taken(self) -> tuple[float, Workshop]:
        while True:
            try:
                until, shop = self._idle.get_nowait()
            except queue.Empty:
                return time.monotonic() + KEPT, for_looks(self._make())
            if until > time.monotonic():
                return until, shop
            shop.close()


def for_looks(shop: Workshop) -> Workshop:
    """A workshop that keeps nothing."""
    shop.artifacts = Scratch(shop.settings.artifacts)
    shop.derived = Unkept(shop.derived)
    return shop


def scratch(shop: Workshop) -> Scratch:
    """The artifacts of a look."""
    if not isinstance(shop.artifacts, Scratch):
        raise TypeError("this workshop was not made for looks")
    return shop.artifacts


def known_people(shop: Workshop) -> People | None:
    """Both systems' owners, as a run of the last day has read them."""
    return scratch(shop).borrowed(_since(shop.now() - OWNERS_AGE, shop), "people", People)


def known_members(shop: Workshop) -> Members | None:
    """The inclusion list, as a run of the last hour has read it."""
    return scratch(shop).borrowed(_since(shop.now() - LIST_AGE, shop), "members", Members)


def _since(moment: datetime, shop: Workshop) -> list[str]:
    runs = shop.journal.runs(LATEST)
    return list(dict.fromkeys(one.id for one in runs if one.started_at >= moment))
