"""The oracle's own reading of values: what two spellings have in common, said once more.

Written from the documents, without the engine's code, so that a mistake there is not repeated
here. Owners are read as e-mails; parents stay ids of their system.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from include.crmsync.model.mapping import FieldMapping, FieldType, ObjectMapping
from include.crmsync.model.record import Record, System

UNREADABLE = "\N{REPLACEMENT CHARACTER}"
"""What stands before a value that is not of its type, so that it equals no other."""
OWNERS: Mapping[System, Mapping[str, tuple[str, bool]]] = {
    System.HUBSPOT: {
        "51": ("amara@crm.test", True),
        "52": ("bo@crm.test", True),
        "53": ("cleo@crm.test", True),
    },
    System.SALESFORCE: {
        "005A": ("amara@crm.test", True),
        "005B": ("bo@crm.test", True),
        "005U": ("sync@crm.test", True),
    },
}
"""User id -> e-mail, and whether they are active. Cleo is in HubSpot only, the sync's user in
Salesforce only."""


def owner_known(email: str | None, system: System) -> bool:
    """Whether an active user of the system has this e-mail."""
    return any(known == email and active for known, active in OWNERS[system].values())


def held(record: Record, field: FieldMapping) -> str | None:
    """What a record holds in a mapped field, in the one spelling."""
    if field.type is FieldType.PARENT:
        return record.parents.get(field.parent or "") or None
    name = named(field, record.system, record.kind)
    return meaning(record.raw.get(name) if name else None, field, record.system)


def named(field: FieldMapping, system: System, kind: str) -> str | None:
    """A field's name in a system's kind."""
    return (field.hubspot if system is System.HUBSPOT else field.salesforce.get(kind)) or None


def all_held(record: Record, mapping: ObjectMapping) -> dict[str, str | None]:
    """Every mapped field that the record's kind has."""
    return {
        one.name: held(record, one)
        for one in mapping.fields
        if one.type is FieldType.PARENT or named(one, record.system, record.kind)
    }


def meaning(raw: Any, field: FieldMapping, system: System) -> str | None:
    """A value on the wire in the one spelling."""
    text = "" if raw is None else str(raw).strip()
    if not text:
        return "false" if field.type is FieldType.BOOLEAN else None
    if field.type is FieldType.OWNER:
        return OWNERS[system].get(text, (f"{system}:{text}", False))[0]
    if field.type is FieldType.EMAIL:
        return text.lower()
    if field.type is FieldType.NUMBER:
        return _number(text)
    if field.type is FieldType.BOOLEAN:
        return text.lower()
    if field.type is FieldType.DATE:
        return text[:10]
    if field.type is FieldType.PICKLIST and system is System.HUBSPOT:
        return field.values.get(text, text)
    return text


def spelled(value: str | None, field: FieldMapping, system: System) -> Any:
    """A value as somebody in a system types it."""
    if value is None:
        return None
    if field.type is FieldType.OWNER:
        found = [id_ for id_, (email, _) in OWNERS[system].items() if email == value]
        return found[0] if found else None
    if field.type is FieldType.PICKLIST and system is System.HUBSPOT:
        return {theirs: ours for ours, theirs in field.values.items()}.get(value, value)
    if field.type is FieldType.DATE and system is System.HUBSPOT:
        return f"{value}T00:00:00Z"
    if field.type is FieldType.NUMBER and system is System.SALESFORCE:
        return value if _number(value).startswith(UNREADABLE) else float(value)
    return value


def _number(text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return f"{UNREADABLE}{text}"
    plain = format(number, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
