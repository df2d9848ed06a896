"""The control routes: start over, count calls, move the clock, order trouble, turn switches.

They are for tests and for people, live under `/_sandbox/`, need no credentials and are never
counted. Bad input is answered with 400 and one plain sentence. A CRM may bring verbs of its
own, for what only a person could do in the real one. Settings and clock are remembered with
the records where those are kept in a file.
"""

import contextlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from include.sandbox import settings
from include.sandbox.calls import Calls
from include.sandbox.crm import Crm
from include.sandbox.faults import BadFault, Faults, read_faults
from include.sandbox.memory import recall, remember
from include.sandbox.router import Route, Router
from include.sandbox.seeding import Seeded, UnknownSeed, check, start_over
from include.sandbox.settings import BadSetting
from include.sandbox.wire import Answer, NotJson, Request
from include.sandbox.world import World

PREFIX = "/_sandbox"
LISTS = "inclusion_lists"
"""Among the settings a client may change, but kept where HubSpot keeps its lists."""
CENTURY = 100 * 365 * 86_400


class BadRequest(ValueError):
    """What a control route was told makes no sense."""


class Control:
    """Answers everything under `/_sandbox`."""

    def __init__(
        self,
        world: World,
        crms: Sequence[Crm],
        faults: Faults,
        calls: Calls,
        defaults: dict[str, Any],
    ) -> None:
        self._world = world
        self._crms = crms
        self._faults = faults
        self._calls = calls
        self._defaults = defaults
        self.seeded = Seeded("empty", 1)
        self.authority: bytes | None = None
        """The certificate of the authority behind HTTPS, when that is served."""
        self._table = [*self._routes(), *(verb for crm in crms for verb in crm.verbs)]
        self._router = Router(self._table)
        self._restore_settings()

    def add(self, routes: Iterable[Route]) -> None:
        """Serve further routes under the same prefix."""
        self._table += routes
        self._router = Router(self._table)

    def owns(self, path: str) -> bool:
        return path == PREFIX or path.startswith(f"{PREFIX}/")

    def answer(self, request: Request) -> Answer:
        found = self._router.find(request.method, request.path)
        if found is None:
            return self._nowhere(request)
        try:
            return found.route.handler(request, **found.names)
        except (BadRequest, BadSetting, BadFault, UnknownSeed) as error:
            return Answer(400, {"message": str(error)})
        except NotJson as error:
            return Answer(400, {"message": f"the body is not JSON: {error}"})

    def reset(self, seed: str, random_seed: int) -> None:
        """Forget everything, then fill both CRMs; raises UnknownSeed."""
        check(seed)
        self.seeded = Seeded(seed, random_seed)
        self._world.clock.reset()
        start_over(self._world, self._crms, self.seeded)
        self._faults.clear()
        self._calls.forget()
        self._restore_settings()
        self._remember()

    def resume(self, seeded: Seeded) -> None:
        """Go on where an earlier run on the same database stopped."""
        self.seeded = seeded
        self._world.clock.advance(float(recall(self._world.database, "clock") or 0))
        with contextlib.suppress(BadSetting):
            told = recall(self._world.database, "settings") or {}
            settings.change(self._world.settings, told, self._defaults)

    def move_clock(self, told: Mapping[str, Any]) -> None:
        """Set or advance the clock, as `POST /_sandbox/clock` does; raises BadRequest."""
        if "advance_seconds" in told:
            self._world.clock.advance(_seconds(told["advance_seconds"]))
        elif "now" in told:
            self._world.clock.set(_moment(told["now"]))
        else:
            raise BadRequest("the clock takes now (ISO 8601) or advance_seconds")
        self._remember()

    def change_settings(self, told: Any) -> None:
        """Turn switches, as `PATCH /_sandbox/settings` does; raises BadSetting."""
        settings.change(self._world.settings, told, self._defaults)
        self._remember()

    def restore_settings(self) -> None:
        """Every switch back to its default."""
        self._restore_settings()
        self._remember()

    def shown_settings(self) -> dict[str, Any]:
        """The switches as they are, and their defaults."""
        return {**self._world.settings, "defaults": self._defaults}

    def _routes(self) -> list[Route]:
        return [
            Route("GET", f"{PREFIX}/health", self._health),
            Route("POST", f"{PREFIX}/reset", self._reset),
            Route("GET", f"{PREFIX}/calls", self._show_calls),
            Route("DELETE", f"{PREFIX}/calls", self._forget_calls),
            Route("GET", f"{PREFIX}/clock", self._show_clock),
            Route("POST", f"{PREFIX}/clock", self._move_clock),
            Route("GET", f"{PREFIX}/faults", self._show_faults),
            Route("POST", f"{PREFIX}/faults", self._add_faults),
            Route("DELETE", f"{PREFIX}/faults", self._clear_faults),
            Route("GET", f"{PREFIX}/settings", self._show_settings),
            Route("PATCH", f"{PREFIX}/settings", self._change_settings),
            Route("DELETE", f"{PREFIX}/settings", self._forget_settings),
            Route("GET", f"{PREFIX}/ca.pem", self._certificate),
        ]

    def _nowhere(self, request: Request) -> Answer:
        if allowed := self._router.methods(request.path):
            told = {"message": f"{request.path} takes {', '.join(allowed)}"}
            return Answer(405, told, {"Allow": ", ".join(allowed)})
        return Answer(404, {"message": f"there is no control route {request.path}"})

    def _health(self, _: Request) -> Answer:
        return Answer(200, {"status": "ok", **_shown(self.seeded), "now": self._now()})

    def _reset(self, request: Request) -> Answer:
        told = _object(request)
        seed, random_seed = told.get("seed", "empty"), told.get("random_seed", 1)
        if not isinstance(seed, str | int) or isinstance(seed, bool):
            raise BadRequest(f"seed is empty, demo or a number of contacts, not {seed!r}")
        if not isinstance(random_seed, int) or isinstance(random_seed, bool):
            raise BadRequest(f"random_seed is a whole number, not {random_seed!r}")
        self.reset(str(seed), random_seed)
        return Answer(200, {"status": "ok", **_shown(self.seeded)})

    def _show_calls(self, _: Request) -> Answer:
        return Answer(200, self._calls.counted())

    def _forget_calls(self, _: Request) -> Answer:
        self._calls.forget()
        return Answer(204)

    def _show_clock(self, _: Request) -> Answer:
        return Answer(200, {"now": self._now()})

    def _move_clock(self, request: Request) -> Answer:
        self.move_clock(_object(request))
        return Answer(200, {"now": self._now()})

    def _show_faults(self, _: Request) -> Answer:
        return Answer(200, self._faults.shown())

    def _add_faults(self, request: Request) -> Answer:
        self._faults.add(read_faults(request.json()))
        return Answer(200, self._faults.shown())

    def _clear_faults(self, _: Request) -> Answer:
        self._faults.clear()
        return Answer(204)

    def _show_settings(self, _: Request) -> Answer:
        return Answer(200, self.shown_settings())

    def _change_settings(self, request: Request) -> Answer:
        told = request.json()
        lists = told.pop(LISTS, {}) if isinstance(told, dict) else {}
        self.change_settings(told)
        return self._changed_lists(lists) or Answer(200, self.shown_settings())

    def _changed_lists(self, told: Any) -> Answer | None:
        """Change who is on which list; the first refusal, if any, is the answer."""
        if not isinstance(told, dict):
            raise BadRequest(f"{LISTS} takes an object of list names")
        for name, members in told.items():
            body = json.dumps(members).encode()
            put = Request("PUT", f"{PREFIX}/lists/{quote(name, safe='')}/members", body=body)
            answer = self.answer(put)
            if answer.status != 200:
                return answer
        return None

    def _forget_settings(self, _: Request) -> Answer:
        self.restore_settings()
        return Answer(200, self.shown_settings())

    def _certificate(self, _: Request) -> Answer:
        if self.authority is None:
            raise BadRequest("HTTPS is not served: start the sandbox with --https-port")
        return Answer(200, self.authority, {"Content-Type": "application/x-pem-file"})

    def _remember(self) -> None:
        changed = settings.changed(self._world.settings, self._defaults)
        remember(self._world.database, "settings", changed)
        remember(self._world.database, "clock", self._world.clock.offset_seconds)

    def _restore_settings(self) -> None:
        self._world.settings.clear()
        self._world.settings.update(settings.fresh(self._defaults))

    def _now(self) -> str:
        return self._world.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _shown(seeded: Seeded) -> dict[str, Any]:
    return {"seed": seeded.seed, "random_seed": seeded.random_seed}


def _object(request: Request) -> dict[str, Any]:
    told = request.json()
    if told is None:
        return {}
    if not isinstance(told, dict):
        raise BadRequest("the body is a JSON object")
    return told


def _seconds(told: Any) -> float:
    number = isinstance(told, int | float) and not isinstance(told, bool)
    if not number or not math.isfinite(told) or abs(told) > CENTURY:
        raise BadRequest(f"advance_seconds is a number of seconds, not {told!r}")
    return float(told)


def _moment(told: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(told))
    except ValueError:
        raise BadRequest(f"now is a moment as ISO 8601 spells it, not {told!r}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
