"""Taking a sync run back: what is asked for, and what the journal says the run had done.

What a run left in a field is what it stored there in the end; what to put back is what was
there before its first write. Pure values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from include.crmsync.model.plan import Verb
from include.crmsync.model.record import System, Value


@dataclass(frozen=True, slots=True)
class Undo:
    """What a person asks for."""

    sync_run: str
    """The run to take back."""
    object_types: tuple[str, ...] = ()
    """Only these; empty: every object type of the run."""
    ids: frozenset[str] = frozenset()
    """Only what concerns these records, of either system; empty: all of them."""
    dry_run: bool = True
    delete_created: bool = False
    """Whether records that the run created are deleted."""


@dataclass(frozen=True, slots=True)
class Left:
    """One field of one record, as a run left it."""

    before: Value
    """What the record held before the run's first write of it."""
    after: Value
    """What it holds if nobody has changed it since: what was stored, else what was sent."""
    sent: Value
    """What had travelled: the other system's value, which it keeps."""
    known: bool = True
    """Whether the write is known to have landed; else its answer never came."""


@dataclass(frozen=True, slots=True)
class Touched:
    """One record, as a run left it."""

    verb: Verb
    """CREATE: the run made it; DELETE, MERGE: it went; else some fields were written."""
    system: System
    record_id: str
    kind: str
    origin_id: str
    """Its counterpart in the other system at that time."""
    fields: Mapping[str, Left] = field(default_factory=dict)
