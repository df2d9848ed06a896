"""The schemas API: custom objects defined, read, changed and deleted, and their associations.

A definition brings its properties and a plain kind of association with everything people log
and with every object it names. It can be deleted once it has no records.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from include.sandbox.hubspot import moments
from include.sandbox.hubspot.association_types import AssociationType
from include.sandbox.hubspot.call import Call
from include.sandbox.hubspot.custom_types import PORTAL_ID, Definition, names_of, unique
from include.sandbox.hubspot.failures import CONFLICT, Failure, bad_request, not_found
from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.property_calls import PropertyCalls
from include.sandbox.hubspot.schema import Group
from include.sandbox.router import Route
from include.sandbox.wire import Answer

BASES = ("/crm-object-schemas/schemas", "/crm/schemas")
"""The documented path, and the one the guides use."""
MOST = 10
LOGGED = ("emails", "meetings", "notes", "tasks", "calls", "communications")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,49}")

Told = Mapping[str, Any]


class CustomTypeCalls:
    """Serves definitions of custom objects."""

    def __init__(self, portal: Portal, properties: PropertyCalls) -> None:
        self._portal = portal
        self._types = portal.types
        self._properties = properties

    def routes(self) -> list[Route]:
        return [route for base in BASES for route in self._under(base)]

    def _under(self, base: str) -> list[Route]:
        one = f"{base}/{{kind}}"
        return [
            Route("GET", base, self._list),
            Route("POST", base, self._create, writes=True),
            Route("GET", one, self._read),
            Route("PATCH", one, self._update, writes=True),
            Route("DELETE", one, self._delete, writes=True),
            Route("DELETE", f"{one}/purge", self._delete, writes=True),
            Route("POST", f"{one}/associations", self._associate, writes=True),
            Route("DELETE", f"{one}/associations/{{number}}", self._part, writes=True),
        ]

    def _list(self, call: Call) -> Answer:
        archived = call.flag("archived")
        known = (one for one in self._types.definitions() if one.archived is archived)
        return Answer(200, {"results": [self._shown(one) for one in known]})

    def _read(self, _: Call, kind: str) -> Answer:
        return Answer(200, self._shown(self._found(kind)))

    def _create(self, call: Call) -> Answer:
        told = call.fields()
        made = self._definition(told)
        if self._types.find(made.full_name) or self._types.find(made.name):
            raise Failure(409, CONFLICT, f"An object type named {made.name} already exists.")
        if sum(not one.archived for one in self._types.definitions()) >= MOST:
            raise bad_request(f"At most {MOST} custom objects can be defined")
        with self._portal.database.transaction():
            self._types.put(made)
            self._fill(made, told)
        return Answer(201, self._shown(made))

    def _fill(self, made: Definition, told: Told) -> None:
        """Give a new custom object its group, its properties and its associations."""
        kind = self._types.of(made.full_name)
        group = f"{made.name.lower()}_information"
        self._portal.schema.forget(kind.name)
        self._portal.schema.put_group(kind.name, Group(group, f"{made.singular} information"))
        properties = told.get("properties") or []
        if not isinstance(properties, list) or not properties:
            raise bad_request("A custom object needs properties")
        for one in properties:
            given = one if isinstance(one, Mapping) else {}
            usual = {"type": "string", "fieldType": "text"}
            self._properties.make(kind, {**usual, **given}, group=group)
        self._check_names(made)
        for there in unique((*LOGGED, *names_of(told.get("associatedObjects"), "objects"))):
            self._portal.kinds.add(kind, self._types.named(there), None, None)
        self._portal.kinds.add(kind, kind, None, None)

    def _update(self, call: Call, kind: str) -> Answer:
        told, found = call.fields(), self._found(kind)
        labels = _labels({**self._shown(found), **told})
        after = replace(
            found,
            singular=labels[0],
            plural=labels[1],
            primary=str(told.get("primaryDisplayProperty") or found.primary),
            secondary=_kept(told, "secondaryDisplayProperties", found.secondary),
            required=_kept(told, "requiredProperties", found.required),
            searchable=_kept(told, "searchableProperties", found.searchable),
            description=_description(told, found),
            updated=self._portal.now(),
        )
        self._check_names(after)
        self._types.put(after)
        return Answer(200, self._plain(after))

    def _delete(self, _: Call, kind: str) -> Answer:
        found = self._found(kind)
        what = self._types.of(found.full_name)
        if self._portal.records.page(what.name, 0, 1, archived=False):
            raise bad_request(
                f"Object type {found.id} still has records; delete those before the type"
            )
        with self._portal.database.transaction():
            for one in self._portal.kinds.touching(what):
                self._portal.associations.forget(one)
                self._portal.kinds.remove(one)
            self._types.archive(found)
        return Answer(204)

    def _associate(self, call: Call, kind: str) -> Answer:
        told, found = call.fields(), self._found(kind)
        here = self._types.of(found.full_name)
        there = self._types.named(str(told.get("toObjectTypeId")))
        if told.get("fromObjectTypeId") not in (None, here.id, here.name):
            raise bad_request("fromObjectTypeId has to be the object type of the path")
        name = str(told.get("name") or "") or None
        plain = self._portal.kinds.plain_number(here.name, there.name) is None
        if not plain and not name:
            raise Failure(409, CONFLICT, f"{here.name} and {there.name} are associated already")
        label = None if plain else name
        number = self._portal.kinds.add(here, there, label, label)[0]
        made = self._portal.kinds.numbered(here.name, there.name, number)
        return Answer(201, self._association(made, found, name)) if made else Answer(201)

    def _part(self, _: Call, kind: str, number: str) -> Answer:
        here = self._types.of(self._found(kind).full_name)
        for one in self._portal.kinds.from_type(here):
            if str(one.id) == number:
                with self._portal.database.transaction():
                    self._portal.associations.forget(one)
                    self._portal.kinds.remove(one)
                return Answer(204)
        raise not_found(f"There is no association {number}")

    def _definition(self, told: Told) -> Definition:
        name = told.get("name")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise bad_request(f"Invalid object type name: {name}")
        singular, plural = _labels(told)
        now = self._portal.now()
        required = names_of(told.get("requiredProperties"), "requiredProperties")
        searchable = names_of(told.get("searchableProperties"), "searchableProperties")
        primary = str(told.get("primaryDisplayProperty") or "")
        return Definition(
            self._types.next_number(),
            name,
            singular,
            plural,
            primary,
            names_of(told.get("secondaryDisplayProperties"), "secondaryDisplayProperties"),
            required,
            searchable or ((primary,) if primary else ()),
            str(told.get("description") or ""),
            now,
            now,
        )

    def _check_names(self, made: Definition) -> None:
        known = self._portal.schema.of(made.full_name)
        told = (made.primary, *made.secondary, *made.required, *made.searchable)
        if unknown := sorted({name for name in told if name and name not in known}):
            raise bad_request(
                f"Properties {', '.join(unknown)} do not exist on {made.name}",
                propertyName=unknown,
            )

    def _found(self, told: str) -> Definition:
        kind = self._types.find(told)
        if kind is None or not kind.custom:
            raise not_found(f"There is no custom object {told}")
        return self._types.defined(kind)

    def _shown(self, one: Definition) -> dict[str, Any]:
        kind = one.object_type()
        known = self._portal.schema.of(kind.name)
        kinds = [] if one.archived else self._portal.kinds.from_type(kind)
        return {
            **self._plain(one),
            "properties": [self._properties.shown(kind, known[name]) for name in sorted(known)],
            "associations": [self._association(each, one, None) for each in kinds],
            "createdByUserId": 9_000_081,
            "updatedByUserId": 9_000_081,
        }

    def _plain(self, one: Definition) -> dict[str, Any]:
        return {
            "id": str(one.number),
            "objectTypeId": one.id,
            "fullyQualifiedName": one.full_name,
            "name": one.name,
            "labels": {"singular": one.singular, "plural": one.plural},
            "description": one.description,
            "primaryDisplayProperty": one.primary,
            "secondaryDisplayProperties": list(one.secondary),
            "requiredProperties": list(one.required),
            "searchableProperties": list(one.searchable),
            "createdAt": moments.shown(one.created),
            "updatedAt": moments.shown(one.updated),
            "archived": one.archived,
            "portalId": PORTAL_ID,
            "allowsSensitiveProperties": False,
            "metaType": "PORTAL_SPECIFIC",
        }

    def _association(
        self, kind: AssociationType, one: Definition, name: str | None
    ) -> dict[str, Any]:
        there: ObjectType = self._types.of(kind.to_type)
        return {
            "id": str(kind.id),
            "fromObjectTypeId": one.id,
            "toObjectTypeId": there.id,
            "name": name or kind.label or f"{one.name}_to_{there.singular}",
            "createdAt": moments.shown(one.created),
            "updatedAt": moments.shown(one.updated),
        }


def _labels(told: Told) -> tuple[str, str]:
    labels = told.get("labels")
    if not isinstance(labels, Mapping):
        raise bad_request("A custom object needs labels, singular and plural")
    singular, plural = str(labels.get("singular") or ""), str(labels.get("plural") or "")
    if not singular or not plural:
        raise bad_request("A custom object needs labels, singular and plural")
    return singular, plural


def _kept(told: Told, key: str, now: tuple[str, ...]) -> tuple[str, ...]:
    return names_of(told[key], key) if told.get(key) is not None else now


def _description(told: Told, found: Definition) -> str:
    if told.get("clearDescription") is True:
        return ""
    return str(told.get("description") or found.description)
