"""Salesforce's records as ours: which fields to ask for, and what an answer means.

Pure. A kind is a Salesforce object: Contact and Lead are both of object type contacts. A
converted lead is treated as gone: it can no longer be written, and its contact carries on.
A parent is the lookup field itself, mirrored into `Record.parents`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from include.crmsync.adapters.soql import STAMP
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import Record, System

PREFIXES = {"001": "Account", "003": "Contact", "00Q": "Lead", "006": "Opportunity"}
"""The first three characters of an id tell its object; the same in every org."""

CHILDREN = {"contacts": ("Contact", "AccountId"), "deals": ("Opportunity", "AccountId")}
"""Object type of a child -> its Salesforce object, and the field that holds its account."""

CONVERTED = "IsConverted"

LIVE = {"Lead": [f"{CONVERTED} = false"]}
"""Conditions by which a kind's records are alive, beyond not being deleted."""


def fields_of(mapping: ObjectMapping, kind: str) -> list[str]:
    """Every field to ask for: the mapped ones, and what a Record needs."""
    extra = ["Id", STAMP, mapping.salesforce_key, *([CONVERTED] if kind == "Lead" else [])]
    return list(dict.fromkeys([*mapping.wire_fields(System.SALESFORCE, kind), *extra]))


def is_alive(item: Mapping[str, Any] | None) -> bool:
    """Whether a retrieved record exists and is not deleted or converted."""
    return bool(item) and not (item or {}).get("IsDeleted") and not (item or {}).get(CONVERTED)


def to_record(mapping: ObjectMapping, kind: str, item: Mapping[str, Any]) -> Record:
    """One row of an answer as a Record."""
    return Record(
        system=System.SALESFORCE,
        object_type=mapping.object_type,
        id=item["Id"],
        kind=kind,
        modified_at=datetime.fromisoformat(item[STAMP]).astimezone(UTC),
        raw={name: value for name, value in item.items() if name != "attributes"},
        parents={
            field.parent: item.get(field.salesforce[kind])
            for field in mapping.parents
            if field.parent and kind in field.salesforce
        },
    )
