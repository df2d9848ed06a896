"""How often each CRM was asked, for what, and whether it could have changed a record.

Every request that reaches a CRM's paths counts, also one that is refused or that a fault
swallows: the counter says what a client spent, not what it got. The last few are kept with
their status for people to look at; bodies and query strings are not.
"""

import threading
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

RECENT = 100
"""How many of the last calls are kept."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call, as the page lists it."""

    system: str
    method: str
    path: str
    writes: bool
    status: int | None
    """None when the connection was cut instead of an answer."""
    at: datetime


class Calls:
    """Counts calls by system and endpoint."""

    def __init__(self, systems: Iterable[str]) -> None:
        self._systems = tuple(systems)
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        with self._lock:
            self._reads: dict[str, int] = dict.fromkeys(self._systems, 0)
            self._writes: dict[str, int] = dict.fromkeys(self._systems, 0)
            self._endpoints: dict[str, Counter[str]] = {name: Counter() for name in self._systems}
            self._recent: deque[Call] = deque(maxlen=RECENT)

    def count(self, call: Call, endpoint: str) -> None:
        with self._lock:
            (self._writes if call.writes else self._reads)[call.system] += 1
            self._endpoints[call.system][endpoint] += 1
            self._recent.appendleft(call)

    def counted(self) -> dict[str, Any]:
        """Totals as `GET /_sandbox/calls` shows them."""
        with self._lock:
            return {
                name: {
                    "total": self._reads[name] + self._writes[name],
                    "reads": self._reads[name],
                    "writes": self._writes[name],
                    "by_endpoint": dict(sorted(self._endpoints[name].items())),
                }
                for name in self._systems
            }

    def recent(self) -> list[Call]:
        """The last calls, newest first."""
        with self._lock:
            return list(self._recent)
