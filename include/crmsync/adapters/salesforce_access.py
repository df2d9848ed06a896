"""What the integration user may do in Salesforce, and making the field of the HubSpot id.

An object's describe says whether its records can be created, edited and deleted by whoever asks.
A field made through the Tooling API is seen by nobody, the administrator included, until a
permission set gives it: so the user's own sets are asked to, the assigned ones before the
profile's. Both steps can be repeated; what is there already is left as it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from include.crmsync.adapters.salesforce_api import SalesforceApi
from include.crmsync.adapters.soql import select, within
from include.crmsync.errors import Rejected, Unauthorized
from include.crmsync.model.grant import Grant, KeyMade
from include.crmsync.model.mapping import FieldType, ObjectMapping
from include.crmsync.model.record import System

LENGTH = 64
LABEL = "CRM sync: HubSpot id"
DESCRIPTION = "The HubSpot id of the record that this one was made from. Written by the sync."
TWICE = "DUPLICATE_DEVELOPER_NAME"
"""There is a field of this name, whoever may see it."""


def grants(api: SalesforceApi, mappings: Sequence[ObjectMapping]) -> list[Grant]:
    """Every right on every mapped object that the mappings need; a call per object."""
    found = [grant for mapping in mappings for grant in _of(api, mapping)]
    if any(one.type is FieldType.OWNER for mapping in mappings for one in mapping.fields):
        given = _describe(api, "User") is not None
        found.append(Grant("User: read", given, "to know owners by e-mail"))
    return found


def make_key(api: SalesforceApi, mapping: ObjectMapping, kind: str) -> KeyMade:
    """Make the external id field of one object, and let the user see and edit it."""
    name = mapping.salesforce_key
    had = _described(api, kind, name)
    if had is not None and had.get("updateable"):
        return _as_it_is(kind, name, had, "was there")
    made = had is None and _make(api, kind, name)
    _give(api, kind, name)
    now = _described(api, kind, name)
    if now is None or not now.get("updateable"):
        return KeyMade(
            kind,
            name,
            f"{'made' if made else 'is there'}, but no permission set of the integration user took"
            " it: give Read and Edit on the field in a permission set of that user's",
            done=False,
        )
    what = "made as a unique external id" if made else "was there"
    return _as_it_is(kind, name, now, f"{what}, and given to the integration user")


def _as_it_is(kind: str, name: str, field: Mapping[str, Any], told: str) -> KeyMade:
    if field.get("unique") and field.get("externalId"):
        return KeyMade(kind, name, told)
    wrong = "is there, but is no unique external id: tick both boxes in Setup, on the field itself"
    return KeyMade(kind, name, wrong, done=False)


def _of(api: SalesforceApi, mapping: ObjectMapping) -> Iterator[Grant]:
    here = System.SALESFORCE
    for kind in mapping.salesforce:
        told = _describe(api, kind)
        yield Grant(f"{kind}: read", told is not None, f"to read {mapping.object_type}")
        if told is None:
            continue
        yield _right(kind, "edit", told.get("updateable"), f"to update {mapping.object_type}")
        if here in mapping.creates_in and kind in mapping.becomes:
            yield _right(kind, "create", told.get("createable"), "to create new ones")
        if here in mapping.deletes_in:
            yield _right(kind, "delete", told.get("deletable"), "to delete where HubSpot did")
    for field in mapping.roles:
        for kind in dict.fromkeys(field.salesforce.values()):
            told = _describe(api, kind) or {}
            # A role is given, named anew and taken away.
            rights = ("createable", "updateable", "deletable")
            given = all(told.get(right) for right in rights)
            yield Grant(f"{kind}: create, edit, delete", given, f"for {field.name}")


def _right(kind: str, right: str, given: Any, needed: str) -> Grant:
    return Grant(f"{kind}: {right}", bool(given), needed)


def _describe(api: SalesforceApi, kind: str) -> Mapping[str, Any] | None:
    """What is said of an object; None where it is not there, or hidden."""
    try:
        return api.describe(kind)
    except Rejected:
        return None


def _described(api: SalesforceApi, kind: str, name: str) -> Mapping[str, Any] | None:
    fields = api.describe(kind).get("fields") or ()
    return next((one for one in fields if str(one.get("name")).lower() == name.lower()), None)


def _make(api: SalesforceApi, kind: str, name: str) -> bool:
    """Make the field; False where it is there and merely hidden."""
    metadata = {
        "label": LABEL,
        "description": DESCRIPTION,
        "type": "Text",
        "length": LENGTH,
        "externalId": True,
        "unique": True,
        "caseSensitive": True,
    }
    body = {"FullName": f"{kind}.{name}", "Metadata": metadata}
    try:
        api.send("POST", "tooling/sobjects/CustomField", json=body)
    except Rejected as refused:
        if refused.code != TWICE:
            raise
        return False
    return True


def _give(api: SalesforceApi, kind: str, name: str) -> None:
    """Let the first permission set that takes it show the field to the user."""
    for parent in _permission_sets(api):
        try:
            _give_in(api, parent, kind, name)
        except (Rejected, Unauthorized):
            continue  # a managed set, or one without the licence: the next may take it
        return


def _permission_sets(api: SalesforceApi) -> list[str]:
    """The user's own, those assigned before the profile's."""
    if api.user_id is None:
        return []
    fields = ["PermissionSetId", "PermissionSet.IsOwnedByProfile"]
    where = [within("AssigneeId", [api.user_id])]
    rows = list(api.query(select(fields, "PermissionSetAssignment", where=where)))
    rows.sort(key=lambda one: bool((one.get("PermissionSet") or {}).get("IsOwnedByProfile")))
    return [str(one["PermissionSetId"]) for one in rows]


def _give_in(api: SalesforceApi, parent: str, kind: str, name: str) -> None:
    given = {"PermissionsRead": True, "PermissionsEdit": True}
    where = [within("ParentId", [parent]), within("Field", [f"{kind}.{name}"])]
    asked = select(["Id"], "FieldPermissions", where=where)
    there = list(api.query(asked))
    if there:
        api.send("PATCH", f"sobjects/FieldPermissions/{there[0]['Id']}", json=given)
        return
    body = {"ParentId": parent, "SobjectType": kind, "Field": f"{kind}.{name}", **given}
    # A blind repeat would be refused, and the field be given to the next permission set as well.
    api.wire.once(
        lambda: api.send("POST", "sobjects/FieldPermissions", json=body),
        lambda: any(api.query(asked)),
    )
