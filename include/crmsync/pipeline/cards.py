"""What the status page asks of both CRMs: a record as it is now, and records that nobody remembers.

A page waits for nobody long: a CRM that does not answer within seconds is asked once more and then
left alone. Whatever goes wrong is told in words; a fault of the code by its class alone, since its
message may hold values of a record.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence

from include.crmsync.errors import SyncError, Unavailable
from include.crmsync.model.card import Answer, Now
from include.crmsync.model.record import System
from include.crmsync.pipeline import card, card_find
from include.crmsync.pipeline.card import Key
from include.crmsync.pipeline.card_find import Found
from include.crmsync.pipeline.card_shop import Looks
from include.crmsync.pipeline.wiring import workshop_that_waits
from include.crmsync.pipeline.wiring.sites import record_page, record_pages
from include.crmsync.pipeline.workshop import Workshop

TIMEOUT = (3.0, 5.0)
"""Seconds to wait for a connection, and for each piece of the answer."""
PAUSE = 1.0
"""The longest pause before a call is repeated."""

PAGES_KEPT = 60.0
"""Seconds for which the addresses of the CRMs are remembered."""

log = logging.getLogger("crmsync.status")


class Cards:
    """Looks at single records."""

    def __init__(
        self, make: Callable[[], Workshop], pages: Callable[[], Mapping[System, str]]
    ) -> None:
        self._looks = Looks(make)
        self._read_pages = pages
        self._known_pages: Mapping[System, str] = {}
        self._pages_until = 0.0

    @classmethod
    def real(cls, portal: Callable[[], str | None]) -> "Cards":
        """Looks by Airflow's connections; `portal` is the HubSpot account that is remembered."""
        return cls(lambda: workshop_that_waits(TIMEOUT, briefly), lambda: record_pages(portal()))

    def now(self, object_type: str, key: Key) -> Now:
        """A record as it is, and what would be done with it; troubles are part of the answer."""
        try:
            with self._looks.workshop() as shop:
                return card.now(object_type, key, shop)
        except Exception as error:  # noqa: BLE001 -- the card shows the rest
            trouble = _in_words(error)
        nobody = {system: Answer(trouble="Not asked.") for system in System}
        return Now(nobody, trouble=f"Neither CRM could be asked: {trouble}")

    def find(self, text: str, key: Key | None, object_types: Sequence[str]) -> Found:
        """Records of this id, e-mail address or domain, as both CRMs know them."""
        try:
            with self._looks.workshop() as shop:
                return card_find.find(text, key, object_types, shop)
        except Exception as error:  # noqa: BLE001 -- the page says so
            return Found((), (f"Neither CRM could be asked: {_in_words(error)}",), asked=True)

    def address(self, system: System, kind: str, id_: str) -> str:
        """The record's page in its CRM; empty where nobody knows it."""
        return record_page(self._pages(), system, kind, id_)

    def _pages(self) -> Mapping[System, str]:
        """Read anew from time to time: connections change, and the first run tells the portal."""
        if time.monotonic() > self._pages_until:
            self._known_pages = self._read_pages()
            self._pages_until = time.monotonic() + PAGES_KEPT
        return self._known_pages


def briefly(seconds: float) -> None:
    """Pause before a call is repeated, unless that would keep a person waiting."""
    if seconds > PAUSE:
        raise Unavailable("it takes longer to answer than a page can wait; try again")
    time.sleep(seconds)


def _in_words(error: Exception) -> str:
    if isinstance(error, SyncError):
        return str(error)
    log.error("a look at a record failed: %s", type(error).__name__)
    return f"{type(error).__name__}, a fault in the code; the API server's log names it"
