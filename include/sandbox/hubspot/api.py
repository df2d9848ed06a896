"""HubSpot, emulated: one table of routes over one portal.

A request is brought to its path without a version, let in by its token, counted against the
limits and handed to the one handler its path names. Whatever goes wrong leaves as HubSpot's
error, and every answer carries a correlation id, an error the same one in its body.
"""

import sys
import traceback
import uuid
from collections.abc import Sequence

from include.sandbox.hubspot import loading, pipelines
from include.sandbox.hubspot.account import Account
from include.sandbox.hubspot.association_calls import AssociationCalls
from include.sandbox.hubspot.batches import Batches
from include.sandbox.hubspot.call import Call
from include.sandbox.hubspot.failures import Failure, not_found
from include.sandbox.hubspot.limits import Limits
from include.sandbox.hubspot.list_calls import ListCalls
from include.sandbox.hubspot.merging import Merging
from include.sandbox.hubspot.object_types import find_type
from include.sandbox.hubspot.objects import Objects
from include.sandbox.hubspot.old_associations import OldAssociations
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.property_calls import PropertyCalls
from include.sandbox.hubspot.search import Search
from include.sandbox.hubspot.versions import Place, place_of
from include.sandbox.population import Population
from include.sandbox.router import Found, Route, Router
from include.sandbox.wire import Answer, Request
from include.sandbox.world import World

PREFIXES = (
    "/account-info",
    "/automation",
    "/communication-preferences",
    "/contacts",
    "/crm",
    "/form-integrations",
    "/forms",
    "/integrations",
    "/marketing",
    "/oauth",
    "/properties",
    "/settings",
    "/webhooks",
)
OPEN = ("/oauth/",)
"""Paths that need no token."""


class HubSpot:
    """One HubSpot portal behind its API; a `Crm`."""

    name = "hubspot"

    def __init__(self, world: World) -> None:
        self._portal = Portal(world)
        self._account = Account(self._portal)
        self._limits = Limits(self._portal)
        lists = ListCalls(self._portal)
        self.verbs: Sequence[Route] = lists.verbs()
        """Control routes of HubSpot's own."""
        # The first route that fits is taken: what has fixed words stands before what has ids.
        self._router = Router(
            [
                *Batches(self._portal).routes(),
                *Search(self._portal).routes(),
                *Merging(self._portal).routes(),
                *OldAssociations(self._portal).routes(),
                *AssociationCalls(self._portal).routes(),
                *Objects(self._portal).routes(),
                *PropertyCalls(self._portal).routes(),
                *lists.routes(),
                *self._portal.owners.routes(),
                *pipelines.routes(),
                *self._account.routes(),
            ]
        )
        world.censuses.append(self._portal.records.census)

    def owns(self, path: str) -> bool:
        return any(path == one or path.startswith(f"{one}/") for one in PREFIXES)

    def endpoint(self, request: Request) -> tuple[str, bool]:
        place = place_of(request.path)
        found = self._router.find(request.method, _routed(place))
        if found is None:
            return f"{request.method} (unknown)", request.method not in ("GET", "HEAD")
        return f"{request.method} {_spelled(place, found)}", found.route.writes

    def answer(self, request: Request) -> Answer:
        correlation_id = str(uuid.uuid4())
        try:
            answer = self._answered(request)
        except Failure as failure:
            answer = failure.answer(correlation_id)
        except Exception:  # noqa: BLE001  a broken handler must look like a broken HubSpot
            traceback.print_exc(file=sys.stderr)
            answer = Failure(500, "SERVER_ERROR", "internal error").answer(correlation_id)
        answer.headers.setdefault("X-HubSpot-Correlation-Id", correlation_id)
        return answer

    def reset(self) -> None:
        self._portal.reset()
        self._account.reset()
        self._limits.reset()

    def load(self, population: Population) -> None:
        loading.load(self._portal, population)

    def _answered(self, request: Request) -> Answer:
        place = place_of(request.path)
        if not request.path.startswith(OPEN):
            self._account.check(request.headers.get("authorization", ""))
        headers = self._limits.spend(search=place.path.endswith("/search"))
        path = _routed(place)
        found = self._router.find(request.method, path)
        if found is None:
            raise self._nowhere(request, path)
        # One call sees one state of the portal, however many tables it looks into.
        with self._portal.database.reading():
            answer = found.route.handler(Call(request, place), **found.names)
        answer.headers.update(headers)
        return answer

    def _nowhere(self, request: Request, path: str) -> Failure:
        if self._router.methods(path):
            return Failure(405, "METHOD_NOT_ALLOWED", f"{request.method} is not allowed here")
        return not_found(f"No API is served at {request.path}")


def _routed(place: Place) -> str:
    """The path to find a route by; the third version's associations are an API of their own."""
    if place.version == "v3" and "/associations" in place.path:
        return f"/v3{place.path}"
    return place.path


def _spelled(place: Place, found: Found) -> str:
    """A route's pattern with the version asked for and the object types it was asked of."""
    pattern = place.spelled(found.route.pattern.removeprefix("/v3"))
    for slot in ("kind", "to_kind", "type_"):
        if kind := find_type(found.names.get(slot, "")):
            pattern = pattern.replace(f"{{{slot}}}", kind.name)
    return pattern.replace(":path}", "}")
