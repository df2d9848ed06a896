"""Salesforce, as far as the sandbox has it: a function from requests to answers.

Who asks is settled first, then the day's allowance, then the address. Every refusal becomes
an answer here; whatever else is raised is a fault of the sandbox itself. Every write is one
transaction, a collection or a composite call as a whole.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from include.sandbox.population import Population
from include.sandbox.router import Found, Route, Router
from include.sandbox.salesforce.access import Access
from include.sandbox.salesforce.additions import Additions
from include.sandbox.salesforce.batches import wording
from include.sandbox.salesforce.bulk.office import Office
from include.sandbox.salesforce.composite_reads import only_reads
from include.sandbox.salesforce.computed import Computed
from include.sandbox.salesforce.conversion import Conversion, Converted, convert
from include.sandbox.salesforce.customs import Assignment, History
from include.sandbox.salesforce.declaring import Declared, load_schema
from include.sandbox.salesforce.duplicates import Duplicates
from include.sandbox.salesforce.errors import Refusal, missing, refusal
from include.sandbox.salesforce.formulas import Formulas
from include.sandbox.salesforce.limits import Meter
from include.sandbox.salesforce.loading import load
from include.sandbox.salesforce.oauth import acting_user
from include.sandbox.salesforce.org import Org, Visit
from include.sandbox.salesforce.routes import ASYNC, OPEN, SOAP, Desk, routes
from include.sandbox.salesforce.rules import Rules
from include.sandbox.salesforce.schema import Schema, SObject
from include.sandbox.salesforce.sessions import Session, Sessions
from include.sandbox.salesforce.settings import Settings
from include.sandbox.salesforce.store import Row, Store
from include.sandbox.salesforce.tooling.resources import Tooling
from include.sandbox.salesforce.verbs import Verbs
from include.sandbox.salesforce.versions import check_version
from include.sandbox.salesforce.writer import Customs, Writer
from include.sandbox.wire import Answer, Request
from include.sandbox.world import World

IDENTITY = ("/id/", "/services/oauth2/userinfo")
"""Addresses that say in a word of their own that a token is missing or bad."""
HEADERS = {
    "Content-Type": "application/json;charset=UTF-8",
    "Cache-Control": "no-cache,must-revalidate,max-age=0,no-store,private",
}


class Unidentified(Exception):
    """Who asks for an identity without a token that is one."""

    def __init__(self, trouble: str) -> None:
        super().__init__(f"{trouble}_OAuth_Token")


class Salesforce:
    """The emulated Salesforce org."""

    name = "salesforce"

    def __init__(self, world: World, declared: Sequence[Declared] = ()) -> None:
        """`declared` are custom objects and fields, as a declaration file holds them."""
        schema, settings = load_schema(), Settings(world)
        store = Store(world.database, schema)
        self._computed = Computed(store, schema)
        self._settings = settings
        rules = Rules(schema, settings)
        self._org = Org(
            world=world,
            schema=schema,
            settings=settings,
            store=store,
            writer=Writer(
                world.database,
                schema,
                store,
                self._computed,
                customs(schema, store, rules, settings),
            ),
            sessions=Sessions(world.clock, settings),
            access=Access(schema, store, settings),
            formulas=Formulas(world.database, store, world.clock),
        )
        self._additions = Additions(world, schema, store, declared)
        self._meter = Meter(world.clock, settings)
        self._office = Office(self._org)
        tooling = Tooling(self._org, rules, self._additions)
        desk = Desk(self._meter, self._perform, self._office, tooling)
        self._router = Router(routes(self._org, desk))
        self._verbs = Verbs(self._org, self._additions)
        self.verbs: Sequence[Route] = self._verbs.routes()
        """Control routes of Salesforce's own."""
        world.censuses.append(self._census)

    def owns(self, path: str) -> bool:
        return path.startswith(("/services/", "/id/"))

    def endpoint(self, request: Request) -> tuple[str, bool]:
        found = self._router.find(_method(request), _path(request))
        if found is None:
            return f"{_method(request)} (unknown)", False
        pattern = found.route.pattern
        writes = found.route.writes and not only_reads(pattern, request)
        return f"{found.route.method} {pattern}", writes

    def answer(self, request: Request) -> Answer:
        try:
            answer = self._answered(request)
        except Unidentified as unknown:
            answer = Answer(403, str(unknown).encode(), {"Content-Type": "text/html"})
        except Refusal as refused:
            if request.path.startswith(ASYNC):
                answer = wording.refused(refused, request)
            else:
                answer = refused.answer()
            if answer.status == 401:
                answer.headers["WWW-Authenticate"] = "Token"
        answer.headers = {**HEADERS, **self._meter.header, **answer.headers}
        return answer

    def reset(self) -> None:
        self._office.forget()
        self._org.store.clear()
        self._computed.forget()
        self._additions.reset()
        self._meter.reset()
        self._settings.reset()

    def load(self, population: Population) -> None:
        load(population.salesforce, self._org, self._computed)
        self._additions.assign(acting_user(self._org))

    def convert_lead(self, lead_id: str, **how: Any) -> Converted:
        """Convert a lead as a person would; `how` as in Conversion. Raises Refusal."""
        return convert(self._org, Conversion(lead_id, **how), self._verbs.author())

    def settle(self) -> None:
        """Wait until no bulk job has anything to do."""
        self._office.worker.settle()

    def _census(self) -> Iterable[tuple[str, str, int]]:
        for sobject in self._org.present:
            if count := self._org.store.count(sobject):
                yield self.name, sobject.name, count

    def _answered(self, request: Request) -> Answer:
        path = _path(request)
        if path in OPEN or path.startswith(SOAP):
            return self._dispatch(request, self._found(request), "")
        session = self._session(request, path)
        found = self._found(request)
        if version := found.names.get("version"):
            check_version(_spelled(path, version))
        self._meter.count()
        return self._dispatch(request, found, session.user_id)

    def _session(self, request: Request, path: str) -> Session:
        authorization = request.headers.get("authorization", "")
        if path.startswith(ASYNC) and (token := request.headers.get("x-sfdc-session")):
            authorization = f"Bearer {token}"
        try:
            return self._org.sessions.of(authorization)
        except Refusal:
            if path.startswith(IDENTITY):
                raise Unidentified("Bad" if authorization else "Missing") from None
            raise

    def _dispatch(self, request: Request, found: Found, user_id: str) -> Answer:
        names = dict(found.names)
        version = _spelled(request.path, names.pop("version", ""))
        visit = Visit(request, version, user_id)
        return found.route.handler(visit, **names)

    def _perform(self, visit: Visit, request: Request) -> Answer:
        """Answer a request inside another, by the same user; it is not counted again."""
        try:
            found = self._found(request)
            check_version(found.names.get("version", ""))
            return self._dispatch(request, found, visit.user_id)
        except Refusal as refused:
            return refused.answer()

    def _found(self, request: Request) -> Found:
        method, path = _method(request), _path(request)
        if found := self._router.find(method, path):
            return found
        if allowed := self._router.methods(path):
            raise _wrong_method(method, allowed)
        raise missing()


def customs(schema: Schema, store: Store, rules: Rules, settings: Settings) -> Customs:
    """What this org does around a write."""

    def usual(kind: SObject) -> Row:
        if kind.field("RecordTypeId") is None:
            return {}
        types = store.holding(schema.named("RecordType"), "SobjectType", kind.name)
        return {"RecordTypeId": next((row["Id"] for row in types if row["IsActive"]), None)}

    def check_lock(record_id: str) -> None:
        if record_id in settings["locked_records"]:
            raise refusal(
                "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record", ()
            )

    return Customs(
        judges=(rules.judge, Duplicates(store, settings).judge),
        witnesses=(History(schema, store, settings).witness,),
        assigned=Assignment(settings).owner,
        check_lock=check_lock,
        usual=usual,
    )


def _spelled(path: str, version: str) -> str:
    """A version with its letter, which jobs of batches leave out of their addresses."""
    return f"v{version}" if path.startswith(ASYNC) else version


def _path(request: Request) -> str:
    return request.path.rstrip("/")


def _method(request: Request) -> str:
    """The request's method; a POST may stand in for one its sender cannot make."""
    method = request.method.upper()
    if method == "POST" and (meant := request.get("_HttpMethod")):
        return meant.upper()
    return "GET" if method == "HEAD" else method


def _wrong_method(method: str, allowed: Iterable[str]) -> Refusal:
    return refusal(
        "METHOD_NOT_ALLOWED",
        f"HTTP Method '{method}' not allowed. Allowed are {','.join(allowed)}",
        status=405,
    )
