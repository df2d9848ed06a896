"""What the pipeline asks of a CRM, whichever it is.

Both vendors' clients stand behind this one face, so that pipeline and tests treat the
two systems alike. Terminology: a *kind* is the system's own object name (contacts,
Contact, Lead); a *field* here is the system's own field name; values are raw, as the wire
spells them. Every method raises the `GatewayError` family and nothing of a vendor's.
A refusal of one record is not raised: it is a `Written` with a code.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from include.crmsync.model.departure import Tombstone
from include.crmsync.model.grant import Grant, KeyMade
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import Associations, Record, System
from include.crmsync.model.role import RoleWrite
from include.crmsync.model.schema import Schema
from include.crmsync.model.use import Use


@dataclass(frozen=True, slots=True)
class Write:
    """One record to write, in the system's own words."""

    key: str
    """The caller's name for it; comes back in `Written`. The action's id."""
    kind: str
    record_id: str | None
    """None: create it, found again by `external_key` if it was created before."""
    values: Mapping[str, Any]
    """Raw values by the system's field names; None clears. Parents are in `parents`."""
    external_key: str | None = None
    """For a create: the other system's id, stored in the mapping's unique key field."""
    parents: Mapping[str, str | None] = field(default_factory=dict)
    """Object type of the parent -> its id in this system; None takes the parent away."""
    roles: Mapping[str, RoleWrite] = field(default_factory=dict)
    """Object type of those who have a role in the record -> what becomes of their roles."""

    def __post_init__(self) -> None:
        if self.record_id is None and not self.external_key:
            raise ValueError(f"{self.key}: a create without an external key could not be repeated")


@dataclass(frozen=True, slots=True)
class Blamed:
    """One field that a refusal names."""

    name: str
    """By the system's own name, as in `Write.values`."""
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Written:
    """What the CRM said to one `Write`."""

    key: str
    record_id: str | None = None
    code: str | None = None
    """None: it landed. Else the CRM's own word for the refusal."""
    message: str | None = None
    retryable: bool = False
    """The refusal may pass by itself (a row lock, a lost answer)."""
    raw: Mapping[str, Any] = field(default_factory=dict)
    """What the answer says the record holds now, by the system's field names; mostly a part."""
    blamed: tuple[Blamed, ...] = ()
    """The fields that are all there is against the record; empty: the record as a whole is."""


@dataclass(frozen=True, slots=True)
class Version:
    """What a field held from some moment on."""

    raw: Any
    at: datetime


@dataclass(frozen=True, slots=True)
class Owner:
    """Someone who can own records in one system."""

    id: str
    email: str
    """Lower case; empty for a queue."""
    name: str
    active: bool


class Bulk(Protocol):
    """Writing very many records by jobs that the CRM runs on its own.

    A job has an id before it has any data, so that whoever writes can note the id first: then
    a job is never lost sight of, and never sent twice.
    """

    def takes(self, write: Write) -> bool:
        """Whether a job can say this write exactly; what it cannot say goes the usual way."""
        ...

    def open(self, mapping: ObjectMapping, writes: Sequence[Write]) -> str:
        """Open a job for writes of one kind, all creates or all updates; its id."""
        ...

    def send(self, job: str, mapping: ObjectMapping, writes: Sequence[Write]) -> None:
        """Give an open job its data and let it run."""
        ...

    def ended(self, job: str) -> bool:
        """Wait until a job has run; False where nothing of it was or will be written.

        A job that never got its data is called off.
        """
        ...

    def answers(
        self, job: str, mapping: ObjectMapping, writes: Sequence[Write]
    ) -> Iterator[Sequence[Written]]:
        """Yield an answer for each of the writes of a job that has run."""
        ...


class Gateway(Protocol):
    """Our face of one CRM's API."""

    system: System

    @property
    def window(self) -> int:
        """How many records one call reads by id: so many are looked at before they are written."""
        ...

    @property
    def batch(self) -> int:
        """How many records one call writes."""
        ...

    @property
    def bulk(self) -> Bulk | None:
        """Jobs for very many records, where the CRM has them."""
        ...

    @property
    def calls(self) -> int:
        """Requests sent so far, retries included: the cost that users pay."""
        ...

    @property
    def use(self) -> Use | None:
        """The account's calls of the day, as its latest answer told them; None before that."""
        ...

    @property
    def room(self) -> int | None:
        """How many more calls may be sent below every ceiling; None: nobody says."""
        ...

    def limit_to(self, most: int | None, share: float) -> None:
        """Set the ceilings: so many calls of ours from now on, and this share of the account's.

        The call that would cross one is not sent; it raises `LimitReached`.
        """
        ...

    @property
    def answered_at(self) -> datetime | None:
        """The CRM's own clock, as its latest answer told it; None before the first."""
        ...

    @property
    def fingerprint(self) -> str:
        """Tells this connection from others; says nothing of its secrets. Costs no call."""
        ...

    def account(self) -> str:
        """The id of the portal or org that is reached."""
        ...

    def changed_since(
        self,
        mapping: ObjectMapping,
        since: datetime | None,
        gone: list[Tombstone] | None = None,
    ) -> Iterator[Record]:
        """Yield every record modified at or after `since`, oldest first, each once.

        None: every record there is, in the system's own order. Values of all mapped
        fields, parents and roles. In Salesforce a record is as new as the newest of its roles,
        and those of which nothing but a role changed come last. A converted lead counts as
        gone, here and in the look-ups. The tombstones that this very reading meets are added
        to `gone`: in Salesforce all since then, in HubSpot the merges of what changed.
        """
        ...

    def archive(
        self, mapping: ObjectMapping, after: str | None, pages: int
    ) -> tuple[Sequence[Tombstone], str | None]:
        """Up to so many pages of tombstones that no reading of changes tells, from a place on.

        And the place to go on from, None behind the last. Salesforce has none, at no call.
        """
        ...

    def outside(self, mapping: ObjectMapping, ids: Sequence[str]) -> frozenset[str]:
        """Those of these records that the mapping's `where` leaves out; no call without one.

        Readings of changes leave them out themselves; look-ups and readings by id do not.
        """
        ...

    def fates(self, mapping: ObjectMapping, ids: Sequence[str]) -> Mapping[str, Tombstone]:
        """The tombstones of those of these records that have one.

        A record that lives, or of which the system does not say that it is gone, is left out.
        """
        ...

    def delete(
        self, mapping: ObjectMapping, writes: Sequence[Write]
    ) -> Iterator[Sequence[Written]]:
        """Delete records so that a person can bring them back; answers as `write` does.

        One that is gone already is answered like one that was deleted.
        """
        ...

    def merge_into(self, mapping: ObjectMapping, write: Write, into: str) -> Written:
        """Merge the record of a write, which has no values, into another one of its kind.

        Salesforce's REST API merges nothing, and raises `ConfigError`.
        """
        ...

    def conversions(
        self, mapping: ObjectMapping, ids: Sequence[str]
    ) -> Mapping[str, frozenset[str]]:
        """For each company made or used by a lead's conversion: that lead, and its contact.

        HubSpot converts nothing and answers with nothing, at no call.
        """
        ...

    def engaged(
        self, *, since: datetime | None = None, ids: Sequence[str] | None = None
    ) -> Mapping[str, bool]:
        """People with a role in an opportunity that is open or won -> whether one is won.

        Of roles that changed, or whose opportunity did, at or after `since`; None: of all. With
        `ids`, of these people only. HubSpot has no such roles and answers with nothing.
        """
        ...

    def read(self, mapping: ObjectMapping, ids: Sequence[str]) -> Iterator[Record]:
        """Yield the records with these ids that exist; a missing one is left out.

        So is what could be no id of this system: people can write into the key fields.
        """
        ...

    def find(self, mapping: ObjectMapping, values: Sequence[str]) -> Iterator[Record]:
        """Yield each record once whose match field (`mapping.match_on`) holds one of `values`.

        Case does not count, and a blank value finds nothing.
        """
        ...

    def find_by_domain(self, mapping: ObjectMapping, hosts: Sequence[str]) -> Iterator[Record]:
        """Yield each company once that has one of these hosts (`mapping.match_domain`).

        Hosts are spelled as `host_of` spells them; however the CRM spells them, HubSpot's
        additional domains included. A HubSpot record that is very fresh may be missing.
        """
        ...

    def find_by_key(self, mapping: ObjectMapping, keys: Sequence[str]) -> Mapping[str, Record]:
        """The records whose external key field holds one of `keys`, by key."""
        ...

    def write(self, mapping: ObjectMapping, writes: Sequence[Write]) -> Iterator[Sequence[Written]]:
        """Write in batches; yield each batch's answers as soon as they are known.

        Creates are upserts on the external key, so the repeat of a lost one finds the
        first. A batch whose answer was lost raises `Unavailable` after the batches
        before it were yielded; what became of it must be looked up.
        """
        ...

    def past(
        self, mapping: ObjectMapping, ids: Sequence[str], names: Sequence[str]
    ) -> Mapping[str, Mapping[str, Sequence[Version]]]:
        """Record id -> mapped field -> its versions, the newest first.

        HubSpot keeps some twenty of each property. Salesforce keeps none and answers with
        nothing, at no call.
        """
        ...

    def owners(self) -> Sequence[Owner]:
        """Everyone who can own a record, inactive ones included."""
        ...

    def members(self, list_name: str) -> frozenset[str]:
        """Ids of the records on a list. Salesforce has none and raises `ConfigError`."""
        ...

    def on_list(self, list_name: str, ids: Collection[str]) -> frozenset[str]:
        """Those of these contacts that are on a list; Salesforce raises `ConfigError`."""
        ...

    def list_id(self, list_name: str) -> str:
        """The id of the contact list of this name; raises ConfigError, as Salesforce always does.

        None of its members is read.
        """
        ...

    def lists_of(self, record_id: str) -> frozenset[str]:
        """Ids of the lists that a contact is on, in one call; Salesforce has none."""
        ...

    def grants(
        self, mappings: Sequence[ObjectMapping], *, lists: bool, making: bool
    ) -> Sequence[Grant]:
        """What these mappings need our user to be allowed, and whether it is.

        `lists`: an inclusion list is read; `making`: key fields are to be made.
        """
        ...

    def make_key(self, mapping: ObjectMapping) -> Sequence[KeyMade]:
        """Make the external key field of each of the mapping's kinds, where it is missing.

        Repeating it changes nothing. A refusal raises; what the CRM takes but not as it must be
        is told.
        """
        ...

    def listed(self, mapping: ObjectMapping, named: str) -> Iterator[str]:
        """Yield the ids of all records on a list of an object type, named by its id or its name.

        Salesforce has none and raises `ConfigError`, as HubSpot does for one that is not there.
        """
        ...

    def matching(self, mapping: ObjectMapping, kind: str, condition: str) -> Iterator[str]:
        """Yield the ids of the living records of a kind that meet a SOQL condition, by id.

        The mapping's own `where` counts, too. A condition that Salesforce does not take, and any
        in HubSpot, raises `ConfigError`; it must have been looked at for its form.
        """
        ...

    def children(
        self, mapping: ObjectMapping, ids: Sequence[str], child: str
    ) -> Mapping[str, frozenset[str]]:
        """For each record, the ids of the records of object type `child` that belong to it."""
        ...

    def associations(
        self, mapping: ObjectMapping, ids: Sequence[str]
    ) -> Mapping[str, Associations]:
        """For each of these records, its parents and the roles in it, as they are now.

        Of a record that does not exist it says that it has none. In Salesforce the stamp of a
        record counts its parents and roles, so it answers with nothing, at no call.
        """
        ...

    def schema(self, mapping: ObjectMapping) -> Schema:
        """What the system says about every field of the mapping's kinds, as it is now.

        A kind that does not exist raises `ConfigError`.
        """
        ...

    def field_times(
        self, mapping: ObjectMapping, ids: Sequence[str], names: Sequence[str]
    ) -> Mapping[str, Mapping[str, datetime]]:
        """Record id -> our name of a field -> when it was last set; what is not known is left out.

        A system that keeps no history of its fields answers with nothing.
        """
        ...
