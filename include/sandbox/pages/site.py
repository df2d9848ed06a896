"""The pages: what the sandbox holds, its records side by side, and the control forms.

Server-rendered HTML without a script. Everything a client stored is shown as text, whatever
it looks like. A form does what the control route or the public API of the same name does,
and comes back to the page it was on; what is refused is said there, in the refusal's words.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from include.sandbox.calls import Calls
from include.sandbox.control import BadRequest, Control
from include.sandbox.crm import Crm
from include.sandbox.faults import BadFault, Faults
from include.sandbox.pages.asking import HubSpotApi, Refused, SalesforceApi
from include.sandbox.pages.forms import BadForm, Forms, rows_of_settings
from include.sandbox.pages.hubspot_side import HubSpotSide
from include.sandbox.pages.pairing import Pairing
from include.sandbox.pages.salesforce_side import SalesforceSide
from include.sandbox.pages.shown import PAIRS, PREFIX, SMALL, Shown, Side, opposite
from include.sandbox.router import Route
from include.sandbox.seeding import UnknownSeed
from include.sandbox.settings import BadSetting
from include.sandbox.wire import Answer, Request
from include.sandbox.world import (
    HUBSPOT_TOKEN,
    SALESFORCE_CLIENT_ID,
    SALESFORCE_CLIENT_SECRET,
    World,
)

TEMPLATES = Path(__file__).parent / "templates"
FORM = "application/x-www-form-urlencoded"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'"
REFUSALS = (Refused, BadForm, BadFault, BadSetting, UnknownSeed, BadRequest)

Page = Callable[..., Answer]


class Site:
    """Serves the pages."""

    def __init__(
        self, world: World, crms: Sequence[Crm], control: Control, faults: Faults, calls: Calls
    ) -> None:
        hubspot, salesforce = crms
        self._world, self._control = world, control
        self._faults, self._calls = faults, calls
        sides: list[Side] = [
            HubSpotSide(HubSpotApi(hubspot)),
            SalesforceSide(SalesforceApi(salesforce, world)),
        ]
        self._sides = {side.name: side for side in sides}
        self._pairing = Pairing(sides)
        self._forms = Forms(control, faults)
        self._counted: tuple[int, dict[tuple[str, str], int]] = (-1, {})
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
        )

    def routes(self) -> list[Route]:
        pages: list[tuple[str, str, Page]] = [
            ("GET", "", self._overview),
            ("GET", "/", self._overview),
            ("GET", "/search", self._search),
            ("GET", "/records/{system}/{kind}", self._listing),
            ("GET", "/records/{system}/{kind}/{record_id}", self._record),
            ("POST", "/records/{system}/{kind}/{record_id}", self._edit),
            ("GET", "/controls", self._controls),
            ("POST", "/controls/{form}", self._turn),
        ]
        return [Route(method, PREFIX + path, self._guarded(page)) for method, path, page in pages]

    def _guarded(self, page: Page) -> Page:
        def handler(request: Request, **names: str) -> Answer:
            if request.method == "POST" and not _from_here(request):
                return Answer(403, {"message": "this form was sent from another site"})
            try:
                return page(request, **names)
            except Refused as refused:
                status = refused.status if refused.status != 401 else 502
                return self._page("refused.html", status=status, refusal=str(refused))

        return handler

    def _overview(self, _: Request) -> Answer:
        counts = self._counts()
        paired = {("hubspot", kind) for kind in PAIRS}
        paired |= {("salesforce", kind) for kinds in PAIRS.values() for kind in kinds}
        return self._page(
            "overview.html",
            pairs=PAIRS.items(),
            counts=counts,
            others=sorted(set(counts) - paired),
            calls=self._calls.counted(),
            recent=self._calls.recent(),
            faults=self._faults.shown(),
            credentials=(HUBSPOT_TOKEN, SALESFORCE_CLIENT_ID, SALESFORCE_CLIENT_SECRET),
        )

    def _search(self, request: Request) -> Answer:
        text, counts = request.get("q").strip(), self._counts()
        rows = self._pairing.search(text, counts) if text else []
        large = [kind for (_, kind), count in counts.items() if count > SMALL]
        return self._page("search.html", q=text, rows=rows, large=large, small=SMALL)

    def _listing(self, request: Request, system: str, kind: str) -> Answer:
        listing = self._side(system).listing(kind, request.get("after"))
        return self._page(
            "listing.html",
            system=system,
            kind=kind,
            opposite=opposite(kind),
            rows=self._pairing.beside(listing.records),
            after=listing.after,
            count=self._counts().get((system, kind), 0),
        )

    def _record(self, request: Request, system: str, kind: str, record_id: str) -> Answer:
        return self._shown(system, kind, record_id, edited=request.get("edit"))

    def _edit(self, request: Request, system: str, kind: str, record_id: str) -> Answer:
        form = _form(request)
        name, value = form.get("field", ""), form.get("value", "")
        try:
            self._side(system).update(kind, record_id, name, value)
        except Refused as refused:
            refusal = str(refused)
            return self._shown(
                system, kind, record_id, edited=name, refusal=refusal, status=refused.status
            )
        return _back_to(request.path)

    def _shown(
        self, system: str, kind: str, record_id: str, *, edited: str, refusal: str = "",
        status: int = 200,
    ) -> Answer:  # fmt: skip
        detail = self._side(system).detail(kind, record_id)
        (pair,) = self._pairing.beside([detail.record])
        other = pair.salesforce if system == "hubspot" else pair.hubspot
        return self._page(
            "record.html",
            status=status,
            detail=detail,
            other=self._other(other),
            opposite=opposite(kind),
            edited=edited,
            refusal=refusal,
        )

    def _other(self, record: Shown | None) -> Any:
        return record and self._side(record.system).detail(record.kind, record.id)

    def _controls(self, _: Request, refusal: str = "", status: int = 200) -> Answer:
        return self._page(
            "controls.html",
            status=status,
            refusal=refusal,
            faults=self._faults.shown(),
            settings=rows_of_settings(self._control.shown_settings()),
            seeded=self._control.seeded,
        )

    def _turn(self, request: Request, form: str) -> Answer:
        try:
            self._forms.submit(form, _form(request))
        except REFUSALS as error:
            return self._controls(request, refusal=str(error), status=400)
        return _back_to(f"{PREFIX}/controls")

    def _side(self, system: str) -> Side:
        if system not in self._sides:
            raise Refused(404, [{"message": f"there is no system {system}"}])
        return self._sides[system]

    def _counts(self) -> dict[tuple[str, str], int]:
        """Live records by system and kind; counted anew only after something changed."""
        moment = self._world.database.changes
        if self._counted[0] != moment:
            told = _census(self._world)
            self._counted = (moment, {(system, kind): count for system, kind, count in told})
        return self._counted[1]

    def _page(self, template: str, *, status: int = 200, **told: Any) -> Answer:
        html = self._templates.get_template(template).render(
            prefix=PREFIX,
            now=self._world.clock.now().strftime("%Y-%m-%d %H:%M:%S UTC"),
            seed=self._control.seeded.seed,
            **told,
        )
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": POLICY,
            "Cache-Control": "no-store",
        }
        return Answer(status, html.encode("utf-8", "replace"), headers)


def _census(world: World) -> Iterable[tuple[str, str, int]]:
    for census in world.censuses:
        yield from census()


def _form(request: Request) -> Mapping[str, str]:
    text = request.body.decode("utf-8", "replace")
    return dict(parse_qsl(text, keep_blank_values=True))


def _from_here(request: Request) -> bool:
    """Whether a browser sent a form from one of these pages; other clients name no origin."""
    origin = request.headers.get("origin", "")
    return not origin or urlsplit(origin).netloc == urlsplit(request.origin).netloc


def _back_to(path: str) -> Answer:
    return Answer(303, None, {"Location": path})
