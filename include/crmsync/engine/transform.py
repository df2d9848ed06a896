"""Records as the wire gave them, turned into one frame of canonical values.

A frame has one row per record, indexed by record id, one column per mapped field under our
own name, and three columns about the record itself: `_kind`, `_modified_at` and `_role`. Every
column holds Python objects: a float column would turn `[1, None]` into `[1.0, nan]`, and the
sync would invent changes. What cannot be read stays as it stands, and is never guessed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as with_default
from datetime import datetime
from typing import Any, cast

import pandas as pd

from include.crmsync.engine import roles, stages
from include.crmsync.engine.canonical import Unreadable, as_it_stands, canonical
from include.crmsync.engine.directory import Directory
from include.crmsync.errors import ConfigError
from include.crmsync.model.mapping import FieldMapping, FieldType, ObjectMapping
from include.crmsync.model.record import Record, System, Value

KIND, MODIFIED, ROLE = "_kind", "_modified_at", "_role"
CHANGED = "changed"
"""Role of a record that was read because it changed: it must be accounted for."""
COUNTERPART = "counterpart"
"""Role of a record that was read only to compare with one that changed."""


@dataclass(frozen=True, slots=True)
class Canonical:
    """One system's records of one object type, canonical."""

    system: System
    frame: pd.DataFrame
    waiting: Mapping[str, Mapping[str, str]] = with_default(default_factory=dict)
    """Record id -> field of roles -> who has a role in it and is not linked yet."""
    outside: Mapping[str, tuple[str, str]] = with_default(default_factory=dict)
    """Record id -> field, and the pipeline or record type that the mapping does not have."""


def transform(
    records: Sequence[Record],
    counterparts: Sequence[Record],
    mapping: ObjectMapping,
    system: System,
    directory: Directory,
) -> Canonical:
    """Build the canonical frame; a record that is in both sequences counts as changed."""
    changed = {record.id: record for record in records}
    rest = {record.id: record for record in counterparts if record.id not in changed}
    everything = [*changed.values(), *rest.values()]
    _refuse_missing(everything, mapping, system)
    outside: dict[str, tuple[str, str]] = {}
    columns: dict[str, list[Any]] = {
        field.name: _column(everything, field, mapping, directory, outside)
        for field in mapping.fields
    }
    columns[KIND] = [record.kind for record in everything]
    columns[MODIFIED] = [record.modified_at for record in everything]
    columns[ROLE] = [CHANGED] * len(changed) + [COUNTERPART] * len(rest)
    index = pd.Index([record.id for record in everything], dtype=object, name="record_id")
    frame = pd.DataFrame(columns, index=index, dtype=object)
    waiting = {one.id: roles.all_waiting(one, mapping, directory) for one in everything}
    held_up = {id_: some for id_, some in waiting.items() if some}
    return Canonical(system, frame, held_up, outside)


def stamp_of(frame: pd.DataFrame, record_id: str) -> datetime:
    """When the record was last modified."""
    return cast("datetime", frame.at[record_id, MODIFIED])


def value_of(frame: pd.DataFrame, record_id: str, name: str) -> Value:
    """One canonical value of a frame."""
    return cast("Value", frame.at[record_id, name])


def values_of(record: Record, mapping: ObjectMapping, directory: Directory) -> dict[str, Value]:
    """Canonical values of one record; fields its kind does not have are left out."""
    found: dict[str, Value] = {}
    for field in mapping.fields:
        name = mapping.wire_name(field.name, record.system, record.kind)
        if name is None and field.constant is None:
            continue
        try:
            found[field.name] = _cell(record, field, mapping, record.system, directory)
        except stages.Outside:
            found[field.name] = None
    return found


def _column(
    records: Sequence[Record],
    field: FieldMapping,
    mapping: ObjectMapping,
    directory: Directory,
    outside: dict[str, tuple[str, str]],
) -> list[Value]:
    column: list[Value] = []
    for record in records:
        try:
            column.append(_cell(record, field, mapping, record.system, directory))
        except stages.Outside as left:
            outside[record.id] = field.name, left.where
            column.append(None)
    return column


def _cell(
    record: Record,
    field: FieldMapping,
    mapping: ObjectMapping,
    system: System,
    directory: Directory,
) -> Value:
    name = mapping.wire_name(field.name, system, record.kind)
    if name is None:
        return field.constant
    if field.type is FieldType.PARENT:
        return directory.read(record.parents.get(field.parent or "") or None, field, system)
    if field.type is FieldType.ROLES:
        return roles.read(record, field, directory)
    if field.type is FieldType.STAGE:
        return stages.read(record.raw, name, field, system)
    try:
        value = canonical(record.raw.get(name), field, system)
    except Unreadable:
        return as_it_stands(record.raw.get(name))
    return directory.read(value, field, system) if field.type is FieldType.OWNER else value


def _refuse_missing(records: Sequence[Record], mapping: ObjectMapping, system: System) -> None:
    """Refuse to read an absent field as blank: it would be cleared in the other system.

    A CRM that no longer knows a field, or hides it from our user, answers without it.
    """
    for kind in {record.kind for record in records}:
        answered = next(record.raw for record in records if record.kind == kind)
        missing = [name for name in mapping.wire_fields(system, kind) if name not in answered]
        missing = [
            name
            for name in missing
            if not any(name in record.raw for record in records if record.kind == kind)
        ]
        if missing:
            raise ConfigError(
                f"{system.label} answered for {kind} without mapped fields. Grant the"
                " integration user access to them, create them, or take them out of"
                f" mappings/{mapping.object_type}.yaml",
                tuple(missing),
            )
