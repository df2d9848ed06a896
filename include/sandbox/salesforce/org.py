"""One org: everything its resources share.

`Visit` is one request by one user; handlers take it together with what the address names.
"""

from dataclasses import dataclass

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

    def author(self, visit: Visit) -> Author:
        header = visit.request.headers.get("sforce-duplicate-rule-header", "").replace(" ", "")
        return Author(visit.user_id, self.world.clock.now(), "allowsave=true" in header.lower())

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
