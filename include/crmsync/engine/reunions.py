"""Links that get another record: found again, made by a conversion, or created anew.

A link outlives its records. When a record whose counterpart is gone matches a stranger, the old
link takes the stranger in, with a base that starts anew; what was planned for the record as one
left behind is dropped. Children that name their parent by the link never notice.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from include.crmsync.engine import farewells
from include.crmsync.engine.departures import Departures, Graves
from include.crmsync.engine.match import Match, Matched
from include.crmsync.engine.overtaken import waiting
from include.crmsync.model.departure import How
from include.crmsync.model.link import Link
from include.crmsync.model.plan import Pair
from include.crmsync.model.record import System

CONVERSION = "made by the conversion of a lead, whose contact is in this company"

NAMED = "named by the properties of an earlier integration"

FORGOTTEN_FIRST = "what its counterpart was linked with before is erased, and forgotten first"

Dead = Mapping[System, Mapping[str, Link]]


def dead(links: Sequence[Link], left: Departures) -> Dead:
    """Links that do not live on, by the records of either system."""
    living = {link.id for link in left.links}
    gone = [link for link in links if link.id not in living]
    return {system: {link.id_in(system): link for link in gone} for system in System}


def without_erased(matched: Matched, dead: Dead, graves: Graves) -> tuple[Matched, list[Pair]]:
    """Matches without those that would go on with the link of somebody who was erased.

    Nothing of that link may be left: who is to take their place waits for the next run.
    """
    kept, late = list[Match](), list[Pair]()
    for one in matched.matches:
        link = dead[System.SALESFORCE].get(one.salesforce_id)
        if link is not None and _erased(link, graves):
            late.append(waiting(System.HUBSPOT, one.hubspot_id, FORGOTTEN_FIRST))
        else:
            kept.append(one)
    return replace(matched, matches=tuple(kept)), late


def without_two_links(matched: Matched, dead: Dead) -> Matched:
    """Matches without those of two records left behind: two links cannot become one.

    Both stay reported as what they are.
    """
    kept = [one for one in matched.matches if len(_owners(one, dead)) < len(System)]
    return replace(matched, matches=tuple(kept))


def _owners(match: Match, dead: Dead) -> dict[int | None, Link]:
    """The links that do not live on and have one of the two records."""
    sides = zip(System, (match.hubspot_id, match.salesforce_id), strict=True)
    return {link.id: link for system, id_ in sides if (link := dead[system].get(id_))}


def _erased(link: Link, graves: Graves) -> bool:
    tombs = (graves[system].get(link.id_in(system)) for system in System)
    return any(one is not None and one.how is How.ERASED for one in tombs)


def links(object_type: str, matched: Matched, dead: Dead) -> Iterator[Link]:
    """Links of matches; a record whose counterpart is gone keeps its link, with a new one."""
    for one in matched.matches:
        old = next(iter(_owners(one, dead).values()), Link(object_type, "", ""))
        yield replace(old, hubspot_id=one.hubspot_id, salesforce_id=one.salesforce_id, base=None)


def explained(pairs: Iterable[Pair], moved: Mapping[int, str], matched: Matched) -> list[Pair]:
    """Pairs with the reason why their links are new, or have changed."""
    reasons = {one.hubspot_id: one.reason for one in matched.matches}
    return [
        replace(pair, reason=reason, afresh=pair.link_id is not None)
        if (reason := reasons.get(pair.hubspot_id or ""))
        else replace(pair, reason=moved.get(pair.link_id or 0, ""))
        for pair in pairs
    ]


def without_the_found(left: Departures, matched: Matched, pairs: Iterable[Pair]) -> Departures:
    """What departures came to, but for records that have found a new counterpart."""
    found = {
        System.HUBSPOT: {one.hubspot_id for one in matched.matches},
        System.SALESFORCE: {one.salesforce_id for one in matched.matches},
    }
    settled = {pair.link_id for pair in pairs}
    return replace(
        left,
        actions=[one for one in left.actions if one.record_id not in found[one.system]],
        pairs=[pair for pair in left.pairs if pair.link_id not in settled],
        held=[one for one in left.held if one.record_id not in found[one.system]],
    )


def at_hand(
    told: Mapping[str, str],
    keys: Mapping[str, str],
    hubspot: pd.DataFrame,
    salesforce: pd.DataFrame,
) -> dict[str, str]:
    """Pairs that are told otherwise than by a key, of which both records are at hand."""
    taken = frozenset(keys.values())
    return {
        ours: theirs
        for ours, theirs in told.items()
        if ours in hubspot.index
        and theirs in salesforce.index
        and ours not in keys
        and theirs not in taken
    }


def because(matched: Matched, reasons: Mapping[str, str]) -> Matched:
    """Matches with the right reason for those that no key told."""
    return replace(
        matched,
        matches=tuple(
            replace(one, reason=reasons.get(one.hubspot_id, one.reason)) for one in matched.matches
        ),
    )


def origin(pair: Pair, system: System) -> str:
    """The record a pair's create comes from."""
    return (pair.hubspot_id if system is System.HUBSPOT else pair.salesforce_id) or ""


def anew(pair: Pair, link: Link, system: System) -> Pair:
    """A created pair under the link that had the old counterpart."""
    return replace(
        pair,
        link_id=link.id,
        link_version=link.version,
        afresh=True,
        reason=farewells.created_anew(link, system),
    )
