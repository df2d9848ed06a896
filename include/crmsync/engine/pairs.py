"""Linked pairs, settled: which fields of which pairs change where, and what becomes the base.

Merging is done by whole columns; Python loops run only over cells that differ, which is
what a run pays for. A cell that may not be written leaves its base as it was, so that it is
found again, and is held with a reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from include.crmsync.engine import roles
from include.crmsync.engine.apart import Seen, agreed, is_apart, moved_in, seen, together
from include.crmsync.engine.directory import Directory
from include.crmsync.engine.first_link import may_win, won
from include.crmsync.engine.flawed import Flaws, flawed
from include.crmsync.engine.forced import BY_REQUEST, forced
from include.crmsync.engine.merge_frames import Mask, Settled, settle_column
from include.crmsync.engine.obstacle import Obstacle, companion_stuck, counterpart_held, obstacle
from include.crmsync.engine.orphans import orphaned
from include.crmsync.engine.refused import NOTHING_REFUSED, RefusedFields, refused_before
from include.crmsync.engine.rows import Rows, Versions, moved_rows
from include.crmsync.engine.transform import KIND, MODIFIED
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import FieldMapping, FieldType, ObjectMapping
from include.crmsync.model.plan import Change, Conflict, Verb
from include.crmsync.model.record import System, Value
from include.crmsync.model.request import STRAIGHT, Bend
from include.crmsync.model.rule import SyncRule


@dataclass(slots=True)
class Verdict:
    """What one pair comes to."""

    changes: dict[System, list[Change]] = field(default_factory=dict)
    agreed: dict[str, Value] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    obstacles: list[tuple[System, str | None, Value, Obstacle]] = field(default_factory=list)
    """Origin system, field (None: the whole record), value, what stands in its way."""
    undecided: list[Conflict] = field(default_factory=list)
    """Conflicts whose value may not be written: both systems keep theirs."""
    behind: bool = False
    """Whether something would have been written to a system that the request leaves alone."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """Linked pairs, one row each, in one order: both records' rows and the links."""

    links: Sequence[Link]
    """A new link has no id and no base."""
    hubspot: pd.DataFrame
    salesforce: pd.DataFrame
    blocked: Mapping[System, Mask]
    """Where nothing may be written to that system, because the record it comes from is held."""
    waiting: Mapping[System, Mask]
    """Where nothing may be written to that system, because the record there is held itself."""
    newest: Mapping[str, Mask]
    """Field -> where Salesforce moved last."""
    flaws: Flaws = field(default_factory=dict)
    refused: RefusedFields = field(default_factory=lambda: NOTHING_REFUSED)
    """What a CRM refused, and would refuse again."""
    bend: Bend = STRAIGHT
    """How this run differs from the rules, by request."""
    lost: frozenset[str] = frozenset()
    """Links of parents that are gone in HubSpot, though they are not known as gone yet."""

    def only(self, rows: Rows) -> "Pairing":
        """The pairs at these positions, in this order."""
        return replace(
            self,
            links=[self.links[row] for row in rows],
            hubspot=self.hubspot.iloc[rows],
            salesforce=self.salesforce.iloc[rows],
            blocked={target: mask[rows] for target, mask in self.blocked.items()},
            waiting={target: mask[rows] for target, mask in self.waiting.items()},
            newest={name: mask[rows] for name, mask in self.newest.items()},
        )


def judge_pairs(pairing: Pairing, mapping: ObjectMapping, directory: Directory) -> list[Verdict]:
    """Settle every field of every pair."""
    verdicts = [Verdict() for _ in pairing.links]
    travelling = [
        one for one in mapping.fields if one.rule is not SyncRule.DONT_SYNC and not one.only_new
    ]
    here = np.arange(len(pairing.links))
    rows = _rows_to_judge(travelling, pairing, here)
    moved, theirs = pairing.only(rows), [verdicts[row] for row in rows]
    for one in travelling:
        _judge_field(one, moved, mapping, directory, theirs)
    for one in mapping.fields:
        if one.moves_with is not None:
            _keep_together(one, theirs)
    return verdicts


def _rows_to_judge(fields: Sequence[FieldMapping], pairing: Pairing, here: Rows) -> Rows:
    """Pairs that moved in any field, or have come together where they were known to be apart."""
    stirred = np.zeros(len(here), dtype=bool)
    columns: list[Versions] = []
    for one in fields:
        versions, known = _versions(one, pairing)
        columns.append(versions)
        stirred |= known.stirred
    moved = moved_rows(columns, here, here)
    return np.union1d(moved, np.flatnonzero(stirred)) if stirred.any() else moved


def _keep_together(one: FieldMapping, verdicts: Sequence[Verdict]) -> None:
    """A field that means nothing without another stays behind where the other one must."""
    for verdict in verdicts:
        stuck = {origin for origin, name, _, _ in verdict.obstacles if name == one.moves_with}
        for origin in stuck:
            changes = verdict.changes.get(origin.other, [])
            mine = [change for change in changes if change.field == one.name]
            if not mine:
                continue
            verdict.changes[origin.other] = [change for change in changes if change not in mine]
            verdict.agreed.pop(one.name, None)
            stop = companion_stuck(one)
            verdict.obstacles.append((origin, one.name, mine[0].after, stop))
        verdict.changes = {system: some for system, some in verdict.changes.items() if some}


@dataclass(frozen=True, slots=True)
class _Column:
    """One field of all pairs: the three versions and what they settle to."""

    field: FieldMapping
    base: NDArray[np.object_]
    held: Mapping[System, NDArray[np.object_]]
    settled: Settled
    stirred: Mask
    """Where it was known to be apart, and either has moved."""
    forced: bool = False
    """Whether the value stands by request, whatever base and rule say."""
    won: bool = False
    """Whether it does so where records are linked for the first time."""

    def stands_for(self, link: Link) -> bool:
        """Whether the value of a pair stands by request."""
        return self.forced or (self.won and link.base is None)


def _judge_field(
    one: FieldMapping,
    pairing: Pairing,
    mapping: ObjectMapping,
    directory: Directory,
    verdicts: list[Verdict],
) -> None:
    lost = _lost_parents(one, pairing, directory)
    column = _column(one, _known_apart(one, pairing, directory, lost), pairing, directory)
    applies = _applies(one, mapping, pairing.salesforce[KIND].to_numpy(dtype=object))
    for row in np.flatnonzero(applies & _worth_a_look(column)):
        _judge_cell(int(row), column, pairing, directory, verdicts[row])
    for at, apart in lost.items():
        if one.name not in verdicts[at].agreed:
            verdicts[at].agreed |= apart


def _lost_parents(
    one: FieldMapping, pairing: Pairing, directory: Directory
) -> dict[int, dict[str, Value]]:
    """Rows of which either record has lost a parent that is gone -> what the base becomes."""
    if one.type is not FieldType.PARENT or _is_forced(one, pairing):
        return {}
    living = directory.parents.get(one.parent or "", {}).get(System.HUBSPOT, {})
    held = {
        System.HUBSPOT: pairing.hubspot[one.name].to_numpy(dtype=object),
        System.SALESFORCE: pairing.salesforce[one.name].to_numpy(dtype=object),
    }
    return orphaned(
        one, pairing.links, held, lambda link: link in pairing.lost or link not in living
    )


def _known_apart(
    one: FieldMapping,
    pairing: Pairing,
    directory: Directory,
    lost: Mapping[int, Mapping[str, Value]],
) -> Pairing:
    """The pairs, with what nobody has chosen known apart: it must not count as an edit."""
    links = [*pairing.links]
    for row, apart in (lost or _defaults(one, pairing, directory)).items():
        links[row] = replace(links[row], base={**(links[row].base or {}), **apart})
    return replace(pairing, links=links)


def _versions(one: FieldMapping, pairing: Pairing) -> tuple[Versions, Seen]:
    """The three versions as the merge sees them: what is merely apart has not moved."""
    base = _objects([(link.base or {}).get(one.name) for link in pairing.links])
    held = {
        System.HUBSPOT: pairing.hubspot[one.name].to_numpy(dtype=object),
        System.SALESFORCE: pairing.salesforce[one.name].to_numpy(dtype=object),
    }
    # A forced value ends what is apart, too.
    found = seen(base, held, () if _is_forced(one, pairing) else pairing.links, one)
    return (found.base, found.hubspot, held[System.SALESFORCE]), found


def _defaults(
    one: FieldMapping, pairing: Pairing, directory: Directory
) -> dict[int, dict[str, Value]]:
    """Rows in which Salesforce gave a new record an owner whom HubSpot lacks, and nobody chose."""
    found: dict[int, dict[str, Value]] = {}
    if one.type is not FieldType.OWNER:
        return found
    owners = pairing.salesforce[one.name].to_numpy(dtype=object)
    for row, (link, owner) in enumerate(zip(pairing.links, owners, strict=True)):
        base = link.base
        if base is None or base.get(one.name) is not None or is_apart(base, one.name):
            continue
        if owner is not None and not directory.knows(owner, one, System.HUBSPOT):
            found[row] = moved_in(System.SALESFORCE, one.name, owner, base)
    return found


def _column(one: FieldMapping, apart: Pairing, pairing: Pairing, directory: Directory) -> _Column:
    """`apart`: the pairs with what is known apart in this field besides what the store says."""
    (base, hubspot, salesforce), known = _versions(one, apart)
    newest = pairing.newest[one.name]
    settled = settle_column(base, hubspot, salesforce, one.rule, newest)
    if one.type is FieldType.OWNER:
        settled = _owners(
            settled, {System.HUBSPOT: hubspot, System.SALESFORCE: salesforce}, pairing
        )
    if one.type is FieldType.ROLES:
        settled = _roles(one, (base, hubspot, salesforce), newest, directory)
    winner = pairing.bend.winner if may_win(one) else None
    if winner is not None:
        settled = won(settled, (base, hubspot, salesforce), pairing.links, winner)
    holds = pairing.hubspot[one.name].to_numpy(dtype=object)
    if holds is not hubspot:
        # What HubSpot has of itself need not be written, though the base knew another.
        wanted = _objects([_sent(value, one, System.HUBSPOT) for value in settled.values])
        differs = settled.differs[System.HUBSPOT] & np.asarray(wanted != holds, dtype=bool)
        settled = replace(settled, differs={**settled.differs, System.HUBSPOT: differs})
    held = {System.HUBSPOT: holds, System.SALESFORCE: salesforce}
    if _is_forced(one, pairing) and pairing.bend.origin:
        settled = forced(settled, held, pairing.bend.origin, fills=one.type is FieldType.OWNER)
        return _Column(one, base, held, settled, known.stirred, forced=True)
    return _Column(one, base, held, settled, known.stirred, won=winner is not None)


def _is_forced(one: FieldMapping, pairing: Pairing) -> bool:
    return one.name in pairing.bend.forced


def _judge_cell(
    row: int, column: _Column, pairing: Pairing, directory: Directory, verdict: Verdict
) -> None:
    value, link = column.settled.values[row], pairing.links[row]
    conflict = bool(column.settled.conflict[row])
    changes: dict[System, Change] = {}
    targets = [target for target in System if column.settled.differs[target][row]]
    left = bool(targets) and pairing.bend.leaves(column.field.name)
    if left or any(map(pairing.bend.forbids, targets)):
        verdict.behind = True
        return
    for target in targets:
        if pairing.blocked[target][row]:
            # Had the other system's edit been the newest, it would travel all the same.
            open_ = conflict and not pairing.blocked[target.other][row]
            verdict.undecided += [_conflict(row, column, link)] if open_ else []
            return
        if stop := _in_the_way(row, column, target, pairing, directory):
            _stopped(stop, row, column, link, target, verdict)
            verdict.undecided += [_conflict(row, column, link)] if conflict else []
            return
        if pairing.waiting[target][row]:
            verdict.obstacles.append((target.other, None, None, counterpart_held(link, target)))
            return
        reason = _reason(column, target, link, conflict=conflict)
        sent = _sent(value, column.field, target)
        changes[target] = Change(column.field.name, column.held[target][row], sent, reason)
    for target, change in changes.items():
        verdict.changes.setdefault(target, []).append(change)
    if conflict and changes:
        verdict.conflicts.append(_conflict(row, column, link))
    verdict.agreed |= _settled(row, column, link, written=bool(changes))


def _in_the_way(
    row: int, column: _Column, target: System, pairing: Pairing, directory: Directory
) -> Obstacle | None:
    value, link = column.settled.values[row], pairing.links[row]
    frame = pairing.salesforce if target is System.SALESFORCE else pairing.hubspot
    kind = str(frame[KIND].iloc[row])
    flaws = pairing.flaws.get(target.other, {}).get(link.id_in(target.other), ())
    origin = target.other, link.id_in(target.other)
    return (
        flawed(flaws, column.field.name, value, Verb.UPDATE, kind)
        or obstacle(value, column.field, target, directory, link.bounced)
        or refused_before(value, column.field.name, origin, pairing.refused)
    )


def _stopped(
    stop: Obstacle, row: int, column: _Column, link: Link, target: System, verdict: Verdict
) -> None:
    """An owner unknown there is settled, since asking again would never end; the rest is held."""
    if stop.quiet:
        verdict.agreed |= _apart(row, column, link)
    else:
        value = column.settled.values[row]
        verdict.obstacles.append((target.other, column.field.name, value, stop))


def _settled(row: int, column: _Column, link: Link, *, written: bool) -> dict[str, Value]:
    """What becomes the base of a cell with nothing in its way."""
    value = column.settled.values[row]
    if column.field.type is not FieldType.OWNER:
        return together(column.field.name, value, link.base or {})
    if not written:
        return _apart(row, column, link)
    return agreed(column.field.name, value, value, link.base or {})


def _apart(row: int, column: _Column, link: Link) -> dict[str, Value]:
    """Both systems keep the owners they have."""
    hubspot, salesforce = (column.held[system][row] for system in System)
    return agreed(column.field.name, hubspot, salesforce, link.base or {})


def _conflict(row: int, column: _Column, link: Link) -> Conflict:
    hubspot, salesforce = (column.held[system][row] for system in System)
    winner = System.HUBSPOT if column.settled.values[row] == hubspot else System.SALESFORCE
    rule = column.field.rule
    why = "was edited last" if rule.owner is None else f"stands by the rule {rule}"
    why = BY_REQUEST if column.stands_for(link) else why
    first = "" if link.base is not None else "first link, both held a value; "
    return Conflict(
        object_type=link.object_type,
        hubspot_id=link.hubspot_id,
        salesforce_id=link.salesforce_id,
        field=column.field.name,
        base=column.base[row],
        hubspot=hubspot,
        salesforce=salesforce,
        winner=winner,
        reason=f"{first}{winner.label} {why}",
    )


def _owners(
    settled: Settled, held: Mapping[System, NDArray[np.object_]], pairing: Pairing
) -> Settled:
    """Salesforce has no record without an owner: a blank never travels, it is filled.

    And when two records are first linked, Salesforce's owner is honoured.
    """
    salesforce, hubspot = held[System.SALESFORCE], held[System.HUBSPOT]
    first = np.array([link.base is None for link in pairing.links], dtype=bool)
    blank = pd.isna(settled.values) | first
    filled = np.where(pd.isna(salesforce), hubspot, salesforce)
    values = np.where(blank, filled, settled.values)
    return Settled(
        values=values,
        differs={system: values != column for system, column in held.items()},
        conflict=settled.conflict & ~blank,
    )


def _roles(one: FieldMapping, versions: Versions, newest: Mask, directory: Directory) -> Settled:
    """Roles are settled holder by holder; only the rows that moved come here."""
    living = [directory.parents.get(one.parent or "", {}).get(system, {}) for system in System]
    values = np.empty(len(newest), dtype=object)
    conflict = np.zeros(len(newest), dtype=bool)
    for row, cells in enumerate(zip(*versions, strict=True)):
        base, ours, theirs = (roles.understood(cell) for cell in cells)
        holders = {*base, *ours, *theirs}
        known = {link for link in holders if all(link in some for some in living)}
        names, conflict[row] = roles.settle(
            (base, ours, theirs), one, salesforce_newest=bool(newest[row]), known=known
        )
        values[row] = roles.spelled(names)
    said = _objects([roles.as_said(value, one, System.HUBSPOT) for value in values])
    differs = {
        System.HUBSPOT: np.asarray(said != versions[1], dtype=bool),
        System.SALESFORCE: np.asarray(values != versions[2], dtype=bool),
    }
    return Settled(values, differs, conflict)


def _sent(value: Value, field: FieldMapping, target: System) -> Value:
    return roles.as_said(value, field, target) if field.type is FieldType.ROLES else value


def _applies(one: FieldMapping, mapping: ObjectMapping, kinds: NDArray[np.object_]) -> Mask:
    has = {kind for kind in mapping.salesforce if kind in one.salesforce}
    return np.array([kind in has for kind in kinds], dtype=bool)


def _worth_a_look(column: _Column) -> Mask:
    """Cells that must be written somewhere, or whose base must catch up."""
    moved = np.asarray(column.settled.values != column.base, dtype=bool)
    apart = [column.settled.differs[system] for system in System]
    looked: Mask = moved | apart[0] | apart[1] | column.stirred
    return looked


def _reason(column: _Column, target: System, link: Link, *, conflict: bool) -> str:
    source, rule = target.other.label, column.field.rule
    if column.stands_for(link):
        return f"{source}'s value {BY_REQUEST}"
    if link.base is None:
        return f"first link: {source}'s value travels by the rule {rule}"
    if conflict:
        return f"both changed it: {source}'s value stands by the rule {rule}"
    if rule.owner is target.other:
        return f"{source} stands by the rule {rule}"
    return f"changed in {source}"


def newest_rows(hubspot: pd.DataFrame, salesforce: pd.DataFrame) -> Mask:
    """Where Salesforce's record was modified last; a tie goes to Salesforce."""
    pairs = zip(hubspot[MODIFIED], salesforce[MODIFIED], strict=True)
    return np.array([theirs >= ours for ours, theirs in pairs], dtype=bool)


def _objects(values: Sequence[Any]) -> NDArray[np.object_]:
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column
