"""HubSpot, emulated: one table of routes over one portal.

A request is brought to its path without a version, let in by its token, counted against the
limits and handed to the one handler its path names. Whatever goes wrong leaves as HubSpot's
error, and every answer carries a correlation id, an error the same one in its body.
"""

import sys
import traceback
import uuid
from collections.abc import Sequence

from include.sandbox.hubspot import legacy, loading, scopes
from include.sandbox.hubspot.account import Account
from include.sandbox.hubspot.association_calls import AssociationCalls
from include.sandbox.hubspot.association_label_calls import AssociationLabelCalls
from include.sandbox.hubspot.association_limit_calls import AssociationLimitCalls
from include.sandbox.hubspot.batches import Batches
from include.sandbox.hubspot.call import Call
from include.sandbox.hubspot.custom_type_calls import CustomTypeCalls
from include.sandbox.hubspot.export_calls import ExportCalls
from include.sandbox.hubspot.failures import Failure, not_found
from include.sandbox.hubspot.form_calls import FormCalls
from include.sandbox.hubspot.limit_calls import LimitCalls
from include.sandbox.hubspot.limits import Limits
from include.sandbox.hubspot.list_calls import ListCalls
from include.sandbox.hubspot.marketing import Marketing
from include.sandbox.hubspot.marketing_emails import MarketingEmails
from include.sandbox.hubspot.membership import Membership
from include.sandbox.hubspot.membership_calls import MembershipCalls
from include.sandbox.hubspot.merging import Merging
from include.sandbox.hubspot.objects import Objects
from include.sandbox.hubspot.old_associations import OldAssociations
from include.sandbox.hubspot.pipeline_calls import PipelineCalls
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.property_calls import PropertyCalls
from include.sandbox.hubspot.property_group_calls import PropertyGroupCalls
from include.sandbox.hubspot.search import Search
from include.sandbox.hubspot.subscription_calls import SubscriptionCalls
from include.sandbox.hubspot.tokens import Tokens
from include.sandbox.hubspot.user_calls import UserCalls
from include.sandbox.hubspot.versions import Place, place_of
from include.sandbox.population import Population
from include.sandbox.router import Found, Route, Router
from include.sandbox.wire import Answer, Request
from include.sandbox.world import World

PREFIXES = (
    "/account-info",
    "/automation",
    "/calling",
    "/communication-preferences",
    "/companies",
    "/contacts",
    "/crm",
    "/crm-associations",
    "/crm-object-schemas",
    "/crm-objects",
    "/crm-pipelines",
    "/deals",
    "/email",
    "/engagements",
    "/events",
    "/form-integrations",
    "/forms",
    "/integrations",
    "/marketing",
    "/marketing-emails",
    "/oauth",
    "/owners",
    "/properties",
    "/settings",
    "/submissions",
    "/webhooks",
)
OPEN = ("/oauth/", "/submissions/v3/integration/submit/", "/crm/v3/exports/files/")
"""Paths that need no token."""
FORMS = ("/oauth/",)
"""Paths that take a form and not JSON."""


class HubSpot:
    """One HubSpot portal behind its API; a `Crm`."""

    name = "hubspot"

    def __init__(self, world: World) -> None:
        self._portal = Portal(world)
        self._tokens = Tokens(self._portal)
        self._limits = Limits(self._portal)
        self._membership = Membership(self._portal)
        lists = ListCalls(self._portal, self._membership)
        members = MembershipCalls(self._portal, lists, self._membership)
        properties, forms = PropertyCalls(self._portal), FormCalls(self._portal)
        self.verbs: Sequence[Route] = [
            *members.verbs(),
            *forms.verbs(),
            *Marketing(self._portal).verbs(),
        ]
        """Control routes of HubSpot's own."""
        # The first route that fits is taken: what has fixed words stands before what has ids.
        self._router = Router(
            [
                *Batches(self._portal).routes(),
                *Search(self._portal).routes(),
                *Merging(self._portal).routes(),
                *OldAssociations(self._portal).routes(),
                *AssociationLabelCalls(self._portal).routes(),
                *AssociationCalls(self._portal).routes(),
                *Objects(self._portal).routes(),
                *PropertyGroupCalls(self._portal).routes(),
                *properties.routes(),
                *members.routes(),
                *lists.routes(),
                *self._portal.owners.routes(),
                *PipelineCalls(self._portal).routes(),
                *CustomTypeCalls(self._portal, properties).routes(),
                *forms.routes(),
                *UserCalls(self._portal).routes(),
                *SubscriptionCalls(self._portal).routes(),
                *MarketingEmails(self._portal).routes(),
                *ExportCalls(self._portal, self._membership).routes(),
                *LimitCalls(self._portal).routes(),
                *AssociationLimitCalls(self._portal).routes(),
                *Account(self._portal, self._tokens, self._limits).routes(),
                *legacy.routes(self._portal, self._membership, properties, self._limits),
            ]
        )
        world.censuses.append(self._portal.records.tallies.census)

    def owns(self, path: str) -> bool:
        return any(path == one or path.startswith(f"{one}/") for one in PREFIXES)

    def endpoint(self, request: Request) -> tuple[str, bool]:
        place = place_of(request.path)
        found = self._router.find(request.method, _routed(place))
        if found is None:
            return f"{request.method} (unknown)", request.method not in ("GET", "HEAD")
        return f"{request.method} {self._spelled(place, found)}", found.route.writes

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
        self._tokens.reset()
        self._membership.reset()
        self._limits.reset()

    def load(self, population: Population) -> None:
        loading.load(self._portal, population)

    def _answered(self, request: Request) -> Answer:
        place = place_of(request.path)
        path = _routed(place)
        headers = self._let_in(request, place)
        found = self._router.find(request.method, path)
        if found is None:
            raise self._nowhere(request, path)
        _check_media(request)
        # One call sees one state of the portal, however many tables it looks into.
        with self._portal.database.reading():
            answer = self._handled(Call(request, place), found)
        answer.headers.update(headers)
        return answer

    def _handled(self, call: Call, found: Found) -> Answer:
        try:
            return found.route.handler(call, **found.names)
        except Exception:
            # Of records nothing is kept in memory; of everything else something is.
            if found.route.writes and not call.place.path.startswith("/crm/objects"):
                self._portal.reload()
            raise

    def _let_in(self, request: Request, place: Place) -> dict[str, str]:
        """Check a call's token, what it may do and how often; answers with headers."""
        if request.path.startswith(OPEN):
            return {}
        token = self._tokens.check(request.headers.get("authorization", ""))
        kind = self._portal.types.find(scopes.kind_in(place.path))
        needed = scopes.needed(request.method, place.path, kind)
        if needed and token.scopes.isdisjoint(needed):
            raise scopes.missing(needed)
        search = place.path.startswith("/crm/objects/") and place.path.endswith("/search")
        return self._limits.spend(search=search, oauth=token.oauth)

    def _nowhere(self, request: Request, path: str) -> Failure:
        if self._router.methods(path):
            return Failure(405, "METHOD_NOT_ALLOWED", "HTTP 405 Method Not Allowed")
        return not_found(f"No API is served at {request.path}")

    def _spelled(self, place: Place, found: Found) -> str:
        """A route's pattern with the version asked for and the object types it was asked of."""
        pattern = place.spelled(found.route.pattern.removeprefix("/v3"))
        for slot in ("kind", "to_kind"):
            if kind := self._portal.types.find(found.names.get(slot, "")):
                pattern = pattern.replace(f"{{{slot}}}", kind.name)
        return pattern.replace(":path}", "}")


def _routed(place: Place) -> str:
    """The path to find a route by; the third version's associations are an API of their own.

    Nothing is served without a version.
    """
    if not place.version:
        return ""
    ours = place.path.startswith(("/crm/objects/", "/crm/associations/"))
    if place.version == "v3" and ours and "/associations" in place.path:
        return f"/v3{place.path}"
    return place.path


def _check_media(request: Request) -> None:
    """Refuse a body that says it is something else than what is taken here."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not request.body or not kind or request.path.startswith(FORMS):
        return
    if kind != "application/json" and not kind.endswith("+json"):
        raise Failure(415, "UNSUPPORTED_MEDIA_TYPE", "HTTP 415 Unsupported Media Type")
