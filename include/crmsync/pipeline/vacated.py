"""Records that may match now, because the one they were duplicates of has moved on.

A duplicate is held without being read again: nothing about it changes when the linked record gets
another e-mail address, or is gone. So whoever commits such a change looks among the held records
for the value that was given up, and remembers those that waited for it. So it is with a value that
a record held only until the run wrote over it. It costs no call.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from include.crmsync.model.link import Link
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.outcome import Outcome, Result
from include.crmsync.model.plan import Action, Held
from include.crmsync.model.record import System, Value

DUPLICATE = "unique_in_system"


def released(
    links: Sequence[Link],
    before: Mapping[int, Link],
    overwritten: Iterable[Value],
    held: Callable[[], Iterable[Held]],
    mapping: ObjectMapping,
) -> list[tuple[System, str, str]]:
    """Held duplicates of the values that links have given up, or that were written over."""
    name = mapping.match_on
    if name is None:
        return []
    values = {*overwritten, *(_given_up(link, before.get(link.id or 0), name) for link in links)}
    values.discard(None)
    unknown = any(_left_unsaid(link, before.get(link.id or 0), name) for link in links)
    if not values and not unknown:
        return []
    return [
        (one.system, one.record_id, f"the {name} it shared with another record is free")
        for one in {(one.system, one.record_id): one for one in held()}.values()
        if one.criterion == DUPLICATE and (unknown or one.value in values)
    ]


def overwritten(
    actions: Iterable[Action], outcomes: Mapping[str, Outcome], mapping: ObjectMapping
) -> set[Value]:
    """What a run has written over in the field that records are matched by."""
    return {
        change.before
        for action in actions
        if outcomes[action.id].result is Result.APPLIED
        for change in action.changes
        if change.field == mapping.match_on
    }


def _given_up(link: Link, before: Link | None, name: str) -> str | None:
    old = (before.base or {}).get(name) if before else None
    kept = link.lives and (link.base or {}).get(name) == old
    return old if before and before.lives and (_moved(link, before) or not kept) else None


def _left_unsaid(link: Link, before: Link | None, name: str) -> bool:
    """Whether a link ends, or loses a record, that never said which value both had."""
    if before is None or not before.lives or (before.base or {}).get(name) is not None:
        return False
    return _moved(link, before) or not link.lives


def _moved(link: Link, before: Link) -> bool:
    return link.salesforce_id != before.salesforce_id
