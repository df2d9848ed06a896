"""An action as its system's gateway wants it: raw values under the system's own names."""

from typing import Any

from include.crmsync.adapters.gateway import Write
from include.crmsync.engine import stages
from include.crmsync.engine.canonical import wire
from include.crmsync.engine.directory import Directory
from include.crmsync.engine.roles import difference
from include.crmsync.model.mapping import FieldType, ObjectMapping
from include.crmsync.model.plan import Action, Verb
from include.crmsync.model.role import RoleWrite


def to_write(action: Action, mapping: ObjectMapping, directory: Directory) -> Write:
    """Spell an action's changes for its system."""
    values: dict[str, Any] = {}
    parents: dict[str, str | None] = {}
    roles: dict[str, RoleWrite] = {}
    for change in action.changes:
        field = mapping[change.field]
        name = mapping.wire_name(field.name, action.system, action.kind)
        if field.type is FieldType.PARENT:
            parents[field.parent or ""] = directory.write(change.after, field, action.system)
        elif field.type is FieldType.ROLES:
            roles[field.parent or ""] = difference(
                change.before, change.after, field, action.system, directory
            )
        elif field.type is FieldType.STAGE:
            values |= stages.write(change.after, change.before, str(name), field, action.system)
        elif field.type is FieldType.OWNER:
            values[str(name)] = directory.write(change.after, field, action.system)
        else:
            values[str(name)] = wire(change.after, field, action.system)
    return Write(
        key=action.id,
        kind=action.kind,
        record_id=action.record_id,
        values=values,
        external_key=action.origin_id if action.verb is Verb.CREATE else None,
        parents=parents,
        roles=roles,
    )
