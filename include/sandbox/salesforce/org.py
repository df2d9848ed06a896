"""One org: everything its resources share.

`Visit` is one request by one user; handlers take it together with what the address names.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from include.sandbox.salesforce.access import Access
from include.sandbox.salesforce.errors import missing
from include.sandbox.salesforce.formulas import Formulas
from include.sandbox.salesforce.ids import numbered
from include.sandbox.salesforce.schema import Schema, SObject
from include.sandbox.salesforce.sessions import Sessions
from include.sandbox.salesforce.settings import Settings
from include.sandbox.salesforce.store import Row, Store
from include.sandbox.salesforce.writer import Author, Writer
from include.sandbox.wire import Request
from include.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Visit:
    """One request, read to its end, by a user who is logged in."""

    request: Request
    version: str = ""
    """As the address spells it: v62.0."""
    user_id: str = ""

    @property
    def base(self) -> str:
        """The address of this version's resources, without host."""
        return f"/services/data/{self.version}"


@dataclass(slots=True)
class Org:
    """The parts of one org."""

    world: World
    schema: Schema
    settings: Settings
    store: Store
    writer: Writer
    sessions: Sessions
    access: Access
    formulas: Formulas

    def filled(self, kind: SObject, rows: Sequence[Row]) -> list[Row]:
        """Rows of an object with the values of its formula fields."""
        return self.formulas.filled(self.schema.named(kind.name), self.schema, rows)

    @property
    def present(self) -> Schema:
        """Every object and field that is there with the features that are on."""
        return self.access.present

    @property
    def visible(self) -> Schema:
        """The objects and fields that users of the API see."""
        return self.access.visible

    def known(self, name: str) -> SObject:
        """An object the user may know of, with all its fields; raises Refusal."""
        if self.visible.sobject(name) is None:
            raise missing()
        return self.present.named(name)

    def seen(self, name: str) -> SObject:
        """An object as the user sees it; raises Refusal."""
        if found := self.visible.sobject(name):
            return found
        raise missing()

    def author(self, visit: Visit) -> Author:
        """The user of a request, and what its headers say about writing."""
        headers = visit.request.headers
        duplicates = headers.get("sforce-duplicate-rule-header", "").replace(" ", "").lower()
        return Author(
            visit.user_id,
            self.world.clock.now(),
            saves_duplicates="allowsave=true" in duplicates,
            assigns_owner=headers.get("sforce-auto-assign", "true").strip().lower() != "false",
            access=self.access,
        )

    def author_of(self, user_id: str, *, assigns_owner: bool) -> Author:
        """A user whose job is at work."""
        now = self.world.clock.now()
        return Author(user_id, now, assigns_owner=assigns_owner, access=self.access)

    @property
    def organization_id(self) -> str:
        rows = self.store.every(self.schema.named("Organization"))
        return str(rows[0]["Id"]) if rows else numbered("00D", 1)

    def user_named(self, username: str) -> Row | None:
        """The user who logs in by a name."""
        found = self.store.holding(self.users, "Username", username)
        return found[0] if found else None

    @property
    def users(self) -> SObject:
        return self.schema.named("User")
