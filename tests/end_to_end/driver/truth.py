"""Whether a reason is true: what the state store says of a value, checked against the value.

Only reasons that can be checked from outside are; a refusal by a CRM is taken at its word.
"""

import re
from collections.abc import Callable
from typing import Any

from tests.end_to_end.driver.cell import Cell, said_by
from tests.end_to_end.driver.crms import Picture, Seen
from tests.end_to_end.driver.mapping import Field, Mapped
from tests.end_to_end.driver.spelling import UNREADABLE, Words

_MAIL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]+@([a-z0-9-]+\.)+[a-z]{2,}")
Row = dict[str, Any]


def field_reason(row: Row, cell: Cell, value: str | None, words: Words) -> bool:
    """Whether what is said of one field of a linked record is so."""
    kind = cell.link.kind
    match row["criterion"]:
        case "fits_length":
            return too_long(value, cell.field, kind, words)
        case "picklist_value":
            target = "salesforce" if row["system"] == "hubspot" else "hubspot"
            return not known(value, cell.field, target, kind, words)
        case "parent_linked":
            return value is not None and ":" in value
    return True


def record_reason(
    row: Row, mapped: Mapped, seen: Seen, words: Words, after: dict[str, Picture]
) -> bool:
    """Whether what is said of a record without a counterpart is so."""
    fields = {one.name: one for one in mapped.fields}
    one = fields.get(row["field"] or "")
    said = said_by(seen, one, row["system"], words) if one else None
    if row["criterion"] in _BY_VALUE:
        return _BY_VALUE[row["criterion"]](said)
    match row["criterion"]:
        case "on_inclusion_list":
            return seen.id not in after["contacts"].listed
        case "parent_linked":
            return seen.parent is not None
        case "stage_is_known":
            return said not in mapped["stage"].values.values()
        case "contact_on_inclusion_list":
            contacts = after["contacts"]
            mine = [one.id for one in contacts.hubspot.values() if one.parent == seen.id]
            return contacts.listed.isdisjoint(mine)
    return True


def _bad_mail(said: str | None) -> bool:
    return said is not None and (_MAIL.fullmatch(said) is None or len(said) > 80)


def _short_phone(said: str | None) -> bool:
    return said is not None and len(re.sub(r"\D", "", said)) < 7


def _blank(said: str | None) -> bool:
    return said is None


_BY_VALUE: dict[str, Callable[[str | None], bool]] = {
    "has_email": _blank,
    "has_last_name": _blank,
    "has_name": _blank,
    "has_close_date": _blank,
    "required_value": _blank,
    "email_is_valid": _bad_mail,
    "phone_has_seven_digits": _short_phone,
    "readable_value": UNREADABLE.__eq__,
}


def too_long(value: str | None, one: Field, kind: str, words: Words) -> bool:
    """Whether Salesforce has no room for a value."""
    if value is None:
        return False
    name = f"{kind}.{one.salesforce.get(kind, '')}"
    if one.type == "number":
        return len(value.lstrip("-").split(".")[0]) > words.digits.get(name, 99)
    return len(value) > min(one.length or 10**9, words.limits.get(name, 10**9))


def known(value: str | None, one: Field, target: str, kind: str, words: Words) -> bool:
    """Whether a system has a word for a value."""
    if value is None:
        return True
    parts = value.split(";") if one.type == "multipicklist" else [value]
    if one.values and not all(part in one.values.values() for part in parts):
        return False
    options = words.options.get(f"{target}.{kind}.{one.salesforce.get(kind, '')}")
    return target == "hubspot" or options is None or all(part in options for part in parts)
