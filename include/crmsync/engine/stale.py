"""What of a kept plan went stale, as far as the plan, the mapping and the links alone tell.

An action is stale when a field of it is mapped otherwise than then, or the link of its pair was
changed, made or lost since. Where records exchange a value that no two may share, one stale action
takes the others of its circle with it: else a value would be blanked for nothing.
"""

from collections.abc import Collection, Iterable, Mapping

from include.crmsync.engine.unshared import needs
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.plan import Action, Pair, Verb
from include.crmsync.model.record import System

Stale = dict[str, str]
"""Action -> why it may not be written any more; carries no value."""

RELINKED = "its link was changed by another sync run after the plan was made"
LINKED = "one of its records has been linked after the plan was made"
UNLINKED = "its link is remembered no more"
CIRCLE = "it exchanges a value with a record that may not be written any more"


def remapped(actions: Iterable[Action], then: Mapping[str, str], now: Mapping[str, str]) -> Stale:
    """Actions that write a field of which the mapping or a live schema is another one now."""
    found: Stale = {}
    for one in actions:
        names = [name for name in _names(one) if then.get(name) != now.get(name)]
        if names:
            told = ", ".join(names)
            found[one.id] = f"the mapping or the schema of {told} was changed after the plan"
    return found


def relinked(
    pairs: Iterable[Pair],
    links: Mapping[int, Link],
    linked: Mapping[System, Collection[str]],
) -> Stale:
    """Actions of pairs whose link is no longer the one that the plan was made on.

    `linked`: records of pairs without a link that have one now.
    """
    found: Stale = {}
    for pair in pairs:
        if why := _moved(pair, links, linked):
            found |= dict.fromkeys(pair.actions, why)
    return found


def _moved(pair: Pair, links: Mapping[int, Link], linked: Mapping[System, Collection[str]]) -> str:
    if pair.link_id is None:
        ids = zip(System, (pair.hubspot_id, pair.salesforce_id), strict=True)
        return LINKED if any(id_ in linked[system] for system, id_ in ids if id_) else ""
    link = links.get(pair.link_id)
    if link is None:
        return UNLINKED
    return "" if link.version == pair.link_version else RELINKED


def with_circles(stale: Stale, actions: Collection[Action], mapping: ObjectMapping) -> Stale:
    """The stale actions, and those that exchange a value with them in a circle."""
    freed = [one for one in actions if one.verb is Verb.FREE]
    if not freed or not stale:
        return stale
    beside = _beside(actions, mapping)
    found = dict(stale)
    for one in freed:
        circle = _reached(one.id, beside)
        if circle & stale.keys():
            found = dict.fromkeys(circle, CIRCLE) | found
    return found


def _beside(actions: Collection[Action], mapping: ObjectMapping) -> dict[str, set[str]]:
    """Action -> those that wait for it, those it waits for, and those of the same record."""
    beside: dict[str, set[str]] = {one.id: set() for one in actions}
    pairs = list(needs(list(actions), mapping).items())
    of_record: dict[tuple[System, str | None], str] = {}
    for one in actions:
        if one.verb in (Verb.FREE, Verb.UPDATE):
            other = of_record.setdefault((one.system, one.record_id), one.id)
            pairs.append((one.id, other))
    for one_id, other_id in pairs:
        beside[one_id].add(other_id)
        beside[other_id].add(one_id)
    return beside


def _reached(start: str, beside: Mapping[str, set[str]]) -> set[str]:
    found, open_ = {start}, [start]
    while open_:
        fresh = beside[open_.pop()] - found
        found |= fresh
        open_ += fresh
    return found


def _names(action: Action) -> list[str]:
    return list(dict.fromkeys(change.field for change in action.changes))
