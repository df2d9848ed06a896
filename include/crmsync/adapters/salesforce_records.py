"""Salesforce's records as ours: which fields to ask for, and what an answer means.

Pure. A kind is a Salesforce object: Contact and Lead are both of object type contacts. A
converted lead is treated as gone: it can no longer be written, and its contact carries on.
A parent is the lookup field itself, mirrored into `Record.parents`.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from include.crmsync.adapters.soql import STAMP
from include.crmsync.errors import Unavailable
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import Record, System
from include.crmsync.model.record_id import SHORT_ID

PREFIXES = {"001": "Account", "003": "Contact", "00Q": "Lead", "006": "Opportunity"}
"""The first three characters of an id tell its object; the same in every org."""

CHILDREN = {"contacts": ("Contact", "AccountId"), "deals": ("Opportunity", "AccountId")}
"""Object type of a child -> its Salesforce object, and the field that holds its account."""

CONVERTED = "IsConverted"

MODIFIED_BY = "LastModifiedById"

LIVE = {"Lead": [f"{CONVERTED} = false"]}
"""Conditions by which a kind's records are alive, beyond not being deleted."""


def fields_of(mapping: ObjectMapping, kind: str) -> list[str]:
    """Every field to ask for: the mapped ones, and what a Record needs."""
    extra = ["Id", STAMP, mapping.salesforce_key, *([CONVERTED] if kind == "Lead" else [])]
    domain = [mapping.match_domain[System.SALESFORCE]] if mapping.match_domain else []
    return list(dict.fromkeys([*mapping.wire_fields(System.SALESFORCE, kind), *extra, *domain]))


def is_alive(item: Mapping[str, Any] | None) -> bool:
    """Whether a retrieved record exists and is not deleted or converted."""
    return bool(item) and not (item or {}).get("IsDeleted") and not (item or {}).get(CONVERTED)


def to_record(mapping: ObjectMapping, kind: str, item: Mapping[str, Any]) -> Record:
    """One row of an answer as a Record."""
    try:
        id_, modified_at = item["Id"], datetime.fromisoformat(item[STAMP]).astimezone(UTC)
    except (KeyError, TypeError, ValueError):
        raise Unavailable(f"Salesforce's answer holds a {kind} without id or stamp") from None
    return Record(
        system=System.SALESFORCE,
        object_type=mapping.object_type,
        id=id_,
        kind=kind,
        modified_at=modified_at,
        raw={name: value for name, value in item.items() if name != "attributes"},
        parents={
            field.parent: item.get(field.salesforce[kind])
            for field in mapping.parents
            if field.parent and kind in field.salesforce
        },
    )


def by_whom(record: Record, us: str | None) -> Record:
    """The record with whether we were the last to modify it, where that is known."""
    them = record.raw.get(MODIFIED_BY)
    raw = {name: value for name, value in record.raw.items() if name != MODIFIED_BY}
    ours = str(them)[:SHORT_ID] == us[:SHORT_ID] if us and them else None
    return replace(record, raw=raw, modified_by_us=ours)
