"""Fields that a pair holds apart because a run was taken back: said for as long as it is so.

Nothing is wrong with them and nothing is to be written, but two systems that differ must say why.
The base tells it; the first edit on either side ends it. Owners that the other system cannot have
are apart for good, and are no matter of this.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from include.crmsync.engine.apart import base_in, beside, is_apart, said
from include.crmsync.engine.directory import Directory
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import FieldMapping, FieldType, ObjectMapping
from include.crmsync.model.plan import Held
from include.crmsync.model.record import System, Value
from include.crmsync.model.rule import SyncRule

Holds = Callable[[System, int, str], Value]
"""What the record of a link in a system holds in a field; the link by its place among the links."""


def left_apart(
    links: Sequence[Link],
    holds: Holds | None,
    mapping: ObjectMapping,
    directory: Directory,
) -> Iterator[Held]:
    """Yield what is apart by the bases of links, in the links' order.

    `holds`: what the records of each link hold; what has moved since is left out. None: what their
    bases say.
    """
    fields = [one for one in mapping.fields if one.rule is not SyncRule.DONT_SYNC]
    names = frozenset(beside(one.name) for one in fields)
    for row, link in enumerate(links):
        base = link.base or {}
        if names.isdisjoint(base) or not link.lives:
            continue
        for one in fields:
            values = {system: base_in(base, one, system) for system in System}
            unmoved = holds is None or all(
                holds(system, row, one.name) == said(values[system], one, system)
                for system in System
            )
            if unmoved and is_apart(base, one.name) and _matters(one, link, values, directory):
                yield _held(link, one, values[System.HUBSPOT])


def _matters(
    one: FieldMapping, link: Link, values: Mapping[System, Value], directory: Directory
) -> bool:
    """Whether a pair has the field, and each of its values could be the other's."""
    has = not link.kind or link.kind in one.salesforce
    if one.type is not FieldType.OWNER:
        return has and not one.only_new
    known = (
        value is None or directory.knows(value, one, system.other)
        for system, value in values.items()
    )
    return has and all(known)


def _held(link: Link, one: FieldMapping, value: Value) -> Held:
    return Held(
        System.HUBSPOT,
        link.object_type,
        link.hubspot_id,
        "taken_back",
        one.name,
        value,
        f"HubSpot and Salesforce hold different values of {one.name}, since a sync run that had"
        " made them alike was taken back. Both keep theirs until either is edited: that travels"
        " by the sync rule as ever. To have the run's value again, take the taking back back.",
    )
