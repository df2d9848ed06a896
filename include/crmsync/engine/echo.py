"""An echo: our own write coming back as a fresh modification.

A record that holds exactly what its base says changed nothing, whatever its stamp says. It
costs no read of its counterpart, no plan and no write.
"""

from collections.abc import Mapping
from typing import Any

from include.crmsync.model.link import Link
from include.crmsync.model.mapping import FieldMapping, ObjectMapping
from include.crmsync.model.rule import SyncRule


def is_echo(values: Mapping[str, Any], link: Link, mapping: ObjectMapping) -> bool:
    """Whether canonical `values` of a linked record equal its base on every synced field."""
    base = link.base
    if base is None:
        return False
    return all(
        values.get(one.name) == base.get(one.name)
        for one in mapping.fields
        if one.rule is not SyncRule.DONT_SYNC and _has(link, one)
    )


def _has(link: Link, field: FieldMapping) -> bool:
    """Whether the pair has the field at all: a contact's Lead fields mean nothing to a Contact."""
    return not link.kind or link.kind in field.salesforce
