"""Records that are gone: what becomes of their links, and of their counterparts.

Before anything else is planned, links follow their records: one whose record was merged or
converted moves to the record that took its place, unless that one has a counterpart already;
then exactly one link stays and the loser's counterpart is reported. A link whose record was
deleted stays as a tombstone: it is never created anew from a stale edit. The mapping says
whether the counterpart is deleted too. Only a tombstone counts; a record that merely cannot be
read is none of this. And a record that comes back makes its link live again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from include.crmsync.engine import farewells
from include.crmsync.engine.apart import beside
from include.crmsync.engine.directory import Directory
from include.crmsync.engine.transform import CHANGED, KIND, ROLE, Canonical, stamp_of, value_of
from include.crmsync.model.departure import How, Tombstone
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.plan import Action, Change, Gone, Held, Pair, Verb
from include.crmsync.model.record import System, Value
from include.crmsync.model.rule import SyncRule

MERGED_INTO = "merged_into"
"""What the first change of a merge names: the record that takes the other one in."""

Graves = Mapping[System, Mapping[str, Tombstone]]
_FAR = 25
"""Merges of merges that are followed; a longer chain is a circle."""


@dataclass(slots=True)
class Departures:
    """What follows from records that are gone."""

    links: list[Link] = field(default_factory=list)
    """Every link that lives on, the moved ones on their new records."""
    moved: dict[int, str] = field(default_factory=dict)
    """Link id -> why it has moved, or lives again."""
    back: list[tuple[Link, System]] = field(default_factory=list)
    """Links whose record in that system has come back, while the sync deleted the other."""
    actions: list[Action] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    spoken_for: dict[System, set[str]] = field(default_factory=dict)
    """Records that belong to a link which is gone: nothing else is planned for them."""


@dataclass(frozen=True, slots=True)
class _Scene:
    mapping: ObjectMapping
    records: Mapping[System, Canonical]
    graves: Graves
    directory: Directory
    owned: Mapping[System, set[str]]
    """Records that a living link has at this moment."""

    def here(self, link: Link, system: System) -> bool:
        return link.id_in(system) in self.records[system].frame.index

    def changed(self, link: Link, system: System) -> bool:
        frame, id_ = self.records[system].frame, link.id_in(system)
        return id_ in frame.index and bool(frame.at[id_, ROLE] == CHANGED)


def departures(
    mapping: ObjectMapping,
    records: Mapping[System, Canonical],
    links: Sequence[Link],
    graves: Graves,
    directory: Directory,
) -> Departures:
    """Follow every link whose record is gone, or has come back."""
    staying = [link for link in links if link.lives and not _grave(link, graves)]
    owned = {system: {link.id_in(system) for link in staying} for system in System}
    scene = _Scene(mapping, records, graves, directory, owned)
    found = Departures(links=staying, spoken_for={system: set() for system in System})
    for link in links:
        grave = _grave(link, graves)
        if link.lives and grave:
            _departed(link, scene, found)
        elif grave and grave.how is How.ERASED:
            _left(link, scene, found)
        elif not link.lives:
            _remembered(link, scene, found)
    return found


def survivor(record_id: str, graves: Mapping[str, Tombstone]) -> str | None:
    """The record that took a gone one's place in the end; None: nothing did."""
    for _ in range(_FAR):
        grave = graves.get(record_id)
        if grave is None:
            return record_id
        if grave.into is None:
            return None
        record_id = grave.into
    return None


def _grave(link: Link, graves: Graves) -> Tombstone | None:
    """The tombstone of a link's record; of two, the one that leads somewhere."""
    found = [one for system in System if (one := graves[system].get(link.id_in(system)))]
    return min(found, key=lambda one: one.into is None, default=None)


def _departed(link: Link, scene: _Scene, found: Departures) -> None:
    """A link whose record left since the last run."""
    moved, why = link, list[str]()
    for system in System:
        heir = survivor(link.id_in(system), scene.graves[system])
        if heir is None or heir == link.id_in(system):
            continue
        moved = _moved(moved, system, heir, scene)
        why.append(farewells.moved(scene.graves[system][link.id_in(system)], system, heir))
    if why and _free(moved, scene) and not _dead(moved, scene):
        _take(moved, "; ".join(why), scene, found)
    else:
        _left(link, scene, found)


def _moved(link: Link, system: System, heir: str, scene: _Scene) -> Link:
    if system is System.HUBSPOT:
        moved = replace(link, hubspot_id=heir, hubspot_modified_at=None)
    else:
        moved = replace(link, salesforce_id=heir, salesforce_modified_at=None)
    return replace(moved, base=_filled(link, heir, scene.records[system].frame))


def _filled(link: Link, heir: str, frame: pd.DataFrame) -> Mapping[str, Value] | None:
    """The base without what the heir lacks: its blank was never an edit, so it is filled."""
    if link.base is None or heir not in frame.index:
        return link.base
    known = [name for name in link.base if name in frame.columns]
    has = {name for name in known if value_of(frame, heir, name) is not None}
    has |= {beside(name) for name in has}
    return {name: value for name, value in link.base.items() if name in has}


def _free(link: Link, scene: _Scene) -> bool:
    """Whether no living link has these records."""
    return all(link.id_in(system) not in scene.owned[system] for system in System)


def _dead(link: Link, scene: _Scene) -> bool:
    return any(link.id_in(system) in scene.graves[system] for system in System)


def _take(link: Link, why: str, scene: _Scene, found: Departures) -> None:
    """Let a link live on with these records."""
    found.links.append(replace(link, gone_in=None, gone_how=None, gone_at=None, followed=False))
    found.moved[link.id or 0] = why
    for system in System:
        scene.owned[system].add(link.id_in(system))


def _left(link: Link, scene: _Scene, found: Departures) -> None:
    """A link whose record is gone and has no heir of its own."""
    system = next(one for one in System if link.id_in(one) in scene.graves[one])
    grave = scene.graves[system][link.id_in(system)]
    heir = survivor(link.id_in(system), scene.graves[system]) if grave.into else None
    if heir is None:
        action = _deletion(link, system, grave, scene)
    else:
        action = _merger(link, system, grave, _of(heir, system, found), scene)
    gone = Gone(system, grave.how, grave.at, followed=action is not None)
    actions = (action.id,) if action else ()
    found.actions += [action] if action else []
    found.pairs.append(_pair(link, gone, scene, actions, farewells.gone(grave, system)))
    if not action:
        found.held += _report(link, system.other, replace(grave, into=heir), scene)
    found.spoken_for[system.other].add(link.id_in(system.other))


def _deletion(link: Link, system: System, grave: Tombstone, scene: _Scene) -> Action | None:
    """The counterpart's deletion, where the mapping wants it and the counterpart is at hand."""
    target, mapping = system.other, scene.mapping
    wanted = target in mapping.deletes_in and grave.how is How.DELETED
    if not wanted or not scene.here(link, target):
        return None
    return _parting(Verb.DELETE, link, system, farewells.follows(system), scene)


def _of(record_id: str, system: System, found: Departures) -> Link | None:
    """The living link of a record."""
    return next((one for one in found.links if one.id_in(system) == record_id), None)


def _merger(
    link: Link, system: System, grave: Tombstone, heir: Link | None, scene: _Scene
) -> Action | None:
    """The merge of both counterparts, where the mapping wants it and the loser is at hand."""
    target, mapping = system.other, scene.mapping
    if grave.how is not How.MERGED or target not in mapping.merges_in or heir is None:
        return None
    if not scene.here(link, target) or heir.id_in(target) in scene.graves[target]:
        return None
    why = farewells.merges_too(system)
    into = Change(MERGED_INTO, None, heir.id_in(target), why)
    return _parting(Verb.MERGE, link, system, why, scene, first=(into,))


def _parting(
    verb: Verb,
    link: Link,
    system: System,
    why: str,
    scene: _Scene,
    *,
    first: tuple[Change, ...] = (),
) -> Action:
    """The action by which a counterpart goes as well, with every value that goes with it."""
    target, mapping = system.other, scene.mapping
    record_id, frame = link.id_in(target), scene.records[target].frame
    values = {one.name: value_of(frame, record_id, one.name) for one in mapping.fields}
    shown = [one.name for one in mapping.fields if one.rule is not SyncRule.DONT_SYNC]
    return Action(
        id=f"{mapping.object_type}:{verb}:{target}:{record_id}",
        verb=verb,
        system=target,
        object_type=mapping.object_type,
        kind=str(frame.at[record_id, KIND]),
        record_id=record_id,
        origin_id=link.id_in(system),
        changes=(
            *first,
            *(Change(name, values[name], None, why) for name in shown if values[name] is not None),
        ),
    )


def _remembered(link: Link, scene: _Scene, found: Departures) -> None:
    """A link that is a tombstone already: is its record back, or its counterpart still there?"""
    here = [system for system in System if scene.here(link, system)]
    if len(here) == len(System) and _free(link, scene):
        _take(link, farewells.BACK, scene, found)
        return
    for system in here:
        if not scene.changed(link, system) or link.id_in(system) in scene.owned[system]:
            continue
        if link.followed and system.other not in scene.mapping.creates_in:
            found.held += _report(link, system, None, scene)
        elif link.followed:
            found.back.append((link, system))
        else:
            found.held += _report(link, system, None, scene)
    for system in System:
        found.spoken_for[system].add(link.id_in(system))


def _report(link: Link, system: System, grave: Tombstone | None, scene: _Scene) -> Iterator[Held]:
    """Tell whoever looks at the counterpart why it no longer syncs."""
    if not scene.here(link, system):
        return
    record_id = link.id_in(system)
    stamp = stamp_of(scene.records[system].frame, record_id)
    how = grave.how if grave else link.gone_how or How.DELETED
    heir = grave.into if grave else None
    yield farewells.held(link, system, how, heir, stamp)


def _pair(link: Link, gone: Gone, scene: _Scene, actions: tuple[str, ...], reason: str) -> Pair:
    stamps = {
        system: stamp_of(scene.records[system].frame, link.id_in(system))
        for system in System
        if scene.here(link, system)
    }
    return Pair(
        hubspot_id=link.hubspot_id,
        salesforce_id=link.salesforce_id,
        kind=link.kind,
        link_id=link.id,
        link_version=link.version,
        agreed={},
        actions=actions,
        hubspot_modified_at=stamps.get(System.HUBSPOT),
        salesforce_modified_at=stamps.get(System.SALESFORCE),
        reason=reason,
        gone=gone,
    )
