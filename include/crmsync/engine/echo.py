"""An echo: our own write coming back as a fresh modification.

A record that holds exactly what its base says changed nothing, whatever its stamp says. It
costs no read of its counterpart, no plan and no write. An owner who means nothing in a
system cannot be held there: to be without one is then what the base says. And where the base has
none, one that means nothing in the other system, as who owns a new record by default, says nothing.
"""

from collections.abc import Mapping
from typing import Any

from include.crmsync.engine.apart import base_in, said
from include.crmsync.engine.directory import Directory
from include.crmsync.model.link import Link
from include.crmsync.model.mapping import FieldMapping, FieldType, ObjectMapping
from include.crmsync.model.record import System, Value
from include.crmsync.model.rule import SyncRule


def is_echo(
    values: Mapping[str, Any],
    link: Link,
    mapping: ObjectMapping,
    system: System,
    directory: Directory,
) -> bool:
    """Whether canonical `values` of a linked record of `system` equal its base throughout."""
    base = link.base
    if base is None:
        return False
    return all(
        values.get(one.name) == said(base_in(base, one, system), one, system)
        or _cannot_be_held(values.get(one.name), base.get(one.name), one, system, directory)
        for one in mapping.fields
        if one.rule is not SyncRule.DONT_SYNC and not one.only_new and _has(link, one)
    )


def _has(link: Link, field: FieldMapping) -> bool:
    """Whether the pair has the field at all: a contact's Lead fields mean nothing to a Contact."""
    return not link.kind or link.kind in field.salesforce


def _cannot_be_held(
    value: Value, base: Value, field: FieldMapping, system: System, directory: Directory
) -> bool:
    if field.type is not FieldType.OWNER:
        return False
    if value is None:
        return not directory.knows(base, field, system)
    return base is None and not directory.knows(value, field, system.other)
