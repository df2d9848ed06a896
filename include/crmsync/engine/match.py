"""Which two unlinked records are the same thing.

In this order: a record that carries the other system's id in its unique external key was
created by us, whatever became of the run that did so; then, where the mapping names a field
to match on (contacts: e-mail), equal canonical values. Several Salesforce records with one
value: the most recently modified is linked, ties go to the lowest id, the others are reported
as duplicates. Nothing else is guessed: what matches nothing is new.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import pandas as pd

from include.crmsync.engine.transform import MODIFIED
from include.crmsync.model.record import System


@dataclass(frozen=True, slots=True)
class Match:
    """Two records found to be the same thing, and how."""

    hubspot_id: str
    salesforce_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Matched:
    """Every match, and who lost: record id -> the id in its own system that was linked."""

    matches: tuple[Match, ...]
    duplicates: Mapping[System, Mapping[str, str]]


def match(
    hubspot: pd.DataFrame,
    salesforce: pd.DataFrame,
    keys: Mapping[str, str],
    match_on: str | None,
    linked: Mapping[System, Mapping[str, str]],
    further: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Matched:
    """Match unlinked records.

    `hubspot` and `salesforce` are canonical frames that include linked counterparts; `keys`
    maps a HubSpot id to the Salesforce id its counterpart is known by; `linked` maps each
    system's linked ids to their counterparts; `further` holds further values of HubSpot records,
    which match where the first ones do not.
    """
    found: dict[str, Match] = {}
    taken: set[str] = set(linked[System.SALESFORCE])
    for ours, theirs in sorted(keys.items()):
        if ours in linked[System.HUBSPOT] or theirs in taken:
            continue
        found[ours] = Match(ours, theirs, "carries the other system's id")
        taken.add(theirs)
    if match_on is None:
        return Matched(tuple(found.values()), {System.HUBSPOT: {}, System.SALESFORCE: {}})
    return _by_value(hubspot, salesforce, match_on, linked, further, found, taken)


def _by_value(
    hubspot: pd.DataFrame,
    salesforce: pd.DataFrame,
    match_on: str,
    linked: Mapping[System, Mapping[str, str]],
    further: Mapping[str, Sequence[str]],
    found: dict[str, Match],
    taken: set[str],
) -> Matched:
    losers: dict[System, dict[str, str]] = {System.HUBSPOT: {}, System.SALESFORCE: {}}
    partner = {one.hubspot_id: one.salesforce_id for one in found.values()}
    partner |= linked[System.HUBSPOT]
    candidates = _newest_first(salesforce, match_on, taken)
    for value, ids in _newest_first(hubspot, match_on, ()).items():
        theirs = candidates.get(value, [])
        free = [id_ for id_ in ids if id_ not in partner]
        winner = next((id_ for id_ in ids if id_ in partner), None)
        if winner is None and free and theirs:
            winner, free = free[0], free[1:]
            partner[winner], theirs = theirs[0], theirs[1:]
            found[winner] = Match(winner, partner[winner], f"same {match_on}")
        if winner is None:
            continue
        losers[System.SALESFORCE] |= dict.fromkeys(theirs, partner[winner])
        losers[System.HUBSPOT] |= dict.fromkeys(free, winner)
    for ours in (id_ for id_ in sorted(further) if id_ not in losers[System.HUBSPOT]):
        _by_further(ours, further[ours], match_on, candidates, partner, found, losers)
    _losers_among_strangers(candidates, hubspot, match_on, losers)
    return Matched(tuple(found.values()), losers)


def _by_further(
    ours: str,
    values: Sequence[str],
    match_on: str,
    candidates: Mapping[str, list[str]],
    partner: dict[str, str],
    found: dict[str, Match],
    losers: Mapping[System, dict[str, str]],
) -> None:
    """Link a record by its further values; who else has one of them is a duplicate."""
    matched = {one.salesforce_id for one in found.values()}
    theirs = [
        id_
        for value in values
        for id_ in candidates.get(value, ())
        if id_ not in matched and id_ not in losers[System.SALESFORCE]
    ]
    if theirs and ours not in partner:
        partner[ours], theirs = theirs[0], theirs[1:]
        found[ours] = Match(ours, partner[ours], f"same {match_on}, an additional one in HubSpot")
    if theirs:
        losers[System.SALESFORCE].update(dict.fromkeys(theirs, partner[ours]))


def _losers_among_strangers(
    candidates: Mapping[str, list[str]],
    hubspot: pd.DataFrame,
    match_on: str,
    losers: dict[System, dict[str, str]],
) -> None:
    """Of Salesforce records that share a value no HubSpot record has, one may create."""
    held = set(hubspot[match_on].dropna()) if len(hubspot) else set()
    for value, ids in candidates.items():
        if value not in held:
            losers[System.SALESFORCE] |= dict.fromkeys(ids[1:], ids[0])


def _newest_first(
    frame: pd.DataFrame, match_on: str, without: Collection[str]
) -> dict[str, list[str]]:
    """Ids by value, the most recently modified first, ties by id."""
    groups: dict[str, list[tuple[float, str]]] = {}
    rows = zip(frame.index, frame[match_on], frame[MODIFIED], strict=True)
    for id_, value, modified_at in rows:
        if value is not None and id_ not in without:
            groups.setdefault(value, []).append((_age(modified_at), id_))
    return {value: [id_ for _, id_ in sorted(rows)] for value, rows in groups.items()}


def _age(modified_at: datetime) -> float:
    return -modified_at.timestamp()
