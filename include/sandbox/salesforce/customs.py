"""What the org does around a write: rules before it, owners for it, history after it.

The lead assignment rule is one setting: who gets new leads, a user or a queue. Field history
keeps old and new values of the fields that the setting `tracked_fields` names per object, one
row per changed field, two for a reference: by name and by id.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from include.sandbox.salesforce.schema import Field, Schema, SObject
from include.sandbox.salesforce.settings import Settings
from include.sandbox.salesforce.store import Row, Store


@dataclass(frozen=True, slots=True)
class Saved:
    """A record that was written: as it is, and as it was."""

    sobject: SObject
    row: Row
    before: Row | None
    user_id: str
    now: str
    """The moment, as the wire shows it."""


Witness = Callable[[Saved], None]
"""Is told of every record that was created or updated."""


class Assignment:
    """The rule that gives new leads to somebody."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def owner(self, kind: SObject) -> str | None:
        """Who gets a new record; None where no rule is active."""
        if kind.name != "Lead":
            return None
        told = self._settings["lead_assignment_owner"]
        return told if isinstance(told, str) and told else None


class History:
    """Writes field history."""

    def __init__(self, schema: Schema, store: Store, settings: Settings) -> None:
        self._schema = schema
        self._store = store
        self._settings = settings

    def witness(self, saved: Saved) -> None:
        """Keep what changed in the tracked fields, or that the record was created."""
        kept_in = self._schema.history_of(saved.sobject)
        tracked = self._settings["tracked_fields"].get(saved.sobject.name)
        if kept_in is None or not tracked:
            return
        reference = next(one for one in kept_in.fields if one.to == (saved.sobject.name,))
        for field, kind, old, new in self._changes(saved, tracked):
            row = {
                "Id": self._store.next_id(kept_in),
                "IsDeleted": 0,
                reference.name: saved.row["Id"],
                "CreatedById": saved.user_id,
                "CreatedDate": saved.now,
                "Field": field,
                "DataType": kind,
                "OldValue": old,
                "NewValue": new,
            }
            self._store.insert(kept_in, row)

    def _changes(self, saved: Saved, tracked: Any) -> Iterator[tuple[str, str, Any, Any]]:
        before = saved.before
        if before is None:
            yield "created", "Text", None, None
            return
        for name in tracked if isinstance(tracked, list) else ():
            column = saved.sobject.field(str(name))
            if column is None or not column.stored:
                continue
            old, new = before.get(column.name), saved.row.get(column.name)
            if old != new:
                yield from self._told(column, old, new)

    def _told(self, column: Field, old: Any, new: Any) -> Iterator[tuple[str, str, Any, Any]]:
        name = column.name if column.custom or not column.relation else column.relation
        if column.type == "reference":
            yield name, "Text", self._named(old), self._named(new)
            yield name, "EntityId", old, new
        elif column.type == "boolean":
            yield name, "Boolean", str(bool(old)).lower(), str(bool(new)).lower()
        else:
            yield name, _DATA_TYPES.get(column.type, "Text"), old, new

    def _named(self, record_id: Any) -> str | None:
        kind = self._schema.of_id(record_id) if record_id else None
        row = self._store.get(kind, record_id) if kind else None
        return str(row["Name"]) if row and row.get("Name") else None


_DATA_TYPES = {
    "picklist": "DynamicEnum",
    "currency": "Currency",
    "double": "Double",
    "percent": "Percent",
    "int": "Integer",
    "date": "DateOnly",
    "datetime": "DateTime",
    "email": "Email",
    "phone": "PhoneNumber",
    "url": "Url",
    "textarea": "TextArea",
}
