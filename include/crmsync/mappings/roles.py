"""Whether the fields of type roles in one mapping make sense.

Such a field has no property and no field in either system: it names whose roles they are, and the
Salesforce object whose rows they are. Its values are labels of HubSpot's associations.
"""

from collections.abc import Iterator

from include.crmsync.mappings.parse import Where
from include.crmsync.mappings.problem import Problem, none_of
from include.crmsync.mappings.shape import EVERY, Draft, FieldShape
from include.crmsync.model.mapping import FieldType
from include.crmsync.model.role import ROLE_OBJECTS

_NOT_FOR_ROLES = ("parent", "length", "transform", "default", "zone", "moves_with")
_FLAGS = ("required", "labels", "optional")


def roles(draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with fields of type roles, and with `of` elsewhere."""
    for at, field in enumerate(draft.fields):
        where: Where = ("fields", at)
        if field.type is FieldType.ROLES:
            yield from _complete(draft, where, field)
            yield from _plain(draft, where, field)
        elif field.type is not None and field.of is not None:
            text = f"of is for type roles, and the type is {field.type}: leave it out"
            yield draft.problem((*where, "of"), text)


def _complete(draft: Draft, where: Where, field: FieldShape) -> Iterator[Problem]:
    if draft.document.inside((*where, "of")) is None:
        yield draft.problem(where, "type roles needs of: the object type of those who have roles")
    if field.of is not None and field.of == draft.head.object_type:
        text = f"{field.of} cannot wait for {field.of}: those who have roles are written first"
        yield draft.problem((*where, "of"), text)
    for kind, name in (field.salesforce or {}).items():
        if name not in ROLE_OBJECTS:
            place = (*where, "salesforce") if kind == EVERY else (*where, "salesforce", kind)
            yield draft.problem(place, f"role object {none_of(name, sorted(ROLE_OBJECTS))}")


def _plain(draft: Draft, where: Where, field: FieldShape) -> Iterator[Problem]:
    said = [name for name in _NOT_FOR_ROLES if getattr(field, name) is not None]
    said += [name for name in _FLAGS if getattr(field, name)]
    for name in said:
        yield draft.problem((*where, name), f"{name} means nothing for type roles: leave it out")
