"""A request: which records a person wants synced now, and how this run may differ from others.

A value that was checked before anything is read, and that every step of its sync run sees alike.
It says which records take the place of the changed ones, in which direction values may travel, and
for which fields one system's value stands whatever base and rule say.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from include.crmsync.model.record import System


class Direction(StrEnum):
    """Where a request lets values travel."""

    RULES = "rules"
    """As the sync rules say: both ways."""
    TO_SALESFORCE = "to_salesforce"
    TO_HUBSPOT = "to_hubspot"

    @property
    def only_to(self) -> System | None:
        """The one system that may be written; None: both."""
        return _TARGETS.get(self)


_TARGETS = {Direction.TO_SALESFORCE: System.SALESFORCE, Direction.TO_HUBSPOT: System.HUBSPOT}


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asked for, of one object type."""

    object_type: str
    ids: Mapping[System, tuple[str, ...]] = field(default_factory=dict)
    """Records that are asked for by their ids."""
    values: tuple[str, ...] = ()
    """E-mail addresses, or hosts of companies, of records that are asked for by these."""
    system: System = System.HUBSPOT
    """Where `values` are looked up."""
    direction: Direction = Direction.RULES
    force_fields: tuple[str, ...] = ()
    """Our names of fields that take the origin's value; only with a direction of one way."""
    by_hand: bool = False
    """Whether a person chose these very records: conditions for new companies do not count then."""
    portion: bool = False
    """Whether these are some of very many, whose turn comes by itself: it is in no hurry."""
    follow_parents: bool = False
    """Whether what these records belong to is synced first."""
    dry_run: bool = False
    allow_plan: str = ""
    """Ids of plans that the guard stopped and a person lets through."""
    apply_plan: str = ""
    """Id of a plan, made by a dry run, that is to be applied as it stands."""
    match_by: tuple[str, ...] | None = None
    """By what, beside keys, records without a link match; None: as the mapping states."""
    winner: System | None = None
    """Whose values stand where records are linked for the first time; None: by the rules."""
    only_fields: tuple[str, ...] = ()
    """Our names of the only fields of linked records that travel; none: all of them."""

    @property
    def asked(self) -> int:
        """How many records were asked for, each by an id or a value."""
        return len(self.values) + sum(map(len, self.ids.values()))


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a request came to in the CRMs."""

    found: Mapping[System, tuple[str, ...]] = field(default_factory=dict)
    """Ids of the records that exist."""
    missing: Mapping[System, tuple[str, ...]] = field(default_factory=dict)
    """Ids of which there is no record any more, or never was."""
    unmatched: tuple[int, ...] = ()
    """Which of the values no record has: the first is 1. The values themselves are personal."""


@dataclass(frozen=True, slots=True)
class Bend:
    """How one run's mapping differs from the stated one, by request."""

    only_to: System | None = None
    """The one system that may be written; None: both."""
    forced: frozenset[str] = frozenset()
    """Fields of which the value of the other system stands."""
    winner: System | None = None
    """Whose values stand where records are linked for the first time; None: by the rules."""
    only: frozenset[str] = frozenset()
    """The only fields of linked records that travel; none: all of them."""

    def forbids(self, system: System) -> bool:
        """Whether nothing may be written to a system."""
        return self.only_to is not None and self.only_to is not system

    def leaves(self, name: str) -> bool:
        """Whether a field of a linked record stays behind."""
        return bool(self.only) and name not in self.only

    @property
    def origin(self) -> System | None:
        """The system whose value a forced field takes."""
        return self.only_to.other if self.only_to else None


STRAIGHT = Bend()
"""The mapping as it is stated."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Any number of records, named by a list they are on or a condition that they meet."""

    request: Request
    """What is to be done with them; it names no record itself."""
    named: str = ""
    """A HubSpot list, by its id or its name."""
    kind: str = ""
    """The Salesforce object of the condition."""
    where: str = ""
    """A SOQL condition, without WHERE."""
    limit: int = 0
    """At most so many of them."""
    chunk: int = 1
    """So many at a time."""
