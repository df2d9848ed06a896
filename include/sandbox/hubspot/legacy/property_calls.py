"""Properties versions 1 and 2: a list without an envelope, of every object type.

Companies version 2 has the same list at an address of its own.
"""

from typing import Any

from include.sandbox.hubspot.call import Call
from include.sandbox.hubspot.failures import not_found
from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.property import FOUNDED, USER_ID, Property
from include.sandbox.hubspot.property_calls import PropertyCalls as Current
from include.sandbox.router import Route
from include.sandbox.wire import Answer

VERSIONS = ("v1", "v2")


class PropertyCalls:
    """Serves properties and their groups."""

    def __init__(self, portal: Portal, current: Current) -> None:
        self._portal = portal
        self._current = current

    def routes(self) -> list[Route]:
        told = [Route("GET", "/companies/v2/properties", self._of_companies)]
        for version in VERSIONS:
            base = f"/properties/{version}/{{kind}}"
            told += [
                Route("GET", f"{base}/properties", self._list),
                Route("GET", f"{base}/properties/named/{{name}}", self._one),
                Route("GET", f"{base}/groups", self._groups),
            ]
        return told

    def _of_companies(self, call: Call) -> Answer:
        return self._list(call, "companies")

    def _list(self, _: Call, kind: str) -> Answer:
        return Answer(200, self._all(self._portal.types.named(kind)))

    def _one(self, _: Call, kind: str, name: str) -> Answer:
        what = self._portal.types.named(kind)
        known = self._portal.schema.of(what.name)
        if name not in known:
            raise not_found(f"Property {name} does not exist")
        return Answer(200, self._shown(what, known[name]))

    def _groups(self, call: Call, kind: str) -> Answer:
        what = self._portal.types.named(kind)
        known = self._all(what) if call.flag("includeProperties") else None
        return Answer(
            200,
            [
                {
                    "name": group.name,
                    "displayName": group.label,
                    "displayOrder": group.display_order,
                    "properties": known and [one for one in known if one["groupName"] == name],
                }
                for name, group in self._portal.schema.groups(what.name).items()
            ],
        )

    def _all(self, kind: ObjectType) -> list[dict[str, Any]]:
        known = self._portal.schema.of(kind.name)
        return [self._shown(kind, known[name]) for name in sorted(known)]

    def _shown(self, kind: ObjectType, declared: Property) -> dict[str, Any]:
        now = self._current.shown(kind, declared)
        options = [{**one, "readOnly": False, "doubleData": 0.0} for one in now["options"]]
        return {
            **{key: now[key] for key in _SAME},
            "options": options,
            "readOnlyValue": declared.read_only,
            "readOnlyDefinition": declared.own,
            "mutableDefinitionNotDeletable": False,
            "optionsAreMutable": None,
            "favorited": False,
            "favoritedOrder": -1,
            "displayMode": "current_value",
            "deleted": False,
            "searchable": declared.name in kind.searched,
            "searchableInGlobalSearch": declared.name in kind.searched,
            "referencedObjectType": declared.referenced or None,
            "showCurrencySymbol": declared.currency,
            "createdAt": declared.created or FOUNDED,
            "updatedAt": declared.updated or FOUNDED,
            "createdUserId": None if declared.own else int(USER_ID),
            "updatedUserId": None if declared.own else int(USER_ID),
        }


_SAME = (
    "name",
    "label",
    "description",
    "groupName",
    "type",
    "fieldType",
    "formField",
    "displayOrder",
    "hidden",
    "calculated",
    "externalOptions",
    "hubspotDefined",
    "hasUniqueValue",
)
"""What the properties API has called the same ever since."""
