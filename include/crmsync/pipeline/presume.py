"""Unchanged counterparts of a big run: known by their base, not read.

The counterpart of a changed record that did not change itself holds what its base says. Where
very many records changed on one side, reading as many on the other only to find that out is
most of a run's calls. So from some number on it is presumed, and the look before each write
is what proves it: one that moved after all is not written, and its pair is read in full by the
next run. Nothing is presumed of a record that is held, remembered, or was stored differently
from what was sent.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from include.crmsync.engine import roles, stages
from include.crmsync.engine.apart import base_in
from include.crmsync.engine.canonical import wire
from include.crmsync.engine.directory import Directory
from include.crmsync.engine.echo import is_echo
from include.crmsync.engine.transform import values_of
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import FieldType, ObjectMapping
from include.crmsync.model.record import Record, System
from include.crmsync.model.role import Role
from include.crmsync.model.rule import SyncRule


def presumed(
    links: Iterable[Link], mapping: ObjectMapping, system: System, directory: Directory
) -> Iterator[Record]:
    """Yield the records of `system` that these links know in full, as their bases say."""
    for link in links:
        record = _record(link, mapping, system, directory)
        if record is None:
            continue
        if is_echo(values_of(record, mapping, directory), link, mapping, system, directory):
            yield record


def _record(
    link: Link, mapping: ObjectMapping, system: System, directory: Directory
) -> Record | None:
    stamp = link.modified_in(system)
    if link.base is None or link.bounced or not link.kind or stamp is None:
        return None
    kind = mapping.hubspot if system is System.HUBSPOT else link.kind
    raw: dict[str, Any] = dict.fromkeys(mapping.wire_fields(system, kind))
    parents: dict[str, str | None] = {}
    held: dict[str, tuple[Role, ...]] = {}
    for one in mapping.fields:
        if one.rule is SyncRule.DONT_SYNC or link.kind not in one.salesforce:
            continue
        value, name = base_in(link.base, one, system), mapping.wire_name(one.name, system, kind)
        if one.type is FieldType.PARENT:
            parents[one.parent or ""] = directory.write(value, one, system)
        elif one.type is FieldType.ROLES:
            held[one.parent or ""] = roles.write(value, one, system, directory)
        elif one.type is FieldType.STAGE:
            raw |= stages.whole(value, str(name), one, system)
        elif one.type is FieldType.OWNER:
            raw[str(name)] = directory.write(value, one, system)
        else:
            raw[str(name)] = wire(value, one, system)
    id_ = link.id_in(system)
    return Record(system, mapping.object_type, id_, kind, stamp, raw, parents, held)
