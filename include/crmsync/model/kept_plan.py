"""A plan that is kept, so that a person can read it and have it applied as it stands.

It holds all that applying it needs: the plan itself, what each counterpart held, which version of
the links it was made on, and digests of the mapping that it was made by. What becomes of it is
said beside it, once it has been applied.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from include.crmsync.model.plan import Held, Plan, Verb
from include.crmsync.model.record import System, Value
from include.crmsync.model.run import Counts


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """One plan of one object type, and what it was made from."""

    id: str
    sync_run: str
    """The run that made it."""
    made_at: datetime
    plan: Plan
    held: tuple[Held, ...]
    """What criteria and the plan itself hold."""
    counts: Mapping[System, Counts]
    """What it would come to, by the system that the records come from."""
    forecast: Mapping[System, int]
    """At most so many calls it needs."""
    changes: int
    """The newest version of any link when its records were read."""
    origins: Mapping[str, Mapping[str, Value]]
    """Action -> what its counterpart held, in the fields that are written."""
    fields: Mapping[str, str]
    """Field -> digest of its mapping and its schemas."""
    mapping: str
    """Digest of the rest of the mapping."""
    doubts: str = ""
    """What the guard has against it; empty: nothing."""


@dataclass(frozen=True, slots=True)
class About:
    """What a list says of a kept plan: counts, no values."""

    id: str
    object_type: str
    sync_run: str
    made_at: datetime
    actions: Mapping[System, Mapping[Verb, int]]
    """By the system that is written, and the verb."""
    held: int
    conflicts: int
    forecast: Mapping[System, int]
    doubts: str = ""

    @property
    def size(self) -> int:
        """How many actions it has."""
        return sum(count for verbs in self.actions.values() for count in verbs.values())


@dataclass(frozen=True, slots=True)
class Applied:
    """That a plan was applied, and what came of it."""

    sync_run: str
    """The run that applied it."""
    at: datetime
    results: Mapping[str, int]
    """Result -> of how many actions."""
    left: Mapping[str, str] = field(default_factory=dict)
    """Action that did not land -> why; carries no value."""


def about(kept: KeptPlan) -> About:
    """What a list says of a plan."""
    actions: dict[System, dict[Verb, int]] = {system: {} for system in System}
    for one in kept.plan.actions:
        verbs = actions[one.system]
        verbs[one.verb] = verbs.get(one.verb, 0) + 1
    return About(
        id=kept.id,
        object_type=kept.plan.object_type,
        sync_run=kept.sync_run,
        made_at=kept.made_at,
        actions=actions,
        held=len({(one.system, one.record_id) for one in kept.held}),
        conflicts=len(kept.plan.conflicts),
        forecast=kept.forecast,
        doubts=kept.doubts,
    )
