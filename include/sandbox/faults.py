"""Trouble on order: what goes wrong with which call, and how often.

A fault waits for calls of a system, a method and a path; it lets the first few pass, then
strikes as often as it was told to, or for ever. Where several wait for one call, the first
that is ready strikes, and only that one; the others have not seen the call. `drop_after` is
the nasty one: the CRM does what it was asked, and the answer is lost.
"""

import re
import threading
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_FIELDS = {"system", "method", "path", "skip", "times", "do"}


class BadFault(ValueError):
    """A fault that cannot be understood."""


class Kind(StrEnum):
    """What a fault does to the call it strikes."""

    STATUS = "status"
    """The CRM does nothing and answers with an error of this status."""
    DROP_BEFORE = "drop_before"
    """The CRM does nothing; the connection is cut."""
    DROP_AFTER = "drop_after"
    """The CRM does what it was asked; the connection is cut."""
    DELAY = "delay"
    """The CRM does what it was asked; the answer comes so many seconds late."""
    TRUNCATE = "truncate"
    """The CRM does what it was asked; half of the answer comes, then the connection is cut."""


@dataclass(slots=True)
class Fault:
    """One fault and what is left of it."""

    kind: Kind
    amount: float = 0
    """The status, or the seconds."""
    system: str | None = None
    method: str | None = None
    path: str = ""
    skip: int = 0
    times: int | None = None
    """How often it will still strike; None: for ever."""

    def shown(self) -> dict[str, Any]:
        """The fault as `GET /_sandbox/faults` shows it."""
        do = f"{self.kind}:{self.amount:g}" if self.kind in _WITH_AMOUNT else str(self.kind)
        return {
            "system": self.system,
            "method": self.method,
            "path": self.path,
            "skip": self.skip,
            "times": self.times,
            "do": do,
        }

    def _waits_for(self, system: str, method: str, path: str) -> bool:
        return (
            self.system in (None, system)
            and self.method in (None, method)
            and self.times != 0
            and re.search(self.path, path) is not None
        )

    def strikes(self, system: str, method: str, path: str) -> bool:
        """Whether this call is struck; counts down."""
        if not self._waits_for(system, method, path):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


_WITH_AMOUNT = {Kind.STATUS, Kind.DELAY}


class Faults:
    """The faults in waiting."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, faults: list[Fault]) -> None:
        with self._lock:
            self._faults += faults

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def shown(self) -> list[dict[str, Any]]:
        with self._lock:
            return [fault.shown() for fault in self._faults]

    def strike(self, system: str, method: str, path: str) -> Fault | None:
        """The fault that strikes this call, if one does."""
        with self._lock:
            return next((one for one in self._faults if one.strikes(system, method, path)), None)


def read_faults(told: Any) -> list[Fault]:
    """Faults as a client tells them, a list or a single one; raises BadFault."""
    rows = [told] if isinstance(told, dict) else told
    if not isinstance(rows, list):
        raise BadFault("faults are a JSON list of objects")
    return [_read(row) for row in rows]


def _read(row: Any) -> Fault:
    if not isinstance(row, dict):
        raise BadFault(f"a fault is a JSON object, not {row!r}")
    if unknown := sorted(set(row) - _FIELDS):
        raise BadFault(f"a fault has no {', '.join(unknown)}; known: {', '.join(sorted(_FIELDS))}")
    kind, amount = _deed(row.get("do"))
    system, method = row.get("system"), row.get("method")
    if system not in (None, "hubspot", "salesforce"):
        raise BadFault(f"system is hubspot or salesforce, not {system!r}")
    if not isinstance(method, str | None):
        raise BadFault(f"method is a text, not {method!r}")
    return Fault(
        kind,
        amount,
        system=system,
        method=method and method.upper(),
        path=_expression(row.get("path")),
        skip=_count(row, "skip") or 0,
        times=_count(row, "times"),
    )


def _deed(told: Any) -> tuple[Kind, float]:
    name, _, amount = str(told).partition(":")
    try:
        kind = Kind(name)
        number = float(amount) if kind in _WITH_AMOUNT else 0
    except ValueError:
        raise BadFault(
            f"do is status:N, drop_before, drop_after, delay:SECONDS or truncate, not {told!r}"
        ) from None
    if (kind is Kind.STATUS and number not in range(400, 600)) or not 0 <= number < 600:
        raise BadFault(f"do: {told!r} is out of range (status 400 to 599, delay below 600)")
    return kind, number


def _expression(path: Any) -> str:
    if path is None:
        return ""
    try:
        return str(re.compile(path).pattern)
    except (re.error, TypeError) as error:
        raise BadFault(f"path {path!r} is no regular expression: {error}") from None


def _count(row: dict[str, Any], name: str) -> int | None:
    value = row.get(name)
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
        return value
    raise BadFault(f"{name} is a whole number of at least 0, not {value!r}")
