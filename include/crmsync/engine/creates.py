"""Records with no counterpart: what their creation in the other system would write.

A create sends every mapped field whose rule may write to that system and that holds a
value; a field that cannot be sent is left out and held by itself, a missing parent or a required
field holds the whole record, and an owner unknown there is left to the system's own default.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from include.crmsync.engine.apart import beside
from include.crmsync.engine.directory import Directory
from include.crmsync.engine.flawed import flawed
from include.crmsync.engine.obstacle import Obstacle, companion_stuck, obstacle
from include.crmsync.model.flaw import Flaw
from include.crmsync.model.mapping import Condition, FieldMapping, FieldType, ObjectMapping
from include.crmsync.model.plan import Change, Verb
from include.crmsync.model.record import System, Value
from include.crmsync.model.rule import SyncRule


@dataclass(frozen=True, slots=True)
class Creation:
    """What creating one record's counterpart comes to."""

    origin_id: str
    kind: str
    """The object to create in the other system."""
    changes: tuple[Change, ...]
    agreed: Mapping[str, Value]
    """What is settled: what is sent, and unticked boxes, which need no sending."""
    obstacles: tuple[tuple[str, Value, Obstacle], ...]
    waits: bool
    """Whether it must wait: for its parent, or for a field without which there is no record."""
    kept: tuple[str, ...] = ()
    """Fields that hold a value which the rules keep here: the new record's blank stands."""


def creations(
    frame: pd.DataFrame,
    origin: System,
    mapping: ObjectMapping,
    directory: Directory,
    flaws: Mapping[str, Sequence[Flaw]],
) -> Iterator[Creation]:
    """Yield what it takes to create each record of `frame` in the other system."""
    if frame.empty:  # mostly so, and pandas takes its time for nothing
        return
    target = origin.other
    kinds = (mapping.hubspot,) if target is System.HUBSPOT else mapping.salesforce
    places = {kind: _destination(origin, kind, mapping, directory) for kind in kinds}
    for record_id, row in zip(frame.index, frame.to_dict("records"), strict=True):
        kind = kinds[0] if target is System.HUBSPOT else kind_of(row, mapping, directory)
        yield _creation(str(record_id), row, places[kind], flaws.get(str(record_id), ()))


def kind_of(values: Mapping[Any, Any], mapping: ObjectMapping, directory: Directory) -> str:
    """Which Salesforce object a HubSpot record becomes: by the first rule that fits it."""
    for rule in mapping.creates_as:
        # A field that is set aside says nothing, so a rule that asks for it fits nobody.
        if all(
            name in values and _fits(values[name], mapping[name], one, directory)
            for name, one in rule.when
        ):
            return rule.kind
    return mapping.salesforce[0]


def _fits(value: Value, field: FieldMapping, wanted: Condition, directory: Directory) -> bool:
    match wanted:
        case "filled":
            return value is not None
        case "blank":
            return value is None
        case "linked":
            return value is not None and directory.knows(value, field, System.SALESFORCE)
        case _:
            return value in wanted


@dataclass(frozen=True, slots=True)
class _Destination:
    """Where records are created, and by what."""

    system: System
    kind: str
    fields: list[FieldMapping]
    owned: list[FieldMapping]
    """Fields in which the new record's blank stands."""
    needed: frozenset[str]
    """Fields that a record waits for when they cannot be sent."""
    directory: Directory


def _destination(
    origin: System, kind: str, mapping: ObjectMapping, directory: Directory
) -> _Destination:
    fields = [one for one in mapping.fields if _travels(one, origin, kind, mapping)]
    owned = [one for one in mapping.fields if _stays(one, origin.other, kind, mapping)]
    needed = _needed(fields, kind, mapping)
    return _Destination(origin.other, kind, fields, owned, needed, directory)


def _needed(fields: list[FieldMapping], kind: str, mapping: ObjectMapping) -> frozenset[str]:
    """Without its parent, what it is recognised by, or what it must have, there is no record."""
    return frozenset(
        one.name
        for one in fields
        if one.required
        or one.type is FieldType.PARENT
        or one.name == mapping.match_on
        or (kind in one.schemas and one.schemas[kind].required)
    )


def _creation(
    record_id: str, values: Mapping[Any, Any], to: _Destination, flaws: Sequence[Flaw]
) -> Creation:
    changes: list[Change] = []
    agreed: dict[str, Value] = {}
    obstacles: list[tuple[str, Value, Obstacle]] = []
    missing: set[str] = set()
    for one in to.fields:
        value = values[one.name]
        if _default(one, value):
            agreed[one.name] = value
        sent = one.default if value is None else value
        if sent is None and (lacks := flawed(_vital(flaws), one.name, None, Verb.CREATE, to.kind)):
            obstacles.append((one.name, value, lacks))
            missing.add(one.name)
        if sent is None or _default(one, value):
            continue
        stop = flawed(flaws, one.name, sent, Verb.CREATE, to.kind)
        stop = stop or obstacle(sent, one, to.system, to.directory, {})
        if stop is None:
            # A default is not agreed upon: by the rules it travels back to the origin, or stays.
            agreed |= {} if value is None else {one.name: value}
            changes.append(Change(one.name, None, sent, _reason(one, value, to.system)))
        elif stop.quiet:
            # Until it is heard whom the new record belongs to.
            agreed[one.name] = value
            agreed |= {beside(one.name): value} if to.system is System.SALESFORCE else {}
        else:
            obstacles.append((one.name, value, stop))
    stuck = {name for name, _, _ in obstacles}
    for one in (one for one in to.fields if one.moves_with in stuck and one.name in agreed):
        changes = [change for change in changes if change.field != one.name]
        obstacles.append((one.name, agreed.pop(one.name), companion_stuck(one)))
    waits = bool(missing) or any(name in to.needed for name, _, _ in obstacles)
    kept = tuple(one.name for one in to.owned if _worth(one, values[one.name]))
    return Creation(record_id, to.kind, tuple(changes), agreed, tuple(obstacles), waits, kept)


def _vital(flaws: Sequence[Flaw]) -> Iterator[Flaw]:
    return (one for one in flaws if one.vital)


def _reason(one: FieldMapping, value: Value, target: System) -> str:
    if one.constant is not None:
        return "constant of the mapping"
    if value is None:
        return f"default of the mapping: blank in {target.other.label}"
    return f"new in {target.other.label}"


def _travels(one: FieldMapping, origin: System, kind: str, mapping: ObjectMapping) -> bool:
    if one.rule is SyncRule.DONT_SYNC:
        return False
    if not one.rule.writes_to(origin.other) and one.name not in mapping.bend.forced:
        return False
    return mapping.wire_name(one.name, origin.other, kind) is not None


def _stays(one: FieldMapping, target: System, kind: str, mapping: ObjectMapping) -> bool:
    """Whether the new record's blank stands against what the field holds here."""
    if one.rule is SyncRule.DONT_SYNC or one.constant is not None or one.default is not None:
        return False
    if one.name in mapping.bend.forced:
        return False
    return not one.rule.writes_to(target) and bool(mapping.wire_name(one.name, target, kind))


def _worth(one: FieldMapping, value: Value) -> bool:
    return value is not None and not _default(one, value)


def _default(one: FieldMapping, value: Value) -> bool:
    """An unticked box is what every new record starts with."""
    return one.type is FieldType.BOOLEAN and value == "false"
