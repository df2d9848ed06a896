"""References to other records: do they exist, may they be pointed at, may they own?

A reference is checked when it is written and differs from what was there. An owner must be
an active user; a queue may own where the field says so.
"""

from collections.abc import Mapping
from typing import Any

from include.sandbox.salesforce.errors import deleted, refusal
from include.sandbox.salesforce.schema import Field, Schema, SObject
from include.sandbox.salesforce.store import Row, Store


class References:
    """Checks references and resolves those given by an external id."""

    def __init__(self, schema: Schema, store: Store) -> None:
        self._schema = schema
        self._store = store

    def check(self, sobject: SObject, values: Mapping[str, Any], before: Mapping[str, Any]) -> None:
        """Raise Refusal for the first reference that does not hold."""
        for name, value in values.items():
            column = sobject.field(name)
            changed = value is not None and value != before.get(name)
            if column and column.type == "reference" and changed:
                self._check_one(sobject, column, value)

    def by_key(self, name: str, of_object: str, key: str, value: Any) -> str | None:
        """The id of the parent that holds `value` in its external id field `key`."""
        if value is None:
            return None
        parent = self._schema.named(of_object)
        found = self._store.holding(parent, key, str(value))
        if len(found) == 1:
            return str(found[0]["Id"])
        if found:
            raise refusal(
                "DUPLICATE_EXTERNAL_ID",
                f"More than one record found for external id field: {[one['Id'] for one in found]}",
                [name],
            )
        raise refusal(
            "INVALID_FIELD",
            f"Foreign key external ID: {value} not found for field {key} in entity {parent.name}",
            (),
        )

    def _check_one(self, sobject: SObject, column: Field, value: str) -> None:
        target = self._schema.of_id(value)
        if target is None or target.name not in column.to:
            raise refusal(
                "FIELD_INTEGRITY_EXCEPTION",
                f"{column.label}: id value of incorrect type: {value}",
                [column.name],
            )
        row = self._store.standing(target, value)
        if row is None:
            raise refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ())
        if row.get("IsDeleted"):
            raise deleted(status=400)
        if column.name == "RecordTypeId" and not (row["IsActive"] and _fits(row, sobject)):
            raise refusal(
                "INVALID_CROSS_REFERENCE_KEY",
                f"Record Type ID: this ID value isn't valid for the user: {value}",
                ["RecordTypeId"],
            )
        if column.name == "OwnerId":
            _check_owner(sobject, target, row)


def _fits(record_type: Row, sobject: SObject) -> bool:
    return str(record_type["SobjectType"]).lower() == sobject.name.lower()


def _check_owner(sobject: SObject, target: SObject, row: Row) -> None:
    if target.name == "User" and not row["IsActive"]:
        raise refusal(
            "INACTIVE_OWNER_OR_USER",
            f"operation performed with inactive user [{row['Id']}] as owner of"
            f" {sobject.label.lower()}",
            (),
        )
    if target.name == "Group" and row["Type"] != "Queue":
        raise refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ["OwnerId"])
