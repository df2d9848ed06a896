"""Links, bases and records in; the plan of one object type out.

Match what has no link, settle what has one, create what matches nothing; say for every
record why it is held, and for every change why it is made. The plan depends on records,
bases and configuration only: not on the order of rows, the clock, or how often it is made.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

import numpy as np
import pandas as pd

from include.crmsync.engine import farewells, holds, reunions, rivals, same_domain
from include.crmsync.engine.creates import Creation, creations
from include.crmsync.engine.departures import Departures, Graves, departures
from include.crmsync.engine.directory import Directory
from include.crmsync.engine.echo import is_echo
from include.crmsync.engine.field_times import Times, newest_fields
from include.crmsync.engine.flawed import Flaws
from include.crmsync.engine.heirs import exchanged
from include.crmsync.engine.left_apart import left_apart
from include.crmsync.engine.match import Matched, match
from include.crmsync.engine.merge_frames import Mask
from include.crmsync.engine.one_way import WHY as ONE_WAY
from include.crmsync.engine.pairs import Pairing, Verdict, judge_pairs
from include.crmsync.engine.refused import NOTHING_REFUSED, RefusedFields
from include.crmsync.engine.same_domain import SameDomain
from include.crmsync.engine.through_people import REASON
from include.crmsync.engine.transform import (
    CHANGED,
    KIND,
    MODIFIED,
    ROLE,
    Canonical,
    stamp_of,
    value_of,
)
from include.crmsync.model.departure import How
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.plan import Action, Conflict, Held, Pair, Plan, Verb
from include.crmsync.model.record import System, Value


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything a plan depends on."""

    mapping: ObjectMapping
    records: Mapping[System, Canonical]
    links: Sequence[Link]
    """Every link of which at least one record is in `records`."""
    directory: Directory
    keys: Mapping[str, str] = field(default_factory=dict)
    """HubSpot id -> Salesforce id, known from the unique external keys."""
    blocked: Mapping[System, Mapping[str, frozenset[Verb]]] = field(default_factory=dict)
    """Record -> what it may not cause in the other system, for criteria it fails."""
    outside: frozenset[str] = frozenset()
    """Salesforce ids that the mapping's filter leaves out: nothing travels to them either."""
    paused: frozenset[str] = frozenset()
    """HubSpot ids off the inclusion list: no update travels, in either direction."""
    gone: Graves = field(default_factory=lambda: {system: {} for system in System})
    """Tombstones of linked records, by record id."""
    conversions: Mapping[str, str] = field(default_factory=dict)
    """HubSpot company -> the account that a conversion of one of its people's lead made."""
    named: Mapping[str, str] = field(default_factory=dict)
    """HubSpot id -> Salesforce id, as an earlier integration's properties say."""
    further: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """HubSpot id -> further values by which it may match."""
    through_people: Mapping[str, str] = field(default_factory=dict)
    """HubSpot company -> the account of the same people."""
    same_domain: SameDomain = field(default_factory=SameDomain)
    """What domains say about companies that nothing else brings together."""
    lost_parents: frozenset[str] = frozenset()
    """Links of parents that are gone in HubSpot, though the directory does not know it yet."""
    forgotten: frozenset[str] = frozenset()
    """Salesforce ids whose HubSpot record was erased for privacy: never created anew."""
    flaws: Flaws = field(default_factory=dict)
    """Values that fail a criterion about their field alone: they stay behind."""
    refused: RefusedFields = field(default_factory=lambda: NOTHING_REFUSED)
    """What a CRM refused, and would refuse again."""
    times: Times = field(default_factory=dict)
    """When fields in conflict were last set, where that was asked for and is known."""


@dataclass(slots=True)
class _Draft:
    """A plan in the making."""

    actions: list[Action] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    undecided: list[Conflict] = field(default_factory=list)


def reconcile(situation: Situation) -> Plan:
    """Make the plan."""
    draft = _Draft()
    object_type = situation.mapping.object_type
    left = departures(
        situation.mapping,
        situation.records,
        situation.links,
        situation.gone,
        situation.directory,
    )
    left = exchanged(left, situation.links)
    dead = reunions.dead(situation.links, left)
    situation = replace(situation, links=left.links)
    possible = reunions.without_two_links(_match(situation), dead)
    matched, late = reunions.without_erased(possible, dead, situation.gone)
    left.spoken_for[System.HUBSPOT] |= {pair.hubspot_id or "" for pair in late}
    new_links = list(reunions.links(object_type, matched, dead))
    _settle(situation, [*_whole(situation, draft), *new_links], draft)
    draft.pairs = reunions.explained(draft.pairs, left.moved, matched)
    left = reunions.without_the_found(left, matched, draft.pairs)
    draft.pairs += late
    draft.actions += left.actions
    draft.pairs += left.pairs
    draft.held += left.held
    draft.held += [
        one
        for one in holds.duplicates(
            object_type, matched, situation.records, situation.mapping.match_on
        )
        if one.record_id not in left.spoken_for[one.system]
    ]
    draft.held += holds.roles_waiting(situation.mapping, situation.records, situation.directory)
    draft.held += holds.outside(object_type, situation.records)
    settled = {system: _known(situation, system, matched) for system in System}
    draft.held += same_domain.held(
        situation.mapping, situation.same_domain, situation.records, settled
    )
    for system in System:
        fresh = _unlinked(situation, system, matched)
        fresh = fresh[~fresh.index.isin(list(left.spoken_for[system]))]
        forgotten = situation.forgotten if system is System.SALESFORCE else frozenset()
        draft.held += holds.forgotten(object_type, system, fresh, forgotten)
        fresh = fresh[~fresh.index.isin(list(forgotten))]
        if system is System.HUBSPOT:
            fresh = _without_rivals(situation, fresh, new_links, draft)
        _create(situation, system, fresh, draft)
        _bring_back(situation, system, left, draft)
    return Plan(
        object_type=object_type,
        actions=tuple(sorted(draft.actions, key=lambda one: one.id)),
        pairs=tuple(draft.pairs),
        conflicts=tuple(draft.conflicts),
        held=tuple(holds.first_only(draft.held)),
        undecided=tuple(draft.undecided),
        outranked=tuple(_outranked(situation, matched)),
    )


def _outranked(situation: Situation, matched: Matched) -> Iterator[tuple[System, str, str]]:
    """Duplicates of records that nothing is linked to: whether these get a link, the run shows."""
    for system in System:
        known = _known(situation, system, matched)
        for loser, winner in sorted(matched.duplicates[system].items()):
            if winner not in known:
                yield system, loser, winner


def _match(situation: Situation) -> Matched:
    hubspot, salesforce = (situation.records[system].frame for system in System)
    keys = {
        ours: theirs
        for ours, theirs in situation.keys.items()
        if ours in hubspot.index and theirs in salesforce.index
    }
    made = reunions.at_hand(situation.conversions, keys, hubspot, salesforce)
    named = reunions.at_hand(situation.named, keys | made, hubspot, salesforce)
    sure = keys | made | named
    through = reunions.at_hand(situation.through_people, sure, hubspot, salesforce)
    known = sure | through
    domains = reunions.at_hand(situation.same_domain.pairs, known, hubspot, salesforce)
    linked, match_on = _linked(situation), situation.mapping.match_on
    matched = match(hubspot, salesforce, known | domains, match_on, linked, situation.further)
    reasons = dict.fromkeys(domains, same_domain.REASON)
    reasons |= dict.fromkeys(through, REASON) | dict.fromkeys(made, reunions.CONVERSION)
    reasons |= dict.fromkeys(named, reunions.NAMED)
    return reunions.because(matched, reasons)


def _linked(situation: Situation) -> dict[System, dict[str, str]]:
    return {
        system: {link.id_in(system): link.id_in(system.other) for link in situation.links}
        for system in System
    }


def _whole(situation: Situation, draft: _Draft) -> Iterator[Link]:
    """Yield links with both records at hand; settle those with one."""
    frames = {system: situation.records[system].frame for system in System}
    for link in situation.links:
        here = [system for system in System if link.id_in(system) in frames[system].index]
        if len(here) == len(System):
            yield link
        elif here:
            _half(situation, link, here[0], frames[here[0]], draft)


def _half(
    situation: Situation, link: Link, system: System, frame: pd.DataFrame, draft: _Draft
) -> None:
    """One record was read: an echo, whose counterpart nobody asked for, or an orphan.

    One that was itself read only for comparison says nothing about its own link.
    """
    if frame.at[link.id_in(system), ROLE] != CHANGED:
        return
    record_id = link.id_in(system)
    stamp = stamp_of(frame, record_id)
    values = {one.name: value_of(frame, record_id, one.name) for one in situation.mapping.fields}
    if is_echo(values, link, situation.mapping, system, situation.directory):
        draft.pairs.append(_pair(link, Verdict(), (), {system: stamp}, link.kind))
        return
    counterpart = link.id_in(system.other)
    draft.held.append(holds.gone(link.object_type, system, record_id, counterpart, stamp))


def _settle(situation: Situation, links: Sequence[Link], draft: _Draft) -> None:
    frames = {system: situation.records[system].frame for system in System}
    rows = {system: frames[system].loc[[link.id_in(system) for link in links]] for system in System}
    pairing = Pairing(
        links=links,
        hubspot=rows[System.HUBSPOT],
        salesforce=rows[System.SALESFORCE],
        blocked={target: _blocked(situation, links, target) for target in System},
        waiting={target: _waiting(situation, links, target) for target in System},
        newest=newest_fields(links, rows, situation.mapping, situation.times),
        flaws=situation.flaws,
        refused=situation.refused,
        bend=situation.mapping.bend,
        lost=situation.lost_parents,
    )
    verdicts = judge_pairs(pairing, situation.mapping, situation.directory)
    all_kinds = {system: rows[system][KIND].tolist() for system in System}
    all_stamps = {system: rows[system][MODIFIED].tolist() for system in System}
    for row, (link, verdict) in enumerate(zip(links, verdicts, strict=True)):
        kinds = {system: str(all_kinds[system][row]) for system in System}
        stamps = {system: all_stamps[system][row] for system in System}
        _settle_pair(link, verdict, kinds, stamps, draft)
        draft.held += [
            holds.obstacle_held(
                link.object_type, (origin, link.id_in(origin)), name, value, stop, frames[origin]
            )
            for origin, name, value, stop in verdict.obstacles
            if not stop.quiet
        ]

    def held(system: System, row: int, name: str) -> Value:
        return cast("Value", rows[system][name].iat[row])

    draft.held += left_apart(links, held, situation.mapping, situation.directory)


def _blocked(situation: Situation, links: Sequence[Link], target: System) -> Mask:
    """Where the origin fails a criterion, or is off the inclusion list."""
    origin = target.other
    failing = situation.blocked.get(origin, {})
    stuck = _stuck(situation, origin)
    ids = [link.id_in(origin) for link in links]
    return np.array([Verb.UPDATE in failing.get(id_, ()) or id_ in stuck for id_ in ids], bool)


def _waiting(situation: Situation, links: Sequence[Link], target: System) -> Mask:
    stuck = _stuck(situation, target)
    return np.array([link.id_in(target) in stuck for link in links], bool)


def left_alone(situation: Situation) -> frozenset[str]:
    """HubSpot records to which nothing is written."""
    return _stuck(situation, System.HUBSPOT)


def _stuck(situation: Situation, system: System) -> frozenset[str]:
    """Records that take no part at all: nothing travels from them, nor to them."""
    outside = frozenset(situation.records[system].outside)
    return outside | (situation.paused if system is System.HUBSPOT else situation.outside)


def _settle_pair(
    link: Link,
    verdict: Verdict,
    kinds: Mapping[System, str],
    stamps: Mapping[System, datetime],
    draft: _Draft,
) -> None:
    actions = [
        Action(
            id=f"{link.object_type}:update:{target}:{link.id_in(target)}",
            verb=Verb.UPDATE,
            system=target,
            object_type=link.object_type,
            kind=kinds[target],
            record_id=link.id_in(target),
            origin_id=link.id_in(target.other),
            changes=tuple(changes),
        )
        for target, changes in verdict.changes.items()
    ]
    draft.actions += actions
    draft.conflicts += verdict.conflicts
    draft.undecided += verdict.undecided
    ids = [action.id for action in actions]
    draft.pairs.append(_pair(link, verdict, ids, stamps, kinds[System.SALESFORCE]))


def _pair(
    link: Link,
    verdict: Verdict,
    actions: Sequence[str],
    stamps: Mapping[System, datetime],
    kind: str,
) -> Pair:
    return Pair(
        hubspot_id=link.hubspot_id,
        salesforce_id=link.salesforce_id,
        kind=kind,
        link_id=link.id,
        link_version=link.version,
        agreed=verdict.agreed,
        actions=tuple(actions),
        hubspot_modified_at=stamps.get(System.HUBSPOT),
        salesforce_modified_at=stamps.get(System.SALESFORCE),
        behind=ONE_WAY if verdict.behind else "",
    )


def _known(situation: Situation, system: System, matched: Matched) -> set[str]:
    """Records with a link, stored or found just now."""
    return {link.id_in(system) for link in situation.links} | {
        one.hubspot_id if system is System.HUBSPOT else one.salesforce_id for one in matched.matches
    }


def _unlinked(situation: Situation, system: System, matched: Matched) -> pd.DataFrame:
    """Changed records that match nothing and fail nothing."""
    frame = situation.records[system].frame
    known = _known(situation, system, matched)
    known |= set(matched.duplicates[system]) | set(situation.records[system].outside)
    known |= set(situation.same_domain.several.get(system, ()))
    known |= {
        id_ for id_, verbs in situation.blocked.get(system, {}).items() if Verb.CREATE in verbs
    }
    return frame[(frame[ROLE] == CHANGED) & ~frame.index.isin(list(known))]


def _without_rivals(
    situation: Situation, fresh: pd.DataFrame, new_links: Sequence[Link], draft: _Draft
) -> pd.DataFrame:
    """New HubSpot records but those whose match is somebody else's; these are held."""
    mapping, theirs = situation.mapping, situation.records[System.SALESFORCE].frame
    links = [*situation.links, *new_links]
    found = rivals.rivals(fresh, theirs, links, mapping.match_on, draft.actions)
    draft.held += rivals.held(mapping.object_type, fresh, found, mapping.match_on)
    return fresh[~fresh.index.isin(list(found))]


def _bring_back(situation: Situation, system: System, left: Departures, draft: _Draft) -> None:
    """Create anew what the sync had deleted after a record that has now come back."""
    links = {link.id_in(system): link for link, where in left.back if where is system}
    links = {id_: link for id_, link in links.items() if id_ not in _stuck(situation, system)}
    failing = situation.blocked.get(system, {})
    ready = [id_ for id_ in links if not failing.get(id_)]
    draft.held += [
        farewells.held(link, system, How.DELETED, None, None)
        for id_, link in links.items()
        if id_ not in ready
    ]
    before = len(draft.pairs)
    _create(situation, system, situation.records[system].frame.loc[ready], draft)
    draft.pairs[before:] = [
        reunions.anew(pair, links[reunions.origin(pair, system)], system)
        for pair in draft.pairs[before:]
    ]


def _create(situation: Situation, system: System, fresh: pd.DataFrame, draft: _Draft) -> None:
    object_type = situation.mapping.object_type
    if system.other not in situation.mapping.creates_in:
        draft.held += holds.not_created(object_type, system, fresh)
        return
    flaws = situation.flaws.get(system, {})
    for creation in creations(fresh, system, situation.mapping, situation.directory, flaws):
        if lacking := situation.mapping.lacking.get(creation.kind):
            draft.held.append(
                holds.kind_not_created(
                    object_type, creation.origin_id, creation.kind, lacking, fresh
                )
            )
            continue
        draft.held += [
            holds.obstacle_held(object_type, (system, creation.origin_id), name, value, stop, fresh)
            for name, value, stop in creation.obstacles
        ]
        if creation.waits:
            continue
        action = Action(
            id=f"{object_type}:create:{system.other}:{creation.origin_id}",
            verb=Verb.CREATE,
            system=system.other,
            object_type=object_type,
            kind=creation.kind,
            record_id=None,
            origin_id=creation.origin_id,
            changes=creation.changes,
        )
        draft.actions.append(action)
        stamp = stamp_of(fresh, creation.origin_id)
        kind = str(fresh.at[creation.origin_id, KIND])
        draft.pairs.append(_created(creation, action, system, stamp, kind))


def _created(
    creation: Creation, action: Action, system: System, stamp: datetime, kind: str
) -> Pair:
    ours = system is System.HUBSPOT
    return Pair(
        hubspot_id=creation.origin_id if ours else None,
        salesforce_id=None if ours else creation.origin_id,
        kind=action.kind if ours else kind,
        link_id=None,
        link_version=0,
        agreed=creation.agreed,
        actions=(action.id,),
        hubspot_modified_at=stamp if ours else None,
        salesforce_modified_at=None if ours else stamp,
        reason=f"created from {system.label}",
        unsent=tuple(name for name, _, _ in creation.obstacles),
        unsettled=_unsettled(creation, action),
    )


def _unsettled(creation: Creation, action: Action) -> str:
    if not creation.kept:
        return ""
    return f"by their rules {action.system.label}'s blank stands for {', '.join(creation.kept)}"
