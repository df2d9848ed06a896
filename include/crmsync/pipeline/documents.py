"""What one step writes for the next: the shapes of the artifacts.

An artifact is a value: a step that is cleared and run again writes the same one over it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import pandas as pd

from include.crmsync.engine.directory import Person
from include.crmsync.engine.forecast import Sizes
from include.crmsync.engine.same_domain import SameDomain
from include.crmsync.engine.transform import KIND, MODIFIED, ROLE, Canonical
from include.crmsync.model.departure import Tombstone
from include.crmsync.model.flaw import Flaw
from include.crmsync.model.landed import Landed
from include.crmsync.model.outcome import Outcome
from include.crmsync.model.plan import Held, Plan, Verb
from include.crmsync.model.record import Record, System, Value
from include.crmsync.model.request import Chosen, Listing
from include.crmsync.model.schema import Schema


@dataclass(frozen=True, slots=True)
class People:
    """Everyone who can own a record, read once per run."""

    by_system: Mapping[System, tuple[Person, ...]]


@dataclass(frozen=True, slots=True)
class Members:
    """The inclusion list, read once per run."""

    ids: frozenset[str] | None
    """HubSpot contact ids on it; None: no list is set, every contact may sync."""


@dataclass(frozen=True, slots=True)
class ListMembers:
    """Everybody whom a list or a condition named, when it was asked."""

    listing: Listing
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LiveSchemas:
    """What both systems say about their fields, as every step of the run sees it."""

    by_system: Mapping[System, Schema]
    fresh: bool
    """Whether the run read them itself, and did not merely remember them."""
    mended: tuple[int, ...] = ()
    """Issues that are gone; closed when the run has dealt with what they left unread."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """Step 1: records as both wires gave them."""

    sync_run: str
    object_type: str
    started_at: datetime
    changed: Mapping[System, tuple[Record, ...]]
    """Read because they changed, joined the list, or are to be tried again."""
    counterparts: Mapping[System, tuple[Record, ...]]
    """Read to compare with, or as possible matches."""
    keys: Mapping[str, str]
    """HubSpot id -> Salesforce id, as the unique external keys say."""
    eligible_parents: frozenset[str]
    """HubSpot companies with a contact on the inclusion list, among those asked about."""
    watermarks: Mapping[System, datetime]
    """The newest stamp read: where the watermark goes if this run commits."""
    calls: Mapping[System, int]
    gone: Mapping[System, tuple[Tombstone, ...]] = field(default_factory=dict)
    """Tombstones of linked and held records, and of those that took their places."""
    conversions: Mapping[str, str] = field(default_factory=dict)
    """HubSpot company -> the account made by the conversion of a lead of its contact."""
    named: Mapping[str, str] = field(default_factory=dict)
    """HubSpot id -> Salesforce id, as an earlier integration's properties say."""
    further: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """HubSpot id -> further values of the match field: additional e-mail addresses."""
    engaged: Mapping[str, bool] = field(default_factory=dict)
    """Salesforce contacts with a role in an opportunity -> whether one of those is won."""
    through_people: Mapping[str, str] = field(default_factory=dict)
    """HubSpot company -> the account of the same people."""
    same_domain: SameDomain = field(default_factory=SameDomain)
    """What domains say about companies that nothing else brought together."""
    parents_of_contacts: frozenset[str] = frozenset()
    """HubSpot companies with somebody who is a contact in Salesforce, or would be."""
    outside: frozenset[str] = frozenset()
    """Salesforce ids that the mapping's `where` leaves out, among those read."""
    places: Mapping[str, str | None] = field(default_factory=dict)
    """Where readings that take turns go on, if this run commits."""
    changes: int = 0
    """The newest version of any link before the first record was read."""
    sizes: Mapping[System, Sizes] = field(default_factory=dict)
    """How many records a call takes: what the plan's calls are counted by."""
    answered_at: Mapping[System, datetime] = field(default_factory=dict)
    """When each system was read, where no watermark says so."""
    applies: str = ""
    """Id of the kept plan that the run applies as it stands; empty: it makes its own."""
    waived: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Conditions that do not count by request -> the companies that do not meet them."""
    chosen: Chosen | None = None
    """What a request came to; None: what changed was read."""
    landed: tuple[Landed, ...] = ()
    """What runs wrote that never committed, as far as it was known before the first record."""


@dataclass(frozen=True, slots=True)
class Rows:
    """One system's canonical frame, as columns."""

    system: System
    ids: tuple[str, ...]
    kinds: tuple[str, ...]
    modified_at: tuple[datetime, ...]
    roles: tuple[str, ...]
    values: Mapping[str, tuple[Value, ...]]
    waiting: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    outside: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Validated:
    """Step 2: canonical records, and who may not sync."""

    extracted: str
    """Reference of step 1's artifact."""
    rows: Mapping[System, Rows]
    held: tuple[Held, ...]
    """By what stands whether or not a record has a counterpart."""
    blocked: Mapping[System, Mapping[str, frozenset[Verb]]]
    paused: frozenset[str]
    flaws: Mapping[System, Mapping[str, tuple[Flaw, ...]]] = field(default_factory=dict)
    """Record -> values of it that stay behind; the record goes on."""
    warned: Mapping[System, Mapping[str, int]] = field(default_factory=dict)
    """Criterion that only warns -> how many records fail it."""
    held_until_linked: tuple[Held, ...] = ()
    """By what forbids a creation and nothing else."""

    def standing(self, plan: Plan) -> tuple[Held, ...]:
        """Who is held, the plan being made: a creation is forbidden to nobody whom it links."""
        pairs = [one for one in plan.pairs if one.hubspot_id and one.salesforce_id]
        linked = {(System.HUBSPOT, one.hubspot_id) for one in pairs}
        linked |= {(System.SALESFORCE, one.salesforce_id) for one in pairs}
        until = (one for one in self.held_until_linked if (one.system, one.record_id) not in linked)
        return (*self.held, *until)


@dataclass(frozen=True, slots=True)
class Planned:
    """Step 3: the plan."""

    validated: str
    extracted: str
    plan: Plan
    forecast: Mapping[System, int] = field(default_factory=dict)
    """At most so many calls the plan needs."""
    id: str = ""
    """The plan's own, or the kept plan's that is applied; empty: nobody asks for it."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Step 4: what became of every action."""

    planned: str
    outcomes: tuple[Outcome, ...]
    calls: Mapping[System, int] = field(default_factory=dict)


def to_rows(canonical: Canonical) -> Rows:
    """A frame as an artifact holds it."""
    frame = canonical.frame
    names = [name for name in frame.columns if name not in (KIND, MODIFIED, ROLE)]
    return Rows(
        system=canonical.system,
        ids=tuple(frame.index),
        kinds=tuple(frame[KIND]),
        modified_at=tuple(frame[MODIFIED]),
        roles=tuple(frame[ROLE]),
        values={str(name): tuple(frame[name]) for name in names},
        waiting=canonical.waiting,
        outside=canonical.outside,
    )


def to_canonical(rows: Rows) -> Canonical:
    """An artifact's rows as a frame again."""
    columns: dict[str, list[object]] = {name: list(cells) for name, cells in rows.values.items()}
    columns |= {KIND: list(rows.kinds), MODIFIED: list(rows.modified_at), ROLE: list(rows.roles)}
    index = pd.Index(list(rows.ids), dtype=object, name="record_id")
    frame = pd.DataFrame(columns, index=index, dtype=object)
    return Canonical(rows.system, frame, rows.waiting, rows.outside)
