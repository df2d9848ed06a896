"""What of the org a user of the API gets to see, and what of that may be changed.

Two sieves lie one above the other. Features of the org (several currencies, record types)
bring fields with them that are otherwise not there. The setting `permissions` then narrows
what is there: per object (`Case`) or per field (`Contact.Phone`) to `full`, `edit` (all but
deleting), `read` or `none`. What is not seen is missing from describes and queries. A custom field
made through the Tooling API is seen by nobody until a row of FieldPermissions lets it be.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from include.sandbox.salesforce.errors import Refusal, refusal
from include.sandbox.salesforce.schema import Field, Schema, SObject
from include.sandbox.salesforce.settings import Settings
from include.sandbox.salesforce.store import Store

RECORD_TYPES, MULTI_CURRENCY = "record_types", "multi_currency"
HIDDEN = "hidden_fields"
"""The setting that lists custom fields nobody was given yet."""


class Access:
    """The schema as it is with the org's features, and as the API's users see it."""

    def __init__(self, schema: Schema, store: Store, settings: Settings) -> None:
        self._schema = schema
        self._store = store
        self._settings = settings
        self._present: tuple[Any, Schema] = (None, schema)
        self._visible: tuple[Any, Schema] = (None, schema)

    @property
    def present(self) -> Schema:
        """Everything that is there, whoever asks."""
        key = (
            self._schema.edition,
            self._settings["multi_currency"] is True,
            self._with_record_types(),
        )
        if self._present[0] != key:
            self._present = key, Schema(_present(self._schema, several=key[1], typed=key[2]))
        return self._present[1]

    @property
    def visible(self) -> Schema:
        """What the API's users see; fields and objects they may not change say so."""
        present, levels = self.present, self._levels()
        if not levels:
            return present
        key = (id(present), self._present[0], levels)
        if self._visible[0] != key:
            self._visible = key, Schema(_visible(present, levels))
        return self._visible[1]

    def hide(self, name: str) -> None:
        """Let nobody see an `Object.Field` that was just made, until a permission set lets them."""
        kind = self._schema.named("FieldPermissions")
        for row in self._store.every(kind):
            if str(row["Field"]).lower() == name.lower():  # an earlier field's of this name
                self._store.update(kind, row["Id"], {"IsDeleted": 1})
        self._settings.set(HIDDEN, value=sorted({*self._settings[HIDDEN], name}))

    def _levels(self) -> dict[str, Any]:
        """Lower-case name -> level of what is not seen in full; permission sets lift what hides."""
        stated: Mapping[str, Any] = self._settings["permissions"]
        hidden = self._settings[HIDDEN]
        if not stated and not hidden:
            return {}
        given = self._given() if hidden else {}
        named = {name: given.get(name.lower(), "none") for name in hidden}
        return {str(name).lower(): level for name, level in {**named, **stated}.items()}

    def _given(self) -> dict[str, str]:
        """Lower-case `Object.Field` -> what the permission sets give in it."""
        kind = self._schema.sobject("FieldPermissions")
        found: dict[str, str] = {}
        for row in self._store.every(kind) if kind else ():
            if row["IsDeleted"] or not (row["PermissionsRead"] or row["PermissionsEdit"]):
                continue
            name = str(row["Field"]).lower()
            edits = row["PermissionsEdit"] or found.get(name) == "full"
            found[name] = "full" if edits else "read"
        return found

    def check(self, kind: SObject, deed: str) -> None:
        """Raise Refusal unless users may create, update or delete records of this object."""
        if not self._levels():
            return
        seen = self.visible.sobject(kind.name)
        flags = {"create": "createable", "update": "updateable", "delete": "deletable"}
        if getattr(kind, flags[deed]) and not (seen and getattr(seen, flags[deed])):
            raise _not_allowed(kind, deed)

    def narrowed(self, kind: SObject) -> SObject | None:
        """An object with only the fields users may know of, None where nothing is narrowed."""
        return self.visible.sobject(kind.name) if self._levels() else None

    def _with_record_types(self) -> frozenset[str]:
        kind = self._schema.sobject("RecordType")
        if kind is None:
            return frozenset()
        sql = f'SELECT DISTINCT "SobjectType" FROM "{kind.table}" WHERE "IsActive" = 1'  # noqa: S608
        return frozenset(str(row[0]) for row in self._store.select(sql, []))


def _present(schema: Schema, *, several: bool, typed: frozenset[str]) -> Iterator[SObject]:
    for kind in schema:
        features = {MULTI_CURRENCY: several, RECORD_TYPES: kind.name in typed}
        if kind.feature is None or features.get(kind.feature):
            fields = tuple(one for one in kind.fields if features.get(one.feature or "", True))
            yield kind if len(fields) == len(kind.fields) else replace(kind, fields=fields)


def _visible(schema: Schema, levels: Mapping[str, Any]) -> Iterator[SObject]:
    hidden = {kind.name for kind in schema if levels.get(kind.name.lower()) == "none"}
    for kind in schema:
        level = levels.get(kind.name.lower(), "full")
        if kind.name in hidden:
            continue
        fields = tuple(one for field in kind.fields for one in _seen(kind, field, levels, hidden))
        writes = level in ("full", "edit")
        yield replace(
            kind,
            fields=fields,
            createable=kind.createable and writes,
            updateable=kind.updateable and writes,
            deletable=kind.deletable and level == "full",
            children=tuple(one for one in kind.children if one.sobject not in hidden),
        )


def _seen(
    kind: SObject, field: Field, levels: Mapping[str, Any], hidden: set[str]
) -> Iterator[Field]:
    level = levels.get(f"{kind.name}.{field.name}".lower(), "full")
    protected = field.required or field.name in ("Id", "IsDeleted", "SystemModstamp")
    if level == "none" and not protected:
        return
    if field.to and all(name in hidden for name in field.to):
        return
    to = tuple(name for name in field.to if name not in hidden)
    writable = "never" if level in ("read", "none") else field.writable
    same = to == field.to and writable == field.writable
    yield field if same else replace(field, to=to, writable=writable)


def _not_allowed(kind: SObject, deed: str) -> Refusal:
    if deed == "create":
        return refusal(
            "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
            f"entity type cannot be inserted: {kind.label}",
            (),
        )
    return refusal(
        "INSUFFICIENT_ACCESS_OR_READONLY",
        "insufficient access rights on object id",
        (),
        status=403,
    )
