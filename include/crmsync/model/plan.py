"""A plan: the actions one run means to take for one object type.

A value that can be printed, stored, compared and dry-run. Every change says before,
after and why, so that a person can judge it before anything is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from include.crmsync.model.departure import How
from include.crmsync.model.record import System, Value


class Verb(StrEnum):
    """What an action does to one record in one system."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    """Into the Recycle Bin or the archive, from where a person can bring it back."""
    MERGE = "merge"
    """Into another record of its system, which the first change names; nobody takes it apart."""
    FREE = "free"
    """Blanks a value that no two records share for a moment, so that another can take it."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one record: what it holds, what it should hold, and why."""

    field: str
    before: Value
    after: Value
    reason: str


@dataclass(frozen=True, slots=True)
class Action:
    """Create, update or delete one record in one system."""

    id: str
    """Stable within the run: object type, system and the ids involved. The idempotency key."""
    verb: Verb
    system: System
    """Where it writes."""
    object_type: str
    kind: str
    """The system's own object name: contacts, Contact, Lead, Account..."""
    record_id: str | None
    """The record it writes; None for a create."""
    origin_id: str
    """The id of the counterpart in the other system; a create's external key."""
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Both systems changed one field, to different values."""

    object_type: str
    hubspot_id: str
    salesforce_id: str
    field: str
    base: Value
    hubspot: Value
    salesforce: Value
    winner: System
    reason: str

    def held_by(self, system: System) -> Value:
        return self.hubspot if system is System.HUBSPOT else self.salesforce


REFUSED = "accepted_by_"
"""What a criterion begins with that a system itself holds by its refusal."""


@dataclass(frozen=True, slots=True)
class Held:
    """A record that may not sync now, one failed criterion of it, in words."""

    system: System
    """The system the record is in."""
    object_type: str
    record_id: str
    criterion: str
    field: str | None
    value: Value
    reason: str
    """What is wrong and what to do, for the person who asks why a record is missing."""
    modified_at: datetime | None = None
    code: str | None = None
    """The CRM's own word, where it refused the record or the field; looked up in the catalogue."""
    sent: str | None = None
    """Digest of what was refused: the value, its mapping and its schema. While it is the same,
    the field is not sent again; None: there is nothing to compare, or it was let go again."""

    @property
    def refused_by(self) -> System | None:
        """The system that refused it; None: a criterion of ours holds it."""
        name = self.criterion.removeprefix(REFUSED)
        return System(name) if name in set(System) and name != self.criterion else None


@dataclass(frozen=True, slots=True)
class Gone:
    """Which record of a pair is gone, and how."""

    system: System
    how: How
    at: datetime | None = None
    followed: bool = False
    """Whether the counterpart was deleted because of it, by this plan or an earlier one."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that are, or will be, linked, and what both will hold after the run."""

    hubspot_id: str | None
    """None when an action of this plan creates it."""
    salesforce_id: str | None
    kind: str
    """The Salesforce object of the record: Contact, Lead, Account..."""
    link_id: int | None
    """None when the link is new."""
    link_version: int
    """The version of the link the plan was made on; 0 for a new one."""
    agreed: Mapping[str, Value]
    """Field -> the value to become the base if no action touches it or its action lands."""
    actions: tuple[str, ...] = ()
    """Ids of the actions that touch this pair; empty: equal, or the base catches up."""
    hubspot_modified_at: datetime | None = None
    salesforce_modified_at: datetime | None = None
    reason: str = ""
    """How a new link came about (matched by e-mail, created...), or why an old one changed."""
    afresh: bool = False
    """Whether the base starts anew, because the link now has another record."""
    gone: Gone | None = None
    """That a record of the pair is gone: the link stays, as a tombstone. None: it lives."""
    unsent: tuple[str, ...] = ()
    """Fields that a new record was not sent, because they are held."""
    unsettled: str = ""
    """Why the next run must look at the pair again, once both its records can be compared."""
    behind: str = ""
    """What stays behind by request: the next run reads the pair again, whatever becomes of this."""
    kept: Mapping[str, Value] | None = None
    """Of a run that takes another one back: fields that it writes in one system -> what the other
    system keeps, as the base is to know it. None: of any other run."""

    def id_in(self, system: System) -> str | None:
        return self.hubspot_id if system is System.HUBSPOT else self.salesforce_id

    @property
    def waits(self) -> bool:
        """Whether this run says nothing of the pair, and leaves all of it to the next one."""
        return bool(self.unsettled) and not self.actions


@dataclass(frozen=True, slots=True)
class Plan:
    """What one run means to do for one object type."""

    object_type: str
    actions: tuple[Action, ...] = ()
    pairs: tuple[Pair, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    held: tuple[Held, ...] = ()
    undecided: tuple[Conflict, ...] = ()
    """Conflicts whose value may not be written: both systems keep theirs, and it is held."""
    undoes: str = ""
    """The sync run that this plan takes back."""
    outranked: tuple[tuple[System, str, str], ...] = ()
    """System, a held duplicate, and the record it gave way to, which has no link yet."""
