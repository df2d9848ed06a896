"""What is declared while the sandbox runs: custom objects, custom fields, record types.

Additions come from a file at the start, from a control route, or from the Tooling API. They
are remembered with the database, and a reset leaves those of the file.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from include.sandbox.memory import recall, remember
from include.sandbox.salesforce.declaring import Declared, built, extended, shipped
from include.sandbox.salesforce.formulas import check_formulas
from include.sandbox.salesforce.ids import numbered
from include.sandbox.salesforce.schema import Schema, SObject
from include.sandbox.salesforce.store import Store
from include.sandbox.salesforce.values import wire_time
from include.sandbox.world import World

CURRENCIES = (
    {"IsoCode": "USD", "ConversionRate": 1.0, "IsCorporate": 1},
    {"IsoCode": "EUR", "ConversionRate": 0.9, "IsCorporate": 0},
    {"IsoCode": "GBP", "ConversionRate": 0.8, "IsCorporate": 0},
)
INTEGRATION = {"Name": "CRM_sync", "Label": "CRM sync"}
"""The permission set of the integration user."""
USER = numbered("005", 1)
"""The integration user, who is there before any other."""
PLACE = "salesforce_declarations"


class Additions:
    """The declarations of the org and what was added to them; keeps schema and store in step."""

    def __init__(
        self, world: World, schema: Schema, store: Store, first: Sequence[Declared] = ()
    ) -> None:
        self._world = world
        self._schema = schema
        self._store = store
        self._shipped = shipped()
        self._first = list(first)
        self._taken: list[str] = []
        kept = recall(world.database, PLACE) or {}
        if kept.get("first", []) != self._first:
            # Another file than last time: what it says counts, as after a reset.
            kept = {}
        self._added: list[Declared] = list(kept.get("added", self._first))
        self._taken = list(kept.get("taken", ()))
        if self._added or self._taken:
            self._settle(self._added, self._taken)
        else:
            self.fill()

    def add(self, additions: Iterable[Any]) -> None:
        """Declare more; raises BadDeclaration and then changes nothing."""
        self._settle([*self._added, *additions], self._taken)

    def take(self, sobject: SObject, field: str) -> None:
        """Undeclare a custom field; what records held in it is lost."""
        name = f"{sobject.name}.{field}"
        added = [_without(one, sobject.name, field) for one in self._added]
        taken = [*self._taken, name] if added == self._added else self._taken
        with self._world.database.transaction():
            self._store.forget_field(sobject, field)
            self._settle(added, taken)

    def reset(self) -> None:
        """Back to what the file declares."""
        if self._added != self._first or self._taken:
            self._settle(self._first, [])
        self.fill()

    def fill(self) -> None:
        """Make declared record types, currencies and the user's permission set, where missing."""
        kind = self._schema.named("RecordType")
        here = {(row["SobjectType"], row["DeveloperName"]) for row in self._store.every(kind)}
        for addition in self._added:
            for told in addition.get("record_types", ()):
                row = _record_type(str(addition["name"]), told)
                if (row["SobjectType"], row["DeveloperName"]) not in here:
                    self._insert(kind, row)

        currencies = self._schema.named("CurrencyType")
        if not self._store.count(currencies):
            for row in CURRENCIES:
                self._insert(currencies, {**row, "DecimalPlaces": 2, "IsActive": 1})
        sets = self._schema.named("PermissionSet")
        if not self._store.count(sets):
            given = {"PermissionSetId": self._insert(sets, INTEGRATION), "AssigneeId": USER}
            self._insert(self._schema.named("PermissionSetAssignment"), given)

    def assign(self, user_id: str) -> None:
        """Give the integration user's permission set to the user who it is."""
        kind = self._schema.named("PermissionSetAssignment")
        for row in self._store.every(kind):
            self._store.update(kind, row["Id"], {"AssigneeId": user_id})

    def _insert(self, kind: SObject, row: dict[str, Any]) -> str:
        now = wire_time(self._world.clock.now())
        stamps = {"CreatedDate": now, "LastModifiedDate": now, "SystemModstamp": now}
        identity = {"Id": self._store.next_id(kind)}
        self._store.insert(kind, {**kind.defaults, **identity, **row, **stamps})
        return identity["Id"]

    def _settle(self, added: Iterable[Any], taken: Iterable[str]) -> None:
        given = [one for one in added if one]
        gone = {name.lower() for name in taken}
        base = [_left(one, gone) for one in self._shipped]
        objects = built(extended(base, given))
        check_formulas(Schema(objects))
        with self._world.database.transaction():
            self._schema.replace(objects)
            self._store.prepare()
            self._added, self._taken = given, list(taken)
            told = {"first": self._first, "added": self._added, "taken": self._taken}
            remember(self._world.database, PLACE, told)
            self.fill()


def _left(declared: Declared, gone: set[str]) -> Declared:
    name = declared["name"]
    fields = [one for one in declared["fields"] if f"{name}.{one['name']}".lower() not in gone]
    return {**declared, "fields": fields}


def _without(addition: Declared, sobject: str, field: str) -> Declared:
    if str(addition["name"]).lower() != sobject.lower():
        return addition
    listed = addition.get("fields", [])
    return {**addition, "fields": [one for one in listed if one["name"].lower() != field.lower()]}


def _record_type(sobject: str, told: Any) -> dict[str, Any]:
    given = told if isinstance(told, Mapping) else {"name": str(told)}
    name = str(given.get("name", "Type"))
    return {
        "Name": name,
        "DeveloperName": str(given.get("developer_name") or name.replace(" ", "_")),
        "Description": given.get("description"),
        "SobjectType": sobject,
        "IsActive": int(given.get("active", True) is True),
    }
