"""What a page shows of a record, whichever system it is in, and who is whose counterpart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote

PREFIX = "/_sandbox"
PAGE = 25
"""Records on a page."""
SMALL = 50_000
"""A text is looked for word by word among this many records at most; ids, e-mails and keys
are looked up in indexes, however many there are."""

PAIRS: Mapping[str, tuple[str, ...]] = {
    "contacts": ("Contact", "Lead"),
    "companies": ("Account",),
    "deals": ("Opportunity",),
    "tickets": ("Case",),
}
"""HubSpot's object types and the objects of Salesforce that hold the same things."""


def opposite(kind: str) -> tuple[str, ...]:
    """The kinds of the other system that may hold a record's counterpart."""
    return PAIRS.get(kind) or tuple(one for one, there in PAIRS.items() if kind in there)


@dataclass(frozen=True, slots=True)
class Shown:
    """One record."""

    system: str
    kind: str
    id: str
    title: str
    email: str
    modified: str
    values: Mapping[str, Any]
    keys: Sequence[str] = ()
    """Values of unique fields: one may be the id of its counterpart."""

    @property
    def link(self) -> str:
        return f"{PREFIX}/records/{self.system}/{quote(self.kind)}/{quote(self.id)}"


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of records."""

    records: Sequence[Shown] = ()
    after: str = ""
    """Where the next page begins; empty on the last one."""


@dataclass(frozen=True, slots=True)
class FieldFacts:
    """One field, as a form needs to know it."""

    name: str
    label: str
    type: str
    writable: bool
    unique: bool = False
    options: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """What a field held from a moment on."""

    at: str
    name: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Detail:
    """A record with every field it has."""

    record: Shown
    fields: Sequence[FieldFacts]
    versions: Sequence[Version] = field(default_factory=tuple)


class Side(Protocol):
    """One system's records. Whatever the API refuses is raised as Refused."""

    name: str

    def listing(self, kind: str, after: str) -> Listing:
        """Records by ascending id."""
        ...

    def find(self, kind: str, text: str, *, deep: bool) -> list[Shown]:
        """Records an id, a key or an e-mail names; with `deep` also those that hold a text."""
        ...

    def counterparts(self, kind: str, records: Sequence[Shown]) -> dict[str, Shown]:
        """For the other system's records, by their id: the one of this kind that goes with
        each, by key, else by e-mail."""
        ...

    def detail(self, kind: str, record_id: str) -> Detail: ...

    def update(self, kind: str, record_id: str, name: str, value: str) -> None: ...


def by_key_or_email(records: Sequence[Shown], candidates: Sequence[Shown]) -> dict[str, Shown]:
    """For each record the candidate that goes with it, among those that were looked up."""
    by_id = {one.id: one for one in candidates}
    by_key = {key: one for one in reversed(candidates) for key in one.keys}
    by_email = {one.email.casefold(): one for one in reversed(candidates) if one.email}
    found: dict[str, Shown] = {}
    for record in records:
        named = next((by_id[key] for key in record.keys if key in by_id), None)
        if other := named or by_key.get(record.id) or by_email.get(record.email.casefold()):
            found[record.id] = other
    return found
