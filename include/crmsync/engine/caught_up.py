"""Links whose base has caught up with what a run wrote, and then never committed.

The base is what both systems held last. A run that ended between its writes and its commit leaves
it behind: a value that has travelled looks as if it were new where it arrived, and would travel
back over whoever took it back where it came from.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from include.crmsync.engine.apart import together
from include.crmsync.model.landed import Landed
from include.crmsync.model.link import Link
from include.crmsync.model.record import System


def caught_up(links: Iterable[Link], landed: Iterable[Landed]) -> list[Link]:
    """The links with the values that have landed on their version of them, the latest last."""
    by_record: dict[tuple[System, str], list[tuple[int, Landed]]] = {}
    for at, one in enumerate(landed):
        by_record.setdefault((one.system, one.record_id), []).append((at, one))
    if not by_record:
        return list(links)
    return [_caught_up(link, _of(link, by_record)) for link in links]


def _of(
    link: Link, by_record: dict[tuple[System, str], list[tuple[int, Landed]]]
) -> Sequence[Landed]:
    found = [
        (at, one)
        for system in System
        for at, one in by_record.get((system, link.id_in(system)), ())
        if one.version == link.version
    ]
    return [one for _, one in sorted(found, key=lambda told: told[0])]


def _caught_up(link: Link, landed: Sequence[Landed]) -> Link:
    base, bounced = dict(link.base or {}), dict(link.bounced)
    for one in landed:
        base |= together(one.field, one.stored, base)
        bounced.pop(one.field, None)
        if one.stored != one.sent:
            bounced[one.field] = one.sent
    return replace(link, base=base, bounced=bounced) if landed else link
