"""Associations that travel with a record: given at creation, shown when a read asks for them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from include.sandbox.hubspot.association_types import AssociationType
from include.sandbox.hubspot.call import is_id
from include.sandbox.hubspot.failures import VALIDATION, Failure, bad_request
from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.row import Row


def shown(portal: Portal, kind: ObjectType, row: Row, names: Iterable[str]) -> dict[str, Any]:
    """The `associations` of a record, empty where it has none."""
    told = {}
    for there in (portal.types.named(name) for name in names):
        rows = [
            {"id": str(one.to_id), "type": type_name(portal, each)}
            for one in portal.associations.of(kind.name, row.id, there.name)
            for each in one.kinds
        ]
        if rows:
            told[there.name] = {"results": rows}
    return {"associations": told} if told else {}


def type_name(portal: Portal, kind: AssociationType) -> str:
    """The old name of a kind of association: contact_to_company."""
    here = portal.types.of(kind.from_type).singular
    there = portal.types.of(kind.to_type).singular
    name = f"{here}_to_{there}"
    if kind.plain and "companies" in (kind.from_type, kind.to_type) and kind.id >= 279:
        return f"{name}_unlabeled"
    if kind.label and (kind.category == "USER_DEFINED" or kind.id in (13, 14)):
        return kind.label.lower().replace(" ", "_")
    return name


def associate(portal: Portal, kind: ObjectType, row: Row, told: Any) -> None:
    """Make the associations a create brings along; raises Failure."""
    if told in (None, []):
        return
    if not isinstance(told, list) or not all(isinstance(one, Mapping) for one in told):
        raise bad_request("Invalid input JSON: associations is a list of objects")
    for one in told:
        target = one.get("to")
        id_ = str(target.get("id")) if isinstance(target, Mapping) else ""
        kinds = _kinds(portal, kind, one.get("types"))
        if not is_id(id_) or not portal.live(portal.types.of(kinds[0].to_type), [int(id_)]):
            raise Failure(
                400,
                VALIDATION,
                "One or more associations are invalid",
                context={"INVALID_OBJECT_IDS": [f"{kinds[0].to_type}={id_} is not valid"]},
            )
        portal.associations.add(row.id, int(id_), kinds)


def _kinds(portal: Portal, kind: ObjectType, told: Any) -> Sequence[AssociationType]:
    if not isinstance(told, list) or not told or not all(isinstance(s, Mapping) for s in told):
        raise bad_request("Invalid input JSON: an association needs types")
    return [_kind(portal, kind, spec) for spec in told]


def _kind(portal: Portal, kind: ObjectType, spec: Mapping[str, Any]) -> AssociationType:
    told = str(spec.get("associationTypeId")), spec.get("associationCategory")
    for one in portal.kinds.from_type(kind):
        if (str(one.id), one.category) == told:
            return one
    raise bad_request(f"No association type {spec.get('associationTypeId')} from {kind.name}")
