"""The groups of properties: read, made, changed and deleted."""

import re

from include.sandbox.hubspot.call import Call
from include.sandbox.hubspot.failures import CONFLICT, Failure, bad_request, not_found
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.schema import Group
from include.sandbox.router import Route
from include.sandbox.wire import Answer

BASE = "/crm/properties/{kind}/groups"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")


class PropertyGroupCalls:
    """Serves groups."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._schema = portal.schema

    def routes(self) -> list[Route]:
        one = f"{BASE}/{{name}}"
        return [
            Route("GET", BASE, self._list),
            Route("POST", BASE, self._create, writes=True),
            Route("GET", one, self._read),
            Route("PATCH", one, self._update, writes=True),
            Route("DELETE", one, self._delete, writes=True),
        ]

    def _list(self, _: Call, kind: str) -> Answer:
        groups = self._schema.groups(self._portal.types.named(kind).name)
        return Answer(200, {"results": [groups[name].shown() for name in sorted(groups)]})

    def _read(self, _: Call, kind: str, name: str) -> Answer:
        return Answer(200, self._found(kind, name).shown())

    def _create(self, call: Call, kind: str) -> Answer:
        what, told = self._portal.types.named(kind), call.fields()
        name, label = told.get("name"), told.get("label")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise bad_request(f"Invalid property group name: {name}")
        if not isinstance(label, str) or not label:
            raise bad_request("A property group needs a label")
        if name in self._schema.groups(what.name):
            raise Failure(409, CONFLICT, f"A property group named '{name}' already exists.")
        made = Group(name, label, _order(told.get("displayOrder"), -1))
        self._schema.put_group(what.name, made)
        return Answer(201, made.shown())

    def _update(self, call: Call, kind: str, name: str) -> Answer:
        told, found = call.fields(), self._found(kind, name)
        label = told.get("label", found.label)
        if not isinstance(label, str) or not label:
            raise bad_request("A property group needs a label")
        order = _order(told.get("displayOrder"), found.display_order)
        after = Group(name, label, order)
        self._schema.put_group(self._portal.types.named(kind).name, after)
        return Answer(200, after.shown())

    def _delete(self, _: Call, kind: str, name: str) -> Answer:
        what = self._portal.types.named(kind)
        self._found(kind, name)
        if any(one.group == name for one in self._schema.of(what.name).values()):
            raise bad_request(f"Property group {name} still has properties and cannot be deleted")
        self._schema.remove_group(what.name, name)
        return Answer(204)

    def _found(self, kind: str, name: str) -> Group:
        found = self._schema.groups(self._portal.types.named(kind).name).get(name)
        if found is None:
            raise not_found(f"Property group {name} does not exist")
        return found


def _order(told: object, default: int) -> int:
    if told is None:
        return default
    if not isinstance(told, int) or isinstance(told, bool) or abs(told) > 2**31:
        raise bad_request("Invalid input JSON: displayOrder is a whole number")
    return told
