"""The front door: which CRM answers a request, after it was counted and perhaps faulted.

One call in, one `Reply` out: what to send, and what is to go wrong on the way. Everything
about the wire itself is the server's business, so all of this is tested without one. A
handler that breaks is the sandbox's own fault; it is logged and answered in the CRM's shape.
"""

import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from email.utils import format_datetime

from include.sandbox.calls import Call, Calls
from include.sandbox.control import Control
from include.sandbox.crm import Crm
from include.sandbox.faults import Fault, Faults, Kind
from include.sandbox.refusals import refusal
from include.sandbox.wire import Answer, Request
from include.sandbox.world import World

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer and how it is to travel."""

    answer: Answer | None
    """None: the connection is cut without a byte."""
    delay: float = 0
    """Seconds to wait before it is sent."""
    truncated: bool = False
    """Only half of it is sent before the connection is cut."""


class Front:
    """Hands requests to whoever owns their path."""

    def __init__(
        self, world: World, crms: Sequence[Crm], control: Control, faults: Faults, calls: Calls
    ) -> None:
        self._world = world
        self._crms = crms
        self._control = control
        self._faults = faults
        self._calls = calls

    def reply(self, request: Request) -> Reply:
        """Answer any request, dated by the sandbox's own clock; never raises."""
        now = format_datetime(self._world.clock.now(), usegmt=True)
        reply = self._undated(request)
        if reply.answer is not None:
            reply.answer.headers.setdefault("Date", now)
        return reply

    def _undated(self, request: Request) -> Reply:
        if request.method == "OPTIONS":
            return Reply(Answer(204, None, {"Allow": METHODS}))
        asked = replace(request, method="GET") if request.method == "HEAD" else request
        if self._control.owns(asked.path):
            return Reply(_unbroken("control", lambda: self._control.answer(asked)))
        crm = next((one for one in self._crms if one.owns(asked.path)), None)
        if crm is None:
            return Reply(Answer(404, {"message": f"nothing is served at {asked.path}"}))
        return self._call(crm, asked)

    def unreadable(self, request: Request, status: int, message: str) -> Reply:
        """The answer to a request whose body could not be read."""
        owner = next((one.name for one in self._crms if one.owns(request.path)), "control")
        return Reply(refusal(owner, status, message))

    def _call(self, crm: Crm, request: Request) -> Reply:
        endpoint, writes = crm.endpoint(request)
        fault = self._faults.strike(crm.name, request.method, request.path)
        latency = float(self._world.settings.get("latency_seconds", 0))
        reply = self._struck(crm, request, fault, latency)
        status = reply.answer.status if reply.answer else None
        at = self._world.clock.now()
        call = Call(crm.name, request.method, request.path, writes, status, at)
        self._calls.count(call, endpoint)
        return reply

    def _struck(self, crm: Crm, request: Request, fault: Fault | None, latency: float) -> Reply:
        kind = fault.kind if fault else None
        amount = fault.amount if fault else 0
        if kind is Kind.DROP_BEFORE:
            return Reply(None, latency)
        if kind is Kind.STATUS:
            return Reply(refusal(crm.name, int(amount)), latency)
        answer = _unbroken(crm.name, lambda: crm.answer(request))
        if kind is Kind.DROP_AFTER:
            return Reply(None, latency)
        delay = amount if kind is Kind.DELAY else 0
        return Reply(answer, latency + delay, truncated=kind is Kind.TRUNCATE)


def _unbroken(system: str, answer: Callable[[], Answer]) -> Answer:
    try:
        return answer()
    except Exception:  # noqa: BLE001  whatever broke, the client gets an answer and we a trace
        traceback.print_exc(file=sys.stderr)
        return refusal(system, 500)
