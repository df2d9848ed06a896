"""Records that may match now, because the one they were duplicates of has moved on.

A duplicate is held without being read again: nothing about it changes when the linked record gets
another e-mail address, or is gone. So whoever commits such a change looks among the held records
for the value that was given up, and remembers those that waited for it. So it is with a value that
a record held only until the run wrote over it. It costs no call.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from include.crmsync.model.link import Link
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.outcome import Outcome, Result
from include.crmsync.model.plan import Action, Held
from include.crmsync.model.record import System, Value

DUPLICATE = "unique_in_system"


def released(
    links: Sequence[Link],
    before: Mapping[int, Link],
    overwritten: Collection[Value],
    held: Callable[[], Iterable[Held]],
    mapping: ObjectMapping,
) -> list[tuple[System, str, str]]:
    """Held duplicates of the values that links have given up, or that were written over."""
    name = mapping.match_on
    if name is None:
        return []
    values: dict[System, set[Value]] = {system: {*overwritten} for system in System}
    unknown: set[System] = set()
    for link in links:
        old = before.get(link.id or 0)
        for system in _freed_in(link):
            values[system].add(_given_up(link, old, name))
            unknown |= {system} if _left_unsaid(link, old, name) else set()
    for some in values.values():
        some.discard(None)
    if not any(values.values()) and not unknown:
        return []
    return [
        (one.system, one.record_id, f"the {name} it shared with another record is free")
        for one in {(one.system, one.record_id): one for one in held()}.values()
        if one.criterion == DUPLICATE and (one.system in unknown or one.value in values[one.system])
    ]


def _freed_in(link: Link) -> Iterable[System]:
    """The systems in which a value is free that a link has given up.

    Where a record is gone, its own duplicates may take its place. Those of its counterpart may not:
    there is nothing left to link them with, and to create it would bring back who was deleted.
    """
    return System if link.lives or link.gone_in is None else (link.gone_in,)


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
